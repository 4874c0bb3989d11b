import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import type { JobCleanup } from '../../suite/steps/job/log.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// Compare the job in besteffort-cleanup that must not delete snapshots either: it makes nothing any more.
scenario(
  'A recurring job that is to make a backup by force makes one though it may delete no snapshot',
  {
    tags: ['recurring-jobs', 'denied-snapshots', 'slow'],
    needs: ['block-device'],
    disruptions: ['admission-policy'],
    proves: ['J8'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const job = await given.recurringJob(volume, { task: 'backup-force-create' });
    let backups: BackupHandle[] = [];
    const run = async (cleanup: JobCleanup) => {
      await given.data(volume, { offset: 0, size: 4 * mebibyte });
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      backups = await then.oneBackupEachTick(job);
      await then.jobLogs(job, { cleanup, backups });
    };

    await run('done, or too early');
    const fault = await given.faultyCleanup(job, 'snapshots may not be deleted');
    await then.inForce(fault);
    // From the second run on there is an old snapshot to delete.
    for (let runs = 0; runs < 2; runs += 1) await run('snapshots refused');
    await then.inForce(fault);

    await when.released(fault);
    await run('done');
    await then.oldBackupsDeleted(job, backups);
    await then.storeHolds(volume, backups.slice(-job.retain));
  },
);
