import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const smallBlocks = String(2 * mebibyte);
const largeBlocks = String(16 * mebibyte);

scenario(
  'An invalid volume or restore is rejected, and a volume from a backup has the size of the backup',
  { tags: ['refusals', 'restores'], proves: ['I5', 'R2', 'R6', 'R9', 'R27', 'T6'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const method = "the compression method of the volume's backups";
    await then.changeRefused(volume, method, { backupCompressionMethod: 'lz4' });
    const nowhere = { backupTargetName: 'nowhere' };
    await then.changeRefused(volume, 'its backup target to one that is not there', nowhere);
    const other = await given.newVolume();
    await then.refused(other, 'a backup target that is not there', { spec: nowhere });

    const backup = await given.settledBackup(volume);
    const restore = await given.newRestore(backup);
    await then.nameTaken(restore, volume);
    const { url } = volume.target.store;
    await then.refused(restore, 'the URL of a store alone', { spec: { fromBackup: url } });
    const gone = `${url}?backup=backup-nowhere&volume=${volume.name}`;
    await then.refused(restore, 'the URL of a backup that is not there', { spec: { fromBackup: gone } });
    await then.sizeOfBackup(restore, backup);

    const size = littleData.data.size;
    const foreign = await given.foreignBackup(volume.target, { size, accessMode: 'rwx' });
    await when.storeLookedInto();
    await then.known(foreign.backup);
    const shared = await given.newRestore(foreign.backup);
    await then.corrected(shared, 'an access mode that is left open', {
      spec: { accessMode: '' },
      into: { accessMode: 'rwx' },
    });
    await then.accepted(shared, 'the access mode rwo', { accessMode: 'rwo' });
  },
);

scenario(
  'The size of backup blocks is 2 or 16 MiB, divides the size of the volume, and never changes',
  { tags: ['refusals'], longhorn: '>=1.10.0', proves: ['DR20', 'I12'] },
  async ({ given, then }) => {
    const other = await given.newVolume();
    await then.accepted(other, 'backup blocks of 2 MiB', { backupBlockSize: smallBlocks });
    await then.accepted(other, 'backup blocks of 16 MiB', { backupBlockSize: largeBlocks });
    const size = String(66 * mebibyte);
    await then.accepted(other, '66 MiB and backup blocks of 2 MiB', { size, backupBlockSize: smallBlocks });
    const uneven = { spec: { size, backupBlockSize: largeBlocks } };
    await then.refused(other, '66 MiB and backup blocks of 16 MiB', uneven);
    const medium = { spec: { backupBlockSize: String(4 * mebibyte) } };
    await then.refused(other, 'backup blocks of 4 MiB', medium);

    const volume = await given.volume();
    await given.data(volume);
    await then.changeRefused(volume, "the block size of the volume's backups", {
      backupBlockSize: largeBlocks,
    });

    const restore = await given.newRestore(await given.settledBackup(volume));
    await then.accepted(restore, 'backup blocks of 16 MiB', { backupBlockSize: largeBlocks });
    const standby = { Standby: true, frontend: '' };
    await then.corrected(restore, 'a wish to be on standby and backup blocks of 16 MiB', {
      spec: { ...standby, backupBlockSize: largeBlocks },
      into: { ...standby, backupBlockSize: smallBlocks },
    });
  },
);
