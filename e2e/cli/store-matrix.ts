import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Command } from 'commander';
import { PreconditionError } from '../machine/precondition-error.ts';
import { handleSignals } from '../report/interruption.ts';
import {
  bugsOf,
  cellFailures,
  cellNameOf,
  cells,
  expectations,
  type MatrixCell,
  matrixOperations,
  signs as meanings,
  places,
  type Sign,
  whyMeaningless,
} from '../store-matrix/cells.ts';
import { effectOnCluster } from '../store-matrix/cluster-effect.ts';
import { type Engine, type EngineNamedBy, type Matrix, openMatrix } from '../store-matrix/open-matrix.ts';
import { checkOutFile } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { cellsOfScenarios } from './traceability/cells-of-scenarios.ts';

/** The engines to test: the emulator's, or a real one by its name. */
type Engines = { emulator: Engine; real(named: string, by: EngineNamedBy): Promise<Engine> };

/** The form of the name of a real engine. */
export const engineNamedBy = (named: string): EngineNamedBy => {
  if (/\.(tar|tar\.gz|tgz|tar\.zst)$/.test(named)) return 'archive';
  return /^[\w.-]+(?::\d+)?(?:\/[\w.-]+)+(?::[\w.-]+|@sha256:[0-9a-f]{64})$/.test(named)
    ? 'image'
    : 'command';
};

type Arguments = { engine?: string; only: string; json?: string };

/** The result of a cell. `known`: the cell is red, and bugs of the ledger explain it. */
type Verdict = 'green' | 'known' | 'red' | 'not reached';

type CellResult = MatrixCell & {
  verdict: Verdict;
  met: number;
  exitCode: number | 'none';
  signs: Sign[];
  bugs: string[];
  output: string;
  seconds: number;
  /** For a red cell: what happens on a cluster. */
  cluster?: string;
};

type Impossible = MatrixCell & { why: string };

const text = `
Each cell is an operation of the engine's own command on a store in a folder,
while the file system below that store fails in one place in one way. The store
has two backups of a volume. The result is judged after the failure is healed.
A cell is red if:
${Object.values(meanings)
  .map((meaning) => `  - ${meaning}`)
  .join('\n')}

A red cell is printed with the bugs of Longhorn that explain it, and with the
scenario that reaches it on a cluster, or with what happens there. The file system
is served by this command (FUSE), in its own mount namespace: this needs /dev/fuse
and unshare, as root or as a user who may make user namespaces.

Exit codes: 0 every red cell is one of a known bug; 1 a red cell is not, or a
failure was not reached; 2 wrong usage; 3 the cells cannot run on this machine.`;

const program = (): Command =>
  newCommand('store matrix', 'Tests the engine against a failing backup store, cell by cell.')
    .option(
      '--engine <engine>',
      "a real engine: its longhorn program, an archive of its image, or the image's name (default: the emulator's)",
    )
    .option('--only <text>', 'only the cells with this in their names, such as "delete | backups/"', '')
    .option('--json <file>', 'also write all cells to this file')
    .addHelpText('after', text);

const inside = 'CORRAL_STORE_MATRIX_INSIDE';

/** Runs this command again in a mount namespace. Its mounts disappear with the namespace, however the command ends. */
const runInNamespace = async (): Promise<ExitCode> => {
  const asUser = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
  const inOne = [...asUser, '--mount', '--'];
  const { status, stderr, error } = spawnSync('unshare', [...inOne, 'true'], { encoding: 'utf8' });
  if (status !== 0) {
    const why = error?.message ?? stderr.trim();
    throw new CommandError(
      `the cells run in a mount namespace of their own, and there can be none here (${why}): allow user namespaces, or run it as root`,
      exitCode.notFit,
    );
  }
  const own = [process.execPath, ...process.argv.slice(1)];
  // Removed out here, where nothing is mounted on it, however the cells end.
  const folder = mkdtempSync(join(tmpdir(), 'corral-matrix-'));
  const child = spawn('unshare', [...inOne, ...own], {
    stdio: 'inherit',
    // A group of its own: engines that wait for the store end with it.
    detached: true,
    env: { ...process.env, [inside]: folder },
  });
  const end = () => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL');
  const restoreSignals = handleSignals({ first: end, later: end });
  const [code] = await once(child, 'close');
  restoreSignals();
  rmSync(folder, { recursive: true, force: true });
  return (code ?? exitCode.interrupted) as ExitCode;
};

