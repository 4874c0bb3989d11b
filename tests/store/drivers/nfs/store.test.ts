import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openPodStore, podSource } from '../../../../e2e/store/drivers/nfs/pod-store.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { layOutRecordedStore, recordedVolume as volume } from '../../../support/recorded-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = await temporaryFolder();
  folder = join(root, volumeFolder(volume));
  await layOutRecordedStore(folder);
});

const pod = { namespace: 'corral-store', name: 'backupstore' };
const open = () => openPodStore({ cluster: stubCluster(), pod, root });
const quiet = { seconds: 1, owner: 'the test' };

test('the backups of a volume are known by their configs', async () => {
  expect(await open().backups(volume)).toEqual(expect.arrayContaining(['sample-a-b1', 'sample-a-b2']));
});

test('a volume that was never backed up has none', async () => {
  expect(await open().backups('unknown')).toEqual([]);
});

test('a config is read, one that is not there is undefined', async () => {
  expect(await open().config(volume, 'sample-a-b2')).toMatchObject({
    name: 'sample-a-b2',
    incremental: true,
  });
  expect(await open().config(volume, 'sample-a-b3')).toBeUndefined();
});

test('a folder that nothing works on is inspected at once', async () => {
  expect(await open().inspect(volume, quiet)).toEqual({
    backups: ['sample-a-b1', 'sample-a-b2'],
    blocks: 6,
    locks: [],
    problems: [],
    codes: [],
    leftByKill: [],
  });
});

test('a locked one is inspected when the lock is gone', async () => {
  await writeFile(join(folder, 'locks', 'lock-1.lck'), '{}');
  const unlock = setTimeout(() => rm(join(folder, 'locks', 'lock-1.lck')), 300);
  expect(await open().inspect(volume, { ...quiet, seconds: 10 })).toMatchObject({ locks: [], problems: [] });
  clearTimeout(unlock);
});

test('one that stays locked is an error that names the lock and whose time it was', async () => {
  await writeFile(join(folder, 'locks', 'lock-1.lck'), '{}');
  await expect(open().inspect(volume, quiet)).rejects.toThrow(
    "the backup store's folder of sample-a is still locked after 1 s (the test): lock-1.lck",
  );
});

test('the lock of a process that was killed is neither waited for nor a problem, once it is old', async () => {
  const lock = join(folder, 'locks', 'lock-0123456789abcdef.lck');
  await writeFile(lock, JSON.stringify({ Name: 'lock-0123456789abcdef', Type: 2, Acquired: false }));
  const afterKill = { ...quiet, abandonedAfter: 150 };
  await expect(open().inspect(volume, afterKill)).rejects.toThrow('still locked after 1 s');
  const old = new Date(Date.now() - 160_000);
  await utimes(lock, old, old);
  expect(await open().inspect(volume, afterKill)).toMatchObject({
    locks: ['lock-0123456789abcdef'],
    problems: [],
  });
  await expect(open().inspect(volume, quiet)).rejects.toThrow('still locked after 1 s');
});

test('beside the backups that alone are judged another may be unfinished, and have blocks; none of those may', async () => {
  const config = join(folder, 'backups', 'backup_sample-a-b2.cfg');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace(/"CreatedTime":"[^"]+"/, '"CreatedTime":""'));
  const inspect = async (only?: string[]) =>
    (await open().inspect(volume, { ...quiet, ...(only && { only }) })).codes;
  expect(await inspect(['sample-a-b1'])).toEqual([]);
  expect(await inspect(['sample-a-b1', 'sample-a-b2'])).toEqual(['backup-in-progress']);
  expect(await inspect()).toContain('backup-in-progress');
});

test('a volume.cfg that names a last backup without a config is what a killed deletion leaves, and a problem where none was killed', async () => {
  const config = join(folder, 'volume.cfg');
  const text = await readFile(config, 'utf8');
  await writeFile(config, text.replace('"sample-a-b2"', '"sample-a-b9"'));
  const stale =
    'volume.cfg of volume sample-a names sample-a-b9 as the last backup, which has no config: the next one will be full';
  expect(await open().inspect(volume, quiet)).toMatchObject({ problems: [stale], leftByKill: [] });
  expect(await open().inspect(volume, { ...quiet, abandonedAfter: 150 })).toMatchObject({
    problems: [],
    leftByKill: [stale],
  });
});

test('a store that cannot be read is an error, not an empty store', async () => {
  await rm(join(folder, 'backups', 'backup_sample-a-b1.cfg'));
  await mkdir(join(folder, 'backups', 'backup_sample-a-b1.cfg'));
  await expect(open().config(volume, 'sample-a-b1')).rejects.toThrow(
    /^reading the backup store failed in pod corral-store\/backupstore with exit code 1: head: .*Is a directory$/,
  );
});

test('what is wrong is told, errors first; what only is to be known is not', async () => {
  await rm(join(folder, 'blocks', '54'), { recursive: true });
  await writeFile(join(folder, 'core'), '');
  await writeFile(join(folder, 'volume.cfg.tmp.1763626743000000000'), '');
  expect(await open().inspect(volume, quiet)).toEqual({
    backups: ['sample-a-b1', 'sample-a-b2'],
    blocks: 5,
    locks: [],
    problems: [
      'backup sample-a-b2 lacks 1 block, such as 54c6106467347cc9c3325e0d6021d421f5b8cd390c90c9cf6c71fbb2804a020f',
      "core is no file of Longhorn's",
      'volume.cfg of volume sample-a counts 6 blocks, and there are 5',
    ],
    codes: ['block-missing', 'foreign-file', 'block-count-wrong'],
    leftByKill: [],
  });
});

test('as much of the blocks is looked into as was asked for', async () => {
  // The files laid out have the sizes of the recorded blocks, and nothing in them.
  const few = openPodStore({ cluster: stubCluster(), pod, root }, 20_000);
  const { problems } = await few.inspect(volume, quiet);
  expect(problems).toHaveLength(2);
  for (const problem of problems)
    expect(problem).toMatch(/^block \w{64} is no LZ4 frame; backup.* sample-a-b\d.* to it$/);
});

test('a volume that the store does not have is sound, and empty', async () => {
  expect(await open().inspect('unknown', quiet)).toEqual({
    backups: [],
    blocks: 0,
    locks: [],
    problems: [],
    codes: [],
    leftByKill: [],
  });
});

test('a listing that cannot be read is an error, not an empty store', async () => {
  const source = podSource(async () => ({ stdout: 'volume.cfg\0f\0many\x000.5\0', exitCode: 0 }), { root });
  await expect(source.walk('backupstore', 1)[Symbol.asyncIterator]().next()).rejects.toThrow(
    'cannot read the backup store\'s listing at ["volume.cfg","f","many","0.5"]',
  );
});
