import { readdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { stripVTControlCharacters } from 'node:util';
import { gunzipSync } from 'node:zlib';
import { execa } from 'execa';
import { configLoader, vitestEntry } from '../../e2e/cli/spawn-runner.ts';
import { readReport } from '../../e2e/report/file.ts';
import type { PageData } from '../../e2e/report/html/data.ts';
import type { Report } from '../../e2e/report/schema.ts';
import { cacheVariables } from './share-caches.ts';
import { findJunitErrors } from './validate-junit.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

const entry = fileURLToPath(new URL('./inline-command.ts', import.meta.url));

/** The configuration of a suite. */
export const configText = `
import { e2eProject } from '${root}e2e/suite/vitest-project.ts';
const test = { projects: [e2eProject(['*.e2e.ts'])], fsModuleCachePath: ${JSON.stringify(process.env.CORRAL_TEST_MODULES)} };
export default { root: import.meta.dirname, test };
`;

/** What is the same in every scenario file. */
const head = `import { scenario } from '${root}tests/support/inline-scenario.ts';\n`;

/** Scenario files by name: a file of its own, or the text that follows the import of `scenario`. */
export type Suite = Record<string, string | URL>;

/** The scenario files of a folder beside this file. */
export const suiteOf = (name: string): Suite => {
  const folder = new URL(`suites/${name}/`, import.meta.url);
  return Object.fromEntries(readdirSync(folder).map((file) => [file, new URL(file, folder)]));
};

/** The text of a scenario file, whose relative imports lead to the same files from any folder. */
export const textOf = async (file: string | URL): Promise<string> => {
  if (typeof file === 'string') return head + file;
  const text = await readFile(file, 'utf8');
  return text.replace(/ from '(\.[^']+)'/g, (_, path) => ` from '${fileURLToPath(new URL(path, file))}'`);
};

/**
 * How the fake provider behaves; `up` is one that works, and with `existing` there is the real provider of
 * that name beside it.
 */
type How =
  | 'existing'
  | 'up'
  | 'precondition-error'
  | 'dies'
  | 'boots-long'
  | 'boots-deaf'
  | 'interrupted-late'
  | 'stays-up'
  | 'loses-a-node';

export type Ended = {
  exitCode: number | undefined;
  stdout: string;
  stderr: string;
  report: Report | undefined;
};

/** A run whose junit.xml is looked at: it is checked by its schema, and given. */
export const junitIn = async (folder: string): Promise<string> => {
  const text = await readFile(join(folder, 'out', 'junit.xml'), 'utf8');
  const errors = await findJunitErrors(text);
  if (errors.length > 0)
    throw new Error(`junit.xml is not as its schema says:\n${errors.join('\n')}\n${text}`);
  return text;
};

/** What the page of a run carries. */
export const pageIn = async (folder: string): Promise<PageData> => {
  const page = await readFile(join(folder, 'out', 'report.html'), 'utf8');
  return JSON.parse(gunzipSync(Buffer.from(/id="data">([^<]*)</.exec(page)?.[1] ?? '', 'base64')).toString());
};

const normalise = (text: string, folder: string): string =>
  stripVTControlCharacters(text)
    .replaceAll(folder, '<suite>')
    .replaceAll(root, '<root>/')
    .replace(/\d+(\.\d+)? (ms|s)\b/g, '<time>')
    .replace(/Corral run [a-z0-9]{6}\b/g, 'Corral run <run>')
    .replace(/:\d+:\d+\)?$/gm, ':<line>')
    .trimEnd();

/** Does work on a suite in a folder of its own, which goes with the work. */
export const withSuite = async <T>(
  suite: Suite,
  work: (written: { folder: string; config: string }) => Promise<T>,
): Promise<T> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-suite-'));
  try {
    for (const [name, file] of Object.entries(suite)) await writeFile(join(folder, name), await textOf(file));
    const config = join(folder, 'vitest.config.mts');
    await writeFile(config, configText);
    return await work({ folder, config });
  } finally {
    // A process whose parent was killed may still write there.
    await rm(folder, { recursive: true, force: true, maxRetries: 10 });
  }
};

// A clean environment: this test runs in vitest itself, whose variables the command under test must not
// inherit.
const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  ...cacheVariables(),
});

/** A signal for the command, sent when its output first holds `after`. */
export type Signalled = { after: string; signal: NodeJS.Signals };

