import { scenario } from '../../suite/scenario.ts';

scenario(
  'A new Longhorn has one backup target, default, which has no URL, says so, and stays',
  // On another cluster it is long since somebody's.
  { tags: ['backup-targets'], needs: ['lab'], proves: ['T1', 'T12'] },
  async ({ then }) => {
    await then.defaultTargetUnset();
    await then.defaultTargetStays();
  },
);
