import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// Not derived from a document: the number of backups that a job keeps counts only its own backups.
scenario(
  'A manual backup outlives the runs of a recurring job that retains one',
  // Needs a block device: data are overwritten before each run, so that no other backup has the blocks of the manual
  // one.
  { tags: ['recurring-jobs'], needs: ['block-device'], proves: ['J3', 'R1'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: kept } = await backedUpVolume(given);
    const job = await given.recurringJob(volume);

    let backups: BackupHandle[] = [];
    for (const cleanup of ['done, or too early', 'done'] as const) {
      await given.data(volume, { offset: 0, size: 4 * mebibyte });
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      backups = await then.oneBackupEachTick(job);
      await then.jobLogs(job, { cleanup, backups });
    }
    await then.oldBackupsDeleted(job, backups);

    await then.known(kept);
    await then.storeHolds(volume, [kept, ...backups.slice(-job.retain)]);
    await then.restores(kept, data);
  },
);
