import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { checksumOf } from './layout.ts';

const gzipped = promisify(gzip);

/** The block size that every version of Longhorn reads, in bytes. */
export const blockSize = 2 << 20;

/** A block as stored. `checksum` is that of the data and names the file. `bytes` are the compressed data. */
type PackedBlock = { checksum: string; bytes: Uint8Array };

/** Compresses a block with gzip, a method of Longhorn. The level is the fastest one, because Longhorn reads any. */
export const packBlock = async (data: Uint8Array): Promise<PackedBlock> => ({
  checksum: checksumOf(data),
  bytes: await gzipped(data, { level: 1 }),
});
