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
let ballast: string;
beforeEach(async () => {
  root = await temporaryFolder();
  ballast = join(root, 'corral-ballast');
});

const fault = () => filledStore(cluster, { pod, root, left: 1, title: 'it is full' });

test("a file system that is not a small one of the store's own is never filled, nor one that has no more to fill", async () => {
  await expect(fault().inject()).rejects.toThrow(
    /^it is not so that it is full: set failed in backupstore .* no more than 67108864 are to be filled$/,
  );
  const { bsize, blocks } = await statfs(root);
  const sizes = { left: bsize * blocks, most: Number.MAX_SAFE_INTEGER };
  const { stdout, exitCode } = await cluster.exec(pod, ballastCommand('set', ballast, sizes));
  expect([exitCode, stdout]).toEqual([1, expect.stringContaining('free as it is')]);
  expect(await readdir(root)).toEqual([]);
});

test('one that takes more is not proven to be full, nor is one in which nothing fills it', async () => {
  await expect(fault().prove()).rejects.toThrow('nothing fills it');
  await writeFile(ballast, 'x');
  await expect(fault().prove()).rejects.toThrow('it takes more than 1 bytes');
  expect(await readdir(root)).toEqual(['corral-ballast']);
});

test('what fills a store is removed, by its name or wherever it is, and nothing else is', async () => {
  await writeFile(ballast, 'x');
  await mkdir(join(root, 'backupstore'));
  const { data } = fault();
  for (let time = 0; time < 2; time += 1) expect(await makeSpace.heal(cluster, data)).toBe('it has space');
  await writeFile(ballast, 'x');
  const clearAll = () => cluster.exec(pod, ballastCommand('clear-all', root));
  expect((await clearAll()).stdout).toBe(`${ballast}\n`);
  expect((await clearAll()).stdout).toBe('');
  expect(await readdir(root)).toEqual(['backupstore']);
});
