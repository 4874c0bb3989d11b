import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { kinds } from '../../e2e/faults/kinds.ts';
import {
  deniedFile,
  deniedReading,
  filledStore,
  foreignLock,
  readOnlyBackups,
  stalledServer,
  wrongAnswers,
} from '../../e2e/faults/store-faults.ts';
import { type Ability, abilities, type RunningStore } from '../../e2e/store/driver.ts';
import { driverNamed, drivers, driversOf, nameOn } from '../../e2e/store/drivers/index.ts';
import { whyNotFit } from '../../e2e/suite/play/fit.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { localStore } from './support/local-store.ts';

const names = Object.keys(abilities) as Ability[];

const whoCan = (ability: Ability) => drivers.find(({ heals }) => heals[ability] !== undefined);

test('what is done to a store says by which driver, so that another process undoes it by the same', () => {
  const store = { ...localStore('/nowhere'), driver: 'tape' };
  expect(foreignLock(store, { volume: 'v', of: 'a backup', life: 1, counts: 1 })).toMatchObject({
    kind: 'foreign-lock',
    data: { driver: 'tape', path: expect.stringContaining('/locks/') },
  });
});

test('each driver has a name of its own, and a name that none has is an error', () => {
  expect(new Set(drivers.map(({ name }) => name)).size).toBe(drivers.length);
  expect(driverNamed()).toBe(drivers[0]);
  for (const driver of drivers) expect(driverNamed(driver.name)).toBe(driver);
  expect(() => driverNamed('tape')).toThrow('there is no backup store of the kind tape: known are nfs, s3');
});

test('a run plays on the first kind, on one that is named, or on all; names tell the others from the first', () => {
  const named = (store?: string) => driversOf(store).map((driver) => nameOn('It works', driver));
  expect(named()).toEqual(['It works']);
  expect(named('s3')).toEqual(['It works [s3]']);
  expect(named('all')).toEqual(['It works', 'It works [s3]']);
});

test.each([
  ['needs nothing', [], false, ['nfs']],
  ['is for every kind', ['lab'], true, ['nfs', 's3']],
  ['needs what S3 alone can', ['wrongAnswers', 'foreignLock'], false, ['s3']],
  ['is for every kind that can what it needs', ['littleSpace'], true, ['nfs']],
  ['needs what no kind can, and is skipped', ['littleSpace', 'wrongAnswers'], true, ['nfs']],
])('on what fits, one that %s', (_, needs, everyStore, played) => {
  const on = (store?: string) => driversOf(store, { needs, everyStore }).map(({ name }) => name);
  expect(on('fitting')).toEqual(played);
  expect(on('nfs')).toEqual(['nfs']);
  expect(on('all')).toEqual(['nfs', 's3']);
});

test.each(drivers)(
  'a scenario that needs a store which Longhorn mounts, on $name',
  ({ name, mounted, called }) =>
    expect(
      whyNotFit(
        { lab: false, without: [], allow: [] },
        { needs: ['mounted-store'], disruptions: [], store: name },
      ),
    ).toBe(mounted ? undefined : `needs a backup store that Longhorn mounts: ${called.store} is none`),
);

describe.each(names)('%s', (ability) => {
  const play = (heals: object) =>
    whyNotFit(
      { lab: false, without: [], allow: [] },
      { needs: [ability], disruptions: [] },
      { called: { store: 'a tape', server: 'a robot' }, heals, mounted: false },
    );

  test('a scenario that needs it is skipped where the store cannot, with the reason', () => {
    expect(play({})).toBe(`needs ${abilities[ability]}: a tape cannot`);
    expect(play({ [ability]: whoCan(ability)?.heals[ability] })).toBeUndefined();
  });

  test('what a store cannot is not done to it, and what a scenario should have said is named', async () => {
    const { [ability]: _, ...tape } = { ...localStore('/nowhere'), driver: 'tape' };
    const path = { path: 'volume.cfg', title: 'it' };
    const faults: Record<Ability, (store: RunningStore) => unknown> = {
      denyDeletion: (store) => deniedFile(store, path),
      foreignLock: (store) => foreignLock(store, { volume: 'v', of: 'a backup', life: 1, counts: 1 }),
      stall: (store) => stalledServer(store, 'slow', 'it'),
      readOnlyBackups: (store) => readOnlyBackups(store, path),
      denyReading: (store) => deniedReading(store, { ...path, denied: 'its listing' }),
      wrongAnswers: (store) =>
        wrongAnswers(store, { asked: 'list', below: '', every: 1, answer: 'SlowDown', title: 'it' }),
      littleSpace: (store) => filledStore(store, { left: 1, title: 'it' }),
    };
    await expect(async () => faults[ability](tape)).rejects.toThrow(
      `the scenario must say that it needs ${abilities[ability]} (${ability}): tape has none`,
    );
  });

  test('what can be done to a store can be undone by its driver, and a ledger without one means the first', async () => {
    const [kind] = Object.values(kinds).filter((each) => 'ability' in each && each.ability === ability);
    await expect(kind?.heal(stubCluster(), { driver: 'tape' })).rejects.toThrow(
      'there is no backup store of the kind tape',
    );
    // It knows whose data these are, and misses what they should hold.
    const of = whoCan(ability) === driverNamed() ? {} : { driver: whoCan(ability)?.name };
    await expect(kind?.heal(stubCluster(), of)).rejects.toThrow(/invalid input/i);
  });
});

describe('nobody but its driver knows of a kind of store', () => {
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const words = /nfs|ganesha|chattr|\/opt\/backupstore/i;
  const excepted: [path: RegExp, why: string][] = [
    [/^e2e\/store\/drivers\/nfs\//, 'the driver'],
    [/^e2e\/store\/drivers\/index\.ts$/, "the driver's row"],
    [/^e2e\/longhorn\/messages\//, 'rows of messages: what Longhorn itself says of its mounts'],
    [
      /^emulator\/(engine\/|backupstore\/|manager\/|clocks\.ts$)/,
      "Longhorn's own part: it mounts backup targets on NFS, and reads their URLs",
    ],
    [/^lab\/(node\/|build\/|debian\/)/, 'nodes on which Longhorn can mount NFS'],
    [/^lab\/(images\/core|prepare)\.ts$/, "what the image of the store's pod is made of"],
    [/\.md$/, 'documents'],
  ];

  test('not even by a word', () => {
    const tracked = execFileSync(
      'git',
      [
        'ls-files',
        '--cached',
        '--others',
        '--exclude-standard',
        'e2e',
        'providers',
        'bench',
        'scripts',
        'lab',
        'emulator',
      ],
      {
        cwd: root,
        encoding: 'utf8',
      },
    ).split('\n');
    const sources = tracked.filter((path) => path !== '' && existsSync(join(root, path)));
    expect(sources.length).toBeGreaterThan(500);
    const telling = sources.filter((path) => words.test(readFileSync(join(root, path), 'utf8')));
    expect(telling.filter((path) => !excepted.some(([pattern]) => pattern.test(path)))).toEqual([]);
    // An exception that nothing needs any more goes.
    expect(excepted.filter(([pattern]) => !telling.some((path) => pattern.test(path)))).toEqual([]);
  });
});
