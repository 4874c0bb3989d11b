import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CrashCell,
  cellsOf,
  commonWrites,
  crashCellName,
  crashCellNamed,
  type Learned,
  type MatrixPlan,
  matrixFiles,
  matrixFolder,
  readLearned,
  runsToLearn,
} from '../crash-matrix/cells.ts';
import { crashOperations } from '../crash-matrix/operations.ts';
import { type CellVerdict, composeMatrix, type JudgedCrashCell } from '../crash-matrix/table.ts';
import { readReport } from '../report/file.ts';
import type { Report } from '../report/schema.ts';
import { writeAtomically } from '../report/write-atomically.ts';
import { disturbances } from '../suite/steps/writes/disturbances.ts';
import { checkDuration, checkNumber, checkOutFolder } from './arguments/checks.ts';
import { collectValues, newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode, usageError } from './exit-code.ts';
import { type CommandOptions, runE2e } from './run-command.ts';

type Flags = {
  operation?: string[];
  cell?: string[];
  for?: string;
  resume?: true;
  workers?: string;
  out: string;
  longhorn?: string;
};

const text = `
Each operation is run twice undisturbed, while all writes of longhorn-managers
to its objects are recorded. A cell is one of these writes and one way to
disturb it; the operation is run once for each cell. Afterwards every object
must be in a final state, the store must be sound and hold what Longhorn says,
and every completed backup must restore with its checksum.

${Object.entries(disturbances)
  .map(([name, about]) => `  ${name.padEnd(14)} ${about}`)
  .join('\n')}

Operations:
${Object.keys(crashOperations)
  .map((name) => `  ${name}`)
  .join('\n')}

Exit codes: 0 no cell is red; 1 a cell is red; 2 wrong usage; 3 the cells cannot
be run on this machine.`;

const program = () =>
  newCommand('crash-matrix', 'Disturbs each write of an operation, in a lab, and checks what is left.')
    .option('--operation <name>', 'run only this operation; may be given several times', collectValues)
    .option(
      '--cell <name>',
      'run only this cell, also with --resume: OPERATION | WRITE | DISTURBANCE; may be given several times',
      collectValues,
    )
    .option('--for <time>', 'start no cell after this time, such as 1h; distinct writes come first')
    .option('--resume', 'continue the matrix in the folder of --out, also with more operations')
    .option('--workers <n>', 'how many cells run at once (default: as many as the lab can handle)')
    .option('--out <folder>', 'where the results go', '.corral/crash-matrix')
    .option(
      '--longhorn <which>',
      'emulator (default), official[:VERSION] or archive:DIR, as for e2e; with --resume, the one of the matrix',
    )
    .addHelpText('after', text);

const readFlags = (argv: readonly string[]): Flags => {
  const command = program();
  parseFlags(command, argv);
  const flags = command.opts<Flags>();
  for (const name of flags.operation ?? [])
    if (!Object.hasOwn(crashOperations, name))
      throw usageError(
        `--operation ${name}: there is none of that name: use ${Object.keys(crashOperations).join(', ')}`,
      );
  if (flags.workers !== undefined) checkNumber('workers', flags.workers);
  return { ...flags, out: checkOutFolder(flags.out) };
};

const cellNamed = (name: string): CrashCell => {
  const cell = crashCellNamed(name);
  if (cell === undefined || !Object.hasOwn(crashOperations, cell.operation) || cell.write === '')
    throw usageError(
      `--cell ${name}: give a cell by its whole name, as a table or report prints it: OPERATION | WRITE | DISTURBANCE`,
    );
  return cell;
};

const checkWrites = (cells: readonly CrashCell[], learned: readonly Learned[]): void => {
  for (const cell of cells) {
    const writes = learned.filter(({ operation }) => operation === cell.operation);
    if (!writes.some((each) => each.writes.includes(cell.write)))
      throw usageError(
        `--cell ${crashCellName(cell)}: the operation did not have this write when it was learned: copy the name of a cell from the table`,
      );
  }
};

const verdicts: Record<string, CellVerdict> = {
  passed: 'green',
  'known-bug': 'known',
  failed: 'red',
  'not-provable': 'not reached',
};

// As earlier versions wrote them.
const formerVerdicts: Record<string, CellVerdict> = { 'not met': 'not reached', 'not played': 'not run' };

const judgedCells = (report: Report | undefined, cells: readonly CrashCell[]): JudgedCrashCell[] => {
  const byName = new Map(report?.scenarios.map((each) => [each.name, each]));
  return cells.map((cell) => {
    const found = byName.get(crashCellName(cell));
    const verdict = verdicts[found?.state ?? ''] ?? 'not run';
    return { ...cell, verdict, reason: found?.reason ?? null, seconds: (found?.duration ?? 0) / 1000 };
  });
};

/** The results of a matrix, its Longhorn, and its operations. */
type Results = { longhorn?: string; operations?: string[]; cells: JudgedCrashCell[] };

