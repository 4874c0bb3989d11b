import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { mebibyte } from '../../../../e2e/suite/steps/sizes.ts';
import { writeCommand } from '../../../../e2e/suite/steps/volume/data.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await temporaryFolder();
});

const run = (device: string, stretch: { offset: number; size: number }) =>
  stubCluster().exec(
    { namespace: 'longhorn-system', name: 'longhorn-manager' },
    writeCommand(device, stretch),
  );

test('a stretch is filled, nothing beside it, and the checksum is that of what lies there', async () => {
  const device = join(folder, 'device');
  await writeFile(device, Buffer.alloc(6 * mebibyte));
  const { stdout, exitCode } = await run(device, { offset: 2 * mebibyte, size: 3 * mebibyte });
  expect(exitCode).toBe(0);
  const content = await readFile(device);
  expect(content).toHaveLength(6 * mebibyte);
  const stretch = content.subarray(2 * mebibyte, 5 * mebibyte);
  expect(stdout.slice(0, 64)).toBe(createHash('sha256').update(stretch).digest('hex'));
  const zeros = Buffer.alloc(mebibyte);
  expect(stretch.subarray(0, mebibyte).equals(zeros)).toBe(false);
  expect(content.subarray(mebibyte, 2 * mebibyte).equals(zeros)).toBe(true);
  expect(content.subarray(5 * mebibyte).equals(zeros)).toBe(true);
});

test('a device that cannot be written to is an error', async () => {
  const { exitCode, stderr } = await run(join(folder, 'no', 'device'), { offset: 0, size: mebibyte });
  expect(exitCode).not.toBe(0);
  expect(stderr).toMatch(/No such file or directory/);
});
