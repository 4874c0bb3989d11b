import { mkdir, readdir } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { writeAtomically } from '../../e2e/report/write-atomically.ts';
import { folderOfEachTest } from '../support/temporary-folder.ts';

const dir = folderOfEachTest();

test('where writing fails, nothing is left beside the file', async () => {
  await mkdir(dir('a.part'));
  await expect(writeAtomically(dir('a'), 'x')).rejects.toThrow('EISDIR');
  await mkdir(dir('b/c'), { recursive: true });
  await expect(writeAtomically(dir('b/missing/d'), 'x')).rejects.toThrow('ENOENT');
  expect(await readdir(dir('b'))).toEqual(['c']);
});

test('a device is written to, and stays one', async () => {
  await expect(writeAtomically('/dev/full', 'x')).rejects.toThrow('ENOSPC');
  expect((await readdir('/dev')).filter((name) => name.endsWith('.part'))).toEqual([]);
});
