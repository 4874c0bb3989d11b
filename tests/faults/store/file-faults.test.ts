import { existsSync } from 'node:fs';
import {
  chmod,
  mkdir,
  readdir,
  readFile,
  rm,
  stat,
  statfs,
  unlink,
  utimes,
  writeFile,
} from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { ballastCommand, diskNearlyFull } from '../../../e2e/faults/store/disk-nearly-full.ts';
import { damageCommand, fileDamaged } from '../../../e2e/faults/store/file-damaged.ts';
import { emptyCommand, fileEmptied } from '../../../e2e/faults/store/file-emptied.ts';
import { fileMissing, hideCommand } from '../../../e2e/faults/store/file-missing.ts';
import { foreignFile, foreignFileCommand } from '../../../e2e/faults/store/foreign-file.ts';
import { attributeCommand, immutableFile } from '../../../e2e/faults/store/immutable-file.ts';
import {
  listingDenied,
  readingCommand,
  readingDenied,
  writingDenied,
} from '../../../e2e/faults/store/reading-denied.ts';
import { emptyStoreCommand, storeEmptied } from '../../../e2e/faults/store/store-emptied.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const cluster = stubCluster({ hurried: true });
const pod = { namespace: 'corral-store', name: 'backupstore', container: 'nfs' };
const volume = { name: 'v' };
const store = () => localStore(root, cluster);
const longAgo = new Date('2026-01-01T00:00:00Z');
let root: string;
let path: string;
let other: string;
beforeEach(async () => {
  root = await temporaryFolder();
  path = join(root, volumeFolder('v'), 'locks/lock-1.lck');
  other = join(dirname(path), 'lock-2.lck');
  await mkdir(dirname(path), { recursive: true });
  for (const file of [path, other]) await writeFile(file, '{"Name":"lock-1"}');
  await utimes(path, longAgo, longAgo);
});

const notSo = (what: string) => new RegExp(`^the fault is not in force: .*: .*${what}`);
const lock = (name = 'lock-1') => ({ of: volume, lock: { name, of: 'a backup' } });
const content = (of = path) => readFile(of, 'utf8').catch(() => undefined);
const mode = async (of: string) => ((await stat(of)).mode & 0o777).toString(8);

/** What a command that undoes a fault in a whole store says that it has undone; at once again, that is nothing. */
const undoneByAll = async (command: string[]): Promise<string> => {
  const [first, second] = [await cluster.exec(pod, command), await cluster.exec(pod, command)];
  expect(second.stdout).toBe('');
  return first.stdout;
};

describe.each([
  {
    ...{ is: 'empty', fault: fileEmptied, command: emptyCommand, now: '' },
    ...{ not: 'there are 17 bytes in it', anew: 'there are 4 bytes in it', undone: 'it has its content' },
    ...{ proof: 'it is empty, and its 17 bytes are kept aside', removed: 'it was removed' },
  },
  {
    ...{ is: 'not there', fault: fileMissing, command: hideCommand, now: undefined },
    ...{ not: 'it is there', anew: 'it is there', undone: 'it is there again' },
    ...{ proof: 'it is not there, and its 17 bytes are kept aside', removed: 'its folder was removed' },
  },
  {
    ...{ is: 'damaged', fault: fileDamaged, command: damageCommand, now: '{"Name":#lock-1"}' },
    ...{ not: 'nothing is kept of it', anew: 'it is not what it was made', undone: 'it has its content' },
    ...{ proof: 'one bit of it is wrong, and its 17 bytes are kept aside', removed: 'it was removed' },
  },
])('a file is $is', ({ fault, command, now, not, anew, undone, proof, removed }) => {
  const aside = async () =>
    (await readdir(join(root, 'corral-aside'), { recursive: true, withFileTypes: true }))
      .filter((entry) => entry.isFile())
      .map(({ name }) => name);

  test('until the heal, and then as it was and as old; nothing else of it is left', async () => {
    const { inject, prove, data } = await fault.on(store(), lock());
    await expect(prove()).rejects.toThrow(notSo(not));
    await inject();
    expect([await content(), await aside()]).toEqual([now, ['lock-1.lck']]);
    if (now === '') expect((await stat(path)).mtime).toEqual(longAgo);
    expect(await prove()).toBe(proof);
    expect(await fault.heal(cluster, data)).toBe(undone);
    expect([await content(), (await stat(path)).mtime]).toEqual(['{"Name":"lock-1"}', longAgo]);
    expect(await aside()).toEqual([]);
    expect(await fault.heal(cluster, data)).toBe('nothing is kept of it');
    await writeFile(path, '');
    if (now === undefined) await rm(path);
    await expect(prove()).rejects.toThrow('nothing is kept of it');
    await expect(inject()).rejects.toThrow(/set failed .* there is no such file/);
  });

  test('but for one that was written anew meanwhile, or whose folder was removed: that is let be', async () => {
    const { inject, prove, data } = await fault.on(store(), lock());
    await inject();
    await writeFile(path, 'anew');
    await expect(prove()).rejects.toThrow(anew);
    expect(await fault.heal(cluster, data)).toBe('it was written anew');
    expect([await content(), await aside()]).toEqual(['anew', []]);
    await inject();
    await rm(dirname(path), { recursive: true });
    if (now !== undefined) await expect(prove()).rejects.toThrow('it is gone');
    expect(await fault.heal(cluster, data)).toBe(removed);
    expect([existsSync(dirname(path)), await aside()]).toEqual([false, []]);
    await expect(inject()).rejects.toThrow(/set failed .* there is no such file/);
  });

  test('and all of a store are as they were, whoever did it, but for what another fault keeps', async () => {
    const another = fault === fileEmptied ? fileMissing : fileEmptied;
    await (await another.on(store(), lock('lock-2'))).inject();
    const otherNow = await content(other);
    await (await fault.on(store(), lock())).inject();
    expect(await undoneByAll(command('clear-all', root))).toBe(`${path}\n`);
    expect([await content(), await content(other)]).toEqual(['{"Name":"lock-1"}', otherNow]);
  });
});

