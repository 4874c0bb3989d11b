import { formatDuration } from '../kube/duration.ts';
import { describeRowState, distinct, isAlike, type RowPeriod } from './row-state.ts';

/** A period, in ms since the epoch. */
export type Span = { from: number; to: number };

/** Two comparisons: the page with the data that it received, and those data with the custom resource. */
const words = {
  shown: { did: 'the page showed', didNot: 'the page did not show', kept: 'the page kept the row of' },
  received: {
    did: 'longhorn-manager sent the page',
    didNot: 'longhorn-manager did not send the page',
    kept: 'longhorn-manager sent the page nothing of the end of',
  },
} as const;

/**
 * The row states of a backup from its custom resource and from the page, each in order of time, and when the page was
 * connected.
 */
type Judging = {
  label: string;
  /** Whether `shown` is what the page displayed or what it received. */
  what: keyof typeof words;
  history: readonly RowPeriod[];
  shown: readonly RowPeriod[];
  connected: readonly Span[];
  /** How many ms the page may be late. */
  limit: number;
  /** The end of the evaluated period, in ms since the epoch. */
  end: number;
};

/** How long after the custom resource the page showed a row state, in ms. */
export type Delay = { row: string; delay: number };

// In ms. The page learns of changes from a manager, the suite from the API server. If this process is busy, the page may
// be earlier, by 2 s at least, and by as much as it may be late.
const leastAhead = 2000;

/**
 * Checks the row states that the page showed of a backup. The page is updated at most once a second, so it may omit
 * states shorter than the limit. Every state that it showed must come from the custom resource, in the same order and
 * within the limit. Longer states must be shown. Without a connection nothing new is expected; after a reconnect the
 * page must catch up within the limit.
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
  const sources = match(history, shown, Math.max(leastAhead, Number.isFinite(limit) ? limit : 0));
  const met = new Set<number>();
  // When a row state had to be visible. If the page was not connected, the limit starts at its next connection.
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
    // The first state may be older than the page. A repeated state is not late.
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

/** Maps each shown state (by index) to the latest entry of the history that it can come from. */
const match = (
  history: readonly RowPeriod[],
  shown: readonly RowPeriod[],
  ahead: number,
): Map<number, number> => {
  const found = new Map<number, number>();
  let before = history.length;
  for (const [index, { at, row }] of [...shown.entries()].reverse()) {
    const source = history.findLastIndex(
      (each, position) => position < before && each.at <= at + ahead && isAlike(each.row, row),
    );
    if (source !== -1) found.set(index, source);
    // The states before and after an invalid one may come from the same entry.
    before = source === -1 ? before + 1 : source;
  }
  return found;
};

const inForce = (history: readonly RowPeriod[], at: number): string =>
  describeRowState(history.findLast((each) => each.at <= at)?.row);

const time = (at: number): string => new Date(at).toISOString().slice(11, 23);
