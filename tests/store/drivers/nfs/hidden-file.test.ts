import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { emptiedFile } from '../../../../e2e/store/drivers/nfs/emptied-file.ts';
import { bringBack, hiddenFile, hideCommand } from '../../../../e2e/store/drivers/nfs/hidden-file.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

const cluster = stubCluster({ hurried: true });
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let root: string;
let path: string;
let other: string;
beforeEach(async () => {
  root = await temporaryFolder();
  path = join(root, 'backupstore/volumes/8b/8e/v/backups/backup_b.cfg');
  other = join(dirname(path), 'backup_c.cfg');
  await mkdir(dirname(path), { recursive: true });
  for (const each of [path, other]) await writeFile(each, '{}');
});

const fault = () => hiddenFile(cluster, { pod, path, title: 'the config is gone' });
const there = () => readdir(dirname(path)).catch(() => 'nothing');

test('a file is not there until the heal, and then as it was', async () => {
  const { inject, prove, data } = fault();
  await expect(prove()).rejects.toThrow(/^it is not so that the config is gone: .*it is there$/);
  await inject();
  expect(await there()).toEqual(['backup_c.cfg']);
  expect(await prove()).toBe('it is not there, and its 2 bytes are kept aside');
  expect(await bringBack.heal(cluster, data)).toBe('it is there again');
  expect([await there(), await readFile(path, 'utf8')]).toEqual([['backup_b.cfg', 'backup_c.cfg'], '{}']);
  expect(await bringBack.heal(cluster, data)).toBe('nothing is kept of it');
  await rm(path);
  await expect(prove()).rejects.toThrow('nothing is kept of it');
});

test('one that was written anew meanwhile is let be, and a folder that was removed is not made again', async () => {
  const { inject, data } = fault();
  await inject();
  await writeFile(path, 'anew');
  expect(await bringBack.heal(cluster, data)).toBe('it was written anew');
  expect(await readFile(path, 'utf8')).toBe('anew');
  await inject();
  await rm(dirname(path), { recursive: true });
  expect(await bringBack.heal(cluster, data)).toBe('its folder was removed');
  expect(await there()).toBe('nothing');
  await expect(inject()).rejects.toThrow(/set failed .* there is no such file$/);
});

test('every file of a store is brought back, whoever took it, and what another fault keeps is let be', async () => {
  await fault().inject();
  await emptiedFile(cluster, { pod, path: other, title: 'it is empty' }).inject();
  const clearAll = () => cluster.exec(pod, hideCommand('clear-all', root));
  expect((await clearAll()).stdout).toBe(`${path}\n`);
  expect([await readFile(path, 'utf8'), await readFile(other, 'utf8')]).toEqual(['{}', '']);
  expect((await clearAll()).stdout).toBe('');
});
