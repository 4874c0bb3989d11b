import { scenario } from '../../suite/scenario.ts';

// Before v1.10, Longhorn accepts a backup to an unavailable target, and before v1.9, the Job of such a run fails.
scenario(
  'A recurring job whose backups fail keeps the snapshots of its last backup and of its last run alone',
  {
    tags: ['recurring-jobs', 'backup-targets', 'snapshots', 'slow'],
    needs: ['mounted-store'],
    longhorn: '>=1.10.0',
    proves: ['J32'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const job = await given.recurringJob(volume);
    const run = async () => {
      await when.jobTriggered(job);
      await then.jobsComplete(job);
    };
    await run();
    const backups = await then.oneBackupEachTick(job);
    const ofBackups = backups.map(({ snapshot }) => snapshot);

    await when.targetMisled(volume.target, 'a server that is not there');
    await then.targetReports('cannot mount');
    for (let runs = 0; runs < 3; runs += 1) {
      await run();
      await then.jobLogs(job, { cleanup: 'nothing made', backups });
      const taken = await then.snapshotTaken(job, {});
      await then.snapshotsLeft(volume, [...ofBackups, taken]);
    }

    await when.targetSet(volume.target);
    await then.targetAvailable();
    await when.jobTriggered(job);
    const made = await then.runEnds(job, { old: backups, disturbed: false });
    await then.snapshotsLeft(
      volume,
      made.map(({ snapshot }) => snapshot),
    );
    await then.storeHolds(volume, made);
  },
);
