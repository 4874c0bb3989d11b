import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { mebibyte } from '../../../../e2e/suite/steps/sizes.ts';
import { writeCommand } from '../../../../e2e/suite/steps/volume/data.ts';
import { checksumOfZeros, emptyRanges } from '../../../../e2e/suite/steps/volume/empty.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

test('a range is filled, nothing beside it, and the checksum is that of what lies there; what cannot be written to is an error', async () => {
  const folder = await temporaryFolder();
  const run = (device: string) => {
    const command = writeCommand(join(folder, device), { offset: 2 * mebibyte, size: 3 * mebibyte });
    return stubCluster().exec({ namespace: 'longhorn-system', name: 'longhorn-manager' }, command);
  };
  await writeFile(join(folder, 'device'), Buffer.alloc(6 * mebibyte));
  const { stdout, exitCode } = await run('device');
  expect(exitCode).toBe(0);
  const content = await readFile(join(folder, 'device'));
  const range = content.subarray(2 * mebibyte, 5 * mebibyte);
  expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(range).digest('hex'));
  const zeros = Buffer.alloc(mebibyte);
  const filled = [0, 1, 2, 3, 4, 5].filter(
    (at) => !content.subarray(at * mebibyte, (at + 1) * mebibyte).equals(zeros),
  );
  expect([filled, content.length]).toEqual([[2, 3, 4], 6 * mebibyte]);
  const failed = await run('no/device');
  expect(failed.exitCode).not.toBe(0);
  expect(failed.stderr).toMatch(/No such file or directory/);
});

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
