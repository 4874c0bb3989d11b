import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';

scenario(
  'A recurring job with a full-backup-interval makes each nth backup a full one',
  // Without a block device each backup of a volume is full.
  { tags: ['recurring-jobs', 'slow'], needs: ['block-device'], proves: ['I7', 'J28'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const labels = { 'made-for': 'corral' };
    const job = await given.recurringJob(volume, { keeps: 4, fullInterval: 2, labels });
    let backups: BackupHandle[] = [];
    for (let run = 1; run <= 4; run += 1) {
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      backups = await then.oneBackupEachTick(job);
    }
    await then.fullInterval(backups, 2);
    await then.storeHolds(volume, backups);
    for (const newest of backups.slice(-1)) {
      await then.labelled(newest, { ...labels, RecurringJob: job.name });
      await then.restores(newest, [data]);
    }
  },
);
