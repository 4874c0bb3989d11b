import { xxh32 } from '../../e2e/store/format/lz4/xxh32.ts';
import { compressBlock, compressBound } from './lz4-block.ts';

const magic = 0x184d2204;
const uncompressed = 0x80000000;
/** The header that Longhorn's library writes: version 1, independent blocks, checksum of the content, blocks of up to 4 MiB. */
const descriptor = Uint8Array.of(0x64, 0x70);

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

/** Compresses up to 4 MiB into an LZ4 frame of one block; a block that would not shrink is stored as it is, as the format allows. */
export const compressFrame = (data: Uint8Array): Buffer => {
  const packed = new Uint8Array(compressBound(data.length));
  const size = compressBlock(data, packed);
  const stored = size >= data.length;
  return Buffer.concat([
    uint32(magic),
    descriptor,
    Uint8Array.of((xxh32(descriptor) >>> 8) & 0xff),
    uint32(stored ? data.length | uncompressed : size),
    stored ? data : packed.subarray(0, size),
    uint32(0),
    uint32(xxh32(data)),
  ]);
};
