import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test, vi } from 'vitest';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { localStore } from '../../support/local-store.ts';

let root: string;
beforeEach(async () => {
  root = join(await temporaryFolder(), 'idle store');
  await mkdir(root);
});

const wait = { lockLife: 150, seconds: 60, owner: 'the test' };
const untilIdle = (change: object) => localStore(root).untilIdle({ ...wait, ...change });
const now = { seconds: 0 };

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

test('a lock that lives is waited for until its holder removes it', async () => {
  const file = await lock('a');
  const release = vi.fn(() => rm(file));
  const holder = setTimeout(release, 200);
  await untilIdle({});
  clearTimeout(holder);
  expect(release).toHaveBeenCalled();
});

test('each that lives after the time is told with what holds it, where volumes are named those of them alone', async () => {
  await lock('a', { age: 40 });
  await expect(untilIdle(now)).rejects.toThrow(
    /^the backup store is still worked on after 0 s \(the test\): lock lock-0123456789abcdef of a deletion in the folder of a, last written \d+ s ago$/,
  );
  await untilIdle({ ...now, volumes: ['b', 'c'] });
  await expect(untilIdle({ ...now, volumes: ['b', 'a'] })).rejects.toThrow('in the folder of a,');
  await lock('a', { type: 1 });
  await lock('b', { age: -3600, type: 7 });
  await lock('c', { age: 151 });
  await expect(untilIdle(now)).rejects.toThrow(
    /: lock \S+ of (a backup or restore|an unknown type) in the folder of [ab], last written -?\d+ s ago; lock \S+ of .+ in the folder of [ab], last written -?\d+ s ago$/,
  );
});
