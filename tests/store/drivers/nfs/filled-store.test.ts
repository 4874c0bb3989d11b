import { mkdir, readdir, statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { ballastCommand, filledStore, makeSpace } from '../../../../e2e/store/drivers/nfs/filled-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

// A small file system of its own only a server has: that it is filled, and refuses more, is proven there
// (tests/faults/strangers.cluster.test.ts).
const cluster = stubCluster();
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let root: string;

beforeEach(async () => {
  root = await temporaryFolder();
});

const fault = (left: number) => filledStore(cluster, { pod, root, left, title: 'it is full' });

test("a file system that is not a small one of the store's own is never filled", async () => {
  await expect(fault(1).inject()).rejects.toThrow(
    /^it is not so that it is full: set failed in backupstore .* no more than 67108864 are to be filled$/,
  );
  expect(await readdir(root)).toEqual([]);
});

test('one that takes more is not proven to be full, nor is one in which nothing fills it', async () => {
  await expect(fault(1).prove()).rejects.toThrow('nothing fills it');
  await writeFile(join(root, 'corral-ballast'), 'x');
  await expect(fault(1).prove()).rejects.toThrow('it takes more than 1 bytes');
  expect(await readdir(root)).toEqual(['corral-ballast']);
});

test('what fills a store is removed, by its name or wherever it is, and nothing else is', async () => {
  await writeFile(join(root, 'corral-ballast'), 'x');
  await mkdir(join(root, 'backupstore'));
  expect(await makeSpace.heal(cluster, fault(1).data)).toBe('it has space');
  expect(await makeSpace.heal(cluster, fault(1).data)).toBe('it has space');
  await writeFile(join(root, 'corral-ballast'), 'x');
  const clearAll = () => cluster.exec(pod, ballastCommand('clear-all', root));
  expect((await clearAll()).stdout).toBe(`${root}/corral-ballast\n`);
  expect((await clearAll()).stdout).toBe('');
  expect(await readdir(root)).toEqual(['backupstore']);
});

test('where there is less than is to be left, nothing can be filled', async () => {
  const { bsize, blocks } = await statfs(root);
  const { stdout, exitCode } = await cluster.exec(
    pod,
    ballastCommand('set', join(root, 'corral-ballast'), {
      left: bsize * blocks,
      most: Number.MAX_SAFE_INTEGER,
    }),
  );
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('free as it is')]);
});
