import { gunzipSync, type InputType } from 'node:zlib';
import { Damage } from './lz4/block.ts';
import { decompressFrames, isLz4 } from './lz4/frame.ts';

/** The compression methods of blocks. A config that names none means gzip. */
export const compressionMethods = ['none', 'lz4', 'gzip'] as const;
export type CompressionMethod = (typeof compressionMethods)[number];

/**
 * Guesses the compression method from the first bytes. `none` may be wrong: uncompressed data can start with any bytes.
 */
export const looksLike = (data: Uint8Array): CompressionMethod => {
  if (isLz4(data)) return 'lz4';
  return isGzip(data) ? 'gzip' : 'none';
};

/**
 * Decompresses a block. Returns a part of `target`, or the block's own bytes. Throws `Damage` if the data are damaged
 * or larger than `target`.
 */
export const decompress = (method: CompressionMethod, data: Uint8Array, target: Uint8Array): Uint8Array => {
  if (method === 'lz4') return target.subarray(0, decompressFrames(data, target));
  if (method === 'gzip') return gunzip(data, target.length);
  if (data.length > target.length) throw new Damage('too-large', `holds more than ${target.length} bytes`);
  return data;
};

const isGzip = (data: Uint8Array): boolean => data[0] === 0x1f && data[1] === 0x8b;

// In bytes: header and trailer.
const shortestGzip = 18;

const gunzip = (data: Uint8Array, limit: number): Uint8Array => {
  if (!isGzip(data)) throw new Damage('format', 'is no gzip file');
  if (data.length < shortestGzip) throw new Damage('cut-off', 'ends before its data do');
  try {
    const { buffer, engine } = gunzipWithInfo(data, limit);
    // zlib ignores zeros after the end. Longhorn's library takes them for an invalid header.
    if (engine.bytesWritten < data.length)
      throw new Damage(
        'corrupt',
        `is followed by ${data.length - engine.bytesWritten} bytes that are no gzip file`,
      );
    return buffer;
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw new Damage('too-large', `holds more than ${limit} bytes`);
    // The last four bytes of a gzip file are the size of its data. If they are the expected size, the file is not cut
    // off.
    if (code === 'Z_BUF_ERROR' && declaredSize(data) !== limit)
      throw new Damage('cut-off', 'ends before its data do');
    if (code === 'Z_BUF_ERROR') throw new Damage('corrupt', 'does not decompress to its end, which is there');
    if (code?.startsWith('Z_')) throw new Damage('corrupt', `is no whole gzip file (${message})`);
    throw error;
  }
};

const declaredSize = (data: Uint8Array): number =>
  Buffer.from(data.buffer, data.byteOffset, data.length).readUInt32LE(data.length - 4);

// With `info`, zlib's functions also return the engine. Their types omit that.
const gunzipWithInfo = (data: InputType, maxOutputLength: number) =>
  gunzipSync(data, { maxOutputLength, info: true }) as unknown as {
    buffer: Uint8Array;
    engine: { bytesWritten: number };
  };
