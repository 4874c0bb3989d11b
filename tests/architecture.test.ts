import { execFileSync } from 'node:child_process';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { homedir } from 'node:os';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';

const root = fileURLToPath(new URL('..', import.meta.url));
const sources = globSync('{bench,e2e,emulator,lab,providers,scripts}/**/*.ts', { cwd: root });
const read = (path: string): string => readFileSync(join(root, path), 'utf8');

const importPattern = /^(?:import|export)\b[^'"`;]*?\bfrom\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

const importsOf = (path: string): string[] =>
  [...read(path).matchAll(importPattern)].map((match) => match[1] ?? match[2] ?? match[3] ?? '');

/** The files of this project that a file imports, from the project's root. */
const ownImportsOf = (path: string): string[] =>
  importsOf(path)
    .filter((specifier) => specifier.startsWith('.'))
    .map((specifier) => normalize(join(dirname(path), specifier)));

const reachableFrom = (start: string): Set<string> => {
  const seen = new Set([start]);
  for (const path of seen) if (existsSync(join(root, path))) for (const next of ownImportsOf(path)) seen.add(next);
  return seen;
};

const inFolder = (folder: string) => (path: string) => path.startsWith(`${folder}/`);

// Who may import what of this project, by the first entry that fits a file; a folder may always import from itself.
const arrows: [from: RegExp, to: RegExp][] = [
  [/^e2e\/observe\//, /^$/],
  [/^e2e\/longhorn\//, /^e2e\/observe\//],
  [/^e2e\/backupstore\//, /^e2e\/(observe|longhorn)\/|^fixtures\//],
  [/^e2e\/faults\//, /^e2e\/(observe|longhorn|backupstore)\//],
  [/^e2e\/steps\//, /^e2e\/(observe|longhorn|backupstore|faults)\//],
  [/^e2e\/scenarios\//, /^e2e\/(scenario|scenario-core)\.ts$|^e2e\/steps\//],
  [/^e2e\/report\//, /^e2e\/(observe\/duration|environment)\.ts$/],
  [/^e2e\/command\/heal\.ts$/, /^e2e\/(faults\/(fault|ledger)|observe\/cluster|command\/exit-code)\.ts$/],
  [/^e2e\/command\/store\//, /^e2e\/(backupstore\/|command\/exit-code\.ts$)/],
  [/^e2e\/command\/traceability/, /^e2e\/(longhorn\/differences\/differences|command\/exit-code)\.ts$|^e2e\/command\/traceability\//],
  [/^e2e\/command\//, /^e2e\/(report|command)\/|^e2e\/[a-z-]+\.ts$|^providers\/(provider|progress)\.ts$/],
  [/^e2e\//, /^e2e\/(?!scenarios\/|command\/)/],
  // The checksum of LZ4 is the same for who writes and who reads.
  [/^emulator\/backupstore\/lz4-frame\.ts$/, /^e2e\/backupstore\/lz4\/xxh32\.ts$/],
  [/^emulator\//, /^e2e\/observe\//],
  // The watcher is everybody's: it knows nothing of Longhorn.
  [/^lab\//, /^e2e\/observe\//],
  // It waits for a Longhorn and gives it a backup store, as scenarios do.
  [/^providers\/longhorn\//, /^(lab|providers)\/|^e2e\/(observe|longhorn|backupstore)\//],
  [/^providers\/(lab|target|emulator-[a-z]+)\.ts$/, /^(lab|emulator|providers)\/|^e2e\/observe\//],
  [/^providers\//, /^providers\/|^e2e\/observe\/duration\.ts$/],
  [/^bench\//, /^(bench|e2e|emulator|lab|providers)\/|^tests\/support\//],
  [/^scripts\//, /^(e2e\/(command|report)|providers|lab|bench)\//],
];

const folderOf = (path: string): string => /^(e2e\/[a-z-]+\/|[a-z]+\/)/.exec(path)?.[1] ?? '';

describe('arrows', () => {
  test('each file imports only what its folder may', () => {
    const wrong = sources.flatMap((path) => {
      const allowed = arrows.find(([from]) => from.test(path))?.[1];
      const own = folderOf(path);
      const targets = ownImportsOf(path).filter((target) => !allowed?.test(target) && (own === 'e2e/' || folderOf(target) !== own));
      return targets.map((target) => `${path} imports ${target}`);
    });
    expect(wrong).toEqual([]);
  });

  test('nothing imports from scenarios', () => {
    expect(sources.filter((path) => ownImportsOf(path).some(inFolder('e2e/scenarios')))).toEqual([]);
  });

  test('e2e does not even reach emulator or lab by way of others', () => {
    const reached = new Set(sources.filter(inFolder('e2e')).flatMap((path) => [...reachableFrom(path)]));
    expect([...reached].filter((path) => /^(emulator|lab)\//.test(path))).toEqual([]);
  });

  test('only observe speaks to the Kubernetes client', () => {
    const users = sources.filter(inFolder('e2e')).filter((path) => importsOf(path).includes('@kubernetes/client-node'));
    expect(users.filter((path) => !inFolder('e2e/observe')(path))).toEqual([]);
  });
});

describe('size', () => {
  /** Files that may be longer, each with the reason. */
  const exceptions: Record<string, string> = {};
  const longest = 150;

  test(`a file is one idea of at most ${longest} lines`, () => {
    const long = sources.map((path) => [path, read(path).split('\n').length - 1] as const).filter(([, lines]) => lines > longest);
    expect(long.filter(([path]) => exceptions[path] === undefined)).toEqual([]);
    expect(Object.keys(exceptions).filter((path) => !long.some(([each]) => each === path))).toEqual([]);
  });
});

describe('what tracked files never hold', () => {
  // Whatever registry npm, Go and apt are told to use will do.
  const tracked = execFileSync('git', ['ls-files', '--cached', '--others', '--exclude-standard'], { cwd: root, encoding: 'utf8' })
    .split('\n')
    .filter((path) => path !== '' && existsSync(join(root, path)) && !/^fixtures\/recordings\/|\.(png|gz|bin)$/.test(path));
  const holding = (words: string[]) => tracked.filter((path) => words.some((word) => read(path).includes(word)));
  // Written so that this file does not hold them.
  const host = (...parts: string[]) => parts.join('.');

  test('a host of a package registry', () => {
    const npm = [host('registry', 'npmjs'), host('registry', 'yarnpkg'), host('npm', 'pkg', 'github')];
    const go = [host('proxy', 'golang'), host('sum', 'golang'), host('goproxy', '')];
    const rest = [host('deb', 'debian'), host('pypi', 'org'), host('registry-1', 'docker'), host('registry', 'k8s')];
    expect(holding([...npm, ...go, ...rest])).toEqual([]);
  });

  test('a path of the machine it was written on', () => {
    // root's home is the same everywhere, and in the nodes of the lab as well.
    expect(holding([root, homedir()].filter((path) => path !== '/root'))).toEqual([]);
  });
});
