import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A volume is restored with its recurring job if the setting says so, unless it is overruled for the volume',
  {
    tags: ['restores', 'recurring-jobs', 'slow'],
    // On other clusters, other users may restore volumes while the setting is changed.
    needs: ['lab'],
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['R30', 'R31'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const job = await given.recurringJob(volume, { alone: true });
    const backup = await given.settledBackup(volume);
    await then.jobStored(job);
    await when.jobDeleted(job, 'kubectl');
    await given.exclusive('cluster-settings');

    const setting = await given.setting('a volume is restored with its recurring jobs');
    const without = await when.restored(backup, { jobs: 'disabled' });
    await then.noJobRestored(without, { of: job, left: [] });
    await then.jobRestored(await when.restored(backup), { of: job, as: job });
    await when.released(setting);

    await then.noJobRestored(await when.restored(backup), { of: job, left: [job] });
    await then.jobRestored(await when.restored(backup, { jobs: 'enabled' }), { of: job, as: job });
  },
);

scenario(
  'The recurring job of a restored volume is the same one, or one new one if that was changed, and backs it up',
  {
    tags: ['restores', 'recurring-jobs', 'standby'],
    proves: ['R32', 'R33', 'R34'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const job = await given.recurringJob(volume, { alone: true });
    const backup = await given.settledBackup(volume);
    await then.jobStored(job);
    const jobs = 'enabled';
    await then.jobRestored(await when.restored(backup, { jobs }), { of: job, as: job });

    await when.jobChanged(job);
    const restore = await when.restored(backup, { jobs });
    const another = await then.jobRestored(restore, { of: job });
    await then.jobRestored(await when.restored(backup, { jobs }), { of: job, as: another });
    const standby = await when.standbyMade(backup, { jobs });
    await then.follows(standby, backup);
    await then.noJobRestored(standby, { of: job, left: [job, another] });

    const restored = await then.restored(restore, [data]);
    await when.jobTriggered(another);
    await then.jobsComplete(another);
    await then.storeHolds(restored, await then.oneBackupEachTick(another));
    await then.storeHolds(volume, [backup]);
  },
);

// Each job of the suite is for a group of its own. The volume that is backed up is in the job, not in the group.
scenario(
  'A job that is restored with a volume leaves the snapshots of other volumes alone',
  { tags: ['restores', 'recurring-jobs', 'snapshots', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const job = await given.snapshotJob(volume, { task: 'snapshot-delete', keeps: 1, alone: true });
    const { volume: other } = await given.jobJoined(job, await given.volume());
    const backup = await given.settledBackup(volume);
    await then.jobStored(job);

    await when.jobKeepsMore(job, 2);
    const older = await given.snapshot(other);
    await given.snapshot(other);
    const restored = await then.jobRestored(await when.restored(backup, { jobs: 'enabled' }), { of: job });
    await when.jobTriggered(restored);
    await then.jobsComplete(restored);
    await then.orKnownBug('restored-job-serves-others', () => then.snapshotKept(older));
  },
);

// The other cluster may allow more, or have an older Longhorn with fewer rules.
scenario(
  'A volume is restored with the recurring job of another Longhorn, or an event says why not',
  { tags: ['restores', 'recurring-jobs'], proves: ['R30'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const job = await given.refusedJob();
    const { backup, data } = await given.foreignBackup(target, { size: littleData.data.size, job });
    await when.pollIntervalSet(target, '10s');
    await then.known(backup);
    // Longhorn has read the backup before it keeps what the store says of its volume.
    await then.jobStored({ name: job.name, volume: backup.volume });
    await when.pollIntervalSet(target, '5m');
    const restore = await when.restored(backup, { jobs: 'enabled' });
    await then.restored(restore, [data]);
    await then.orKnownBug('refused-job-is-not-restored', () => then.jobRestoredOrReported(restore, job));
  },
);
