import { scenario } from '../../suite/scenario.ts';

scenario(
  'A negative poll interval of a backup target is rejected',
  // A manager that syncs without a pause is slow for others.
  { tags: ['backup-targets'], needs: ['lab'], proves: ['T36'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    await when.pollIntervalSet(target, '0s');
    await then.orKnownBug('negative-poll-interval-never-pauses', () => then.negativePollRefused(target));
  },
);
