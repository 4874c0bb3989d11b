import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

const large = 16 * mebibyte;
const small = 2 * mebibyte;

scenario(
  'All backups of a volume have its block size, and a restored volume may have another',
  {
    tags: ['backups'],
    needs: ['block-device'],
    longhorn: '>=1.10.0',
    proves: ['I2', 'I13', 'I15'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: 4 * large, blockSize: large });
    await given.data(volume, { offset: 0, size: mebibyte });
    const rest = await given.data(volume, { offset: mebibyte, size: 2 * large - mebibyte });
    const first = await given.settledBackup(volume);
    await then.sent(first, { new: 2, again: 0, of: large });
    await then.blocksAreOf(first, large);

    const little = await given.data(volume, { offset: 0, size: mebibyte });
    const second = await when.backedUp(await given.snapshot(volume));
    await then.completed(second);
    await then.sent(second, { new: 1, again: 0, of: large });
    await then.blocksAreOf(second, large);
    await then.storeHolds(volume, [first, second]);
    await then.lastBackup(second);
    await then.orKnownBug('stored-data-counts-small-blocks', () =>
      then.backupVolumeReports(volume, { blocks: 3, of: large }),
    );

    const restored = await then.restores(second, [little, rest]);
    const more = await given.data(restored, { offset: 3 * large, size: small });
    const third = await given.settledBackup(restored);
    await then.sent(third, { new: 17, again: 0, of: small });
    await then.blocksAreOf(third, small);
    await then.storeHolds(restored, [third]);
    await then.restores(third, [little, rest, more]);
  },
);

scenario(
  'The default size of backup blocks applies only to volumes that are made after it is set',
  {
    tags: ['backups', 'refusals'],
    // On other clusters, other users may make volumes while the setting is changed.
    needs: ['lab'],
    longhorn: '>=1.10.0',
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['I14'],
  },
  async ({ given, then }) => {
    const volume = await given.volume({ size: 4 * large, blockSize: small });
    await given.data(volume, { offset: 0, size: small });
    await given.exclusive('cluster-settings');
    await given.setting('backup blocks of new volumes have 16 MiB');

    const backup = await given.settledBackup(volume);
    await then.sent(backup, { new: 1, again: 0, of: small });
    await then.blocksAreOf(backup, small);
    const other = await given.newVolume();
    await then.corrected(other, 'backup blocks of no size', {
      spec: { backupBlockSize: '0' },
      into: { backupBlockSize: String(large) },
    });
  },
);
