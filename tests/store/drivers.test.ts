import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { kinds } from '../../e2e/faults/kinds.ts';
import * as of from '../../e2e/faults/store-faults.ts';
import { type Ability, abilities, type RunningStore } from '../../e2e/store/driver.ts';
import { besides, driverNamed, drivers, driversOf, nameOn } from '../../e2e/store/drivers/index.ts';
import { whyNotFit } from '../../e2e/suite/play/fit.ts';
import { stubCluster } from '../support/stub-cluster.ts';
import { localStore } from './support/local-store.ts';

const names = Object.keys(abilities) as Ability[];
const tape = { ...localStore('/nowhere'), driver: 'tape' };
const lock = { volume: 'v', of: 'a backup', life: 1, counts: 1 } as const;
const offered = { lab: false, without: [], allow: [] };

const whoCan = (ability: Ability) => drivers.find(({ heals }) => heals[ability] !== undefined);

test('what is done to a store says by which driver, so that another process undoes it by the same', () => {
  const data = { driver: 'tape', path: expect.stringContaining('/locks/') };
  expect(of.foreignLock(tape, lock)).toMatchObject({ kind: 'foreign-lock', data });
});

test('each driver has a name of its own; a run plays on the first kind, on one that is named, or on all', () => {
  expect(new Set(drivers.map(({ name }) => name)).size).toBe(drivers.length);
  expect(driverNamed()).toBe(drivers[0]);
  for (const driver of drivers) expect(driverNamed(driver.name)).toBe(driver);
  expect(() => driverNamed('tape')).toThrow(
    'there is no backup store of the kind tape: known are nfs, s3, cifs, own-bucket',
  );
  const named = (store?: string) => driversOf(store).map((driver) => nameOn('It works', driver));
  expect(named()).toEqual(['It works']);
  expect(named('s3')).toEqual(['It works [s3]']);
  expect(named('all')).toEqual(['It works', 'It works [s3]', 'It works [cifs]']);
});

test.each([
  ['needs nothing', [], false, ['nfs']],
  ['is for every kind', ['lab'], true, ['nfs', 's3']],
  ['needs what S3 alone can', ['wrongAnswers', 'foreignLock'], false, ['s3']],
  ['is for every kind that can what it needs', ['littleSpace'], true, ['nfs']],
  ['needs two kinds, and begins on the first', ['two-stores'], false, ['nfs'], ['nfs']],
  ['needs what no kind can, and is skipped', ['littleSpace', 'wrongAnswers'], true, ['nfs']],
])('on what fits, one that %s', (_, needs, everyStore, played, onAll = ['nfs', 's3', 'cifs']) => {
  const on = (store?: string) => driversOf(store, { needs, everyStore }).map(({ name }) => name);
  expect(on('fitting')).toEqual(played);
  expect(on('nfs')).toEqual(['nfs']);
  expect(on('all')).toEqual(onAll);
});

test('who needs stores of two kinds is skipped where a run makes those of one alone', () => {
  const [first, second, third] = drivers;
  // A bucket that was there before is never a second one.
  expect(driversOf('all')).toEqual([first, second, third]);
  const whyNot = (choice?: string) => {
    const otherStore = first && besides(first, choice)?.name;
    return whyNotFit(offered, { needs: ['two-stores'], disruptions: [], store: first?.name, otherStore });
  };
  const others = driversOf('all').map((driver) => besides(driver, 'all')?.name);
  expect(others).toEqual([second?.name, first?.name, first?.name]);
  const alone = 'needs backup stores of two kinds, and the run makes those of one alone: --store all';
  const why = ['all', 'fitting', undefined, 'nfs'].map(whyNot);
  expect(why).toEqual([undefined, undefined, alone, alone]);
});