describe('a store is empty', () => {
  test('until the heal, and then has all it had; folders that were made meanwhile are no content', async () => {
    const { inject, prove, data } = await storeEmptied.on(store());
    await expect(prove()).rejects.toThrow(notSo('there are 2 files in it'));
    await inject();
    expect(existsSync(path)).toBe(false);
    expect(await prove()).toBe('there is no file in it, and 2 are kept aside');
    await mkdir(dirname(path), { recursive: true });
    expect(await storeEmptied.heal(cluster, data)).toBe('it has its content');
    expect([await content(), await content(other)]).toEqual(['{"Name":"lock-1"}', '{"Name":"lock-1"}']);
    expect(await storeEmptied.heal(cluster, data)).toBe('nothing is kept of it');
    await rm(join(root, 'backupstore'), { recursive: true });
    await expect(inject()).rejects.toThrow(/set failed .* nothing is in it/);
  });

  test('and what was written meanwhile is let be; whoever did it, all of a store is undone', async () => {
    const { inject, prove, data } = await storeEmptied.on(store());
    await inject();
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, 'anew');
    await expect(prove()).rejects.toThrow(notSo('there are 1 files in it'));
    expect(await storeEmptied.heal(cluster, data)).toBe('something was written there meanwhile');
    expect(await content()).toBe('anew');
    await rm(join(root, 'backupstore'), { recursive: true });
    expect(await undoneByAll(emptyStoreCommand('clear-all', root))).toBe(`${root}\n`);
    expect(await content()).toBe('{"Name":"lock-1"}');
  });
});

test('a file of others is in a folder until the heal; whoever put it there, all of a store are removed', async () => {
  const { inject, prove, data } = await foreignFile.on(store(), { of: volume, folder: 'locks' });
  const names = async () => (await readdir(dirname(path))).sort();
  await expect(prove()).rejects.toThrow(notSo('there is no such file'));
  await inject();
  expect(await names()).toEqual(['corral-foreign-file.txt', 'lock-1.lck', 'lock-2.lck']);
  expect(await prove()).toBe('it is there');
  expect(await foreignFile.heal(cluster, data)).toBe('it is removed');
  expect(await foreignFile.heal(cluster, data)).toBe('it is gone');
  await inject();
  const undone = await undoneByAll(foreignFileCommand('clear-all', root));
  expect(undone).toBe(`${join(dirname(path), 'corral-foreign-file.txt')}\n`);
  expect(await names()).toEqual(['lock-1.lck', 'lock-2.lck']);
  await rm(dirname(path), { recursive: true });
  await expect(inject()).rejects.toThrow(/set failed .* there is no such folder/);
});

