import { formatDuration } from '../kube/duration.ts';
import { describeRowState, distinct, isAlike, type Stretch } from './row-state.ts';

/** A stretch of time, in ms since the epoch. */
export type Span = { from: number; to: number };

/** What the page showed is held to what it received, and that to the custom resource. */
const words = {
  shown: { did: 'the page showed', didNot: 'the page did not show', kept: 'the page kept the row of' },
  received: {
    did: 'longhorn-manager sent the page',
    didNot: 'longhorn-manager did not send the page',
    kept: 'longhorn-manager sent the page nothing of the end of',
  },
} as const;

/**
 * What a backup looked like by its custom resource and on the page, each in the order of time, and when the
 * page was connected.
 */
export type Judging = {
  label: string;
  /** Whether `shown` is what the page showed, or what it received. */
  what: keyof typeof words;
  history: readonly Stretch[];
  shown: readonly Stretch[];
  connected: readonly Span[];
  /** Within how many ms the page must follow. */
  limit: number;
  /** Until when it is judged, in ms since the epoch. */
  end: number;
};

/** How long after its custom resource the page showed a state, in ms. */
export type Delay = { row: string; delay: number };

// The page hears of a change from a manager, the suite from the API server: when this process is busy, the
// page is the first to know.
const ahead = 2000;

/**
 * Judges what the page showed of a backup. A page gets changes at most once a second: a state that lived shorter
 * than the limit need not be shown, but one that was shown is one that the custom resource had, in the same
 * order, and came within the limit; and one that lasted was shown. While the page had no connection it could
 * show nothing new; what it missed it shows within the limit of being connected again.
 */
export const judgeShown = ({
  label,
  what,
  limit,
  end,
  connected,
  ...given
}: Judging): { problems: string[]; delays: Delay[] } => {
  const { did, didNot, kept } = words[what];
  const history = distinct(given.history);
  const shown = distinct(given.shown);
  const problems: string[] = [];
  const delays: Delay[] = [];
  const sources = match(history, shown);
  const met = new Set<number>();
  // When a state had to be there: a page that was not connected can only be late from when it is again.
  const due = (at: number): number => {
    const span = connected.find(({ to }) => to > at);
    return span === undefined ? Number.POSITIVE_INFINITY : Math.max(at, span.from);
  };
  const isConnected = (from: number, to: number): boolean =>
    connected.some((span) => span.from <= from && span.to >= to);

  for (const [index, { at, row }] of shown.entries()) {
    const source = sources.get(index);
    if (source === undefined) {
      problems.push(
        `${did} ${describeRowState(row)} at ${time(at)}, where ${label} was ${inForce(history, at)}`,
      );
      continue;
    }
    // What it showed first may be older than the page, and what it shows again did not come late.
    const isFresh = index > 0 && !met.has(source);
    met.add(source);
    if (!isFresh) continue;
    const since = history[source]?.at ?? 0;
    const delay = Math.max(0, at - due(since));
    if (since === due(since)) delays.push({ row: describeRowState(row), delay });
    if (delay > limit)
      problems.push(
        `${did} ${describeRowState(row)} only ${formatDuration(delay)} after ${label} (limit: ${formatDuration(limit)})`,
      );
  }
  for (const [index, { at, row }] of history.entries()) {
    const from = due(at);
    const until = history[index + 1]?.at ?? end;
    const isPast = shown[0] === undefined || until <= shown[0].at;
    if (met.has(index) || isPast || until - from < limit || !isConnected(from, from + limit)) continue;
    problems.push(
      row === undefined
        ? `${kept} ${label}, which was gone from ${time(at)} on`
        : `${didNot} ${describeRowState(row)}, which ${label} was from ${time(at)} for ${formatDuration(until - at)}`,
    );
  }
  return { problems, delays };
};

/**
 * For what was shown, by its index, the state of the custom resource that it came from: the latest that it can
 * be.
 */
const match = (history: readonly Stretch[], shown: readonly Stretch[]): Map<number, number> => {
  const found = new Map<number, number>();
  let before = history.length;
  for (const [index, { at, row }] of [...shown.entries()].reverse()) {
    const source = history.findLastIndex(
      (each, position) => position < before && each.at <= at + ahead && isAlike(each.row, row),
    );
    if (source !== -1) found.set(index, source);
    // What stands before and behind something that never was may be one and the same.
    before = source === -1 ? before + 1 : source;
  }
  return found;
};

const inForce = (history: readonly Stretch[], at: number): string =>
  describeRowState(history.findLast((each) => each.at <= at)?.row);

const time = (at: number): string => new Date(at).toISOString().slice(11, 23);
