import type { RunningCluster } from '../../providers/provider.ts';
import { streamFor } from '../report/output.ts';
import { composeRounds } from '../report/rounds.ts';
import type { Report } from '../report/schema.ts';
import { concludeReport, type Unplayed, writeUnplayed } from './conclude-report.ts';
import { CommandError, type ExitCode, exitCode } from './exit-code.ts';
import { type Interruption, play } from './play.ts';
import type { Run } from './run-on.ts';
import { toEnvironment } from './to-environment.ts';

/**
 * Plays the chosen scenarios on a cluster as often as asked for, each round in a process of its own, when the one before it has ended.
 * A round in which scenarios failed is a result like another; one that was cut short, or whose process died, is the last.
 */
export const playRounds = async (cluster: RunningCluster, run: Run, unplayed: Unplayed): Promise<ExitCode> => {
  const { repeat, output } = run.args;
  for (let round = 1; ; round += 1) {
    if (repeat > 1) streamFor(output).write(`\nRound ${round} of ${repeat}\n`);
    const ended = await playRound(cluster, run, { ...unplayed, round, ...(round > 1 ? { startedAt: new Date() } : {}) });
    if (round < repeat && (ended.code === exitCode.passed || ended.code === exitCode.failed)) continue;
    if (repeat > 1) for (const line of composeRounds(ended.report, repeat)) streamFor(output).write(`${line}\n`);
    if (ended.error !== undefined) throw ended.error;
    const { failed, notProvable } = ended.report.totals;
    return ended.code === exitCode.passed && failed + notProvable > 0 ? exitCode.failed : ended.code;
  }
};

type Ended = { report: Report; code: ExitCode; error?: CommandError };

const playRound = async (cluster: RunningCluster, run: Run, unplayed: Unplayed): Promise<Ended> => {
  const { args, config, interruption } = run;
  const { run: id, round, shard } = unplayed;
  const { out, output, supportBundle, workers = cluster.workers } = args;
  const scenarios = unplayed.chosen.length;
  const environment = toEnvironment(cluster, { run: id, out, output, workers, scenarios, round, shard, supportBundle });
  const { first } = interruption;
  if (first.aborted) {
    const report = await writeUnplayed(args.out, unplayed, { state: 'interrupted', reason: (first.reason as Error).message });
    return { report, code: exitCode.interrupted };
  }
  const files = [...new Set(unplayed.chosen.map(({ file }) => file))];
  const trouble = cluster.lost.aborted
    ? undefined
    : await play({ config, environment, chosen: args, files, interruption: orLost(interruption, cluster.lost) });
  const interrupted = first.aborted;
  const lost = cluster.lost.aborted && !interrupted ? (cluster.lost.reason as Error).message : undefined;
  const report = await concludeReport(args.out, unplayed, { interrupted, lost, trouble });
  if (interrupted) return { report, code: exitCode.interrupted };
  const notFit = (message: string): Ended => ({ report, code: exitCode.notFit, error: new CommandError(message, exitCode.notFit) });
  if (lost !== undefined) return notFit('the cluster was lost while scenarios were played: what they said since then is no verdict');
  const failed = report.scenarios.some((each) => each.round === round && (each.state === 'failed' || each.state === 'not-provable'));
  if (failed) return { report, code: exitCode.failed };
  return trouble === undefined ? { report, code: exitCode.passed } : notFit(trouble);
};

/** How long scenarios may clean up on a cluster that was lost; this command owns the time-out. */
const LOST_GRACE_MS = 10_000;

/** A cluster that is lost interrupts the scenarios as Ctrl-C does; much of it may be gone, so their clean-up is not waited for long. */
const orLost = ({ first, again }: Interruption, lost: AbortSignal): Interruption => {
  const late = new AbortController();
  lost.addEventListener('abort', () => setTimeout(() => late.abort(), LOST_GRACE_MS).unref(), { once: true });
  return { first: AbortSignal.any([first, lost]), again: AbortSignal.any([again, late.signal]) };
};
