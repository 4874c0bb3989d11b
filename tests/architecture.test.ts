import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('{bench,e2e,emulator,lab,providers,scripts}/**/*.ts', { cwd: root });
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const importPattern =
  /^(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const importsOf = (path: string): string[] =>
  [...read(path).matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

/** The files of this project that a file imports, from the project's root. */
const ownImportsOf = (path: string): string[] =>
  importsOf(path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(path), specifier)));

const ofE2e = (names: string): string[] => names.split(' ').map((name) => `e2e/${name}`);

/** What each room may import from besides itself; every room is a folder, and none imports back. */
const rooms: Record<string, readonly string[]> = {
  'e2e/machine': [],
  'e2e/kube': [],
  'e2e/history': ofE2e('kube'),
  'e2e/longhorn': ofE2e('kube'),
  'e2e/ui': ofE2e('kube longhorn'),
  'e2e/report': ofE2e('kube machine'),
  'e2e/store': ofE2e('machine kube history longhorn'),
  'e2e/store-matrix': ofE2e('longhorn store'),
  'e2e/permissions': ofE2e('kube longhorn store'),
  'e2e/config': ofE2e('longhorn report store'),
  'e2e/faults': ofE2e('kube history longhorn store'),
  'e2e/suite': ofE2e('machine kube history longhorn ui report store store-matrix permissions config faults'),
  'e2e/scenarios': ofE2e('suite'),
  'e2e/crash-matrix': ofE2e('suite'),
  'e2e/soak': ofE2e('suite'),
  'e2e/cli': [
    ...ofE2e(
      'machine kube history longhorn report store store-matrix permissions config faults suite crash-matrix soak',
    ),
    'providers',
  ],
  lab: ofE2e('machine kube history'),
  // Who writes LZ4 and who reads it have its checksum in common.
  emulator: ofE2e('kube history store'),
  providers: [
    ...ofE2e('machine kube history longhorn ui store store-matrix permissions config'),
    'lab',
    'emulator',
  ],
  bench: ['e2e', 'lab', 'emulator', 'providers'],
  scripts: [...ofE2e('machine kube report cli'), 'lab', 'providers', 'bench'],
};

const isIn = (room: string) => (path: string) => path.startsWith(`${room}/`);
const roomOf = (path: string): string => Object.keys(rooms).find((room) => isIn(room)(path)) ?? path;

/** The first circle of imports, of types as well, as a path from a file to itself; undefined without one. */
const findCircle = (imports: (path: string) => readonly string[]): string[] | undefined => {
  const done = new Set<string>();
  const visit = (path: string, way: readonly string[]): string[] | undefined => {
    if (way.includes(path)) return [...way.slice(way.indexOf(path)), path];
    if (done.has(path)) return undefined;
    for (const next of imports(path)) {
      const circle = visit(next, [...way, path]);
      if (circle !== undefined) return circle;
    }
    done.add(path);
    return undefined;
  };
  return sources.map((path) => visit(path, [])).find((circle) => circle !== undefined);
};

