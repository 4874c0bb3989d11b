import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { checksumOf } from './layout.ts';

const gzipped = promisify(gzip);

/** The size of a block that Longhorn of any version reads, in bytes. */
export const blockSize = 2 << 20;

/**
 * A block as it lies in a store: its file's name is the checksum of the data, its content the data
 * compressed.
 */
type PackedBlock = { checksum: string; bytes: Uint8Array };

/**
 * Packs a block with gzip, one of Longhorn's own methods; at the fastest level, as a block is valid at any.
 */
export const packBlock = async (data: Uint8Array): Promise<PackedBlock> => ({
  checksum: checksumOf(data),
  bytes: await gzipped(data, { level: 1 }),
});
