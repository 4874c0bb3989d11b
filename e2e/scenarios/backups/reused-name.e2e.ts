import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

scenario(
  'A backup has all data of its snapshot, although the name of an older snapshot was used again',
  { tags: ['backups'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { offset: size, size }));
    await given.snapshot(volume);
    await when.snapshotRemoved(first);
    await given.snapshotOfSameName(first);
    data.push(await given.data(volume, { offset: 2 * size, size }));

    const second = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, second]);
    await then.orKnownBug('reused-snapshot-name-spoils-backup', () => then.restores(second, data));
    await then.restores(first, data.slice(0, 1));
  },
);

// The store cannot be checked: its volume.cfg has one size, and fsck finds blocks of the first backup outside of it.
scenario(
  'A backup is restored in its size, although a smaller volume was backed up under the name of its volume',
  { tags: ['backups', 'restores', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume, { offset: littleData.volume - size, size });
    const first = await given.settledBackup(volume);
    await when.volumeRemoved(volume);

    const smaller = await given.volumeMadeAgain(volume, { size: littleData.volume / 2 });
    const other = await given.data(smaller);
    const second = await given.settledBackup(smaller);
    await then.restores(second, [other]);
    await then.orKnownBug('smaller-volume-cuts-restores', () => then.restores(first, [data]));
  },
);

scenario(
  'A backup is restored, although its volume was made again with smaller backup blocks and another size',
  { tags: ['backups', 'restores'], needs: ['block-device'], longhorn: '>=1.10.0' },
  async ({ given, when, then }) => {
    const volume = await given.volume({ blockSize: 16 * mebibyte });
    const data = await given.data(volume);
    const first = await given.settledBackup(volume);
    await when.volumeRemoved(volume);

    const again = await given.volumeMadeAgain(volume, {
      size: littleData.volume + 2 * mebibyte,
      blockSize: 2 * mebibyte,
    });
    await given.settledBackup(again);
    const restore = await when.restored(first);
    await then.orKnownBug('odd-size-ends-restores', () => then.restored(restore, [data]));
  },
);
