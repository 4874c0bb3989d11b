import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { configLoader, vitestEntry } from '../../e2e/cli/spawn-runner.ts';
import { configText, textOf } from '../support/run-suite.ts';
import { cacheVariables } from '../support/share-caches.ts';
import { startPlantedServer } from './support/planted-server.ts';
import { type Sentinel, sentinelsMade } from './support/sentinels.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How a value looks in a text, also within the base64 of more than it. */
const formsOf = (value: string): string[] => {
  const padded = [0, 1, 2].map((before) => Buffer.concat([Buffer.alloc(before), Buffer.from(value)]));
  const within = padded.map((bytes) => bytes.toString('base64').slice(4, -4));
  return [value.slice(0, 24), ...within, encodeURIComponent(value), Buffer.from(value).toString('hex')];
};

let dir: string;
let server: Awaited<ReturnType<typeof startPlantedServer>>;
let everything: string;

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), 'corral-planted-'));
  server = await startPlantedServer();
  const { kubeconfig, env, log, stdout, stderr, answers } = server;
  const bodies = Object.values(answers).map(({ body }) => body);
  everything = [kubeconfig, JSON.stringify(env), log, stdout, stderr, ...bodies].join('\n');
  await writeFile(join(dir, 'kubeconfig'), server.kubeconfig);
  await writeFile(
    join(dir, 'planted.e2e.ts'),
    await textOf(new URL('../support/suites/planted/planted.e2e.ts', import.meta.url)),
  );
  await writeFile(join(dir, 'vitest.config.mts'), configText);
});
afterAll(async () => {
  await server?.close();
  await rm(dir, { recursive: true, force: true });
});

/** What the page carries, unpacked: a browser does the same. */
const carriedBy = (page: string): string =>
  [...page.matchAll(/<script type="text\/plain"[^>]*>([^<]*)</g)]
    .map(([, packed = '']) => gunzipSync(Buffer.from(packed, 'base64')))
    .join('\n');

const readText = async (path: string): Promise<string> => {
  const bytes = await readFile(path);
  if (path.endsWith('.html')) return `${bytes}${carriedBy(bytes.toString())}`;
  return (path.endsWith('.gz') ? gunzipSync(bytes) : bytes).toString('latin1');
};

/** Runs node, and returns all that it printed and all the files that it wrote into the folder \`out\`. */
const artefactsOf = async (
  args: string[],
  env: Record<string, string> = {},
): Promise<Record<string, string>> => {
  const out = join(dir, 'out');
  await rm(out, { recursive: true, force: true });
  const base = { PATH: process.env.PATH ?? '', HOME: process.env.HOME ?? '', ...cacheVariables() };
  const variables = { env: { ...base, ...server.env, ...env }, extendEnv: false };
  const options = { cwd: dir, ...variables, reject: false, stdin: 'ignore' } as const;
  const { stdout, stderr } = await execa(process.execPath, args, options);
  const entries = await readdir(out, { recursive: true, withFileTypes: true }).catch(() => []);
  const paths = entries
    .filter((entry) => entry.isFile())
    .map(({ parentPath, name }) => join(parentPath, name));
  const files = await Promise.all(
    paths.map(async (path) => [relative(out, path), await readText(path)] as const),
  );
  return { stdout, stderr, ...Object.fromEntries(files) };
};

// One for each rule, and for what is learned.
const marks = [
  ...['private key', 'private key, in base64', 'JWT', 'Authorization header', 'bearer token'],
  ...['credentials of a URL', 'secret in a URL', 'secret variable', 'secret field', 'secret flag'],
  ...['data of a Secret', 'token of the kubeconfig', 'LOGIN of the kubeconfig', 'variable GITHUB_TOKEN'],
];

const found = (artefacts: Record<string, string>, sentinels: readonly Sentinel[]): string[] =>
  sentinels.flatMap(({ value, where }) =>
    Object.entries(artefacts).flatMap(([name, text]) =>
      formsOf(value).some((form) => text.includes(form)) ? [`${where}, in ${name}`] : [],
    ),
  );

