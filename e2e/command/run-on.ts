import { NotFit, type Progress, type Provider, type RunningCluster } from '../../providers/provider.ts';
import { type Environment, toVariables } from '../environment.ts';
import { explainError } from '../report/explain-error.ts';
import { makeRunId } from '../run-id.ts';
import type { Arguments } from './arguments.ts';
import type { Chosen } from './catalogue.ts';
import { concludeReport, type Unplayed, writeUnplayed } from './conclude-report.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { type Interruption, play } from './play.ts';

export type Run = { args: Arguments; chosen: Chosen[]; config: string; interruption: Interruption; progress: Progress };

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Brings a cluster by the provider given, plays the chosen scenarios on it, and takes it down whatever happened. */
export const runOn = async (provider: Provider, run: Run): Promise<ExitCode> => {
  const { args, chosen } = run;
  const unplayed: Unplayed = {
    run: makeRunId(),
    provider: provider.name,
    // Without the folder of `archive:`: that is no part of what was judged.
    target: { name: args.longhorn.replace(/:.*$/s, ''), version: null },
    startedAt: new Date(),
    chosen,
  };
  print(`${chosen.length} ${chosen.length === 1 ? 'scenario' : 'scenarios'}, provider ${provider.name}, Longhorn: ${args.longhorn}`);
  const cluster = await bringUp(provider, run, unplayed);
  let code: ExitCode = exitCode.notFit;
  try {
    code = await playOn(cluster, run, { ...unplayed, target: cluster.target });
  } finally {
    code = await leave(cluster, run, { run: unplayed.run, code });
  }
  return code;
};

const bringUp = async (provider: Provider, { args, interruption, progress }: Run, unplayed: Unplayed): Promise<RunningCluster> => {
  const signal = interruption.first;
  const { promise: again, reject } = Promise.withResolvers<never>();
  const tell = () => print(`\n${(signal.reason as Error).message}: the cluster goes down`);
  signal.addEventListener('abort', tell, { once: true });
  interruption.again.addEventListener('abort', () => reject(signal.reason), { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([provider.up({ longhorn: args.longhorn, signal, progress }), again]);
  } catch (error) {
    const interrupted = signal.aborted;
    const message = interrupted ? (signal.reason as Error).message : error instanceof NotFit ? error.message : explainError(error);
    await writeUnplayed(args.out, unplayed, { state: interrupted ? 'interrupted' : 'set-up-failed', reason: message });
    if (error instanceof NotFit) throw error;
    if (interrupted) throw new CommandError(`${message} before a scenario ran`, exitCode.interrupted);
    throw new CommandError(`the set-up failed: ${message}`, exitCode.notFit);
  } finally {
    signal.removeEventListener('abort', tell);
  }
};

const toEnvironment = (cluster: RunningCluster, { run, out }: { run: string; out: string }): Environment => ({
  kubeconfig: cluster.kubeconfig,
  context: cluster.context,
  run,
  out,
  provider: cluster.provider,
  target: cluster.target,
  clocks: cluster.clocks,
  lab: cluster.lab,
  storeImage: cluster.storeImage,
});

const playOn = async (cluster: RunningCluster, run: Run, unplayed: Unplayed): Promise<ExitCode> => {
  const { args, config, interruption } = run;
  const environment = toEnvironment(cluster, { run: unplayed.run, out: args.out });
  const { first } = interruption;
  if (first.aborted) {
    await writeUnplayed(args.out, unplayed, { state: 'interrupted', reason: (first.reason as Error).message });
    return exitCode.interrupted;
  }
  const trouble = cluster.lost.aborted
    ? undefined
    : await play({ config, environment, chosen: args, interruption: orLost(interruption, cluster.lost) });
  const interrupted = first.aborted;
  const lost = cluster.lost.aborted && !interrupted ? (cluster.lost.reason as Error).message : undefined;
  const { totals } = await concludeReport(args.out, unplayed, { interrupted, lost, trouble });
  if (interrupted) return exitCode.interrupted;
  if (lost !== undefined)
    throw new CommandError('the cluster was lost while scenarios were played: what they said since then is no verdict', exitCode.notFit);
  if (totals.failed + totals.notProvable > 0) return exitCode.failed;
  if (trouble !== undefined) throw new CommandError(trouble, exitCode.notFit);
  return exitCode.passed;
};

/** How long scenarios may clean up on a cluster that was lost; this command owns the time-out. */
const LOST_GRACE_MS = 10_000;

/** A cluster that is lost interrupts the scenarios as Ctrl-C does; much of it may be gone, so their clean-up is not waited for long. */
const orLost = ({ first, again }: Interruption, lost: AbortSignal): Interruption => {
  const late = new AbortController();
  lost.addEventListener('abort', () => setTimeout(() => late.abort(), LOST_GRACE_MS).unref(), { once: true });
  return { first: AbortSignal.any([first, lost]), again: AbortSignal.any([again, late.signal]) };
};

// A cluster that does not go away is said beside what the scenarios came to, and only then makes the exit code.
const leave = async (
  cluster: RunningCluster,
  { args, progress }: Run,
  { run, code }: { run: string; code: ExitCode },
): Promise<ExitCode> => {
  for (const text of cluster.trouble()) process.stderr.write(`e2e: in the cluster: ${text}\n`);
  if (args.keep && code !== exitCode.interrupted) {
    cluster.keep();
    print('');
    print('The cluster is left up (--keep).');
    for (const line of cluster.reach) print(line);
    const { CORRAL_RUN: _run, CORRAL_OUT: _out, ...variables } = toVariables(toEnvironment(cluster, { run, out: args.out }));
    const words = Object.entries(variables).map(([name, value]) => `${name}=${value}`);
    print(`The scenarios again: ${words.join(' ')} npx vitest run --project e2e`);
    return code;
  }
  try {
    await progress.step('Taking the cluster down', () => cluster.down());
    return code;
  } catch (error) {
    process.stderr.write(`e2e: the cluster did not go down: ${explainError(error)}\n`);
    return code === exitCode.passed ? exitCode.notFit : code;
  }
};
