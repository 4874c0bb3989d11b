import type { ProgressDisplay, Provider, RunningCluster } from '../../providers/provider.ts';
import { clusterVariables, makeRunConfig } from '../config/config.ts';
import { makeRunId } from '../config/run-id.ts';
import { orAborted } from '../kube/or-aborted.ts';
import { shellQuote } from '../kube/shells.ts';
import { PreconditionError } from '../machine/precondition-error.ts';
import { explainError } from '../report/explain-error.ts';
import { readReport, writeReport } from '../report/file.ts';
import { hasLeftovers } from '../report/judged.ts';
import { streamFor } from '../report/output.ts';
import { printStart } from '../report/print-ends.ts';
import { composeRounds } from '../report/rounds.ts';
import type { Report } from '../report/schema.ts';
import type { Arguments } from './arguments/parse.ts';
import { type Choice, describeChoice } from './choice.ts';
import { concludeReport, type NotRun, writeNotRun, writeStartReport } from './conclude-report.ts';
import { countCpu } from './cpu.ts';
import { CommandError, type ExitCode, exitCode, inOneLine } from './exit-code.ts';
import { describePlan, needsAny, offeredBy, type Plan, planFor } from './plan.ts';
import { type Interruption, spawnRunner } from './spawn-runner.ts';

type Run = Pick<Choice, 'chosen' | 'others' | 'shard'> & {
  args: Arguments;
  config: string;
  interruption: Interruption;
  progress: ProgressDisplay;
};

/** Starts a cluster, runs the chosen scenarios on it, and takes it down in any case. */
export const runOn = async (provider: Provider, run: Run): Promise<ExitCode> => {
  const { args, chosen, shard } = run;
  const notRun: NotRun = {
    run: makeRunId(),
    provider: provider.name,
    // Without the folder of `archive:`, which says nothing about the target.
    target: { name: args.longhorn.replace(/:.*$/s, ''), version: null },
    startedAt: new Date(),
    chosen,
    shard,
    round: 1,
  };
  printStart(args.output, { ...notRun, scenarios: chosen.length });
  const plan = planFor(chosen, await offeredBy(provider, args));
  const { name } = provider;
  for (const line of [describeChoice(run, { ...args, provider: name }), ...describePlan(plan)])
    streamFor(args.output).write(`${line}\n`);
  const cluster = await bringUp(provider, run, { notRun, plan });
  let code: ExitCode = exitCode.notFit;
  try {
    const cpu = await countCpu(cluster);
    code = await runRounds(cluster, run, { ...notRun, target: cluster.target });
    if (code !== exitCode.interrupted) await addToReport(args.out, await cpu());
  } finally {
    code = await judgeDifferences(cluster, run, code);
    code = await leave(cluster, run, code);
  }
  return code;
};

const bringUp = async (
  provider: Provider,
  { args, interruption, progress }: Run,
  { notRun, plan }: { notRun: NotRun; plan: Plan },
): Promise<RunningCluster> => {
  const signal = interruption.first;
  const onAbort = () => {
    const next = args.existing === undefined ? 'the cluster goes down' : 'nothing was made yet';
    streamFor(args.output).write(`\n${(signal.reason as Error).message}: ${next}\n`);
  };
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    signal.throwIfAborted();
    return await orAborted(
      provider.up({
        longhorn: args.longhorn,
        upgradeTo: args.upgradeTo,
        registryMirror: args.registryMirror,
        images: args.images,
        existing: args.existing,
        browser: needsAny(plan, 'browser'),
        snapshots: needsAny(plan, 'volume-snapshots'),
        run: notRun.run,
        out: args.out,
        signal,
        progress,
      }),
      interruption.second,
    );
  } catch (error) {
    const interrupted = signal.aborted;
    const message = interrupted
      ? (signal.reason as Error).message
      : error instanceof PreconditionError
        ? error.message
        : explainError(error);
    await writeNotRun(args.out, notRun, {
      state: interrupted ? 'interrupted' : 'set-up-failed',
      reason: message,
    });
    if (error instanceof PreconditionError) throw error;
    if (interrupted) throw interruptedEarly(signal);
    throw new CommandError(`the set-up failed: ${message}`, exitCode.notFit);
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
};

/** The error of a command that a signal ended before a scenario ran. */
export const interruptedEarly = ({ reason }: AbortSignal): CommandError =>
  new CommandError(`${(reason as Error).message} before a scenario ran`, exitCode.interrupted);