describe('imports', () => {
  test('each file imports only from its own room and from those that its room may', () => {
    const wrong = sources.flatMap((path) => {
      const room = roomOf(path);
      const allowed = [room, ...(rooms[room] ?? [])];
      return ownImportsOf(path)
        .filter((target) => !allowed.some((one) => isIn(one)(target)))
        .map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('no file comes back to itself', () => {
    const imports = new Map(sources.map((path) => [path, ownImportsOf(path)]));
    expect(findCircle((path) => imports.get(path) ?? [])).toBeUndefined();
  });

  test('e2e does not even reach emulator or lab by way of others', () => {
    const reached = new Set(sources.filter(isIn('e2e')));
    for (const path of reached)
      for (const next of sources.includes(path) ? ownImportsOf(path) : []) reached.add(next);
    expect([...reached].filter((path) => isIn('emulator')(path) || isIn('lab')(path))).toEqual([]);
  });

  test('only e2e/kube speaks to the Kubernetes client', () => {
    const users = sources
      .filter(isIn('e2e'))
      .filter((path) => importsOf(path).includes('@kubernetes/client-node'));
    expect(users.filter((path) => !isIn('e2e/kube')(path))).toEqual([]);
  });
});

/** Names that several files export on purpose: whose they are, and their files. */
const repeatedNames: { of: string; names: string; within: readonly string[] }[] = [
  {
    of: 'what a driver of a kind of store gives, a folder a kind',
    names:
      'driverName findStores placeOfUrl removeStore servedStore serverProgram startStore storeManifest storeMount storeUrl',
    within: ['e2e/store/drivers'],
  },
  {
    of: "the emulator's own model of Longhorn's objects, independent of how the suite reads them",
    names:
      'Backup BackupState BackupStatus BackupTarget BackupVolume CronJob EngineImage InstanceManager KubernetesStatus Node Pod RecurringJob Setting Snapshot SystemBackup SystemRestore Volume VolumeAttachment VolumeEngine',
    within: ['emulator/longhorn', 'e2e/longhorn', 'e2e/kube'],
  },
  {
    of: "the emulator's own model of a backup store's format, independent of how the suite reads it",
    names:
      'BackupConfig BlockMapping CompressionMethod VolumeConfig backupConfigPath blockPath blockSize checksumOf',
    within: ['emulator/backupstore', 'e2e/store/format'],
  },
];

describe('exported names', () => {
  const exported =
    /^export (?:async )?(?:abstract )?(?:const|let|function\*?|class|type|interface|enum) (\w+)/gm;
  const filesOf = new Map<string, Set<string>>();
  for (const path of sources)
    for (const [, name = ''] of read(path).matchAll(exported))
      filesOf.set(name, (filesOf.get(name) ?? new Set()).add(path));

  test('one name is exported by one file', () => {
    const mayRepeat = (name: string, paths: readonly string[]): boolean =>
      repeatedNames.some(
        ({ names, within }) =>
          names.split(' ').includes(name) && paths.every((path) => within.some((room) => isIn(room)(path))),
      );
    const repeated = [...filesOf]
      .map(([name, paths]) => ({ name, paths: [...paths] }))
      .filter(({ name, paths }) => paths.length > 1 && !mayRepeat(name, paths));
    expect(repeated).toEqual([]);
  });

  test('each name that may be repeated is', () => {
    const names = repeatedNames.flatMap((each) => each.names.split(' '));
    expect(names.filter((name) => (filesOf.get(name)?.size ?? 0) < 2)).toEqual([]);
  });
});

// The steps of all subjects are put into one object, in which the last of a name would hide the others.
test('one step is declared once', () => {
  const names = sources
    .filter((path) => path.startsWith('e2e/suite/steps/'))
    .flatMap((path) =>
      [...read(path).matchAll(/'((?:given|when|then)\.\w+)': step\(/g)].map(([, name]) => name),
    );
  expect(names.length).toBeGreaterThan(100);
  expect(names.filter((name, at) => names.indexOf(name) !== at)).toEqual([]);
});

describe('what tracked files never hold', () => {
  // Whatever registry npm, Go and apt are set to use will do.
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], {
    cwd: root,
    encoding: 'utf8',
  })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)) && !/\.(png|gz|bin)$/.test(path));
  const holding = (...words: string[]) =>
    tracked.filter((path) => words.some((word) => read(path).includes(word)));

  test('a host of a package registry', () => {
    // Written so that this file does not hold them.
    const hosts =
      'registry npmjs,registry yarnpkg,npm pkg github,proxy golang,sum golang,goproxy ,deb debian,pypi org';
    const more = 'registry-1 docker,registry k8s';
    expect(holding(...`${hosts},${more}`.split(',').map((host) => host.replaceAll(' ', '.')))).toEqual([]);
  });

  test('a path of the machine it was written on', () => {
    // root's home is the same everywhere, and in the nodes of the lab as well.
    expect(holding(...[root, homedir()].filter((path) => path !== '/root'))).toEqual([]);
  });
});
