import { scenario } from '../../suite/scenario.ts';

// The store leaves the writing of blocks unanswered, so that the first run stays at work past the next tick.
scenario(
  'A run of a recurring job that lasts longer than a tick is not overlapped by the next',
  {
    tags: ['recurring-jobs', 'slow'],
    needs: ['wrongAnswers', 'block-device'],
    proves: ['J30'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const job = await given.recurringJob(volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'write',
      below: { of: volume, folder: 'blocks' },
    });
    await then.inForce(silent);

    await when.jobEachMinute(job);
    await then.tickLeftOut(job);
    await when.jobRests(job);
    await when.released(silent);

    await then.startedRunsEnd(job);
    await then.neverTwoAtOnce(job);
    const backups = await then.oneBackupEachTick(job);
    await then.storeHolds(volume, backups);
    for (const backup of backups) await then.restores(backup, [data]);
  },
);