/**
 * Runs the rounds one after the other, each in a separate process. Further rounds follow a round with failed
 * scenarios, up to `--max-failures` or the first failure with `--pause-on-failure`. An interrupted round or a dead
 * process is the last one.
 */
const runRounds = async (cluster: RunningCluster, run: Run, notRun: NotRun): Promise<ExitCode> => {
  const { repeat, output, maxFailures, pauseOnFailure, strictBugs } = run.args;
  let left = maxFailures;
  for (let round = 1; ; round += 1) {
    if (repeat > 1) streamFor(output).write(`\nRound ${round} of ${repeat}\n`);
    const ended = await runRound(
      cluster,
      { ...run, args: { ...run.args, maxFailures: left } },
      {
        ...notRun,
        round,
        ...(round > 1 ? { startedAt: new Date() } : {}),
      },
    );
    const { failed, notProvable, knownBugs } = ended.report.totals;
    const isWhole = ended.code === exitCode.passed || ended.code === exitCode.failed;
    const isPaused = pauseOnFailure && failed + notProvable > 0;
    left = maxFailures && maxFailures - failed - notProvable;
    if (round < repeat && isWhole && (left === undefined || left > 0) && !isPaused) continue;
    if (repeat > 1)
      for (const line of composeRounds(ended.report, repeat)) streamFor(output).write(`${line}\n`);
    if (ended.error !== undefined) throw ended.error;
    const bad = failed + notProvable + (strictBugs ? knownBugs : 0);
    return ended.code === exitCode.passed && bad > 0 ? exitCode.failed : ended.code;
  }
};

type Ended = { report: Report; code: ExitCode; error?: CommandError };

const runRound = async (cluster: RunningCluster, run: Run, notRun: NotRun): Promise<Ended> => {
  const { args, interruption } = run;
  const { run: id, round, shard } = notRun;
  const { out, store, output, supportBundle, maxFailures, pauseOnFailure, workers } = args;
  const config = makeRunConfig({
    ...cluster,
    run: id,
    out,
    store,
    output,
    ...(workers !== undefined && { workers, begun: workers }),
    round,
    shard,
    maxFailures,
    pauseOnFailure,
    supportBundle,
    disposable: args.existing === undefined,
  });
  const { first, second } = interruption;
  await writeStartReport(args.out, notRun);
  const files = [...new Set(notRun.chosen.map(({ file }) => file))];
  // Nothing is awaited between this look at the signals and the listeners of spawnRunner.
  const begins = !first.aborted && !cluster.lost.aborted;
  const runnerFailure = !begins
    ? undefined
    : await spawnRunner({
        project: run.config,
        config,
        chosen: args,
        files,
        browser: cluster.browser,
        interruption: orLost(interruption, {
          lost: cluster.lost,
          // Scenarios on a disposable cluster only report their results, because the end of the cluster cleans up.
          soon: args.existing === undefined ? AbortSignal.any([first, cluster.lost]) : cluster.lost,
        }),
      });
  const interrupted = first.aborted ? (first.reason as Error).message : undefined;
  const lost =
    cluster.lost.aborted && interrupted === undefined ? (cluster.lost.reason as Error).message : undefined;
  const report = await concludeReport(args.out, notRun, { interrupted, lost, runnerFailure });
  if (interrupted !== undefined) {
    if (begins && second.aborted && args.existing !== undefined) printLeft(cluster, run, id);
    return { report, code: exitCode.interrupted };
  }
  const notFit = (message: string): Ended => ({
    report,
    code: exitCode.notFit,
    error: new CommandError(message, exitCode.notFit),
  });
  if (lost !== undefined)
    return notFit('the cluster was lost while scenarios ran: what they said since then is no verdict');
  const ofRound = report.scenarios.filter((each) => each.round === round);
  const failed =
    ofRound.some(({ state }) => state === 'failed' || state === 'not-provable') ||
    hasLeftovers({ ...report, scenarios: ofRound });
  if (failed) return { report, code: exitCode.failed };
  return runnerFailure === undefined ? { report, code: exitCode.passed } : notFit(runnerFailure);
};

/**
 * How long the scenarios may take to end after their cluster was lost, or when it goes down after an interruption.
 * This command owns the time-out.
 */
const SOON_MS = 10_000;

/** A lost cluster interrupts the scenarios as Ctrl-C does. After `soon` they have SOON_MS to end. */
const orLost = (
  { first, second }: Interruption,
  { lost, soon }: { lost: AbortSignal; soon: AbortSignal },
): Interruption => {
  const late = new AbortController();
  soon.addEventListener('abort', () => setTimeout(() => late.abort(), SOON_MS).unref(), { once: true });
  return { first: AbortSignal.any([first, lost]), second: AbortSignal.any([second, late.signal]) };
};

