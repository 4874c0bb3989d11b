import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { formatDuration } from '../kube/duration.ts';
import { writeAtomically } from '../report/write-atomically.ts';
import { readSoakRuns, type SoakPlan, type SoakRun, soakFiles, soakFolder } from '../soak/actions.ts';
import { describeActions } from '../soak/open-soak.ts';
import { checkDuration, checkOutFolder } from './arguments/checks.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { type ExitCode, usageError } from './exit-code.ts';
import { type CommandOptions, runE2e } from './run-command.ts';

type Flags = { for: string; seed?: string; replay?: string; out: string; longhorn: string };

const text = `
Each run does up to 30 random actions on up to ten volumes: it makes, deletes and
restores backups, runs recurring jobs, changes backup targets, kills
longhorn-managers, and injects and heals faults. After each run everything is
allowed to finish, and the backups and the store are checked. The same seed gives
the same actions.

The actions are in soak.ndjson in the folder of --out, one run per line. A
failure is reduced: fewer actions are tried, as long as they still fail. The rest
is in reduced.ndjson, and is printed as the steps of a scenario.

Exit codes: 0 nothing failed; 1 a run failed; 2 wrong usage; 3 it cannot run on
this machine.`;

const program = () =>
  newCommand('soak', 'Does random actions on backups in a lab, checks what is left, and reduces a failure.')
    .option('--for <time>', 'start no run after this time; the first one always starts', '30m')
    .option('--seed <number>', 'the seed of the random actions (default: the time)')
    .option('--replay <file>', 'do only the last run of this file again')
    .option('--out <folder>', 'where the results go', '.corral/soak')
    .option('--longhorn <which>', 'emulator, official[:VERSION] or archive:DIR, as for e2e', 'emulator')
    .addHelpText('after', text);

const seedOf = (seed: string | undefined): number => {
  if (seed === undefined) return Date.now() % 1e9;
  if (!/^\d{1,9}$/.test(seed)) throw usageError(`--seed ${seed}: give a number of up to nine digits`);
  return Number(seed);
};

const replayOf = (file: string | undefined): SoakRun | undefined => {
  if (file === undefined) return undefined;
  try {
    const last = readSoakRuns(readFileSync(file, 'utf8')).at(-1);
    if (last !== undefined) return last;
  } catch {
    // The error is reported below.
  }
  throw usageError(
    `--replay ${file}: no run can be read there: name the soak.ndjson or reduced.ndjson of a soak`,
  );
};

// In ms. A failure may be reduced for this time after the end of the soak.
const reduction = 20 * 60_000;

type Runner = Omit<CommandOptions, 'argv'>;

const runSoak = async (flags: Flags, { providers, config }: Runner): Promise<ExitCode> => {
  const out = checkOutFolder(flags.out);
  const files = soakFiles(out);
  const replay = replayOf(flags.replay);
  const plan: SoakPlan = {
    ...{ seed: seedOf(flags.seed), time: checkDuration(flags.for), reduction },
    ...(replay && { replay }),
  };
  mkdirSync(out, { recursive: true });
  // A replay keeps the files of the soak: one of them is what it repeats, and may be needed once more.
  if (replay === undefined) for (const file of [files.runs, files.reduced]) rmSync(file, { force: true });
  await writeAtomically(files.plan, JSON.stringify(plan));
  process.env[soakFolder] = out;
  const code = await runE2e({
    argv: ['--all', '--longhorn', flags.longhorn, '--out', join(out, 'e2e')],
    ...{ providers, config },
  });
  if (replay !== undefined) return code as ExitCode;
  const runs = existsSync(files.runs) ? readSoakRuns(readFileSync(files.runs, 'utf8')) : [];
  process.stdout.write(
    `\nseed ${plan.seed}: ${runs.length} runs, ${runs.flatMap(({ actions }) => actions).length} actions\n`,
  );
  // After an interruption every run fails, so the reduced actions are meaningless.
  if (code !== 1) rmSync(files.reduced, { force: true });
  const reduced = existsSync(files.reduced)
    ? readSoakRuns(readFileSync(files.reduced, 'utf8')).at(-1)
    : undefined;
  if (reduced !== undefined)
    process.stdout.write(
      [
        `found after ${formatDuration(reduced.found ?? 0)}, reduced to ${reduced.actions.length} actions; again: npx corral soak --replay ${files.reduced}`,
        ...describeActions(reduced.actions).map((line) => `  ${line}`),
        '',
      ].join('\n'),
    );
  return code as ExitCode;
};

/** `npx corral soak`: random actions from a seed, judged after each run. Returns the exit code. Errors are printed. */
export const runSoakCommand = (argv: readonly string[], runner: Runner): Promise<ExitCode> =>
  toExitCode('soak', () => {
    const command = program();
    parseFlags(command, argv);
    return runSoak(command.opts<Flags>(), runner);
  });
