import { type FileHandle, open } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import type { Behaviour } from '../environment.ts';
import type { BackupConfig, BlockMapping, CompressionMethod } from './config.ts';
import { StoreError } from './errors.ts';
import { compressFrame } from './lz4.ts';
import { blockPath, blockSize, checksumOf } from './paths.ts';
import type { Store } from './store.ts';

/**
 * Compresses a block, and blocks this process meanwhile: on the one slow processor of a lab node a thread
 * pool costs a third more. gzip is at level 1 for the same reason; a block is valid at any level. It comes in
 * one piece: joining smaller ones doubles the memory.
 */
export const compress = (method: CompressionMethod, block: Uint8Array): Uint8Array => {
  if (method === 'gzip') return gzipSync(block, { level: 1, chunkSize: block.length + 4096 });
  return method === 'lz4' ? compressFrame(block) : block;
};

/** A snapshot to back up, and how. */
export type Upload = Behaviour & {
  store: Store;
  volume: string;
  volumeSize: number;
  backup: string;
  snapshot: string;
  snapshotCreatedAt: string;
  /** The snapshot's image, as long as the volume or shorter; all-zero blocks count as never written. */
  image: string;
  /** Whether a snapshot is still there: a backup is incremental only against a last one whose snapshot is. */
  hasSnapshot: (name: string) => boolean;
  compressionMethod: CompressionMethod;
  labels: Record<string, string>;
  parameters: Record<string, string>;
  onStarted: () => void;
  /** Percent, up to 95 while blocks are uploaded. */
  onProgress: (percent: number) => void;
};

const zeros = Buffer.alloc(blockSize);

// The last block of a volume is whole: its size is a multiple of 2 MiB.
const readBlock = async (file: FileHandle, offset: number, block: Buffer): Promise<void> => {
  let end = 0;
  for (let read = 1; end < blockSize && read > 0; end += read) {
    read = (await file.read(block, end, blockSize - end, offset + end)).bytesRead;
  }
  block.fill(0, end);
};

/** Whether a backup sends all of its blocks, also those that the store has. */
export const isFull = ({ parameters }: Upload): boolean => parameters['backup-mode'] === 'full';

/**
 * Uploads the blocks of a snapshot that differ from the last backup's, and gives them, with the bytes sent
 * (for the first time, and again) and the files made.
 */
export const uploadBlocks = async (upload: Upload, last: BackupConfig | undefined) => {
  const { store, volume, compressionMethod, onProgress } = upload;
  const total = Math.ceil(upload.volumeSize / blockSize);
  const before = new Map(last?.Blocks.map(({ Offset, BlockChecksum }) => [Offset, BlockChecksum]));
  const changed: BlockMapping[] = [];
  const known = new Set<string>();
  let uploaded = 0;
  let uploadedAgain = 0;
  let newBlocks = 0;
  // One write is under way while the next block is read and compressed: the network waits for neither, and
  // memory holds two blocks. They are used in turn: with new ones for each block an upload grew to hundreds
  // of megabytes before they were collected.
  let [block, written] = [Buffer.alloc(blockSize), Buffer.alloc(blockSize)];
  let writing: Promise<void> = Promise.resolve();
  const file = await open(upload.image);
  try {
    for (let index = 0; index < total; index += 1) {
      const offset = index * blockSize;
      await readBlock(file, offset, block);
      onProgress(Math.floor(((index + 1) / total) * 95));
      if (block.equals(zeros) && !before.has(offset)) continue;
      const checksum = checksumOf(block);
      if (before.get(offset) === checksum) continue;
      changed.push({ Offset: offset, BlockChecksum: checksum });
      const path = blockPath(volume, checksum);
      if (known.has(checksum)) continue;
      const isThere = await store.exists(path);
      if (isThere && !isFull(upload)) continue;
      known.add(checksum);
      const data = compress(compressionMethod, block);
      await writing;
      writing = store.write(path, data).catch((error) => {
        throw new StoreError(`failed to write data during saving blocks: ${(error as Error).message}`);
      });
      [block, written] = [written, block];
      // Looked at with the next block or at the end; without a handler a failure would end the process before
      // that.
      writing.catch(() => undefined);
      if (isThere) uploadedAgain += data.length;
      else {
        uploaded += data.length;
        newBlocks += 1;
      }
    }
    await writing;
  } finally {
    await file.close();
  }
  return { changed, uploaded, uploadedAgain, newBlocks };
};
