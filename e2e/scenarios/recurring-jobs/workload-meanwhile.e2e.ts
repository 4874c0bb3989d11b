import { scenario } from '../../suite/scenario.ts';

scenario(
  'A workload that wants a detached volume on another node while a recurring job backs it up waits, and then has it',
  {
    tags: ['recurring-jobs', 'slow'],
    // Needs a block device: the data prolong the upload, and are restored at the end.
    needs: ['block-device'],
    exclusive: ['cluster-settings'],
    disruptions: ['settings'],
    proves: ['J16'],
  },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    const written = await given.data(volume, data.large);
    const job = await given.recurringJob(volume);
    await when.volumeDetached(volume);
    await given.exclusive('cluster-settings');
    const allowed = await given.detachedAllowed();
    await when.jobTriggered(job);
    const uploading = await then.runUploads(job);
    await when.released(allowed);
    const wanted = await when.workloadComes(volume, uploading);
    const kept = await then.orKnownBug('workload-cuts-off-backup', () => then.completed(uploading));
    await then.workloadHasVolume(wanted);
    await when.shared();

    // Where the bug shows, the store has what the upload had written until then, and its lock.
    const next = await given.settledBackup(wanted);
    const whole = kept ? [uploading, next] : [next];
    await then.storeHolds(wanted, whole, { ignoreOthers: !kept, afterKill: !kept });
    for (const backup of whole) await then.restores(backup, [written]);
  },
);
