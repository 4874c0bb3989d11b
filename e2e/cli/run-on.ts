import { NotFit, type Progress, type Provider, type RunningCluster } from '../../providers/provider.ts';
import { explainError } from '../report/explain-error.ts';
import { streamFor } from '../report/output.ts';
import { tellStart } from '../report/tell-end.ts';
import { makeRunId } from '../suite/config/run-id.ts';
import type { Arguments } from './arguments/parse.ts';
import type { Choice } from './choice.ts';
import { type Unplayed, writeUnplayed } from './conclude-report.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { judgeDifferences } from './judge-differences.ts';
import { leave } from './leave.ts';
import type { Interruption } from './play.ts';
import { playRounds } from './rounds.ts';

export type Run = Pick<Choice, 'chosen' | 'shard'> & { args: Arguments; config: string; interruption: Interruption; progress: Progress };

/** Brings a cluster by the provider given, plays the chosen scenarios on it, and takes it down whatever happened. */
export const runOn = async (provider: Provider, run: Run): Promise<ExitCode> => {
  const { args, chosen, shard } = run;
  const unplayed: Unplayed = {
    run: makeRunId(),
    provider: provider.name,
    // Without the folder of `archive:`: that is no part of what was judged.
    target: { name: args.longhorn.replace(/:.*$/s, ''), version: null },
    startedAt: new Date(),
    chosen,
    shard,
    round: 1,
  };
  tellStart(args.output, { ...unplayed, scenarios: chosen.length });
  streamFor(args.output).write(
    `${chosen.length} ${chosen.length === 1 ? 'scenario' : 'scenarios'}${shard === undefined ? '' : ` (shard ${shard.index}/${shard.of})`}, provider ${provider.name}, Longhorn: ${args.longhorn}\n`,
  );
  const cluster = await bringUp(provider, run, unplayed);
  let code: ExitCode = exitCode.notFit;
  try {
    code = await playRounds(cluster, run, { ...unplayed, target: cluster.target });
  } finally {
    code = await judgeDifferences(cluster, run, code);
    code = await leave(cluster, run, { run: unplayed.run, code });
  }
  return code;
};

const bringUp = async (provider: Provider, { args, interruption, progress }: Run, unplayed: Unplayed): Promise<RunningCluster> => {
  const signal = interruption.first;
  const { promise: again, reject } = Promise.withResolvers<never>();
  const tell = () => {
    const next = args.existing === undefined ? 'the cluster goes down' : 'nothing was made yet';
    streamFor(args.output).write(`\n${(signal.reason as Error).message}: ${next}\n`);
  };
  signal.addEventListener('abort', tell, { once: true });
  interruption.again.addEventListener('abort', () => reject(signal.reason), { once: true });
  try {
    signal.throwIfAborted();
    return await Promise.race([
      provider.up({
        longhorn: args.longhorn,
        registryMirror: args.registryMirror,
        existing: args.existing,
        run: unplayed.run,
        signal,
        progress,
      }),
      again,
    ]);
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
