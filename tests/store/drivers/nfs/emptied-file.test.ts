import { mkdir, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { emptiedFile, emptyCommand, fillFile } from '../../../../e2e/store/drivers/nfs/emptied-file.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const cluster = stubCluster({ hurried: true });
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
const longAgo = new Date('2026-01-01T00:00:00Z');
let root: string;
let path: string;
beforeEach(async () => {
  root = await temporaryFolder();
  path = join(root, 'backupstore/volumes/8b/8e/v/locks/lock-1.lck');
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, '{"Name":"lock-1"}');
  await utimes(path, longAgo, longAgo);
});

const fault = () => emptiedFile(cluster, { pod, path, title: 'the lock is empty' });
const content = () => readFile(path, 'utf8');
const changedAt = async () => (await stat(path)).mtime;
const keptAside = async () =>
  (await readdir(join(root, 'corral-aside'), { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map(({ name }) => name);

test('a file is empty, as old as it was, until the heal; nothing of it is left then', async () => {
  const { inject, prove, data } = fault();
  await expect(prove()).rejects.toThrow(/^it is not so that the lock is empty: .*there are 17 bytes in it/);
  await inject();
  expect([await content(), await changedAt(), await keptAside()]).toEqual(['', longAgo, ['lock-1.lck']]);
  expect(await prove()).toBe('it is empty, and its 17 bytes are kept aside');
  expect(await fillFile.heal(cluster, data)).toBe('it has its content');
  expect([await content(), await changedAt(), await keptAside()]).toEqual(['{"Name":"lock-1"}', longAgo, []]);
  expect(await fillFile.heal(cluster, data)).toBe('nothing is kept of it');
});

test('what was written anew meanwhile, or removed, is let be, and is no proof', async () => {
  const { inject, prove, data } = fault();
  await inject();
  await writeFile(path, 'anew');
  await expect(prove()).rejects.toThrow('there are 4 bytes in it');
  expect(await fillFile.heal(cluster, data)).toBe('it was written anew');
  expect([await content(), await keptAside()]).toEqual(['anew', []]);
  await inject();
  await rm(path);
  await expect(prove()).rejects.toThrow('it is gone');
  expect(await fillFile.heal(cluster, data)).toBe('it was removed');
  expect([await readdir(dirname(path)), await keptAside()]).toEqual([[], []]);
});

test('a file that is empty as it is, or is not there, is none that could be emptied', async () => {
  await writeFile(path, '');
  await expect(fault().inject()).rejects.toThrow(/set failed .* there is no such file, or nothing in it$/);
  await rm(path);
  await expect(fault().inject()).rejects.toThrow('there is no such file');
});

test('every file of a store is filled again, whoever emptied it, and no other is touched', async () => {
  const other = join(dirname(path), 'lock-2.lck');
  await writeFile(other, '');
  await fault().inject();
  const clearAll = () => cluster.exec(pod, emptyCommand('clear-all', root));
  expect((await clearAll()).stdout).toBe(`${path}\n`);
  expect([await content(), await readFile(other, 'utf8')]).toEqual(['{"Name":"lock-1"}', '']);
  expect((await clearAll()).stdout).toBe('');
});
