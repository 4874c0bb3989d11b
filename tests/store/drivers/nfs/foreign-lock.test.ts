import { mkdir, readdir, readFile, rm, stat, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import { healLeftOver, openFaults } from '../../../../e2e/faults/open-faults.ts';
import type { ForeignLock } from '../../../../e2e/store/driver.ts';
import { foreignLock } from '../../../../e2e/store/drivers/nfs/foreign-lock.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';

// The ages below leave half a minute to a slow machine.
// Only where it is proven that they let clients forget do the scripts take their time for that.
const [cluster, unhurried] = [stubCluster({ hurried: true }), stubCluster()];
const pod = { namespace: 'corral', name: 'backupstore', container: 'nfs' };
let out: string;
let folder: string;

beforeEach(async () => {
  out = await temporaryFolder();
  folder = join(out, 'volume');
  await mkdir(folder);
});

const fault = (change: Partial<Parameters<typeof foreignLock>[1]> = {}, on = cluster) =>
  foreignLock(on, { pod, folder, of: 'a backup', life: 150, counts: 150, ...change });
const inFaults = (lock: ForeignLock) => ({ ...lock, kind: 'foreign-lock' as const });
const path = (name: string): string => join(folder, 'locks', `${name}.lck`);
const age = async (name: string): Promise<number> => (Date.now() - (await stat(path(name))).mtimeMs) / 1000;

test.for([
  [
    'a backup',
    1,
    unhurried,
    /^\{.*\}, written [1-9]\d? s ago by the server's clock: it counts for another 1[1-4]\d s$/,
  ],
  [
    'a deletion',
    2,
    cluster,
    /^\{.*\}, written \d+ s ago by the server's clock: it counts for another 1[1-5]\d s$/,
  ],
] as const)(
  "a lock of %s is written as Longhorn's own are, and proven to count",
  async ([of, type, on, proof]) => {
    const lock = fault({ of }, on);
    expect(lock.name).toMatch(/^lock-[0-9a-f]{16}$/);
    await expect(lock.prove()).rejects.toThrow(
      `the volume has a foreign lock of ${of}: look failed in backupstore with exit code 1: it is gone`,
    );
    await lock.inject();
    expect(await readdir(join(folder, 'locks'))).toEqual([`${lock.name}.lck`]);
    const content = `{"Name":"${lock.name}","Type":${type},"Acquired":true}`;
    expect(await readFile(path(lock.name), 'utf8')).toBe(content);
    expect(await lock.prove()).toMatch(proof);
  },
);

test('abandoned, it counts for its life from then on, and then no more', async () => {
  const lock = fault({ counts: 600 }, unhurried);
  await expect(lock.abandon()).rejects.toThrow('abandon failed in backupstore with exit code 1: it is gone');
  await lock.inject();
  await lock.abandon();
  expect(await lock.prove()).toMatch(
    /written [1-9]\d? s ago by the server's clock: it counts for another 1[1-4]\d s$/,
  );
  const written = new Date(Date.now() - 151_500);
  await utimes(path(lock.name), written, written);
  await expect(lock.prove()).rejects.toThrow(
    /^the volume has a foreign lock of a backup, but it counts no more: lock-\w+ was written 1[5-9]\d s ago, and a lock counts for 150 s$/,
  );
});

test('it counts for as long as it is meant to, by a time that lies ahead', async () => {
  const lock = fault({ counts: 600 });
  await lock.inject();
  expect(await age(lock.name)).toBeGreaterThanOrEqual(-450);
  expect(await age(lock.name)).toBeLessThan(-410);
  expect(await lock.prove()).toMatch(
    /, dated 4[1-5]\d s ahead by the server's clock: it counts for another (600|5[6-9]\d) s$/,
  );
});

test('its end is waited for by the clock of the server, and it is still there', async () => {
  const lock = fault({ life: -1, counts: -1 });
  // Before the lock is written, as its file's time is of whole seconds: from there on the wait is no shorter
  // than 1 s.
  const before = Date.now();
  await lock.inject();
  expect(await lock.outlived()).toBeGreaterThanOrEqual(2);
  expect(Date.now() - before).toBeGreaterThan(1_000);
  expect(await lock.outlived()).toBeGreaterThanOrEqual(2);
  await rm(path(lock.name));
  await expect(lock.outlived()).rejects.toThrow('it is gone');
}, 20_000);

test('one that somebody goes on writing is not waited for for ever', async () => {
  // Which makes the wait, a life and a minute, one of a second.
  const lock = fault({ life: -59, counts: 0 });
  await lock.inject();
  const ahead = new Date(Date.now() + 600_000);
  await utimes(path(lock.name), ahead, ahead);
  await expect(lock.outlived()).rejects.toThrow('it was still written less than -57 s ago after 1 s');
}, 20_000);

test('healed, it is removed, once or more often, and the locks beside it stay', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  const [mine, other] = [fault(), fault()];
  const injected = await faults.inject(inFaults(mine));
  await other.inject();
  expect(await injected.heal()).toBe('it is removed');
  expect(await readdir(join(folder, 'locks'))).toEqual([`${other.name}.lck`]);
  await faults.healAll();
  await expect(injected.prove()).rejects.toThrow('it is gone');
});

test('another process removes what a killed one left', async () => {
  const faults = openFaults({ cluster, ledger: await openLedger(out) });
  await faults.inject(inFaults(fault()));
  expect(await healLeftOver({ cluster, ledger: await openLedger(out) })).toEqual([
    'the volume has a foreign lock of a backup: it is removed',
  ]);
  expect(await readdir(join(folder, 'locks'))).toEqual([]);
});

test('a volume that the store does not have is not locked', async () => {
  const nowhere = join(out, 'nowhere');
  await expect(fault({ folder: nowhere }).inject()).rejects.toThrow(
    `write failed in backupstore with exit code 1: the store has no folder ${nowhere}`,
  );
});
