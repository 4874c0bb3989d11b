import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { storeFaults, supportsFaults } from '../../e2e/faults/store/store-faults.ts';
import {
  driverNamed,
  drivers,
  driversOf,
  otherDriver,
  scenarioNameOn,
} from '../../e2e/store/drivers/index.ts';
import { skipReason } from '../../e2e/suite/run/skip-reason.ts';

const offered = { lab: false, without: [], allow: [] };

test('each driver has a name of its own; a run uses the first kind, on one that is named, or on all', () => {
  expect(new Set(drivers.map(({ name }) => name)).size).toBe(drivers.length);
  expect(driverNamed()).toBe(drivers[0]);
  for (const driver of drivers) expect(driverNamed(driver.name)).toBe(driver);
  expect(() => driverNamed('tape')).toThrow(
    'there is no backup store of the kind tape: known are nfs, s3, cifs, own-bucket',
  );
  const named = (store?: string) => driversOf(store).map((driver) => scenarioNameOn('It works', driver));
  expect(named()).toEqual(['It works']);
  expect(named('s3')).toEqual(['It works [s3]']);
  expect(named('all')).toEqual(['It works', 'It works [s3]', 'It works [cifs]']);
});

test.each([
  ['needs nothing', [], false, ['nfs']],
  ['is for every kind', ['lab'], true, ['nfs', 's3']],
  ['needs what S3 alone can', ['wrongAnswers', 'foreignLock'], false, ['s3']],
  ['is for every kind that can what it needs', ['diskNearlyFull'], true, ['nfs']],
  ['needs two kinds, and begins on the first', ['two-stores'], false, ['nfs'], ['nfs']],
  ['needs what no kind can, and is skipped', ['diskNearlyFull', 'wrongAnswers'], true, ['nfs']],
])('on what fits, one that %s', (_, needs, everyStore, chosen, onAll = ['nfs', 's3', 'cifs']) => {
  const on = (store?: string) =>
    driversOf(store, { needs, everyStore, suits: supportsFaults(needs) }).map(({ name }) => name);
  expect(on('fitting')).toEqual(chosen);
  expect(on('nfs')).toEqual(['nfs']);
  expect(on('all')).toEqual(onAll);
});

test('who needs stores of two kinds is skipped where a run makes those of one alone', () => {
  const [first, second, third] = drivers;
  // A bucket that was there before is never a second one.
  expect(driversOf('all')).toEqual([first, second, third]);
  const whyNot = (choice?: string) => {
    const otherStore = first && otherDriver(first, choice)?.name;
    return skipReason(offered, { needs: ['two-stores'], disruptions: [], store: first?.name, otherStore });
  };
  const others = driversOf('all').map((driver) => otherDriver(driver, 'all')?.name);
  expect(others).toEqual([second?.name, first?.name, first?.name]);
  const alone = 'needs backup stores of two kinds, and the run makes those of one alone: --store all';
  const why = ['all', 'fitting', undefined, 'nfs'].map(whyNot);
  expect(why).toEqual([undefined, undefined, alone, alone]);
});

test.each(storeFaults.map(({ name }) => name))(
  'where a store cannot have %s done to it, who needs that is skipped with the reason, and it is not done',
  (name) => {
    const fault = storeFaults.find((each) => each.name === name);
    const driver = drivers.find((each) => fault?.suits(each));
    const reasonOn = (access: object) => {
      const tape = { called: { store: 'a tape', server: 'a robot' }, access, mounted: false };
      return skipReason(offered, { needs: [name], disruptions: [] }, tape);
    };
    expect(reasonOn({})).toBe(`needs ${fault?.needs}, which a tape does not support`);
    expect(reasonOn(driver?.access ?? {})).toBeUndefined();
  },
);

const excepted: [path: RegExp, why: string][] = [
  [/^e2e\/store\/drivers\/nfs\//, 'the driver'],
  [/^e2e\/store\/drivers\/folder\//, 'what it has of stores that a pod serves out of a folder'],
  [
    /^e2e\/faults\/store\//,
    'what is done to files of a store in the pod that serves them, and what comes of it',
  ],
  [/^e2e\/store\/drivers\/index\.ts$/, "the driver's row"],
  [
    /^e2e\/store\/fsck\/walk-files\.ts$/,
    'the name that a mount gives to a file that is removed while it is open',
  ],
  [/^e2e\/longhorn\/(bugs|messages|diagnosis)\//, 'what Longhorn itself does and says of its mounts'],
  [/^e2e\/suite\/steps\/admission\/proposal\.ts$/, 'a URL of a backup target that is never made'],
  [
    /^emulator\/(engine\/|backupstore\/|manager\/|clocks\.ts$)/,
    "Longhorn's own part: it mounts backup targets on NFS, and reads their URLs",
  ],
  [
    /^(e2e\/suite\/steps\/target\/|e2e\/scenarios\/(?:backup-targets\/nfs-options|failing-store\/(?:ended|silent)-server)|emulator\/manifests\/admission\/targets|emulator\/mutants|bench\/mutants\/expected)/,
    'the options of a mount, which only a URL of NFS has',
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
  const paths = found.trim().split('\n');
  expect(paths.filter((path) => !excepted.some(([pattern]) => pattern.test(path)))).toEqual([]);
  // An exception that nothing needs any more goes.
  expect(excepted.filter(([pattern]) => !paths.some((path) => pattern.test(path)))).toEqual([]);
});
