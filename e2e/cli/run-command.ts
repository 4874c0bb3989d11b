import { relative } from 'node:path';
import { createProgress } from '../../providers/progress.ts';
import type { Provider } from '../../providers/provider.ts';
import { orAborted } from '../kube/or-aborted.ts';
import { paceOf, readExpectedTimes } from '../report/expected-times.ts';
import { readReport, removeReport } from '../report/file.ts';
import { writePage } from '../report/html/write-page.ts';
import { handleSignals, InterruptedBy } from '../report/interruption.ts';
import { streamFor } from '../report/output.ts';
import { printEnd } from '../report/print-ends.ts';
import { checkContext } from './arguments/existing.ts';
import { type Arguments, parseArguments } from './arguments/parse.ts';
import { type Choice, chooseScenarios, describeChoice, printEmptyShard } from './choice.ts';
import { printAndPass, reportError } from './command.ts';
import { type ExitCode, exitCode } from './exit-code.ts';
import { readLastFailed } from './last-failed.ts';
import { describeList, describeOthers, describeTime, listScenarios } from './list.ts';
import { describePlan, offeredBy, planFor } from './plan.ts';
import { interruptedEarly, runOn } from './run-on.ts';
import type { Interruption } from './spawn-runner.ts';

/** `config` is the path of the vitest configuration with the project `e2e`, which contains the scenarios. */
export type CommandOptions = {
  argv: string[];
  providers: Record<string, () => Promise<Provider>>;
  config: string;
};

/**
 * `npm run e2e`: starts a cluster, runs the scenarios, reports, and takes the cluster down. Returns the exit code.
 * Errors are printed.
 */
export const runE2e = async (options: CommandOptions): Promise<number> => {
  const code = await runChosen(options);
  return options.argv.includes('--bisect') ? bisectCodeOf(code) : code;
};

// `git bisect run` skips a commit with exit code 125, and stops at a code above 127.
const bisectCodeOf = (code: ExitCode): number => {
  if (code === exitCode.passed || code === exitCode.failed) return code;
  return code === exitCode.notFit ? 125 : 128 + code;
};

const runChosen = async ({ argv, providers, config }: CommandOptions): Promise<ExitCode> => {
  const { interruption, restoreSignals } = listenForInterruption();
  try {
    const args = parseArguments(argv, Object.keys(providers));
    if (!args.list) checkContext(args.existing);
    const load = providers[args.provider];
    if (load === undefined)
      throw new Error(`the flags accept provider ${args.provider}, which does not exist`);
    const last = args.lastFailed ? await readLastFailed(args.out) : undefined;
    if (last?.keys.size === 0) {
      streamFor(args.output).write(`nothing failed in ${last.path}: there is nothing to run\n`);
      return exitCode.passed;
    }
    const choice = await unlessInterrupted(interruption.first, () =>
      chooseScenarios(config, { ...args, last }),
    );
    if (args.list) return await printList(args, { choice, provider: await load() });
    await removeReport(args.out);
    try {
      if (choice.chosen.length === 0) return await printEmptyShard(args, choice);
      const progress = createProgress(streamFor(args.output));
      const provider = await load();
      const run = { ...choice, args: { ...args, only: choice.only }, config, interruption, progress };
      const code = await runOn(provider, run);
      if (code === exitCode.passed || code === exitCode.failed) await printOthers(args, { choice, provider });
      return code;
    } finally {
      const page = await writePage(args.out);
      if (page !== undefined) streamFor(args.output).write(`Page: ${relative('', page)}\n`);
      await printEnd(args.out, args.output);
    }
  } catch (error) {
    return reportError('e2e', error);
  } finally {
    restoreSignals();
  }
};

/**
 * Waits for the choice of the scenarios, unless a signal comes first. A terminal's Ctrl-C also ends the process that
 * loads them: its end is not an error of the scenarios.
 */
const unlessInterrupted = async <T>(signal: AbortSignal, choose: () => Promise<T>): Promise<T> => {
  if (signal.aborted) throw interruptedEarly(signal);
  try {
    return await orAborted(choose(), signal);
  } catch (error) {
    throw signal.aborted ? interruptedEarly(signal) : error;
  }
};

/** After the chosen scenarios: prints which other scenarios this cluster could run. */
const printOthers = async (
  { out, output, existing }: Pick<Arguments, 'out' | 'output' | 'existing'>,
  { choice, provider }: { choice: Choice; provider: Provider },
): Promise<void> => {
  const times = readExpectedTimes();
  const report = await readReport(out);
  // The pace of one shard does not predict the time of all shards together.
  const pace = choice.shard === undefined && report ? paceOf(report, times) : undefined;
  const { toRun } = planFor(choice.others, await provider.offers(existing));
  for (const line of describeOthers(toRun, { times, pace })) streamFor(output).write(`${line}\n`);
};

const printList = async (
  args: Pick<Arguments, 'output' | 'longhorn' | 'existing' | 'upgradeTo'>,
  { choice, provider }: { choice: Choice; provider: Provider },
): Promise<ExitCode> => {
  const times = readExpectedTimes();
  const offered = await offeredBy(provider, args);
  const plan = planFor(choice.chosen, offered);
  const listed = listScenarios(choice.chosen, { times, plan });
  if (args.output === 'json') return printAndPass([JSON.stringify(listed, null, 2)]);
  return printAndPass([
    ...describeList(listed),
    `${describeChoice(choice, { ...args, provider: provider.name })}; ${describeTime(listed)}`,
    ...(plan.skipped.length === 0 ? ['all of them will run'] : []),
    ...describePlan(plan),
    ...describeOthers(planFor(choice.others, offered).toRun, { times }),
    'Nothing was started, and no cluster was looked at (--list).',
  ]);
};

const listenForInterruption = (): { interruption: Interruption; restoreSignals: () => void } => {
  const first = new AbortController();
  const again = new AbortController();
  const restoreSignals = handleSignals({
    first: (signal) => {
      // Set here in case something exits on this signal before this command does.
      process.exitCode = exitCode.interrupted;
      first.abort(new InterruptedBy(signal));
    },
    later: () => again.abort(),
  });
  return { interruption: { first: first.signal, second: again.signal }, restoreSignals };
};
