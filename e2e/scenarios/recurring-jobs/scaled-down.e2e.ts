import { scenario } from '../../suite/scenario.ts';

scenario(
  'A volume whose workload ends while a recurring job backs it up is backed up, and then detached',
  // Needs a block device: the data prolong the upload, and are restored at the end.
  { tags: ['recurring-jobs'], needs: ['block-device'], proves: ['J17'] },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    const written = await given.data(volume, data.large);
    const job = await given.recurringJob(volume);
    await when.jobTriggered(job);
    const uploading = await then.runUploads(job);
    await when.workloadDetached(volume, uploading);

    await then.jobsComplete(job);
    const backups = await then.oneBackupEachTick(job);
    await then.volumeDetached(volume);
    await then.storeHolds(volume, backups);
    for (const backup of backups) await then.restores(backup, [written]);
  },
);
