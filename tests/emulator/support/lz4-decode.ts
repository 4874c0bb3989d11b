import { decompressFrames } from '../../../e2e/store/format/lz4/frame.ts';

/**
 * Decompresses an LZ4 frame by the decoder that checks real stores; limit is the most it may hold in bytes.
 * Throws on damage.
 */
export const decompressFrame = (frame: Uint8Array, limit: number): Buffer => {
  const target = Buffer.alloc(limit);
  return target.subarray(0, decompressFrames(frame, target));
};
