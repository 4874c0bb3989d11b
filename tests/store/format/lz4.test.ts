import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { Damage } from '../../../e2e/store/format/lz4/block.ts';
import { decompressFrames } from '../../../e2e/store/format/lz4/frame.ts';
import { xxh32 } from '../../../e2e/store/format/lz4/xxh32.ts';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import recorded from '../support/lz4-frames.json' with { type: 'json' };
import { mutate, randomFrom } from '../support/random.ts';

const data = Buffer.alloc(70_000, 'a line that comes again and again; ');
const frames = Object.entries(recorded.frames).map(
  ([name, text]) => [name, Buffer.from(text, 'base64')] as [string, Buffer],
);
const [[, plain], [, linked]] = frames as [[string, Buffer], [string, Buffer]];

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

// From the specification of xxHash and its reference implementation.
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('xxh32 of %j', (text, hash) => expect(xxh32(Buffer.from(text))).toBe(hash));

test.for(frames)('%s, as the lz4 program writes them', ([, frame]) => {
  expect(read(frame).equals(data)).toBe(true);
});

const run = (_: unknown, at: number) =>
  `${String.fromCharCode(97 + (at % 23))}${at % 7}${'abc'.slice(at % 3).repeat(3 + (at % 9))}`;
const runs = Buffer.from(Array.from({ length: 3_000 }, run).join(''));

test.each([
  ['data that do not shrink are stored as they are', randomBytes(1 << 20)],
  ['short runs, whose matches overlap what they write', runs],
])('%s', (_, bytes) => {
  expect(read(compressFrame(bytes), bytes.length).equals(bytes)).toBe(true);
});

test('frames one behind the other, and some to skip', () => {
  const joined = Buffer.concat([skippable(0), plain, skippable(100), compressFrame(Buffer.from('the end'))]);
  expect(read(joined).equals(Buffer.concat([data, Buffer.from('the end')]))).toBe(true);
});

const withBehind = (text: string) => Buffer.concat([plain, Buffer.from(text)]);
const legacy = Buffer.from('02214c18770200', 'hex');
// Its blocks need those before them, and its header calls them independent.
const unlinked = Buffer.concat([plain.subarray(0, 7), linked.subarray(7)]);

test.each<[kind: string, message: string, Uint8Array]>([
  ['format', 'is no LZ4 frame', Buffer.alloc(0)],
  ['format', 'is an LZ4 frame of the legacy kind, which Longhorn does not write', legacy],
  ['cut-off', 'ends within a block', plain.subarray(0, 100)],
  ['cut-off', 'ends before the checksum of its content', plain.subarray(0, -4)],
  ['corrupt', 'has a header that does not match its checksum', edit(plain, 5, 0x50)],
  ['corrupt', 'has a content that does not match its checksum', edit(plain, plain.length - 1, 0)],
  ['corrupt', 'has a block of 2130706731 bytes where its header allows 65536', edit(plain, 10, 0x7f)],
  ['corrupt', 'is followed by 4 bytes that are no frame', withBehind('more')],
  ['corrupt', 'is followed by 1 bytes that are no frame', withBehind('x')],
  ['corrupt', 'has a match outside of its data', unlinked],
])('one that is wrong: %s, %s', (kind, message, frame) => {
  expect(() => read(frame)).toThrow(expect.objectContaining({ kind, message }));
});

test.for(frames)(
  '%s, damaged: it is reported or harmless, and nothing is written behind the target',
  ([name, frame]) => {
    const random = randomFrom(frame.length);
    const hasChecksum = name !== 'no checksum of the content';
    const whole = Buffer.alloc(100_000 + 64);
    const isReported = (bytes: Uint8Array, what: string): boolean => {
      whole.fill(0xee);
      let error: unknown;
      try {
        const length = decompressFrames(bytes, whole.subarray(0, 100_000));
        if (hasChecksum && length !== 0) expect(whole.subarray(0, data.length).equals(data), what).toBe(true);
      } catch (thrown) {
        error = thrown;
        expect(thrown, what).toBeInstanceOf(Damage);
      }
      expect(whole.subarray(100_000).every((byte) => byte === 0xee)).toBe(true);
      return error !== undefined;
    };
    for (let time = 0; time < 500; time += 1) {
      const { what, bytes } = mutate(frame, random);
      isReported(bytes, what);
    }
    const bits = Array.from({ length: Math.floor((frame.length * 8) / 7) }, (_, index) => index * 7);
    const reported = bits.filter((bit) =>
      isReported(edit(frame, bit >>> 3, (frame[bit >>> 3] as number) ^ (1 << (bit & 7))), `bit ${bit}`),
    );
    // In a text that repeats itself, some matches may be found in several places.
    if (hasChecksum) expect(reported.length).toBeGreaterThan(bits.length * 0.9);
  },
);