const readResults = (file: string): Results => {
  if (!existsSync(file)) return { cells: [] };
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  return {
    ...results,
    cells: results.cells.map((cell) => ({ ...cell, verdict: formerVerdicts[cell.verdict] ?? cell.verdict })),
  };
};

/** Replaces the results of cells that were run again. A cell that did not run this time keeps its result. */
const withNew = (before: readonly JudgedCrashCell[], now: readonly JudgedCrashCell[]): JudgedCrashCell[] => {
  const results = new Map(before.map((cell) => [crashCellName(cell), cell]));
  for (const cell of now) {
    const name = crashCellName(cell);
    if (cell.verdict !== 'not run' || !results.has(name)) results.set(name, cell);
  }
  return [...results.values()];
};

type Runner = Omit<CommandOptions, 'argv'>;

const runMatrix = async (flags: Flags, { providers, config }: Runner): Promise<ExitCode> => {
  const { out, resume } = flags;
  const files = matrixFiles(out);
  const until = flags.for === undefined ? null : Date.now() + checkDuration(flags.for);
  const named = [...new Set(flags.cell ?? [])].map(cellNamed);
  const isNamed = named.length > 0;
  const before: Results = resume ? readResults(files.results) : { cells: [] };
  const longhorn = flags.longhorn ?? before.longhorn ?? 'emulator';
  if (before.longhorn !== undefined && longhorn !== before.longhorn)
    throw usageError(
      `--longhorn ${longhorn}: the matrix in ${out} is of ${before.longhorn}: leave --longhorn out, or choose another --out`,
    );
  const former = resume && existsSync(files.learned) ? readLearned(out) : [];
  const known = before.operations ?? [...new Set(former.map(({ operation }) => operation))];
  if (resume && known.length === 0)
    throw usageError(`--resume: ${out} has no crash matrix to continue: leave --resume out`);
  if (resume) checkWrites(named, former);
  const chosen = flags.operation ?? (resume ? known : Object.keys(crashOperations));
  const operations = isNamed ? known : [...new Set([...known, ...chosen])];
  const writeResults = (cells: readonly JudgedCrashCell[]): Promise<void> =>
    writeAtomically(files.results, `${JSON.stringify({ longhorn, operations, cells }, null, 2)}\n`);
  if (!resume) for (const file of Object.values(files)) rmSync(file, { force: true });
  mkdirSync(out, { recursive: true });
  await writeResults(before.cells);
  process.env[matrixFolder] = out;
  const run = (folder: string, only?: string): Promise<number> =>
    runE2e({
      argv: [
        '--all',
        '--longhorn',
        longhorn,
        '--out',
        join(out, folder),
        ...(only === undefined ? [] : ['--only', only]),
        ...(flags.workers === undefined ? [] : ['--workers', flags.workers]),
      ],
      providers,
      config,
    });

  rmSync(files.cells, { force: true });
  const isLearned = (name: string): boolean =>
    former.filter(({ operation }) => operation === name).length >= runsToLearn;
  const unknown = isNamed ? [] : chosen.filter((name) => !isLearned(name));
  if (unknown.length > 0) {
    const code = await run('learning', `^(${unknown.join('|')}) [|] undisturbed`);
    if (code !== exitCode.passed)
      throw new CommandError(
        `an undisturbed run did not pass: nothing can be learned from it; see ${join(out, 'learning', 'report.html')}`,
        code === exitCode.interrupted ? code : exitCode.notFit,
      );
  }
  const learned = isNamed ? [] : readLearned(out);
  for (const name of isNamed ? [] : chosen) {
    const { always, sometimes } = commonWrites(learned, name);
    process.stdout.write(
      `${name}: ${always.length} writes, and ${sometimes.length} that not every run had\n`,
    );
    for (const write of sometimes) process.stdout.write(`  not in every run: ${write}\n`);
  }
  const all = isNamed ? named : cellsOf(learned, chosen);
  const done = new Set(
    isNamed ? [] : before.cells.filter(({ verdict }) => verdict !== 'not run').map(crashCellName),
  );
  const cells = all.filter((each) => !done.has(crashCellName(each)));
  let code: number = exitCode.passed;
  if (cells.length > 0) {
    await writeAtomically(files.cells, JSON.stringify({ until, cells } satisfies MatrixPlan));
    code = await run('cells');
  }
  const judged = withNew(before.cells, judgedCells(await readReport(join(out, 'cells')), cells));
  await writeResults(judged);
  process.stdout.write(`${composeMatrix(judged).join('\n')}\n`);
  if (code !== exitCode.passed && code !== exitCode.failed) return code as ExitCode;
  return judged.some(({ verdict }) => verdict === 'red') ? exitCode.failed : exitCode.passed;
};

/**
 * `npx corral crash-matrix`: records the writes of longhorn-managers during an operation, then runs the operation
 * once for each write and each disturbance. Returns the exit code. Errors are printed.
 */
export const runCrashMatrixCommand = (argv: readonly string[], runner: Runner): Promise<ExitCode> =>
  toExitCode('crash-matrix', () => runMatrix(readFlags(argv), runner));
