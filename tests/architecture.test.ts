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
  // It writes down what is observed, whoever asks for it; what a bundle holds besides is a report.
  [/^e2e\/evidence\//, /^e2e\/observe\/|^e2e\/report\/schema\.ts$/],
  // What is on a page is Longhorn's; who opens it, and when, is for the steps to say.
  [/^e2e\/ui\//, /^e2e\/(observe|longhorn)\//],
  [/^e2e\/steps\//, /^e2e\/(observe|longhorn|backupstore|faults|ui)\/|^e2e\/evidence\/keeper\.ts$/],
  [/^e2e\/scenarios\//, /^e2e\/(scenario|scenario-core)\.ts$|^e2e\/steps\//],
  [/^e2e\/report\//, /^e2e\/(observe\/(duration|redact\/[a-z-]+)|environment)\.ts$/],
  [/^e2e\/permissions\//, /^e2e\/(observe|longhorn)\//],
  [/^e2e\/command\/rbac\.ts$/, /^e2e\/(longhorn\/dangers|observe\/cluster)\.ts$|^e2e\/(permissions|command)\//],
  [/^e2e\/command\/heal\.ts$/, /^e2e\/(faults\/(fault|heal-by-labels)|observe\/cluster|command\/(exit-code|run-folder)|run-id)\.ts$/],
  [/^e2e\/command\/run-folder\.ts$/, /^e2e\/(faults\/ledger|report\/file|command\/exit-code)\.ts$/],
  // As what a scenario's own clean-up does, from outside; nothing but its command imports it.
  [/^e2e\/clean-up\//, /^e2e\/((observe|longhorn|backupstore|faults|steps)\/|run-id\.ts$)/],
  [/^e2e\/command\/cleanup\.ts$/, /^e2e\/(clean-up\/clean-up|observe\/cluster|run-id)\.ts$/],
  [/^e2e\/command\/fleet/, /^e2e\/(observe|permissions|report|command)\/|^e2e\/run-id\.ts$/],
  // The same states, made by the same code as in the steps.
  [/^e2e\/command\/replay/, /^e2e\/(evidence|observe)\/|^e2e\/steps\/states\.ts$|^e2e\/command\/(replay\/|arguments\/|exit-code\.ts$)/],
  [/^e2e\/command\/explain/, /^e2e\/longhorn\/messages\/|^e2e\/command\/(explain\/|arguments\/|exit-code\.ts$)/],
  [
    /^e2e\/command\/docs/,
    /^e2e\/longhorn\/(dangers\.ts$|differences\/|messages\/)|^e2e\/command\/(docs|traceability)\/|^e2e\/command\/(arguments\/commander-message|exit-code)\.ts$|^e2e\/tags\.ts$/,
  ],
  [/^e2e\/command\/store\//, /^e2e\/(backupstore\/|command\/exit-code\.ts$)/],
  [
    /^e2e\/command\/traceability/,
    /^e2e\/(longhorn\/differences\/differences|command\/exit-code)\.ts$|^e2e\/command\/(traceability|arguments)\//,
  ],
  [
    /^e2e\/command\//,
    /^e2e\/(report|command)\/|^e2e\/longhorn\/(dangers|supported)\.ts$|^e2e\/[a-z-]+\.ts$|^providers\/(provider|progress)\.ts$/,
  ],
  [/^e2e\//, /^e2e\/(?!scenarios\/|command\/)/],
  // The checksum of LZ4 is the same for who writes and who reads, and so is the reading.
  [/^emulator\/backupstore\/(lz4-frame|decompress)\.ts$/, /^emulator\/|^e2e\/backupstore\/lz4\/(xxh32|frame)\.ts$/],
  [/^emulator\//, /^e2e\/observe\//],
  // The watcher is everybody's: it knows nothing of Longhorn.
  [/^lab\//, /^e2e\/observe\//],
  // It waits for a Longhorn and gives it a backup store, as scenarios do.
  [/^providers\/longhorn\//, /^(lab|providers)\/|^e2e\/(observe|longhorn|backupstore)\//],
  // Where the flags are read, what may be asked of a cluster is known.
  [/^providers\/existing\//, /^providers\/|^e2e\/(observe|longhorn|permissions|command\/arguments)\/|^e2e\/report\//],
  // It looks at what all providers need, by their own eyes.
  [
    /^providers\/doctor\//,
    /^(lab|providers)\/|^e2e\/(observe|longhorn|permissions|command\/arguments)\/|^e2e\/(command\/exit-code|ui\/chromium)\.ts$/,
  ],
  // Clusters of commands that are not ours, with images made as a lab's are.
  [/^providers\/(docker|kind|k3d|registry)\//, /^(lab|providers)\/|^e2e\/(observe\/|longhorn\/(dangers|lacks)\.ts$)/],
  [/^providers\/(lab|target|choose-target|emulator-[a-z]+)\.ts$/, /^(lab|emulator|providers)\/|^e2e\/(observe\/|longhorn\/dangers\.ts$)/],
  [/^providers\//, /^providers\/|^e2e\/(observe\/duration|longhorn\/(dangers|lacks)|command\/arguments\/existing)\.ts$/],
  [/^bench\//, /^(bench|e2e|emulator|lab|providers)\/|^tests\/support\//],
  // What a command prints is redacted, whatever it calls.
  [/^scripts\//, /^(e2e\/(command|report|observe\/redact)|providers|lab|bench)\//],
];

// Every command reads its flags by it, and it knows none of them.
const everybodys = 'e2e/lost-flags.ts';

const folderOf = (path: string): string => /^(e2e\/[a-z-]+\/|[a-z]+\/)/.exec(path)?.[1] ?? '';

describe('arrows', () => {
  test('each file imports only what its folder may', () => {
    const wrong = sources.flatMap((path) => {
      const allowed = arrows.find(([from]) => from.test(path))?.[1];
      const own = folderOf(path);
      const targets = ownImportsOf(path).filter(
        (target) => target !== everybodys && !allowed?.test(target) && (own === 'e2e/' || folderOf(target) !== own),
      );
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
