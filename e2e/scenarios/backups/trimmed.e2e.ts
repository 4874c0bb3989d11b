import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

// Longhorn's page on trims says that each valid snapshot is immutable. One that is deleted while it is the newest is marked
// as removed, until there is a newer one and it has been purged.
scenario(
  'A snapshot keeps data that are discarded in its volume while an older snapshot is marked as removed',
  {
    tags: ['backups', 'snapshots', 'slow'],
    // On other clusters, the setting would keep snapshots of other users.
    needs: ['lab', 'block-device'],
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    await when.newestSnapshotDeleted(await given.snapshot(volume));
    await given.exclusive('cluster-settings');
    // Without the first setting, Longhorn rejects the second one.
    const kept = await given.setting('snapshots of rebuilds are kept');
    const unpurged = await given.setting('no snapshot is purged');
    const later = { offset: size, size };
    data.push(await given.data(volume, later));
    const newer = await given.snapshot(volume);

    await when.discarded(volume, later);
    const backup = await when.backedUp(newer);
    await then.completed(backup);
    await then.orKnownBug('trim-empties-snapshot', () => then.restores(backup, data));
    for (const each of [unpurged, kept]) await when.released(each);
  },
);

scenario(
  'A trim marks all snapshots of a volume as removed if the volume allows that, and none of another volume',
  { tags: ['snapshots'], needs: ['block-device'], proves: ['N12'] },
  async ({ given, when, then }) => {
    const other = await given.volume({ trimsSnapshots: false });
    await given.data(other);
    const kept = await given.snapshot(other);
    const volume = await given.volume({ trimsSnapshots: true });
    await given.data(volume);
    const older = await given.snapshot(volume);
    const later = { offset: size, size };
    await given.data(volume, later);
    const newer = await given.snapshot(volume);

    await when.discarded(other, littleData.data);
    await when.discarded(volume, later);
    await then.snapshotsMarkedByTrim([older, newer]);
    await then.snapshotUnmarked(kept);
  },
);
