import type { Transform } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';

/** How archives and layers are compressed in this world. */
export type Compression = 'gzip' | 'zstd';

const CHUNK = 256 * 1024;
// A zstd frame, or a skippable one, which some writers begin with.
const zstdMagic = [0xfd2fb528, 0x184d2a50];

/** What a file is compressed with, told by its first bytes; undefined for anything else. */
export const compressionOf = (head: Buffer): Compression | undefined => {
  if (head.length < 4) return undefined;
  if (head.readUInt16BE(0) === 0x1f8b) return 'gzip';
  return zstdMagic.includes(head.readUInt32LE(0)) ? 'zstd' : undefined;
};

/** The program that a file needs before we can read it, told by its first bytes. */
export const unreadCompression = (head: Buffer): string | undefined => {
  if (head.subarray(1, 5).equals(Buffer.from('7zXZ'))) return 'xz';
  return head.subarray(0, 3).equals(Buffer.from('BZh')) ? 'bzip2' : undefined;
};

/** Decompresses what is written to it; several members or frames one after another are one content. */
export const decompressor = (compression: Compression): Transform =>
  compression === 'gzip' ? createGunzip({ chunkSize: CHUNK }) : createZstdDecompress({ chunkSize: CHUNK });

/** Says in words why a stream cannot be decompressed; undefined when the error is about something else. */
export const explainDecompression = (compression: Compression, error: unknown): string | undefined => {
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR') return `its ${compression} stream ends early: it is truncated`;
  return /^(Z_|ZSTD_)/.test(code) ? `its ${compression} stream is damaged (${message})` : undefined;
};
