import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { mebibyte } from '../../../../e2e/suite/steps/sizes.ts';
import { checksumOfZeros, emptyRanges } from '../../../../e2e/suite/steps/volume/empty.ts';

const ranges = (...pairs: [number, number][]) => pairs.map(([offset, size]) => ({ offset, size }));

test.each([
  ['nothing', ranges(), ranges([0, 8])],
  ['the middle', ranges([2, 3]), ranges([0, 2], [5, 3])],
  ['both ends, in another order', ranges([6, 2], [0, 1]), ranges([1, 5])],
  ['what overlaps, and lies within another', ranges([0, 4], [1, 1], [3, 3]), ranges([6, 2])],
  ['all', ranges([0, 4], [4, 4]), ranges()],
])('of a volume in which %s is filled, the rest is empty', (_, filled, empty) => {
  expect(emptyRanges(8, filled)).toEqual(empty);
});

test('zeros have the checksum of zeros', () => {
  const size = 3 * mebibyte;
  expect(checksumOfZeros(size)).toBe(createHash('sha256').update(Buffer.alloc(size)).digest('hex'));
});
