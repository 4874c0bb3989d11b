/** How compressed data can be wrong: another format, cut off, invalid content, or more data than allowed. */
type DamageKind = 'format' | 'cut-off' | 'corrupt' | 'too-large';

/** Compressed data that cannot be read. The message follows the name of the data in a sentence. */
export class Damage extends Error {
  readonly kind: DamageKind;

  constructor(kind: DamageKind, message: string) {
    super(message);
    this.kind = kind;
  }
}

const minMatch = 4;
const lastLiterals = 5;
// In bytes. Up to this length a loop is faster than a call that copies.
const short = 32;
// The loop copies four bytes at a time, so it may write up to three bytes too many.
const word = 4;

/** The LZ4 block between `from` and `to` of `source`. */
type Lz4Block = { source: Uint8Array; from: number; to: number };

/** Where to write the data of a block: from `end` on. Matches may refer back to `base` at most. */
type Lz4Target = { target: Uint8Array; end: number; base: number };

/**
 * Decompresses a block (LZ4 block format 1.6). Returns the new end of the data. Throws `Damage` of kind `corrupt`, or
 * `too-large` if the target is too small. Never reads or writes outside its arguments.
 */
export const decompressBlock = (
  { source, from, to }: Lz4Block,
  { target, end: start, base }: Lz4Target,
): number => {
  const limit = target.length;
  const input = viewOf(source);
  const output = viewOf(target);
  const lastRead = source.length - short - word;
  const lastWrite = limit - short - word;
  let at = from;
  let end = start;
  let matched = false;
  for (;;) {
    if (at >= to) throw new Damage('corrupt', 'ends within a sequence');
    const token = source[at++] as number;
    let literals = token >>> 4;
    if (literals === 15) {
      for (let more = 255; more === 255; literals += more) {
        if (at >= to) throw new Damage('corrupt', 'ends within a length');
        more = source[at++] as number;
      }
    }
    if (literals > to - at) throw new Damage('corrupt', 'has literals beyond its end');
    if (literals > limit - end) throw new Damage('too-large', `holds more than ${limit} bytes`);
    if (literals > short) {
      target.set(source.subarray(at, at + literals), end);
    } else if (at <= lastRead && end <= lastWrite) {
      for (let done = 0; done < literals; done += word)
        output.setInt32(end + done, input.getInt32(at + done, true), true);
    } else {
      for (let done = 0; done < literals; done += 1) target[end + done] = source[at + done] as number;
    }
    at += literals;
    end += literals;
    if (at === to) {
      // The end rule of the format, on which fast decoders rely.
      if (matched && literals < lastLiterals)
        throw new Damage('corrupt', `ends without ${lastLiterals} literals`);
      return end;
    }

    if (to - at < 2) throw new Damage('corrupt', 'ends within an offset');
    const offset = (source[at] as number) | ((source[at + 1] as number) << 8);
    at += 2;
    let length = token & 15;
    if (length === 15) {
      for (let more = 255; more === 255; length += more) {
        if (at >= to) throw new Damage('corrupt', 'ends within a length');
        more = source[at++] as number;
      }
    }
    length += minMatch;
    if (offset === 0 || offset > end - base) throw new Damage('corrupt', 'has a match outside of its data');
    if (length > limit - end) throw new Damage('too-large', `holds more than ${limit} bytes`);
    matched = true;
    const behind = end - offset;
    if (length > short) {
      copyMatch(target, { end, offset, length });
    } else if (offset >= word && end <= lastWrite) {
      for (let done = 0; done < length; done += word)
        output.setInt32(end + done, output.getInt32(behind + done, true), true);
    } else {
      for (let done = 0; done < length; done += 1) target[end + done] = target[behind + done] as number;
    }
    end += length;
  }
};

// A match may overlap its own output; runs are stored that way. The existing data are doubled until the match is
// complete.
const copyMatch = (
  target: Uint8Array,
  { end, offset, length }: { end: number; offset: number; length: number },
): void => {
  const from = end - offset;
  if (offset === 1) {
    target.fill(target[from] as number, end, end + length);
    return;
  }
  for (let done = 0; done < length; ) {
    const size = Math.min(offset + done, length - done);
    target.copyWithin(end + done, from, from + size);
    done += size;
  }
};

/** The bytes as a view that reads and writes numbers. */
export const viewOf = (data: Uint8Array): DataView =>
  new DataView(data.buffer, data.byteOffset, data.byteLength);
