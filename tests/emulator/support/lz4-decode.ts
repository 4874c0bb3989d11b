import { xxh32 } from '../../../emulator/backupstore/xxh32.ts';

// The emulator writes blocks and never reads one; that what it writes can be read is for its tests to show.
const minMatch = 4;
const magic = 0x184d2204;
const uncompressed = 0x80000000;
/** The only flags Longhorn's library writes: version 1, independent blocks, checksum of the content. */
const flags = 0x64;

/** Decompresses a block into target from an offset on and gives the new end; throws where the input runs out of its bounds. */
const decompressBlock = (source: Uint8Array, target: Uint8Array, start: number): number => {
  let at = 0;
  let end = start;
  const byte = (): number => {
    const value = source[at++];
    if (value === undefined) throw new Error('lz4: the block ends within a sequence');
    return value;
  };
  const readLength = (nibble: number): number => {
    let length = nibble;
    if (nibble < 15) return length;
    for (let more = 255; more === 255; length += more) more = byte();
    return length;
  };
  while (at < source.length) {
    const token = byte();
    const literals = readLength(token >>> 4);
    if (at + literals > source.length || end + literals > target.length) throw new Error('lz4: literals beyond the end');
    target.set(source.subarray(at, at + literals), end);
    at += literals;
    end += literals;
    if (at === source.length) {
      // The format's end rule, on which fast decoders rely.
      if (end > literals && literals < 5) throw new Error('lz4: the block ends without five literals');
      break;
    }
    const offset = byte() | (byte() << 8);
    const length = readLength(token & 15) + minMatch;
    if (offset === 0 || offset > end || end + length > target.length) throw new Error('lz4: a match outside the data');
    // Byte by byte: a match may overlap what it writes, that is how runs are stored.
    for (const stop = end + length; end < stop; end += 1) target[end] = target[end - offset] as number;
  }
  return end;
};

/** Decompresses an LZ4 frame as Longhorn writes them; limit is the most it may hold in bytes. Throws on damage, also of the content. */
export const decompressFrame = (frame: Buffer, limit: number): Buffer => {
  if (frame.length < 11 || frame.readUInt32LE(0) !== magic) throw new Error('lz4: no frame');
  if (frame[4] !== flags) throw new Error(`lz4: a frame with flags 0x${frame[4]?.toString(16)} is not read here`);
  const target = Buffer.alloc(limit);
  let end = 0;
  let at = 7;
  for (;;) {
    const word = frame.readUInt32LE(at);
    at += 4;
    if (word === 0) break;
    const size = word & 0x7fffffff;
    const block = frame.subarray(at, at + size);
    if (word & uncompressed) {
      block.copy(target, end);
      end += size;
    } else {
      end = decompressBlock(block, target, end);
    }
    at += size;
  }
  const data = target.subarray(0, end);
  if (xxh32(data) !== frame.readUInt32LE(at)) throw new Error('lz4: the checksum of the content is wrong');
  return data;
};