/** Each of the eight scenarios made six keys, a certificate's and a password: no other process knows any of them. */
const expectNoLogin = (artefacts: Record<string, string>): void => {
  const made = sentinelsMade(dir);
  expect(made).toHaveLength(8 * 8);
  expect(found(artefacts, made)).toEqual([]);
};

const planted = join(root, 'tests/safety/support/planted-command.ts');
const command = (how: string, ...flags: string[]) => {
  const files = [join(dir, 'vitest.config.mts'), join(dir, 'kubeconfig')];
  return [planted, ...files, how, everything, '--out', 'out', '--all', ...flags];
};

test('fifty sentinels are planted, and the test would find each of them', () => {
  expect(server.sentinels).toHaveLength(50);
  const wheres = new Set(
    found({ planted: everything }, server.sentinels).map((line) => line.replace(/, in planted$/, '')),
  );
  expect([...wheres]).toEqual(server.sentinels.map(({ where }) => where));
});

describe('none of fifty sentinels gets out, nor what stores in S3 and on CIFS are logged in to by', () => {
  test.each([
    ['of a run whose scenarios print and throw all that they see', 'up', ['--keep', '--output', 'verbose']],
    ['of a run with JSON output', 'up', ['--output', 'json']],
    ['of a run whose set-up dies', 'dies', []],
    ['of a run on a machine that is not fit', 'precondition-error', []],
  ])('%s', async (_, how, flags) => {
    const github = { GITHUB_ACTIONS: 'true', GITHUB_STEP_SUMMARY: 'out/summary.md' };
    const artefacts = await artefactsOf(command(how, ...flags), github);
    expect(found(artefacts, server.sentinels)).toEqual([]);
    if (how === 'up') expectNoLogin(artefacts);
    // It did say something, and what it says is not all black.
    for (const name of ['report.json', 'junit.xml', 'summary.md', 'report.html'])
      expect(artefacts[name]).toContain('[redacted: ');
    expect(artefacts.stdout).toContain('@minio:9000/');
  });

  test('of a run by vitest, with a reporter of its own', async () => {
    const where = { CORRAL_KUBECONFIG: join(dir, 'kubeconfig'), CORRAL_CONTEXT: 'x', CORRAL_OUT: 'out' };
    const config = ['--config', join(dir, 'vitest.config.mts'), '--configLoader', configLoader];
    const reporter = ['--reporter', 'junit', '--outputFile', 'out/vitest.xml'];
    const args = [vitestEntry, 'run', ...config, '--project', 'e2e', ...reporter];
    const artefacts = await artefactsOf(args, { ...where, CORRAL_STORE_IMAGE: 'i' });
    expect(found(artefacts, server.sentinels)).toEqual([]);
    expectNoLogin(artefacts);
    const besideEvidence = Object.keys(artefacts).filter((name) => !name.startsWith('evidence/'));
    expect(besideEvidence.toSorted().join(' ')).toBe(
      'faults.ndjson junit.xml report.json stderr stdout verdicts.ndjson vitest.xml',
    );
    // Each of the ways that were tried did print, and from all that the cluster said.
    const kept = ['/history.ndjson', '/all.txt', '/not-collected.txt', '/logs/pod.c.log', '.tar.gz'];
    const ways = {
      ...{ 'report.json': 7, 'junit.xml': 7, 'vitest.xml': 7, stdout: 7, 'faults.ndjson': 1 },
      ...Object.fromEntries(kept.map((file) => [`evidence/it-waits-for-what-it-saw${file}`, 1])),
    };
    for (const [name, least] of Object.entries(ways)) {
      const times = artefacts[name]?.split('kind').length ?? 0;
      expect([name, times > least]).toEqual([name, true]);
      for (const what of marks)
        expect([name, artefacts[name]?.includes(`${what}]`) ? what : 'nothing']).toEqual([name, what]);
    }
  });
});
