import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = {
  tags: ['backups', 'snapshots', 'slow'],
  // On other clusters, the setting would also remove snapshots of other users.
  needs: ['lab'],
  longhorn: '>=1.8.0',
  disruptions: ['settings'],
  exclusive: ['cluster-settings'],
} as const satisfies ScenarioOptions;

scenario(
  'A backup that is gone from its store leaves its snapshot, where a deleted one takes it along',
  {
    ...about,
    tags: ['backups', 'snapshots', 'failing-store', 'slow'],
    needs: ['lab', 'fileMissing'],
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

// Not derived from a document. By Longhorn's source, the setting knows a snapshot by its name alone.
scenario(
  'A backup that is deleted leaves a snapshot of another volume, although that has the name of its own',
  about,
  async ({ given, when, then }) => {
    const { volume, backup } = await backedUpVolume(given);
    await when.volumeRemoved(volume);

    const other = await given.volume();
    await given.data(other);
    await given.namesakeSnapshot(backup, other);
    // Longhorn cannot remove the snapshot below the volume's present data.
    await given.snapshot(other);
    await given.exclusive('cluster-settings');
    const withBackup = await given.setting('a snapshot goes with its backup');
    await when.deleted(backup);
    await then.deleted(backup);
    await then.orKnownBug('deleted-backup-takes-namesake', () => then.snapshotStays(backup));
    await when.released(withBackup);
  },
);
