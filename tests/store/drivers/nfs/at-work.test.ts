import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { StillAtWork } from '../../../../e2e/store/store.ts';
import { localStore } from '../../support/local-store.ts';

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'corral-idle store-'));
});
afterEach(() => rm(root, { recursive: true, force: true }));

const store = () => localStore(root);
const wait = { lockLife: 150, seconds: 60, owner: 'the test' };
const short = { ...wait, seconds: 1 };

/** Puts a lock into a volume's folder that was last written so many seconds ago. */
const lock = async (volume: string, { age = 0, type = 2 } = {}): Promise<string> => {
  const folder = join(root, volumeFolder(volume), 'locks');
  await mkdir(folder, { recursive: true });
  const file = join(folder, 'lock-0123456789abcdef.lck');
  await writeFile(file, JSON.stringify({ Name: 'lock-0123456789abcdef', Type: type, Acquired: true }));
  const written = Date.now() / 1000 - age;
  await utimes(file, written, written);
  return file;
};

test('a store without volumes, and one whose volumes are not locked, are idle at once', async () => {
  await store().untilIdle({ ...wait, seconds: 0 });
  await mkdir(join(root, volumeFolder('a'), 'locks'), { recursive: true });
  await store().untilIdle({ ...wait, seconds: 0 });
  await store().untilIdle({ ...wait, volumes: ['a', 'never-backed-up'], seconds: 0 });
});

test('a lock that lives is waited for until its holder removes it', async () => {
  const file = await lock('a');
  let isHeld = true;
  const holder = setTimeout(async () => {
    isHeld = false;
    await rm(file);
  }, 500);
  await store().untilIdle(wait);
  clearTimeout(holder);
  expect(isHeld).toBe(false);
});

test('one that nobody writes anew is waited for until its life is over, by the clock of the server', async () => {
  await lock('a', { age: 10 });
  await expect(store().untilIdle({ ...short, lockLife: 3600 })).rejects.toThrow(StillAtWork);
  await store().untilIdle({ ...wait, lockLife: 12, volumes: ['a'] });
  await store().untilIdle({ ...wait, lockLife: 5, seconds: 0 });
});

test('one that still lives after the time is told with what holds it', async () => {
  await lock('a', { age: 40 });
  const waiting = store().untilIdle(short);
  await expect(waiting).rejects.toThrow(StillAtWork);
  await expect(waiting).rejects.toThrow(
    /^the backup store is still worked on after 1 s \(the test\): lock lock-0123456789abcdef of a deletion in the folder of a, last written \d+ s ago$/,
  );
});

test('of several volumes, each that is worked on is told', async () => {
  await lock('a', { type: 1 });
  await lock('b', { age: -3600, type: 7 });
  await lock('c', { age: 151 });
  await expect(store().untilIdle(short)).rejects.toThrow(
    /: lock \S+ of (a backup or restore|an unknown type) in the folder of [ab], last written -?\d+ s ago; lock \S+ of .+ in the folder of [ab], last written -?\d+ s ago$/,
  );
});

test('what is done in other volumes is not waited for, where some are named', async () => {
  await lock('a');
  await store().untilIdle({ ...short, volumes: ['b', 'c'] });
  await expect(store().untilIdle({ ...short, volumes: ['b', 'a'] })).rejects.toThrow('in the folder of a,');
});
