import { describe, expect, test } from 'vitest';
import { createFrameReader, encodeFrame, longestPayload, opcodes } from '../../../../emulator/api/websocket/frames.ts';

const mask = [1, 2, 3, 4];

/** A frame as a client sends it. */
const masked = (opcode: number, text: string): Buffer => {
  const frame = encodeFrame(
    opcode,
    Buffer.from(text).map((byte, at) => byte ^ (mask[at % 4] ?? 0)),
  );
  const head = frame.length - Buffer.byteLength(text);
  frame.writeUInt8(frame.readUInt8(1) | 0x80, 1);
  return Buffer.concat([frame.subarray(0, head), Buffer.from(mask), frame.subarray(head)]);
};

describe('a frame of the server', () => {
  test.each([
    [0, '8100'],
    [125, '817d'],
    [126, '817e007e'],
    [65_535, '817effff'],
    [65_536, '817f0000000000010000'],
  ])('of %i bytes begins with %s', (length, head) => {
    const frame = encodeFrame(opcodes.text, Buffer.alloc(length, 'a'));
    expect(frame.subarray(0, head.length / 2).toString('hex')).toBe(head);
    expect(frame.length).toBe(head.length / 2 + length);
  });
});

describe('frames of a client', () => {
  const frames = [masked(opcodes.ping, 'hello'), masked(opcodes.text, 'a'.repeat(200)), masked(opcodes.close, '')];
  const expected = [
    [opcodes.ping, 'hello'],
    [opcodes.text, 'a'.repeat(200)],
    [opcodes.close, ''],
  ];

  test.each([1, 3, 50, 1_000])('are read whole, %i bytes at a time', (step) => {
    const bytes = Buffer.concat(frames);
    const read = createFrameReader();
    const seen = [];
    for (let at = 0; at < bytes.length; at += step) seen.push(...read(bytes.subarray(at, at + step)));
    expect(seen.map(({ opcode, payload }) => [opcode, payload.toString()])).toEqual(expected);
  });

  test('must be masked', () => {
    expect(() => createFrameReader()(encodeFrame(opcodes.ping, Buffer.from('a')))).toThrow('not masked');
  });

  test('must not be longer than 64 KiB', () => {
    expect(createFrameReader()(masked(opcodes.text, 'a'.repeat(longestPayload)))).toHaveLength(1);
    expect(() => createFrameReader()(masked(opcodes.text, 'a'.repeat(longestPayload + 1)))).toThrow('longer than 65536 bytes');
  });
});
