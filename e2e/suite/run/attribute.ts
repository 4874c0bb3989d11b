import { ledgerPath, readFaults } from '../../faults/ledger.ts';
import {
  type AffectedObjects,
  type ReachingFault,
  reachesOthers,
  reachingFaults,
} from '../../faults/reach.ts';
import type { Load } from '../../machine/load.ts';
import type { ReportTimeline } from '../../report/html/data.ts';
import { hintOf } from '../../report/html/hint.ts';
import { makeTimeline } from '../../report/html/timeline.ts';
import type { PointsTo } from '../../report/schema.ts';
import { describeSuspect } from '../../report/suspect.ts';
import { classifyError } from './classify-error.ts';
import { comparableWaits, lastUnmet } from './comparable-waits.ts';
import { judgeEnd } from './judge-end.ts';

/**
 * The suggested cause of a failure. `others` says which fault of another scenario may have caused it; undefined if
 * none can have.
 */
export type Attribution = { pointsTo: PointsTo; others: string | undefined };

type AttributeOptions = {
  scenario: string;
  /** The URL of the API server. */
  server: string;
  /** The folder of the run's results. */
  out: string;
  target: string;
  startedAt: Date;
  /** The history up to now. Undefined if it could not be written. */
  history: string | undefined;
  affectedObjects: ((error: unknown) => AffectedObjects) | undefined;
  /** The load of the machine since a time (ms since the epoch). */
  loadSince(moment: number): Pick<Load, 'pressure' | 'slowestAnswer'>;
};

/**
 * Suggests the cause of a scenario's failure, from its own history and from all faults of the run that can have
 * affected it.
 */
export const attribute = async (error: unknown, deps: AttributeOptions): Promise<Attribution> => {
  const { scenario, server, out, target, startedAt, history } = deps;
  const now = Date.now();
  const begun = startedAt.getTime();
  const timeline =
    history === undefined ? null : makeTimeline({ history, logs: [], unreadable: [] }, now - begun);
  const faults = (await readFaults(ledgerPath(out))).filter(({ entry }) => entry.server === server);
  const decided = { from: begun + 1000 * (decidedFrom(timeline) ?? (now - begun) / 1000), to: now };
  const affectedObjects = deps.affectedObjects?.(error) ?? { since: begun, starts: [], nodes: undefined };
  const { state } = judgeEnd(error, { interrupted: false, doing: undefined, outage: undefined });
  const of = classifyError(error);
  // No fault can cause an error in the suite's own code. A verdict that is not provable is no failure to attribute.
  const isAttributed = state === 'failed' && of !== 'suite-code';
  const reaching = !isAttributed
    ? []
    : reachingFaults(faults, { scenario, server, affectedObjects, decided });
  const toSeconds = (time: string | undefined): number =>
    time === undefined ? (now - begun) / 1000 : (Date.parse(time) - begun) / 1000;
  const intervals = faults
    .filter(({ entry }) => reachesOthers(entry))
    .map(({ entry, healedAt }) => ({ from: toSeconds(entry.recordedAt), to: toSeconds(healedAt) }));
  const scenarioState = { state, startedAt: startedAt.toISOString() };
  const load = await loadOf(history, deps);
  const hint =
    hintOfOthers(reaching) ??
    hintOf(
      scenarioState,
      timeline,
      { state: 'finished', reason: null },
      { others: intervals, load, error: of },
    );
  const { at, because } = hint ?? { at: 'unclear', because: ['nothing was kept to judge by'] };
  const [first] = ordered(reaching);
  return {
    pointsTo: { at, place: describeSuspect({ at }, target), because, ...(load && { load }) },
    others: first && describe(first),
  };
};

// The load during the wait that timed out or was broken. Undefined if there was no such wait. Durations of comparable
// waits say nothing about a broken one.
const loadOf = async (
  history: string | undefined,
  { out, startedAt, loadSince }: AttributeOptions,
): Promise<Load | undefined> => {
  const wait = history === undefined ? undefined : lastUnmet(history);
  if (wait === undefined) return undefined;
  return {
    ...loadSince(startedAt.getTime() + wait.from * 1000),
    ...(wait.outcome === 'timed-out' && { comparable: await comparableWaits(out, wait.owner) }),
  };
};

// The start of the expectation that failed. It is the last one, because it ended the scenario.
const decidedFrom = (timeline: ReportTimeline | null): number | undefined =>
  timeline?.lanes
    .flatMap(({ expectations }) =>
      expectations.filter(({ state }) => state === 'broken' || state === 'timed-out'),
    )
    .toSorted((one, other) => one.to - other.to)
    .at(-1)?.from;

// Faults in force during the failed expectation come first, then the latest ones.
const ordered = (reaching: readonly ReachingFault[]): ReachingFault[] =>
  reaching.toReversed().toSorted((one, other) => Number(other.isMeanwhile) - Number(one.isMeanwhile));

const describe = ({ entry: { kind, title, scenario, recordedAt }, healedAt, how }: ReachingFault): string => {
  const whose =
    scenario === undefined ? 'a scenario that the ledger does not name' : `the scenario "${scenario}"`;
  return `${whose} had a fault in force, ${kind} (${title}), from ${recordedAt} ${healedAt === undefined ? 'on' : `to ${healedAt}`}: ${how}`;
};

// The maximum number of faults in a hint.
const most = 3;

const hintOfOthers = (reaching: readonly ReachingFault[]): Pick<PointsTo, 'at' | 'because'> | undefined => {
  if (reaching.length === 0) return undefined;
  const because = ordered(reaching).slice(0, most).map(describe);
  return { at: reaching.some(({ isMeanwhile }) => isMeanwhile) ? 'suite' : 'unclear', because };
};
