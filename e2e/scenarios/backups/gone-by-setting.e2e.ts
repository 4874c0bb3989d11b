import { scenario } from '../../suite/scenario.ts';

scenario(
  'Settings remove snapshots with their backups or before them, and failed backups after their time',
  {
    tags: ['backups', 'snapshots', 'slow'],
    // On other clusters, the settings would also remove snapshots and backups of other users.
    needs: ['lab', 'foreignLock'],
    longhorn: '>=1.9.0',
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['C22', 'D14', 'L14', 'L15', 'T36'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const first = await given.settledBackup(volume);
    const [second, third] = [await given.snapshot(volume), await given.snapshot(volume)];
    await given.exclusive('cluster-settings');

    const withBackup = await given.setting('a snapshot goes with its backup');
    await when.deleted(first);
    await then.deleted(first);
    await then.snapshotsLeft(volume, [second, third]);
    await when.released(withBackup);

    const onceMade = await given.setting('a snapshot goes once its backup by hand is made');
    const kept = await given.backup(second);
    await then.snapshotsLeft(volume, [third]);
    await when.released(onceMade);

    const never = await given.setting('a failed backup stays');
    const lock = await given.foreignLock(volume, { of: 'a deletion' });
    const failed = await when.backedUp(third);
    await then.creationLostLock(failed, lock);
    await when.lockRemoved(lock);
    await when.backupVolumeSynced(volume);
    await then.failedOneKept(failed);
    await when.released(never);

    await when.pollIntervalSet(volume.target, '0s');
    const soon = await given.setting('a failed backup goes after a minute');
    await then.failedOneOutlivesMinute(failed);
    await when.pollIntervalSet(volume.target, '10s');
    await then.failedOneGoes(failed);
    await when.released(soon);
    await then.storeHolds(volume, [kept]);
    await then.restores(kept, [data]);
  },
);
