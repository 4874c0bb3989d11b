import { statSync } from 'node:fs';
import { type Command, InvalidArgumentError } from 'commander';
import { runIdPattern } from '../config/run-id.ts';
import { type Ledger, ledgerPath, openLedger } from '../faults/ledger.ts';
import { closeGone, healByLabels, healLeftOver } from '../faults/open-faults.ts';
import { connect } from '../kube/cluster.ts';
import { readReport, reportPath } from '../report/file.ts';
import { newCommand, parseFlags, toExitCode } from './command.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { requireAnswer } from './require-answer.ts';

/** The faults of a run, according to its folder of results. */
type RunFolder = {
  ledger: Ledger;
  /** Whether there is a ledger. A run without faults has none. */
  recorded: boolean;
  /**
   * The ids of the runs whose faults may be in force: the run of the report, the last run of the ledger, and all runs
   * with unhealed faults in the ledger.
   */
  runs: string[];
};

const whichOne = "name the run's folder of results (--out DIR), or give the run's id (--run ID)";

/**
 * Reads a run's folder of results. Throws a CommandError if the folder is missing, is not of a run, or does not
 * identify the run.
 */
const readRunFolder = async (out: string): Promise<RunFolder> => {
  const found = statSync(out, { throwIfNoEntry: false });
  if (found === undefined) throw unread(`there is no folder ${out}: ${whichOne}`);
  if (!found.isDirectory()) throw unread(`${out} is a file: ${whichOne}`);
  const recorded = statSync(ledgerPath(out), { throwIfNoEntry: false }) !== undefined;
  const ledger = await openLedger(out);
  const report = await readReport(out).catch(() => {
    throw unread(
      `${reportPath(out)} cannot be read, which says what run this was: give the run's id (--run ID)`,
    );
  });
  if (!recorded && report === undefined)
    throw unread(`${out} is not of a run: it holds neither faults.ndjson nor report.json: ${whichOne}`);
  // A merged report contains the ids of all its runs, separated by commas.
  return { ledger, recorded, runs: [...new Set([...(report?.run.split(',') ?? []), ...ledger.runs()])] };
};

const unread = (message: string): CommandError => new CommandError(message, exitCode.failed);

type Flags = { kubeconfig: string; context?: string; out: string; run?: string };

const parseRun = (id: string): string => {
  if (!runIdPattern.test(id))
    throw new InvalidArgumentError(
      'it is six characters of a-z and 0-9, as the first line of a run and its report say it',
    );
  return id;
};

const program = (): Command =>
  newCommand(
    'heal',
    'Undoes the faults that a killed run has left in a cluster, by its ledger (faults.ndjson).',
  )
    .requiredOption('--kubeconfig <file>', 'the kubeconfig of the cluster that the run used')
    .option('--context <name>', "a context in that file (default: the file's current one)")
    .option('--out <dir>', 'the results folder of that run', '.corral/last')
    .option(
      '--run <id>',
      'the id of that run, if its results folder is lost: its faults are found by their labels',
      parseRun,
    )
    .addHelpText(
      'after',
      '\nExit code 0: no fault is in force. 1: one is, or not everything could be read. 2: usage.',
    );

/** What was done, and what could not be read, reached or healed, one line each. */
type HealResult = { done: string[]; problems: string[] };

const heal = async ({ kubeconfig, context, out, run }: Flags, isOutGiven: boolean): Promise<HealResult> => {
  const result: HealResult = { done: [], problems: [] };
  // After an error the rest is still attempted, and all errors are reported.
  const attempt = async <T>(work: () => Promise<T> | T): Promise<T | undefined> => {
    try {
      return await work();
    } catch (error) {
      result.problems.push(...messages(error));
      return undefined;
    }
  };
  const printDone = async (work: () => Promise<string[]>): Promise<void> =>
    void result.done.push(...((await attempt(work)) ?? []));

  const folder = run === undefined || isOutGiven ? await attempt(() => readRunFolder(out)) : undefined;
  if (folder !== undefined) {
    await printDone(() => closeGone(folder.ledger));
    // The lab of the run is gone, with its kubeconfig and its faults.
    if (result.done.length > 0 && folder.ledger.open().length === 0) return result;
  }
  const cluster = await attempt(() => connect({ kubeconfig, ...(context !== undefined && { context }) }));
  if (cluster === undefined) {
    for (const { title } of folder?.ledger.open() ?? [])
      result.problems.push(`not healed, so that it may be in force: ${title}`);
    return result;
  }
  if (folder !== undefined) await printDone(() => healLeftOver({ cluster, ledger: folder.ledger }));
  const runs = [...new Set([...(run === undefined ? [] : [run]), ...(folder?.runs ?? [])])];
  if (folder !== undefined && runs.length === 0)
    result.problems.push(
      `${out} does not say which run it is of, so the cluster was not looked at: give the run's id (--run ID)`,
    );
  if (runs.length > 0 && !(await attempt(() => requireAnswer(cluster)))) return result;
  for (const id of runs) await printDone(() => healByLabels(cluster, id));
  if (result.done.length === 0 && result.problems.length === 0)
    result.done.push(allClear(out, { folder, runs, server: cluster.server }));
  return result;
};

const allClear = (
  out: string,
  { folder, runs, server }: { folder: RunFolder | undefined; runs: string[]; server: string },
): string => {
  const inCluster = `no fault in ${server} is labelled with run ${runs.join(' or ')}`;
  if (folder === undefined) return `nothing is in force: ${inCluster}`;
  const inFolder = folder.recorded
    ? `${out} has no fault that was not healed`
    : `no fault was recorded in ${out}`;
  return `nothing is in force: ${inFolder}, and ${inCluster}`;
};

const messages = (error: unknown): string[] =>
  error instanceof AggregateError
    ? error.errors.flatMap(messages)
    : [error instanceof Error ? error.message : String(error)];

/**
 * `npx corral heal`: undoes the faults of a killed run. Returns the exit code: 0 healed, 1 something could not be
 * read, reached or healed, 2 usage.
 */
export const runHealCommand = (argv: readonly string[]): Promise<ExitCode> =>
  toExitCode('heal', async () => {
    const command = program();
    parseFlags(command, argv);
    const { done, problems } = await heal(
      command.opts<Flags>(),
      command.getOptionValueSource('out') === 'cli',
    );
    for (const line of done) process.stdout.write(`${line}\n`);
    for (const line of problems) process.stderr.write(`heal: ${line}\n`);
    return problems.length > 0 ? exitCode.failed : exitCode.passed;
  });
