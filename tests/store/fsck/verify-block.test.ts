import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { checksumOf } from '../../../e2e/store/format/layout.ts';
import { largestBlock, verifyBlock } from '../../../e2e/store/fsck/verify-block.ts';
import { block, blockSize } from '../support/sound-store.ts';

const data = block(1);
const file = gzipSync(data);
const scratch = new Uint8Array(largestBlock);
const verify = (bytes: Uint8Array) =>
  verifyBlock(bytes, { checksum: checksumOf(data), method: 'gzip', size: blockSize }, scratch);
// One that no config names is read by what it looks like.
const guess = (bytes: Uint8Array) =>
  verifyBlock(bytes, { checksum: checksumOf(data), method: undefined, size: undefined }, scratch);

test('a block in gzip is sound, in one part or several, and one that no config names', () => {
  expect(verify(file)).toBeUndefined();
  const parts = [data.subarray(0, 1000), data.subarray(1000)].map((part) => gzipSync(part));
  expect(verify(Buffer.concat(parts))).toBeUndefined();
  expect(guess(file)).toBeUndefined();
});

const withZeros = (bytes: Uint8Array, count: number) => Buffer.concat([bytes, Buffer.alloc(count)]);

test.each<[code: string, message: string, Uint8Array]>([
  ['block-cut-off', 'ends before its data do', file.subarray(0, -20)],
  ['block-corrupt', 'is followed by 3 bytes that are no gzip file', withZeros(file, 3)],
  ['block-corrupt', 'is no whole gzip file (incorrect data check)', withZeros(file.subarray(0, -8), 8)],
  ['block-wrong-size', 'holds more than 2097152 bytes', gzipSync(Buffer.alloc(20 << 20))],
  ['block-wrong-checksum', 'holds other data than its name says', gzipSync(block(2))],
])('a block in gzip that is wrong: %s, %s', (code, message, bytes) => {
  expect(verify(bytes)).toEqual({ code, message });
});

test('a byte that is another is damage, wherever it is: the end of the file is there', () => {
  const codes = Array.from({ length: 200 }, (_, part) => {
    const bytes = Buffer.from(file);
    const at = 10 + Math.floor(((bytes.length - 14) * part) / 200);
    bytes[at] = (bytes[at] as number) ^ 0x55;
    return verify(bytes)?.code;
  });
  expect(codes).not.toContain('block-cut-off');
  expect(codes).not.toContain(undefined);
});

test('no block holds more than the largest, whatever no config says', () => {
  const message = 'holds more than 16777216 bytes';
  expect(guess(gzipSync(Buffer.alloc(20 << 20)))).toEqual({ code: 'block-wrong-size', message });
});