const readArguments = (argv: readonly string[]): Arguments => {
  const command = program();
  parseFlags(command, argv);
  const flags = command.opts<Arguments>();
  const by = flags.engine === undefined ? 'image' : engineNamedBy(flags.engine);
  if (flags.engine !== undefined && by !== 'image')
    try {
      accessSync(flags.engine, by === 'archive' ? constants.R_OK : constants.X_OK);
      if (statSync(flags.engine).isDirectory()) throw new Error('a folder');
    } catch {
      throw usageError(
        `--engine ${flags.engine}: there is no such program; give the path of a longhorn binary or of an image's archive, or an image's name`,
      );
    }
  if (!cells.some((cell) => cellNameOf(cell).includes(flags.only)))
    throw usageError(
      `--only ${flags.only}: no cell has that in its name; their names are OPERATION | PLACE | FAILURE`,
    );
  // The mount namespace contains the same files, so the inner command need not check again.
  return flags.json === undefined
    ? flags
    : { ...flags, json: checkOutFile('json', flags.json, 'cells.json') };
};

/**
 * Divides the cells into those that can be run and those that cannot, from the calls that the engine makes on a sound
 * store.
 */
const divide = async (
  matrix: Matrix,
  chosen: readonly MatrixCell[],
): Promise<{ can: MatrixCell[]; cannot: Impossible[] }> => {
  const can: MatrixCell[] = [];
  const cannot: Impossible[] = [];
  const operations = new Set(chosen.map(({ operation }) => operation));
  const callsOf = new Map(
    await Promise.all(
      [...operations].map(async (operation) => [operation, await matrix.callsOf(operation)] as const),
    ),
  );
  for (const cell of chosen) {
    const { operation } = cell;
    const calls = callsOf.get(operation);
    const place = matrix.placeOf(cell);
    const failure = cellFailures[cell.failure];
    const isReached = calls?.some((call) =>
      'file' in failure ? call.path === place : failure.hit(call, place),
    );
    const why =
      whyMeaningless(cell) ??
      (isReached ? undefined : `${operation} makes no request for ${cell.place} that this failure affects`);
    if (why === undefined) can.push(cell);
    else cannot.push({ ...cell, why });
  }
  return { can, cannot };
};

const judged = (
  cell: MatrixCell,
  outcome: Awaited<ReturnType<Matrix['run']>>,
  scenarios: ReadonlyMap<string, string>,
): CellResult => {
  const bugs = outcome.signs.map((sign) => bugsOf(cell, sign));
  const verdict = (): Verdict => {
    if (outcome.met === 0) return 'not reached';
    if (bugs.length === 0) return 'green';
    return bugs.every((of) => of.length > 0) ? 'known' : 'red';
  };
  const cluster = bugs.length === 0 ? {} : { cluster: onCluster(cell, scenarios) };
  return { ...cell, ...outcome, verdict: verdict(), bugs: [...new Set(bugs.flat())], ...cluster };
};

/** What happens to a red cell on a cluster: the scenario that runs it, or what is known about it. */
const onCluster = (cell: MatrixCell, scenarios: ReadonlyMap<string, string>): string => {
  const scenario = scenarios.get(cellNameOf(cell));
  if (scenario !== undefined) return `on a cluster: "${scenario}"`;
  const known = effectOnCluster(cell);
  if (known === undefined) return 'its effect on a cluster is not known';
  if ('as' in known) return `on a cluster as ${known.as}: ${known.why}`;
  return 'cannot' in known
    ? `on no cluster: ${known.cannot}`
    : `on a cluster without harm: ${known.harmless}`;
};

const line = ({ verdict, exitCode: code, signs, bugs, cluster, ...cell }: CellResult): string => {
  const outcome =
    signs.length === 0 ? '' : `: ${signs.join(', ')}${bugs.length > 0 ? ` (${bugs.join(', ')})` : ''}`;
  const there = cluster === undefined ? '' : `\n             ${cluster}`;
  return `${verdict.padEnd(11)}  ${cellNameOf(cell)}, exit code ${code}${outcome}${there}`;
};

