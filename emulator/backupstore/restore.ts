import { open } from 'node:fs/promises';
import { gunzipSync } from 'node:zlib';
import { decompressFrames } from '../../e2e/store/format/lz4/frame.ts';
import type { Behaviour } from '../environment.ts';
import type { CompressionMethod } from './config.ts';
import { loadBackup, loadVolume } from './configs.ts';
import { StoreError } from './errors.ts';
import { underLock } from './lock.ts';
import { lockTypes } from './lock-rules.ts';
import { blockPath, blockSize, checksumOf } from './paths.ts';
import type { Store } from './store.ts';

const decompress = (method: CompressionMethod, data: Uint8Array): Uint8Array => {
  if (method === 'none') return data;
  if (method === 'gzip') return gunzipSync(data, { maxOutputLength: blockSize });
  const block = Buffer.alloc(blockSize);
  return block.subarray(0, decompressFrames(data, block));
};

/** Brings a block of the store back to its data; throws if they are not the ones its name stands for. */
const decompressBlock = (method: CompressionMethod, data: Uint8Array, checksum: string): Uint8Array => {
  const block = decompress(method, data);
  if (checksumOf(block) !== checksum)
    throw new StoreError(`block ${checksum} of the backup is damaged: its data have another checksum`);
  return block;
};

type Restore = Behaviour & {
  store: Store;
  /** Whose backup it is; the restored volume has a name of its own. */
  volume: string;
  backup: string;
  /** An image that holds nothing yet and is as long as the volume. */
  image: string;
};

/**
 * Writes a backup's blocks to an image, under the lock of a backup, which uploads agree with and deletions do
 * not.
 */
export const restoreBackup = (restore: Restore): Promise<void> =>
  underLock({ ...restore, type: lockTypes.backup }, async () => {
    const { store, volume, backup, image } = restore;
    const { Size } = await loadVolume(store, volume);
    const { Blocks, CompressionMethod, CreatedTime } = await loadBackup(store, volume, backup);
    if (CreatedTime === '') throw new StoreError(`backup ${backup} is still in progress`);
    const file = await open(image, 'r+');
    try {
      const { size } = await file.stat();
      if (size !== Size)
        throw new StoreError(`not emulated: a volume of ${size} bytes from a backup of one of ${Size}`);
      for (const { Offset, BlockChecksum } of Blocks) {
        const data = await store.readData(blockPath(volume, BlockChecksum));
        const block = decompressBlock(CompressionMethod, data, BlockChecksum);
        await file.write(block, 0, block.length, Offset);
      }
      await file.sync();
    } finally {
      await file.close();
    }
  });
