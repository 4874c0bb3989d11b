import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Behaviour } from '../environment.ts';
import type { BackupConfig, BlockMapping, CompressionMethod } from './config.ts';
import { StoreError } from './errors.ts';
import { compressFrame } from './lz4.ts';
import { blockPath, blockSizeOf, checksumOf } from './paths.ts';
import type { Store } from './store.ts';

const gzipHeader = Uint8Array.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff);
const longestStored = 0xffff;

/** Writes a gzip file with uncompressed data (RFC 1951, 3.2.4; RFC 1952). Returns its length in bytes. */
const storeAsGzip = (data: Uint8Array, into: Buffer): number => {
  into.set(gzipHeader);
  let end = gzipHeader.length;
  for (let at = 0; at < data.length; at += longestStored) {
    const piece = data.subarray(at, at + longestStored);
    into[end] = at + piece.length === data.length ? 1 : 0;
    into.writeUInt16LE(piece.length, end + 1);
    into.writeUInt16LE(~piece.length & 0xffff, end + 3);
    into.set(piece, end + 5);
    end += 5 + piece.length;
  }
  into.writeUInt32LE(process.getBuiltinModule('node:zlib').crc32(data), end);
  return into.writeUInt32LE(data.length, end + 4);
};

/** A buffer that a block fits into with any compression. */
const allocateBuffer = (blockSize: number): Buffer => Buffer.alloc(blockSize + 4096);

/**
 * Compresses a block into an existing buffer, or returns the block itself. For gzip the data are stored
 * uncompressed: on the one slow processor of a lab node, level 1 took half of an upload's time. The buffer is
 * used again, because there each of its 512 pages costs a page fault of 50 us when it is new.
 */
export const compress = (
  method: CompressionMethod,
  block: Uint8Array,
  into = allocateBuffer(block.length),
): Uint8Array => {
  if (method === 'gzip') return into.subarray(0, storeAsGzip(block, into));
  return method === 'lz4' ? compressFrame(block) : block;
};

/** A snapshot to back up, and the options. */
export type Upload = Behaviour & {
  store: Store;
  volume: string;
  volumeSize: number;
  storageClassName?: string;
  backup: string;
  snapshot: string;
  snapshotCreatedAt: string;
  /** The snapshot's image, as long as the volume or shorter. Blocks of zeros count as never written. */
  image: string;
  /** Whether a snapshot still exists. A backup is incremental only if the snapshot of the last backup exists. */
  hasSnapshot: (name: string) => boolean;
  compressionMethod: CompressionMethod;
  labels: Record<string, string>;
  parameters: Record<string, string>;
  /** How many blocks are written at once. */
  atOnce: number;
  onStarted: () => void;
  /** Called before the lock is removed, which takes minutes on a store that does not answer. */
  onFailed?: (error: Error) => void;
  /** Replaces a block by what the snapshot's file has in its place if the snapshot was deleted meanwhile. */
  readAnew?: (offset: number, block: Buffer) => Promise<void>;
  /** Whether a local snapshot of this name has this block too. Longhorn compares snapshots, by name. */
  isUnchangedSince?: (snapshot: string, offset: number, block: Buffer) => Promise<boolean>;
  /** Percent. At most 95 while blocks are uploaded, but for the last of 16 to 19 blocks. */
  onProgress: (percent: number) => void;
};

/**
 * Reads a block of an image; zeros where the image ends before it. The last block of a volume is complete: the
 * volume's size is a multiple of the block size.
 */
export const readBlock = async (file: FileHandle, offset: number, block: Buffer): Promise<void> => {
  let end = 0;
  for (let read = 1; end < block.length && read > 0; end += read) {
    read = (await file.read(block, end, block.length - end, offset + end)).bytesRead;
  }
  block.fill(0, end);
};

/** Whether a backup sends all of its blocks, including those that the store has. */
export const isFullBackup = ({ parameters }: Upload): boolean => parameters['backup-mode'] === 'full';

/**
 * Uploads the blocks of a snapshot that differ from the last backup's. Returns these blocks, the bytes sent
 * for the first time, the bytes sent again, and the number of new files.
 */
export const uploadBlocks = async (upload: Upload, last: BackupConfig | undefined) => {
  const { store, volume, compressionMethod, onProgress, clock } = upload;
  const blockSize = blockSizeOf(upload.parameters);
  const zeros = Buffer.alloc(blockSize);
  const total = Math.ceil(upload.volumeSize / blockSize);
  const before = new Map(last?.Blocks.map(({ Offset, BlockChecksum }) => [Offset, BlockChecksum]));
  const changed: BlockMapping[] = [];
  const known = new Set<string>();
  let uploaded = 0;
  let uploadedAgain = 0;
  let newBlocks = 0;
  // As many writes run as may, while the next block is read and compressed. Their buffers take turns: with new buffers for
  // each block, an upload grew to hundreds of megabytes before garbage collection.
  const buffers = Array.from({ length: upload.atOnce + 1 }, () => ({
    block: Buffer.alloc(blockSize),
    packed: allocateBuffer(blockSize),
  }));
  const writing: Promise<void>[] = [];
  const start = performance.now();
  const file = await open(upload.image);
  try {
    for (let index = 0; index < total; index += 1) {
      const offset = index * blockSize;
      const { block, packed } = buffers[0] as (typeof buffers)[number];
      await readBlock(file, offset, block);
      await upload.readAnew?.(offset, block);
      onProgress(Math.floor(((index + 1) / total) * 95));
      if (block.equals(zeros) && !before.has(offset)) continue;
      const checksum = checksumOf(block);
      const sendsAgain =
        (isFullBackup(upload) && upload.mutant !== 'full-backup-spares-blocks') ||
        upload.mutant === 'blocks-sent-again';
      if (before.get(offset) === checksum && !sendsAgain) continue;
      if (last && (await upload.isUnchangedSince?.(last.SnapshotName, offset, block))) continue;
      changed.push({ Offset: offset, BlockChecksum: checksum });
      const path = blockPath(volume, checksum);
      if (known.has(checksum)) continue;
      const isThere = await store.exists(path);
      if (isThere && !sendsAgain) continue;
      known.add(checksum);
      const data = compress(compressionMethod, block, packed);
      if (writing.length === upload.atOnce) await writing.shift();
      await sleep(Math.max(0, start + (known.size - 1) * clock.blockUpload - performance.now()));
      const written = store.write(path, data).catch((error) => {
        throw new StoreError(`failed to write data during saving blocks: ${(error as Error).message}`);
      });
      writing.push(written);
      buffers.push(...buffers.splice(0, 1));
      // The next block, or the end, handles a failure. Without this handler a failure would end the process
      // before that.
      written.catch(() => undefined);
      if (isThere) uploadedAgain += data.length;
      else {
        uploaded += data.length;
        newBlocks += 1;
      }
    }
    for (const written of writing) await written;
    // deltablock.go, getProgress, counts a block too many: of 16 to 19 blocks the last one gives 100 %.
    const end = Math.trunc(((changed.length + 1) / changed.length) * 95);
    if (end === 100 && !store.isFixed('unwritten-backup-is-completed')) onProgress(end);
  } finally {
    await file.close();
  }
  return { changed, uploaded, uploadedAgain, newBlocks };
};
