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

/** The beginning of every scenario file. */
const head = `import { scenario } from '${root}tests/support/inline-scenario.ts';\n`;

/** Scenario files by name: the URL of a file, or the text after the import of `scenario`. */
export type Suite = Record<string, string | URL>;

/** The scenario files of a folder in `suites/`. */
export const suiteOf = (name: string): Suite => {
  const folder = new URL(`suites/${name}/`, import.meta.url);
  return Object.fromEntries(readdirSync(folder).map((file) => [file, new URL(file, folder)]));
};

/** The text of a scenario file, with imports that work in any folder. */
export const textOf = async (file: string | URL): Promise<string> => {
  if (typeof file === 'string') return head + file;
  const text = await readFile(file, 'utf8');
  return text.replace(/ from '(\.[^']+)'/g, (_, path) => ` from '${fileURLToPath(new URL(path, file))}'`);
};

/**
 * How the fake provider behaves. `up`: it works. `existing`: it works, and the real provider of that name is available.
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

/** Reads the junit.xml of a run and checks it with its schema. */
export const junitIn = async (folder: string): Promise<string> => {
  const text = await readFile(join(folder, 'out', 'junit.xml'), 'utf8');
  const errors = await findJunitErrors(text);
  if (errors.length > 0)
    throw new Error(`junit.xml is not as its schema says:\n${errors.join('\n')}\n${text}`);
  return text;
};

/** Reads the data in the page of a run. */
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

/** Does work on a suite in its own folder, and removes the folder. */
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

// A clean environment, because the command must not inherit the variables of the vitest that runs this test.
const environment = () => ({
  PATH: process.env.PATH ?? '',
  HOME: process.env.HOME ?? '',
  ...cacheVariables(),
});

/** A signal for the command, sent when its output first contains `after`. */
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

/** Runs node with these arguments in a suite's folder, to its end. */
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
  /** Whether to pass --all. Most of these scenarios come from no seed document. */
  all?: boolean;
  signals?: Signalled[];
  env?: Record<string, string>;
};

/** Runs the suite in a folder with the real command. `flags` are those of `npx corral e2e`. */
export const runCommandIn = (
  folder: string,
  config: string,
  { how = 'up', flags = [], all = true, ...rest }: CommandOptions,
): Promise<Ended> => {
  // Without a terminal, only failed scenarios print their steps. Signals wait for a step.
  const verbosity =
    (rest.signals ?? []).length === 0 || flags.includes('json') ? [] : ['--output', 'verbose'];
  const chosen = all ? ['--all'] : [];
  return run(folder, {
    args: [entry, config, how, '--out', 'out', ...chosen, ...verbosity, ...flags],
    ...rest,
  });
};

/** Runs a suite with the real command. */
export const runSuite = (suite: Suite, options: CommandOptions = {}): Promise<Ended> =>
  withSuite(suite, ({ folder, config }) => runCommandIn(folder, config, options));

/** The size of the terminal, and keys that are pressed when the output first matches `after`. */
type InTerminal = {
  size: { columns: number; rows: number };
  how?: How;
  pressed?: { after: RegExp; keys: string }[];
  env?: Record<string, string>;
};

/**
 * Runs the suite in a folder with the real command, in a terminal of this size. Returns its whole output.
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
 * Runs a suite like `npx vitest run --project e2e`, without bundling the configuration, which takes a second.
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

/** The variables that scenarios need at least without the command. */
export const leastEnvironment = {
  ...{ CORRAL_KUBECONFIG: kubeconfig, CORRAL_STORE_IMAGE: storeImage, CORRAL_OUT: out },
};

/** The same and other settings, in the variable that the command passes to vitest. */
export const handedOn = (more: object): Record<string, string> => ({
  CORRAL_CONFIG: JSON.stringify({ kubeconfig, storeImage, out, ...more }),
});
