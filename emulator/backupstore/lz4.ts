import { xxh32 } from '../../e2e/store/format/lz4/xxh32.ts';

// The LZ4 block format: sequences of literals and of matches in the 64 KiB before them. The last 5 bytes must
// be literals. The last match must begin 12 or more bytes before the end.
const minMatch = 4;
const lastLiterals = 5;
const matchLimit = 12;
const window = 65_535;
const hashBits = 14;

/** Largest size of a compressed block, in bytes. */
const compressBound = (size: number): number => size + Math.ceil(size / 255) + 16;

const writeLength = (target: Uint8Array, at: number, length: number): number => {
  let rest = length;
  let position = at;
  for (; rest >= 255; rest -= 255) target[position++] = 255;
  target[position++] = rest;
  return position;
};

/**
 * Compresses a block greedily, as LZ4's fast mode does. `target` has compressBound bytes. Returns the number
 * of bytes written.
 */
const compressBlock = (source: Uint8Array, target: Uint8Array): number => {
  const view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  const heads = new Int32Array(1 << hashBits).fill(-window - 1);
  const lastStart = source.length - matchLimit;
  let written = 0;
  let anchor = 0;
  const emit = (end: number, offset: number, length: number): void => {
    const literals = end - anchor;
    const token = written++;
    if (literals >= 15) written = writeLength(target, written, literals - 15);
    target.set(source.subarray(anchor, end), written);
    written += literals;
    if (offset === 0) {
      target[token] = Math.min(literals, 15) << 4;
      return;
    }
    target[written++] = offset & 0xff;
    target[written++] = offset >>> 8;
    if (length - minMatch >= 15) written = writeLength(target, written, length - minMatch - 15);
    target[token] = (Math.min(literals, 15) << 4) | Math.min(length - minMatch, 15);
  };
  for (let at = 0; at <= lastStart; ) {
    const word = view.getInt32(at, true);
    const slot = Math.imul(word, 0x9e3779b1) >>> (32 - hashBits);
    const candidate = heads[slot] as number;
    heads[slot] = at;
    if (at - candidate > window || view.getInt32(candidate, true) !== word) {
      // The steps grow while nothing matches, so that random data is fast.
      at += 1 + ((at - anchor) >>> 6);
      continue;
    }
    const longest = source.length - lastLiterals - at;
    let length = minMatch;
    while (length < longest && source[candidate + length] === source[at + length]) length += 1;
    emit(at, at - candidate, length);
    at += length;
    anchor = at;
  }
  emit(source.length, 0, 0);
  return written;
};

const magic = 0x184d2204;
const uncompressed = 0x80000000;
/**
 * The header that Longhorn's library writes: version 1, independent blocks, a checksum of the content, blocks
 * of up to 4 MiB.
 */
const descriptor = Uint8Array.of(0x64, 0x70);

const uint32 = (value: number): Buffer => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
};

const largestBlock = 4 << 20;

/** A block that does not shrink is stored uncompressed, as the format allows. */
const frameBlock = (data: Uint8Array): Uint8Array[] => {
  const packed = new Uint8Array(compressBound(data.length));
  const size = compressBlock(data, packed);
  const stored = size >= data.length;
  return [uint32(stored ? data.length | uncompressed : size), stored ? data : packed.subarray(0, size)];
};

/** Compresses data into an LZ4 frame with blocks of up to 4 MiB. */
export const compressFrame = (data: Uint8Array): Buffer => {
  const blocks: Uint8Array[] = [];
  for (let at = 0; at < data.length; at += largestBlock)
    blocks.push(...frameBlock(data.subarray(at, at + largestBlock)));
  return Buffer.concat([
    uint32(magic),
    descriptor,
    Uint8Array.of((xxh32(descriptor) >>> 8) & 0xff),
    ...blocks,
    uint32(0),
    uint32(xxh32(data)),
  ]);
};