const sendSignals = (
  child: { stdout: Readable; kill(signal: NodeJS.Signals): boolean },
  signals: Signalled[],
): void => {
  const waiting = [...signals];
  let text = '';
  child.stdout.on('data', (chunk: Buffer) => {
    text += chunk;
    while (waiting[0] !== undefined && text.includes(waiting[0].after)) {
      child.kill(waiting[0].signal);
      waiting.shift();
    }
  });
};

/** Runs node on the arguments given, in a suite's folder, to its end. */
const run = async (
  folder: string,
  { args, env, signals = [] }: { args: string[]; env?: Record<string, string>; signals?: Signalled[] },
): Promise<Ended> => {
  const alone = { cwd: folder, extendEnv: false, reject: false, stdin: 'ignore' } as const;
  const child = execa(process.execPath, args, { ...alone, env: { ...environment(), ...env } });
  sendSignals(child, signals);
  const { exitCode, stdout, stderr } = await child;
  return {
    exitCode,
    stdout: normalise(stdout, folder),
    stderr: normalise(stderr, folder),
    report: await readReport(join(folder, 'out')),
  };
};

type CommandOptions = {
  how?: How;
  flags?: string[];
  /** Whether its scenarios are chosen that come from no seed document, as hardly one of these does. */
  all?: boolean;
  signals?: Signalled[];
  env?: Record<string, string>;
};

/** Runs the suite in a folder by the real command; `flags` as after `npx corral e2e`. */
export const runCommandIn = (
  folder: string,
  config: string,
  { how = 'up', flags = [], all = true, ...rest }: CommandOptions,
): Promise<Ended> => {
  // A pipe gets the steps only of what fails, and signals come after a step.
  const verbosity =
    (rest.signals ?? []).length === 0 || flags.includes('json') ? [] : ['--output', 'verbose'];
  const chosen = all ? ['--all'] : [];
  return run(folder, {
    args: [entry, config, how, '--out', 'out', ...chosen, ...verbosity, ...flags],
    ...rest,
  });
};

/** Runs a suite by the real command. */
export const runSuite = (suite: Suite, options: CommandOptions = {}): Promise<Ended> =>
  withSuite(suite, ({ folder, config }) => runCommandIn(folder, config, options));

/** Its size; keys that are pressed, when the output first matches `after`. */
type InTerminal = {
  size: { columns: number; rows: number };
  how?: How;
  pressed?: { after: RegExp; keys: string }[];
  env?: Record<string, string>;
};

/**
 * Runs the suite in a folder by the real command, in a terminal of this size; gives all that was written to
 * it.
 */
export const runInTerminal = async (
  folder: string,
  config: string,
  { size, how = 'up', pressed = [], env = {} }: InTerminal,
): Promise<{ exitCode: number | undefined; written: string }> => {
  const command = [process.execPath, entry, config, how, '--out', 'out', '--all', '--workers', '2'].join(' ');
  const inTerminal = `stty cols ${size.columns} rows ${size.rows}; exec ${command}`;
  const child = execa('script', ['--quiet', '--return', '--flush', '--command', inTerminal, '/dev/null'], {
    ...{ cwd: folder, extendEnv: false, reject: false, stripFinalNewline: false },
    env: { ...environment(), TERM: 'xterm', ...env },
  });
  const waiting = [...pressed];
  let written = '';
  child.stdout.on('data', (chunk: Buffer) => {
    written += chunk;
    while (waiting[0]?.after.test(written) === true) child.stdin.write(waiting.shift()?.keys ?? '');
  });
  const { exitCode } = await child;
  return { exitCode, written };
};

/**
 * Runs a suite as `npx vitest run --project e2e` does, but for the second that it takes to bundle the
 * configuration.
 */
export const runBare = (
  folder: string,
  config: string,
  options: { env: Record<string, string>; signals?: Signalled[] },
): Promise<Ended> =>
  run(folder, {
    args: [vitestEntry, 'run', '--config', config, '--configLoader', configLoader, '--project', 'e2e'],
    ...options,
  });

const [kubeconfig, storeImage, out] = ['/nowhere/kubeconfig', 'store:inline', 'out'];

/** The least that the scenarios need by hand. */
export const leastEnvironment = {
  ...{ CORRAL_KUBECONFIG: kubeconfig, CORRAL_STORE_IMAGE: storeImage, CORRAL_OUT: out },
};

/** The same, and more of it, handed on as the command does. */
export const handedOn = (more: object): Record<string, string> => ({
  CORRAL_CONFIG: JSON.stringify({ kubeconfig, storeImage, out, ...more }),
});
