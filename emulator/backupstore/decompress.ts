import { gunzipSync } from 'node:zlib';
import { decompressFrames } from '../../e2e/store/format/lz4/frame.ts';
import type { CompressionMethod } from './config.ts';
import { StoreError } from './errors.ts';
import { blockSize, checksumOf } from './paths.ts';

const decompress = (method: CompressionMethod, data: Uint8Array): Uint8Array => {
  if (method === 'none') return data;
  if (method === 'gzip') return gunzipSync(data, { maxOutputLength: blockSize });
  const block = Buffer.alloc(blockSize);
  return block.subarray(0, decompressFrames(data, block));
};

/** Brings a block of the store back to its data; throws if they are not the ones its name stands for. */
export const decompressBlock = (method: CompressionMethod, data: Uint8Array, checksum: string): Uint8Array => {
  const block = decompress(method, data);
  if (checksumOf(block) !== checksum) throw new StoreError(`block ${checksum} of the backup is damaged: its data have another checksum`);
  return block;
};
