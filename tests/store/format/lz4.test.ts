import { randomBytes } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { Damage } from '../../../e2e/store/format/lz4/damage.ts';
import { decompressFrames } from '../../../e2e/store/format/lz4/frame.ts';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import recorded from '../support/lz4-frames.json' with { type: 'json' };
import { mutate, randomFrom } from '../support/random.ts';

const data = Buffer.alloc(70_000, 'a line that comes again and again; ');
const frames = Object.entries(recorded.frames).map(([name, text]): [string, Buffer] => [
  name,
  Buffer.from(text, 'base64'),
]);
const [, plain] = frames[0] as [string, Buffer];

const read = (frame: Uint8Array, limit = 1 << 20): Buffer => {
  const target = Buffer.alloc(limit);
  return target.subarray(0, decompressFrames(frame, target));
};
const skippable = (size: number): Buffer => {
  const header = Buffer.alloc(8);
  header.writeUInt32LE(0x184d2a5b, 0);
  header.writeUInt32LE(size, 4);
  return Buffer.concat([header, Buffer.alloc(size, 0xff)]);
};
const edit = (frame: Buffer, at: number, value: number): Buffer => {
  const copy = Buffer.from(frame);
  copy[at] = value;
  return copy;
};

// Of the machine: these are seconds of work, and it may be busy.
const timeout = 60_000;

test.for(frames)('%s, as the lz4 program writes them', ([, frame]) => {
  expect(read(frame).equals(data)).toBe(true);
});

test('data that do not shrink are stored as they are', () => {
  const random = randomBytes(3 << 20);
  expect(read(compressFrame(random), 3 << 20).equals(random)).toBe(true);
});

test('short runs, whose matches overlap what they write', () => {
  const runs = Buffer.from(
    Array.from(
      { length: 3_000 },
      (_, run) =>
        `${String.fromCharCode(97 + (run % 23))}${run % 7}${'abc'.slice(run % 3).repeat(3 + (run % 9))}`,
    ).join(''),
  );
  expect(read(compressFrame(runs)).equals(runs)).toBe(true);
});

test('frames one behind the other, and some to skip', () => {
  const joined = Buffer.concat([skippable(0), plain, skippable(100), compressFrame(Buffer.from('the end'))]);
  expect(read(joined).equals(Buffer.concat([data, Buffer.from('the end')]))).toBe(true);
});

test('a match may not reach into the frame before it', () => {
  const [, linked] = frames[1] as [string, Buffer];
  const second = linked.subarray(7 + 4 + linked.readUInt32LE(7));
  expect(() => read(Buffer.concat([plain, linked.subarray(0, 7), second]))).toThrow(
    'has a match outside of its data',
  );
});

test('a match may not reach into the block before it where the header calls them independent', () => {
  const [, linked] = frames[1] as [string, Buffer];
  expect(() => read(Buffer.concat([plain.subarray(0, 7), linked.subarray(7)]))).toThrow(
    'has a match outside of its data',
  );
});

test('a target that is as large as the data is large enough, a smaller one is not', () => {
  expect(read(plain, data.length).equals(data)).toBe(true);
  expect(() => read(plain, data.length - 1)).toThrow('holds more than 69999 bytes');
});

test.for<[string, Uint8Array, string, string]>([
  ['no data', Buffer.alloc(0), 'format', 'is no LZ4 frame'],
  ['text', Buffer.from('This is no frame'), 'format', 'is no LZ4 frame'],
  [
    'a frame of the first LZ4',
    Buffer.from('02214c18770200', 'hex'),
    'format',
    'is an LZ4 frame of the legacy kind, which Longhorn does not write',
  ],
  ['only a magic number', plain.subarray(0, 4), 'cut-off', 'ends within its header'],
  ['an end in a block', plain.subarray(0, 100), 'cut-off', 'ends within a block'],
  ['an end before its checksum', plain.subarray(0, -4), 'cut-off', 'ends before the checksum of its content'],
  ['another version', edit(plain, 4, 0xa4), 'corrupt', 'has version 2 in its header'],
  ['another header', edit(plain, 5, 0x50), 'corrupt', 'has a header that its checksum denies'],
  ['another checksum', edit(plain, plain.length - 1, 0), 'corrupt', 'has a content that its checksum denies'],
  [
    'a size of two gigabytes',
    edit(plain, 10, 0x7f),
    'corrupt',
    'has a block of 2130706731 bytes where its header allows 65536',
  ],
  ['a frame to skip, cut off', skippable(50).subarray(0, 40), 'cut-off', 'ends within a frame to skip'],
  [
    'something behind',
    Buffer.concat([plain, Buffer.from('more')]),
    'corrupt',
    'is followed by 4 bytes that are no frame',
  ],
])('%s', ([, frame, kind, message]) => {
  expect(() => read(frame)).toThrow(expect.objectContaining({ kind, message }));
});

describe.for(frames)('%s, damaged', ([name, frame]) => {
  const random = randomFrom(frame.length);
  const hasChecksum = name !== 'no checksum of the content';

  test('1500 times, each is told or harmless, and nothing is written behind the target', { timeout }, () => {
    for (let time = 0; time < 1_500; time += 1) {
      const { what, bytes } = mutate(frame, random);
      const whole = Buffer.alloc(100_000 + 64, 0xee);
      const outcome = attempt(() => decompressFrames(bytes, whole.subarray(0, 100_000)));
      if (outcome instanceof Error) expect(outcome, what).toBeInstanceOf(Damage);
      else if (hasChecksum && outcome !== 0)
        expect(whole.subarray(0, data.length).equals(data), what).toBe(true);
      expect(whole.subarray(100_000).every((byte) => byte === 0xee)).toBe(true);
    }
  });

  test.runIf(hasChecksum)('a flipped bit is told, or the data are the same', { timeout }, () => {
    let told = 0;
    for (let bit = 0; bit < frame.length * 8; bit += 7) {
      const copy = Buffer.from(frame);
      copy[bit >>> 3] = (copy[bit >>> 3] as number) ^ (1 << (bit & 7));
      const target = Buffer.alloc(100_000);
      const outcome = attempt(() => decompressFrames(copy, target));
      if (outcome instanceof Error) told += 1;
      else expect(target.subarray(0, outcome).equals(data), `bit ${bit}`).toBe(true);
    }
    // In a text that repeats itself, some matches may be found in several places.
    expect(told).toBeGreaterThan((frame.length * 8 * 0.9) / 7);
  });
});

const attempt = <T>(work: () => T): T | Error => {
  try {
    return work();
  } catch (error) {
    return error as Error;
  }
};
