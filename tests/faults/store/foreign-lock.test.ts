import { mkdir, readdir, readFile, rm, utimes } from 'node:fs/promises';
import { expect, test } from 'vitest';
import type { Fault } from '../../../e2e/faults/fault.ts';
import { foreignLock } from '../../../e2e/faults/store/foreign-lock/foreign-lock.ts';
import type { ForeignLock, WantedLock } from '../../../e2e/faults/store/foreign-lock/lock.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { localStore } from '../../store/support/local-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

// The ages below leave half a minute to a slow machine.
// Only where it is proven that they let clients forget do the scripts take their time for that.
const [cluster, unhurried] = [stubCluster({ hurried: true }), stubCluster()];
const root = folderOfEachTest();
const folder = (...path: string[]) => root(volumeFolder('v'), ...path);
const fault = async (change: Partial<WantedLock> = {}, on = cluster): Promise<Fault & ForeignLock> => {
  await mkdir(folder(), { recursive: true });
  const wanted = { volume: 'v', of: 'a backup', life: 150, counts: 150, ...change } as const;
  const made = await foreignLock.on(localStore(root(), on), wanted);
  return Object.assign(made, made.handle as ForeignLock);
};
const path = (name: string): string => folder('locks', `${name}.lck`);

test("a lock is written as Longhorn's own are, counts for as long as it is meant to, and abandoned for its life", async () => {
  const lock = await fault({ counts: 600 }, unhurried);
  const gone = 'failed in backupstore with exit code 1: it is gone';
  await expect(lock.prove()).rejects.toThrow(`the volume has a foreign lock of a backup: look ${gone}`);
  await expect(lock.abandon()).rejects.toThrow(`abandon ${gone}`);
  expect(lock.name).toMatch(/^lock-[0-9a-f]{16}$/);
  await lock.inject();
  expect(await readdir(folder('locks'))).toEqual([`${lock.name}.lck`]);
  const content = `{"Name":"${lock.name}","Type":1,"Acquired":true}`;
  expect(await readFile(path(lock.name), 'utf8')).toBe(content);
  // A second and more after it was written, by when clients know of it.
  expect(await lock.prove()).toMatch(
    /^\{.*\}, dated 4[1-4]\d s ahead by the server's clock: it counts for another 5[6-9]\d s$/,
  );
  const before = Date.now();
  await lock.abandon();
  expect(Date.now() - before).toBeGreaterThan(1_000);
  expect(await lock.prove()).toMatch(
    /written [1-9]\d? s ago by the server's clock: it counts for another 1[1-4]\d s$/,
  );
  const written = new Date(Date.now() - 151_500);
  await utimes(path(lock.name), written, written);
  await expect(lock.prove()).rejects.toThrow(
    /^the volume has a foreign lock of a backup, but it counts no more: lock-\w+ was written 1[5-9]\d s ago, and a lock counts for 150 s$/,
  );
});

test('its end is waited for by the clock of the server, and it is still there', async () => {
  const lock = await fault({ life: -1, counts: -1 });
  // Before the lock is written, as its file's time is of whole seconds: from there on the wait is no shorter
  // than 1 s.
  const before = Date.now();
  await lock.inject();
  expect(await lock.outlived()).toBeGreaterThanOrEqual(2);
  expect(Date.now() - before).toBeGreaterThan(1_000);
  await rm(path(lock.name));
  await expect(lock.outlived()).rejects.toThrow('it is gone');
});

test('healed by who knows its data alone it is removed, once or more often, and the locks beside it stay', async () => {
  const [mine, other] = [await fault(), await fault({ of: 'a deletion' })];
  for (const lock of [mine, other]) await lock.inject();
  expect(await other.prove()).toContain('"Type":2');
  const data = JSON.parse(JSON.stringify(mine.data));
  for (const said of ['it is removed', 'it is gone'])
    expect(await foreignLock.heal(cluster, data)).toBe(said);
  await expect(mine.prove()).rejects.toThrow('it is gone');
  expect(await readdir(folder('locks'))).toEqual([`${other.name}.lck`]);
});