// As whom a client acts only root can try: that the rights count is proven where a server runs
// (tests/faults/other-users.cluster.test.ts).
describe('a folder', () => {
  let folder: string;
  beforeEach(async () => {
    folder = dirname(path);
    await chmod(folder, 0o700);
  });

  test.each([
    ['its listing', listingDenied, '300'],
    ['all that is in it', readingDenied, '200'],
    ['all that is new', writingDenied, '500'],
  ] as const)(
    '%s is refused to its owner until the heal, of it or of all in the store',
    async (_, denied, shut) => {
      const { inject, prove, data } = await denied.on(store(), { of: volume, folder: 'locks' });
      await inject();
      expect(await mode(folder)).toBe(shut);
      // Where clients are not made one user, nothing is proven.
      await expect(prove()).rejects.toThrow(
        `the folder is user ${process.getuid?.()}'s, not user 65534's, whom all clients are`,
      );
      for (let time = 0; time < 2; time += 1) {
        expect(await listingDenied.heal(cluster, data)).toBe('its owner has all rights');
        expect(await mode(folder)).toBe('700');
      }
      await inject();
      const above = await mode(dirname(folder));
      expect(await undoneByAll(readingCommand('clear-all', root))).toBe(`${folder}\n`);
      expect([await mode(folder), await mode(dirname(folder))]).toEqual(['700', above]);
    },
  );

  test('that is not there cannot be shut, nor is it proven to be, nor opened', async () => {
    await rm(folder, { recursive: true });
    const { inject, prove, data } = await listingDenied.on(store(), { of: volume, folder: 'locks' });
    await expect(inject()).rejects.toThrow(notSo('set failed in backupstore .*chmod'));
    await expect(prove()).rejects.toThrow(notSo('prove failed in backupstore .*stat'));
    expect(await listingDenied.heal(cluster, data)).toBe('it is gone');
  });
});

// A small file system of its own only a server has: that it is filled, and refuses more, is proven there
// (tests/faults/other-users.cluster.test.ts).
describe('a file system', () => {
  let ballast: string;
  beforeEach(async () => {
    root = await temporaryFolder();
    ballast = join(root, 'corral-ballast');
  });
  const fault = () => diskNearlyFull.on(store(), 1);

  test("that is not a small one of the store's own is never filled, nor one that has no more to fill", async () => {
    const tooMuch = notSo('set failed in backupstore .* no more than 67108864 are to be filled$');
    await expect((await fault()).inject()).rejects.toThrow(tooMuch);
    const { bsize, blocks } = await statfs(root);
    const sizes = { left: bsize * blocks, most: Number.MAX_SAFE_INTEGER };
    const { stdout, exitCode } = await cluster.exec(pod, ballastCommand('set', ballast, sizes));
    expect([exitCode, stdout]).toEqual([1, expect.stringContaining('free as it is')]);
    expect(await readdir(root)).toEqual([]);
  });

  test('that takes more is not proven to be full; what fills it is removed, and nothing else is', async () => {
    const { prove, data } = await fault();
    await expect(prove()).rejects.toThrow('nothing fills it');
    await mkdir(join(root, 'backupstore'));
    await writeFile(ballast, 'x');
    await expect(prove()).rejects.toThrow('it takes more than 1 bytes');
    expect((await readdir(root)).sort()).toEqual(['backupstore', 'corral-ballast']);
    for (let time = 0; time < 2; time += 1)
      expect(await diskNearlyFull.heal(cluster, data)).toBe('it has space');
    await writeFile(ballast, 'x');
    expect(await undoneByAll(ballastCommand('clear-all', root))).toBe(`${ballast}\n`);
    expect(await readdir(root)).toEqual(['backupstore']);
  });
});

test('a file is immutable from the inject to the heal, of it or of all in the store, and the proof says by what', async ({
  skip,
}) => {
  const { inject, prove, data } = await immutableFile.on(store(), lock());
  const heal = () => immutableFile.heal(cluster, data);
  await expect(prove()).rejects.toThrow(
    /^the foreign lock of a backup is immutable: prove failed in backupstore .*its attributes are -+/,
  );
  onTestFinished(async () => void (await heal()));
  // Only root may set the attribute, and not every file system has it.
  await inject().catch((error: Error) => {
    skip(/Operation not (permitted|supported)/.test(error.message), error.message);
    throw error;
  });
  expect(await prove()).toMatch(/^lsattr -+i\S*; writing to it: Operation not permitted$/);
  await expect(unlink(path)).rejects.toThrow('EPERM');
  for (let time = 0; time < 2; time += 1) expect(await heal()).toBe('it is mutable');
  await inject();
  expect(await undoneByAll(attributeCommand('clear-all', root))).toBe(`${path}\n`);
  await rm(path);
  expect(await heal()).toBe('it is gone');
  await expect(inject()).rejects.toThrow(/set failed in backupstore with exit code \d+: chattr/);
});
