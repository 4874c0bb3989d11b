import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup that is gone from its store leaves its snapshot, where a deleted one takes it along',
  {
    tags: ['backups', 'snapshots', 'failing-store', 'slow'],
    // On other clusters, the setting would also remove snapshots of other users.
    needs: ['lab', 'fileMissing'],
    longhorn: '>=1.8.0',
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['L2'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const backup = await given.settledBackup(volume);
    // Longhorn cannot remove the snapshot below the volume's present data.
    await given.snapshot(volume);
    await given.exclusive('cluster-settings');

    const withBackup = await given.setting('a snapshot goes with its backup');
    const gone = await given.fileMissing({ configOf: backup });
    await then.inForce(gone);
    await then.removedFromCluster(backup, await when.storeLookedInto());
    await then.orKnownBug('lost-backup-takes-snapshot', () => then.snapshotStays(backup));
    await when.released(withBackup);

    await when.released(gone);
    await when.backupVolumeLookedInto(volume);
    await then.known(backup);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, [data]);
  },
);
