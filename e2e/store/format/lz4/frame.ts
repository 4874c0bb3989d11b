import { Damage, decompressBlock, viewOf } from './block.ts';
import { xxh32 } from './xxh32.ts';

const magic = 0x184d2204;
// The first of 16 magic numbers of skippable frames. Such a frame states its size.
const skippable = 0x184d2a50;
const legacy = 0x184c2102;
const uncompressed = 0x80000000;

/** Whether data start with the magic number of an LZ4 frame. */
export const isLz4 = (data: Uint8Array): boolean => data.length >= 4 && uint32(data, 0) === magic;

/**
 * Decompresses consecutive LZ4 frames into `target`. Returns the size of the data. Follows LZ4 frame format 1.6.3:
 * linked and independent blocks, checksums of blocks and content, content size, skippable frames. Dictionaries and
 * frames of LZ4 before 1.4 are not supported. Throws `Damage` for any detectable damage, and if the data exceed the
 * target.
 */
export const decompressFrames = (data: Uint8Array, target: Uint8Array): number => {
  let end = 0;
  for (let at = 0; at < data.length || at === 0; ) {
    if (data.length - at < 4)
      throw at === 0 ? new Damage('format', 'is no LZ4 frame') : trailing(data.length - at);
    const kind = uint32(data, at);
    if (kind === magic) {
      const frame = decompressFrame(data, at, target, end);
      at = frame.at;
      end = frame.end;
    } else if ((kind & 0xfffffff0) >>> 0 === skippable) {
      at = skip(data, at + 4, 4, 'within a frame to skip');
      at = skip(data, at, uint32(data, at - 4), 'within a frame to skip');
    } else {
      if (at > 0) throw trailing(data.length - at);
      throw new Damage(
        'format',
        kind === legacy
          ? 'is an LZ4 frame of the legacy kind, which Longhorn does not write'
          : 'is no LZ4 frame',
      );
    }
  }
  return end;
};

type Header = {
  at: number;
  linked: boolean;
  blockChecksums: boolean;
  contentChecksum: boolean;
  contentSize: bigint | undefined;
  largest: number;
};

const decompressFrame = (
  data: Uint8Array,
  start: number,
  target: Uint8Array,
  base: number,
): { at: number; end: number } => {
  const header = readHeader(data, start + 4);
  let { at } = header;
  let end = base;
  for (;;) {
    at = skip(data, at, 4, 'before the size of a block');
    const word = uint32(data, at - 4);
    if (word === 0) break;
    const size = word & 0x7fffffff;
    if (size > header.largest)
      throw new Damage('corrupt', `has a block of ${size} bytes where its header allows ${header.largest}`);
    const from = at;
    at = skip(data, at, size, 'within a block');
    if (word & uncompressed) {
      if (size > target.length - end) throw new Damage('too-large', `holds more than ${target.length} bytes`);
      target.set(data.subarray(from, at), end);
      end += size;
    } else {
      const before = end;
      end = decompressBlock(
        { source: data, from, to: at },
        { target, end, base: header.linked ? base : end },
      );
      if (end - before > header.largest)
        throw new Damage('corrupt', `has a block of more than ${header.largest} bytes of data`);
    }
    if (header.blockChecksums) {
      const to = at;
      at = skip(data, at, 4, 'before the checksum of a block');
      if (xxh32(data.subarray(from, to)) !== uint32(data, to))
        throw new Damage('corrupt', 'has a block that does not match its checksum');
    }
  }
  if (header.contentChecksum) {
    at = skip(data, at, 4, 'before the checksum of its content');
    if (xxh32(target.subarray(base, end)) !== uint32(data, at - 4))
      throw new Damage('corrupt', 'has a content that does not match its checksum');
  }
  if (header.contentSize !== undefined && header.contentSize !== BigInt(end - base))
    throw new Damage('corrupt', `holds ${end - base} bytes and says ${header.contentSize}`);
  return { at, end };
};

const readHeader = (data: Uint8Array, start: number): Header => {
  const after = skip(data, start, 2, 'within its header');
  const [flags, sizes] = [data[start] as number, data[start + 1] as number];
  const version = flags >>> 6;
  if (version !== 1) throw new Damage('corrupt', `has version ${version} in its header`);
  const hasSize = (flags & 8) !== 0;
  const hasDictionary = (flags & 1) !== 0;
  const end = skip(data, after, (hasSize ? 8 : 0) + (hasDictionary ? 4 : 0) + 1, 'within its header');
  if (((xxh32(data.subarray(start, end - 1)) >>> 8) & 0xff) !== data[end - 1])
    throw new Damage('corrupt', 'has a header that does not match its checksum');
  const step = (sizes >>> 4) & 7;
  if ((flags & 2) !== 0 || (sizes & 0x8f) !== 0 || step < 4)
    throw new Damage('corrupt', 'has bits in its header that mean nothing');
  if (hasDictionary) throw new Damage('corrupt', 'needs a dictionary, which Longhorn does not use');
  return {
    at: end,
    linked: (flags & 0x20) === 0,
    blockChecksums: (flags & 0x10) !== 0,
    contentChecksum: (flags & 4) !== 0,
    contentSize: hasSize ? viewOf(data).getBigUint64(after, true) : undefined,
    // 64 KiB, 256 KiB, 1 MiB, 4 MiB.
    largest: 1 << (8 + 2 * step),
  };
};

const uint32 = (data: Uint8Array, at: number): number => viewOf(data).getUint32(at, true);

const skip = (data: Uint8Array, at: number, size: number, where: string): number => {
  if (size > data.length - at) throw new Damage('cut-off', `ends ${where}`);
  return at + size;
};

const trailing = (size: number): Damage =>
  new Damage('corrupt', `is followed by ${size} bytes that are no frame`);