/**
 * Runs several cells per processor at once, because a cell mostly waits. Cells that only wait for a clock run in
 * addition to them. The results are printed in the order of the cells.
 */
const runAll = async (matrix: Matrix, can: readonly MatrixCell[]): Promise<CellResult[]> => {
  const scenarios = cellsOfScenarios();
  const results: CellResult[] = [];
  let printed = 0;
  const isLong = ({ operation }: MatrixCell): boolean => operation === 'refresh a lock';
  const queue = [...can.entries()].filter(([, cell]) => !isLong(cell)).values();
  const worker = async (cells: Iterable<[number, MatrixCell]>): Promise<void> => {
    for (const [index, cell] of cells) {
      results[index] = judged(cell, await matrix.run(cell), scenarios);
      for (let next = results[printed]; next !== undefined; next = results[printed]) {
        process.stdout.write(`${line(next)}\n`);
        printed += 1;
      }
    }
  };
  await Promise.all([
    ...Array.from({ length: 4 * availableParallelism() }, () => worker(queue)),
    ...[...can.entries()].filter(([, cell]) => isLong(cell)).map((each) => worker([each])),
  ]);
  return results;
};

const summary = (
  results: readonly CellResult[],
  cannot: readonly Impossible[],
  seconds: number,
): string[] => {
  const of = (verdict: Verdict): number => results.filter((cell) => cell.verdict === verdict).length;
  const mean = results.reduce((sum, each) => sum + each.seconds, 0) / Math.max(1, results.length);
  const isWhole = results.length + cannot.length === cells.length;
  const met = new Set(results.flatMap(({ bugs }) => bugs));
  const bugs = [...new Set(expectations.map(({ bug }) => bug))];
  return [
    '',
    ...bugs
      .filter((bug) => met.has(bug))
      .map((bug) => `${bug}: ${results.filter((cell) => cell.bugs.includes(bug)).length} cells`),
    ...(isWhole ? bugs.filter((bug) => !met.has(bug)).map((bug) => `${bug}: fixed here`) : []),
    `${results.length} cells run in ${seconds.toFixed(0)} s, ${mean.toFixed(1)} s each: ${of('green')} green, ${of('known')} red of known bugs, ` +
      `${of('red')} red that no bug explains, ${of('not reached')} not reached; ${cannot.length} cannot happen`,
  ];
};

const runMatrix = async (
  folder: string,
  { engine: named, only, json }: Arguments,
  engines: Engines,
): Promise<ExitCode> => {
  const engine =
    named === undefined
      ? engines.emulator
      : await engines.real(named, engineNamedBy(named)).catch((error) => {
          throw error instanceof PreconditionError
            ? new CommandError(`--engine ${error.message}`, exitCode.notFit)
            : error;
        });
  const cannotRun = (error: Error): never => {
    throw new CommandError(`the cells cannot run here: ${error.message}`, exitCode.notFit);
  };
  const matrix = await openMatrix(folder, engine).catch(cannotRun);
  try {
    const started = performance.now();
    const chosen = cells.filter((cell) => cellNameOf(cell).includes(only));
    const { can, cannot } = await divide(matrix, chosen).catch(cannotRun);
    const results = await runAll(matrix, can);
    const seconds = (performance.now() - started) / 1000;
    process.stdout.write(`${summary(results, cannot, seconds).join('\n')}\n`);
    if (json !== undefined) {
      mkdirSync(dirname(json), { recursive: true });
      writeFileSync(
        json,
        `${JSON.stringify({ operations: matrixOperations, places, seconds, played: results, cannot }, null, 2)}\n`,
      );
    }
    const isWell = results.every(({ verdict }) => verdict === 'green' || verdict === 'known');
    return isWell ? exitCode.passed : exitCode.failed;
  } finally {
    await matrix.close();
  }
};

/**
 * `npx corral store matrix`: runs every failure of a store against an engine, by default the emulator's. Returns the
 * exit code. Errors are printed.
 */
export const runStoreMatrixCommand = (argv: readonly string[], engines: Engines): Promise<ExitCode> =>
  toExitCode('store matrix', () => {
    const args = readArguments(argv);
    const folder = process.env[inside];
    return folder ? runMatrix(folder, args, engines) : runInNamespace();
  });
