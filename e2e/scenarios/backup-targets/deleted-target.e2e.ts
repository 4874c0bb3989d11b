import { scenario } from '../../suite/scenario.ts';

// The proposal on several backup targets: a warning or an event is to show that a volume still refers to the target.
scenario(
  'A volume whose backup target is deleted is backed up no more, and an event says so',
  {
    tags: ['backup-targets', 'recurring-jobs'],
    // Before v1.9, the Job of a run that makes nothing fails.
    longhorn: '>=1.9.0',
    proves: ['T38'],
  },
  async ({ given, when, then }) => {
    const target = await given.target(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume({ target });
    await given.data(volume);
    const job = await given.recurringJob(volume);
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    const backups = await then.oneBackupEachTick(job);

    await when.targetRemoved(target);
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    await then.jobLogs(job, { cleanup: 'nothing made', backups });
    await then.storeHolds(volume, backups);
    await then.orKnownBug('targetless-volume-is-not-backed-up', () => then.lossOfTargetSaid(volume));
  },
);
