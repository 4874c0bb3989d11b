import { expect, test } from 'vitest';
import { xxh32 } from '../../../e2e/store/format/lz4/xxh32.ts';

// From the specification of xxHash and its reference implementation.
test.each([
  ['', 0x02cc5d05],
  ['a', 0x550d7456],
  ['abc', 0x32d153ff],
  ['Nobody inspects the spammish repetition', 0xe2293b2f],
])('xxh32 of %j', (text, hash) => {
  expect(xxh32(Buffer.from(text))).toBe(hash);
});
