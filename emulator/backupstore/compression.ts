import { gzipSync } from 'node:zlib';
import type { CompressionMethod } from './config.ts';
import { compressFrame } from './lz4-frame.ts';

/**
 * Compresses a block, and blocks this process meanwhile: on the one slow processor of a lab node a thread pool costs a third more. gzip is
 * at level 1 for the same reason; a block is valid at any level. It comes in one piece: joining smaller ones doubles the memory.
 */
export const compress = (method: CompressionMethod, block: Uint8Array): Uint8Array => {
  if (method === 'gzip') return gzipSync(block, { level: 1, chunkSize: block.length + 4096 });
  return method === 'lz4' ? compressFrame(block) : block;
};
