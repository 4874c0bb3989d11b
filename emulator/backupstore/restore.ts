import { open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { decompressFrames } from '../../e2e/store/format/lz4/frame.ts';
import type { Clock } from '../clocks.ts';
import type { Behaviour } from '../environment.ts';
import type { CompressionMethod } from './config.ts';
import { loadBackup, loadVolume } from './configs.ts';
import { StoreError } from './errors.ts';
import { withStoreLock } from './lock.ts';
import { lockTypes } from './lock-rules.ts';
import { blockPath, blockSizeOf, checksumOf } from './paths.ts';
import type { Store } from './store.ts';

// Throws Go's texts. The module is loaded on its first use: see engine/longhorn.ts.
const gunzip = (data: Uint8Array, blockSize: number): Uint8Array => {
  try {
    return process.getBuiltinModule('node:zlib').gunzipSync(data, { maxOutputLength: blockSize });
  } catch (error) {
    const { message } = error as Error;
    const messages = {
      'incorrect data check': 'gzip: invalid checksum',
      'incorrect header check': 'gzip: invalid header',
    };
    throw new StoreError(messages[message as keyof typeof messages] ?? `flate: corrupt input (${message})`);
  }
};

type Packed = { method: CompressionMethod; blockSize: number };

const decompress = ({ method, blockSize }: Packed, data: Uint8Array): Uint8Array => {
  if (method === 'none') return data;
  if (method === 'gzip') return gunzip(data, blockSize);
  const block = Buffer.alloc(blockSize);
  return block.subarray(0, decompressFrames(data, block));
};

const decompressed = (packed: Packed, data: Uint8Array, path: string): Uint8Array => {
  try {
    return decompress(packed, data);
  } catch (error) {
    throw new StoreError(`decompression verification failed for block ${path}: ${(error as Error).message}`);
  }
};

const wrongChecksum = 'checksum verification failed for block';

const noBlock = new Uint8Array();

type Source = { store: Store; volume: string; packed: Packed; clock: Clock };

/**
 * Reads a block. Repeats a failed read or decompression after growing pauses, for eight and a half minutes on the real
 * clock. Fails at once if the data have another checksum than the block's name (util.go, retryWithBackoff).
 */
const loadBlock = async ({ store, volume, packed, clock }: Source, checksum: string): Promise<Uint8Array> => {
  const path = blockPath(volume, checksum);
  const fail = (why: string): never => {
    throw new StoreError(`failed to decompress and verify block ${path} with checksum ${checksum}: ${why}`);
  };
  for (let tried = 0; ; tried += 1) {
    let why: string;
    try {
      const data = await store.readData(path).catch((error) => {
        throw new StoreError(`failed to read block ${path}: ${error.message}`);
      });
      const block = decompressed(packed, data, path);
      if (checksumOf(block) === checksum) return block;
      why = wrongChecksum;
    } catch (error) {
      why = (error as Error).message;
    }
    if (why === wrongChecksum) fail(`decompression verification failed for block ${path}: ${why}`);
    const pause = clock.blockRetries[tried];
    if (pause === undefined) fail(`failed after ${tried + 1} attempts: ${why}`);
    await sleep(pause);
  }
};

type Restore = Behaviour & {
  store: Store;
  /** Name of the volume that was backed up. The restored volume has another name. */
  volume: string;
  backup: string;
  /**
   * An image as long as the volume, or with isNew the path of an image to create. Undefined for a replica without an
   * image here: its blocks are only read.
   */
  image: string | undefined;
  isNew?: boolean;
  /** How many blocks are read at once; one by default. */
  atOnce?: number;
  /** The backup that the image holds. Only blocks that differ from its blocks are read. */
  last?: string | undefined;
  /** Called before the first block. The requester of the restore reports errors that occur before this call. */
  onStarted?: () => void;
};

/**
 * Writes a backup's blocks to an image, under a backup lock. That lock is compatible with uploads, not with deletions.
 */
export const restoreBackup = (restore: Restore): Promise<void> =>
  withStoreLock({ ...restore, type: lockTypes.backup }, async () => {
    const {
      store,
      volume,
      backup,
      image,
      isNew = false,
      atOnce = 1,
      last,
      clock,
      mutant,
      onStarted,
    } = restore;
    const { Size } = await loadVolume(store, volume).catch((error) => {
      throw new StoreError(`Source volume doesn't exist in backupstore: ${error.message}`);
    });
    const { Blocks, CompressionMethod, CreatedTime, Parameters } = await loadBackup(store, volume, backup);
    if (CreatedTime === '') throw new StoreError(`backup ${backup} is still in progress`);
    const held = last === undefined ? undefined : await loadBackup(store, volume, last);
    const [sizeBefore, blockSize] = [
      blockSizeOf((held ?? { Parameters }).Parameters),
      blockSizeOf(Parameters),
    ];
    if (Size % blockSize !== 0 && !store.isFixed('odd-size-ends-restores'))
      throw new StoreError(`volume size ${Size} is not a multiple of block size ${blockSize}`);
    if (sizeBefore !== blockSize && !store.isFixed('other-block-size-ends-standby'))
      throw new StoreError(`backup block size is changed from ${sizeBefore} to ${blockSize}`);
    const known = sizeBefore === blockSize ? held : undefined;
    const before = new Map(known?.Blocks.map(({ Offset, BlockChecksum }) => [Offset, BlockChecksum]));
    const method = mutant === 'old-compression-unknown' && !Parameters ? 'none' : CompressionMethod;
    const packed = { method, blockSize };
    const load = (checksum: string): Promise<Uint8Array> => {
      const loading = loadBlock({ store, volume, packed, clock }, checksum);
      return mutant === 'restore-skips-blocks' ? loading.catch(() => noBlock) : loading;
    };
    const needed = Blocks.filter(({ Offset, BlockChecksum }) => before.get(Offset) !== BlockChecksum);
    const loadAll = async (use: (block: Uint8Array, offset: number) => Promise<unknown>): Promise<void> => {
      const left = needed.values();
      const work = async (): Promise<void> => {
        for (const { Offset, BlockChecksum } of left) await use(await load(BlockChecksum), Offset);
      };
      await Promise.all(Array.from({ length: atOnce }, work));
    };
    if (image === undefined) return loadAll(async () => {});
    const file = await open(image, isNew ? 'w' : 'r+');
    try {
      if (isNew) await file.truncate(Size);
      const { size } = await file.stat();
      if (size < Size)
        throw new StoreError(`not emulated: a volume of ${size} bytes from a backup of one of ${Size}`);
      // Removes the data of an earlier backup.
      if (known === undefined) await file.truncate(0);
      await file.truncate(Size);
      onStarted?.();
      await loadAll((block, offset) => file.write(block, 0, block.length, offset));
      for (const { Offset } of Blocks) before.delete(Offset);
      for (const gone of before.keys())
        await file.write(Buffer.alloc(packed.blockSize), 0, packed.blockSize, gone);
      if (mutant === 'restore-leaves-old-data')
        for (let at = 0; at < Size; at += packed.blockSize)
          if (!Blocks.some(({ Offset }) => Offset === at)) await file.write('old', at);
      await file.sync();
    } finally {
      await file.close();
    }
  });
