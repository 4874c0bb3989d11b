import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

scenario(
  'A deleted snapshot stays while the setting of Longhorn forbids a purge, and goes once that is allowed',
  {
    tags: ['snapshots', 'slow'],
    // On other clusters, the setting would keep snapshots of other users.
    needs: ['lab', 'block-device'],
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['N9'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const older = await given.snapshot(volume);
    await given.exclusive('cluster-settings');
    // Without the first setting, Longhorn rejects the second one.
    const kept = await given.setting('snapshots of rebuilds are kept');
    const unpurged = await given.setting('no snapshot is purged');
    await given.data(volume, { offset: size, size });
    await given.snapshot(volume);

    await when.snapshotDeleted(older);
    // Longhorn has had the time to purge the deleted one when it has taken another.
    await given.snapshot(volume);
    await then.snapshotNotPurged(older);
    await when.released(unpurged);
    await then.snapshotGoes(older);
    await when.released(kept);
  },
);