/**
 * Compares an existing cluster with its state before the run, however the run ended. Each difference is printed on
 * stderr and added to the report, and fails a run that would have passed. A run whose cluster could not be compared
 * does not pass either.
 */
const judgeDifferences = async (
  cluster: RunningCluster,
  { args, interruption, progress }: Run,
  code: ExitCode,
): Promise<ExitCode> => {
  const { differences } = cluster;
  if (differences === undefined) return code;
  const found = await progress
    .step('Comparing the cluster with what it was before the run', () =>
      differences({ signal: interruption.second }),
    )
    .catch((error: unknown) => {
      complain(
        `the cluster could not be compared with what it was before the run: ${inOneLine((error as Error).message)}`,
      );
      return null;
    });
  if (found?.length === 0) streamFor(args.output).write('The cluster is as it was before the run.\n');
  for (const difference of found ?? []) complain(`not as before the run: ${difference}`);
  await addToReport(args.out, { differences: found && [...found] });
  if (code !== exitCode.passed) return code;
  if (found === null) return exitCode.notFit;
  return found.length > 0 ? exitCode.failed : code;
};

const complain = (line: string): void => void process.stderr.write(`e2e: ${line}\n`);

const addToReport = async (out: string, known: Pick<Report, 'differences' | 'cpu'>): Promise<void> => {
  const report = await readReport(out);
  if (report !== undefined) await writeReport(out, { ...report, ...known });
};

const formatFlags = (flags: Record<string, string>): string =>
  Object.entries(flags)
    .map(([name, value]) => `--${name} ${shellQuote(value)}`)
    .join(' ');

// Prints the commands that undo and remove what an interrupted cleanup left on an existing cluster.
const printLeft = ({ kubeconfig, context, namespace }: RunningCluster, { args }: Run, id: string): void => {
  const place = { kubeconfig, context };
  const cleanup = { ...place, ...(namespace && { namespace }), run: id };
  complain('the cleanup was cut short: what the scenarios had made and changed may be left in the cluster');
  complain(`to undo their faults: npx corral heal ${formatFlags({ ...place, out: args.out })}`);
  complain(`then, to remove what they made: npx corral cleanup ${formatFlags(cleanup)}`);
};

// Describes what the failed scenarios left behind because of --pause-on-failure, and the command that removes it.
const describeLeft = (
  { kubeconfig, context, namespace }: RunningCluster,
  report: Report | undefined,
): string[] => {
  const { failed = 0, notProvable = 0 } = report?.totals ?? {};
  if (report === undefined || failed + notProvable === 0) return [];
  const flags = { kubeconfig, context, ...(namespace && { namespace }), run: report.run };
  return [
    '',
    `The objects of scenarios that did not pass (${failed + notProvable}) are kept (--pause-on-failure); their faults are undone.`,
    `To remove them: npx corral cleanup ${formatFlags(flags)}`,
  ];
};

/**
 * Takes a cluster down, except if it must be kept or belongs to somebody else. Returns the exit code. If the cluster
 * does not go down, that is printed, and changes the exit code only if the run had passed.
 */
const leave = async (cluster: RunningCluster, { args, progress }: Run, code: ExitCode): Promise<ExitCode> => {
  for (const text of cluster.problems()) process.stderr.write(`e2e: in the cluster: ${text}\n`);
  const isInterrupted = code === exitCode.interrupted;
  const left = args.pauseOnFailure && !isInterrupted ? describeLeft(cluster, await readReport(args.out)) : [];
  const print = (line: string): void => void streamFor(args.output).write(`${line}\n`);
  for (const line of left) print(line);
  if (args.existing === undefined && (left.length > 0 || args.keep) && !isInterrupted) {
    cluster.keep();
    print('');
    print(`The cluster is left up (${args.keep ? '--keep' : '--pause-on-failure'}).`);
    for (const line of cluster.accessHints) print(line);
    const words = Object.entries(clusterVariables(cluster)).map(
      ([name, value]) => `${name}=${shellQuote(value)}`,
    );
    print(`The scenarios again: ${words.join(' ')} npx vitest run --project e2e`);
    return code;
  }
  try {
    await (args.existing === undefined
      ? progress.step('Taking the cluster down', () => cluster.down())
      : cluster.down());
    return code;
  } catch (error) {
    process.stderr.write(`e2e: the cluster did not go down: ${explainError(error)}\n`);
    return code === exitCode.passed ? exitCode.notFit : code;
  }
};
