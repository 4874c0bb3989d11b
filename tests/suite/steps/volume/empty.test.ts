import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { mebibyte } from '../../../../e2e/suite/steps/sizes.ts';
import { checksumOfZeros, emptyStretches } from '../../../../e2e/suite/steps/volume/empty.ts';

const stretches = (...pairs: [number, number][]) => pairs.map(([offset, size]) => ({ offset, size }));

test.each([
  ['nothing', stretches(), stretches([0, 8])],
  ['the middle', stretches([2, 3]), stretches([0, 2], [5, 3])],
  ['both ends, in another order', stretches([6, 2], [0, 1]), stretches([1, 5])],
  ['what overlaps, and lies within another', stretches([0, 4], [1, 1], [3, 3]), stretches([6, 2])],
  ['all', stretches([0, 4], [4, 4]), stretches()],
])('of a volume in which %s is filled, the rest is empty', (_, filled, empty) => {
  expect(emptyStretches(8, filled)).toEqual(empty);
});

test('zeros have the checksum of zeros', () => {
  const size = 3 * mebibyte;
  expect(checksumOfZeros(size)).toBe(createHash('sha256').update(Buffer.alloc(size)).digest('hex'));
});