const path = { path: 'volume.cfg', title: 'it' };
const faults: Record<Ability, (store: RunningStore) => unknown> = {
  denyDeletion: (store) => of.deniedFile(store, path),
  foreignLock: (store) => of.foreignLock(store, lock),
  stall: (store) => of.stalledServer(store, 'slow', 'it'),
  readOnlyBackups: (store) => of.readOnlyBackups(store, path),
  denyReading: (store) => of.deniedReading(store, { ...path, denied: 'its listing' }),
  emptyFile: (store) => of.emptiedFile(store, path),
  hideFile: (store) => of.hiddenFile(store, path),
  replaceKey: (store) => of.replacedKey(store, 'it'),
  keepVersions: (store) => of.keptVersions(store, 'it'),
  wrongAnswers: (store) =>
    of.wrongAnswers(store, { asked: 'list', below: '', every: 1, answer: 'SlowDown', title: 'it' }),
  littleSpace: (store) => of.filledStore(store, { left: 1, title: 'it' }),
};

test.each(names)(
  'where a store cannot %s, who needs it is skipped with the reason, and it is not done',
  async (ability) => {
    const play = (heals: object) => {
      const driver = { called: { store: 'a tape', server: 'a robot' }, heals, mounted: false };
      return whyNotFit(offered, { needs: [ability], disruptions: [] }, driver);
    };
    expect(play({})).toBe(`needs ${abilities[ability]}: a tape cannot`);
    expect(play({ [ability]: whoCan(ability)?.heals[ability] })).toBeUndefined();
    // What a scenario should have said is named.
    const { [ability]: _, ...unable } = tape;
    await expect(async () => faults[ability](unable)).rejects.toThrow(
      `the scenario must say that it needs ${abilities[ability]} (${ability}): tape has none`,
    );
    // What can be done can be undone by its driver, and a ledger without one means the first.
    const [kind] = Object.values(kinds).filter((each) => 'ability' in each && each.ability === ability);
    await expect(kind?.heal(stubCluster(), { driver: 'tape' })).rejects.toThrow(
      'there is no backup store of the kind tape',
    );
    // It knows whose data these are, and misses what they should hold.
    const data = whoCan(ability) === driverNamed() ? {} : { driver: whoCan(ability)?.name };
    await expect(kind?.heal(stubCluster(), data)).rejects.toThrow(/invalid input/i);
  },
);

const excepted: [path: RegExp, why: string][] = [
  [/^e2e\/store\/drivers\/nfs\//, 'the driver'],
  [/^e2e\/store\/drivers\/folder\//, 'what it has of stores that a pod serves out of a folder'],
  [/^e2e\/store\/drivers\/index\.ts$/, "the driver's row"],
  [/^e2e\/longhorn\/messages\//, 'rows of messages: what Longhorn itself says of its mounts'],
  [
    /^emulator\/(engine\/|backupstore\/|manager\/|clocks\.ts$)/,
    "Longhorn's own part: it mounts backup targets on NFS, and reads their URLs",
  ],
  [/^lab\/(node\/|build\/|debian\/)/, 'nodes on which Longhorn can mount NFS'],
  [
    /^lab\/(images\/core|prepare|control\/cpu)\.ts$/,
    "what the image of the store's pod is made of, and what its program is called",
  ],
  [/\.md$/, 'documents'],
];

test('nobody but its driver knows of a kind of store, not even by a word', () => {
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  const words = ['-liE', '--untracked', 'nfs|ganesha|chattr|/opt/backupstore'];
  const folders = ['e2e', 'providers', 'bench', 'scripts', 'lab', 'emulator'];
  const found = execFileSync('git', ['grep', ...words, '--', ...folders], { cwd, encoding: 'utf8' });
  const telling = found.trim().split('\n');
  expect(telling.filter((path) => !excepted.some(([pattern]) => pattern.test(path)))).toEqual([]);
  // An exception that nothing needs any more goes.
  expect(excepted.filter(([pattern]) => !telling.some((path) => pattern.test(path)))).toEqual([]);
});
