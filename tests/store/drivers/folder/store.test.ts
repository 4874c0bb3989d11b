import { mkdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openPodStore, podSource } from '../../../../e2e/store/drivers/folder/pod-store.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { layOutRecordedStore, recordedVolume as volume } from '../../../support/recorded-store.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

let root: string;
let folder: string;
beforeEach(async () => {
  root = join(await temporaryFolder(), 'a store');
  folder = join(root, volumeFolder(volume));
  await layOutRecordedStore(folder);
});

const pod = { namespace: 'corral-store', name: 'backupstore' };
const open = () => openPodStore({ cluster: stubCluster(), pod, root });
const quiet = { seconds: 0, owner: 'the test' };
const inspect = (change: object = {}) => open().inspect(volume, { ...quiet, ...change });
/** Changes a file of the volume. */
const edit = async (path: string, from: string | RegExp, to: string): Promise<void> => {
  const text = await readFile(join(folder, path), 'utf8');
  await writeFile(join(folder, path), text.replace(from, to));
};
/** Puts a lock into a volume's folder that was last written so many seconds ago. */
const lock = async (of: string, { age = 0, type = 2 } = {}): Promise<void> => {
  const file = join(root, volumeFolder(of), 'locks/lock-0123456789abcdef.lck');
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify({ Name: 'lock-0123456789abcdef', Type: type, Acquired: true }));
  const written = Date.now() / 1000 - age;
  await utimes(file, written, written);
};
const nothing = { locks: [], problems: [], leftByKill: [] };

test('a folder that nothing works on is inspected at once; one that is not there is sound, and empty', async () => {
  expect(await inspect()).toEqual({ ...nothing, backups: ['sample-a-b1', 'sample-a-b2'], blocks: 6 });
  expect(await open().inspect('unknown', quiet)).toEqual({ ...nothing, backups: [], blocks: 0 });
});

test('the lock of a process that was killed is neither waited for nor a problem, once it is old', async () => {
  await lock(volume);
  const afterKill = { abandonedAfter: 150 };
  await expect(inspect(afterKill)).rejects.toThrow(/still locked after \d+ s/);
  await lock(volume, { age: 160 });
  expect(await inspect(afterKill)).toMatchObject({ locks: ['lock-0123456789abcdef'], problems: [] });
  await expect(inspect()).rejects.toThrow(/still locked after \d+ s/);
});

test('each lock that lives after the time is reported with what holds it, where volumes are named those of them alone', async () => {
  const untilIdle = (...volumes: string[]) => open().untilIdle({ ...quiet, lockLife: 150, volumes });
  await lock('a', { age: 40 });
  await expect(untilIdle()).rejects.toThrow(
    /^work in the backup store has not ended after \d+ s \(the test\): lock lock-0123456789abcdef of a deletion in the folder of a, last written \d+ s ago; 0 blocks in the folder of a$/,
  );
  await untilIdle('b', 'c');
  await expect(untilIdle('b', 'a')).rejects.toThrow('in the folder of a,');
  await lock('a', { type: 1 });
  await lock('b', { age: -3600, type: 7 });
  await lock('c', { age: 151 });
  await expect(untilIdle()).rejects.toThrow(
    /: lock \S+ of (a backup or restore|an unknown type) in the folder of [ab], last written -?\d+ s ago; lock \S+ of .+ in the folder of [ab], last written -?\d+ s ago; 0 blocks in the folder of [ab]; 0 blocks in the folder of [ab]$/,
  );
});

test('beside the backups that alone are judged another may be unfinished, and have blocks; none of those may', async () => {
  await edit('backups/backup_sample-a-b2.cfg', /"CreatedTime":"[^"]+"/, '"CreatedTime":""');
  const unfinished = { code: 'backup-in-progress' };
  expect((await inspect({ only: ['sample-a-b1'] })).problems).toEqual([]);
  expect((await inspect({ only: ['sample-a-b1', 'sample-a-b2'] })).problems).toMatchObject([unfinished]);
  expect((await inspect()).problems).toContainEqual(expect.objectContaining(unfinished));
});

test('a volume.cfg that names a last backup without a config is what a killed deletion leaves, and a problem where none was killed', async () => {
  await edit('volume.cfg', '"sample-a-b2"', '"sample-a-b9"');
  const stale = { code: 'last-backup-missing', backup: 'sample-a-b9' };
  expect(await inspect()).toMatchObject({ problems: [stale], leftByKill: [] });
  await writeFile(join(folder, 'core'), '');
  const problems = [{ code: 'foreign-file', path: expect.stringMatching(/\/core$/) }];
  expect(await inspect({ abandonedAfter: 150 })).toMatchObject({ problems, leftByKill: [stale] });
});

test('a store that cannot be read, or whose listing, is an error, not an empty store', async () => {
  await rm(join(folder, 'backups', 'backup_sample-a-b1.cfg'));
  await mkdir(join(folder, 'backups', 'backup_sample-a-b1.cfg'));
  await expect(open().config(volume, 'sample-a-b1')).rejects.toThrow(
    /^reading the backup store failed in pod corral-store\/backupstore with exit code 1: head: .*Is a directory$/,
  );
  const source = podSource(async () => ({ stdout: 'volume.cfg\0f\0many\x000.5\0', exitCode: 0 }), { root });
  await expect(source.walk('backupstore', 1)[Symbol.asyncIterator]().next()).rejects.toThrow(
    'cannot read the backup store\'s listing at ["volume.cfg","f","many","0.5"]',
  );
});

test('what is wrong is reported, errors first; what only is to be known is not; as many blocks are looked into as asked', async () => {
  // The files laid out have the sizes of the recorded blocks, and nothing in them.
  const looking = openPodStore({ cluster: stubCluster(), pod, root }, 20_000);
  const { problems } = await looking.inspect(volume, quiet);
  expect(problems).toHaveLength(2);
  for (const { code } of problems) expect(code).toBe('block-corrupt');
  await rm(join(folder, 'blocks', '54'), { recursive: true });
  await writeFile(join(folder, 'core'), '');
  await writeFile(join(folder, 'volume.cfg.tmp.1763626743000000000'), '');
  expect(await inspect()).toMatchObject({
    problems: [{ code: 'block-missing' }, { code: 'foreign-file' }, { code: 'block-count-wrong' }],
  });
});
