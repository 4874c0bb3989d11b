import type { KubernetesObject } from '../kube/objects.ts';
import { shorten } from '../kube/text.ts';
import { historyOf } from './history.ts';
import type { Entry, Timeline } from './timeline.ts';

/** The history to write. Its times are relative to `start` (ms since the epoch). */
type HistoryTableOptions<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  name: string;
  describe(object: T): string;
  startSequence: number;
  /** The sequence of the last entry to include. */
  until: number;
  start: number;
};

// Fits on a screen. The middle of a longer history is the least useful part.
const mostRows = 40;
const widestState = 240;

/** Writes the history of an object, one line for each state. Repeated states share a line. */
export const historyTable = <T extends KubernetesObject>(options: HistoryTableOptions<T>): string[] => {
  const { timeline, name, startSequence, until } = options;
  const rows = collapsed(
    historyOf(timeline, name, startSequence)
      .filter(({ sequence }) => sequence <= until)
      .map((entry) => toRow(entry, options)),
  );
  if (rows.length === 0) return ['never seen'];
  const width = (column: 'at' | 'version' | 'kind') => Math.max(...rows.map((row) => row[column].length));
  const [at, version, kind] = [width('at'), width('version'), width('kind')];
  return cutMiddle(
    rows.map(
      (row) =>
        `${row.at.padStart(at)}  ${row.version.padStart(version)}  ${row.kind.padEnd(kind)}  ${row.state}${row.times > 1 ? ` (${row.times} times)` : ''}`,
    ),
  );
};

/** Formats a time in ms from the start, as `+12.345 s`. */
export const offset = (milliseconds: number): string =>
  `${milliseconds < 0 ? '-' : '+'}${(Math.abs(milliseconds) / 1000).toFixed(3)} s`;

type Row = { at: string; version: string; kind: string; state: string; times: number };

const toRow = <T extends KubernetesObject>(
  entry: Entry<T>,
  { describe, start }: HistoryTableOptions<T>,
): Row => {
  const at = offset(entry.at - start);
  if (entry.kind === 'gap')
    return {
      at,
      version: '',
      kind: 'gap',
      state: `nothing is known since ${offset(entry.since - start)}: ${entry.reason}`,
      times: 1,
    };
  const state =
    entry.kind === 'deleted'
      ? `gone${entry.inferred ? ' (found missing, not seen going)' : ''}`
      : shorten(describe(entry.object), widestState);
  return { at, version: entry.resourceVersion, kind: entry.kind, state, times: 1 };
};

const collapsed = (rows: Row[]): Row[] => {
  const kept: Row[] = [];
  for (const row of rows) {
    const last = kept.at(-1);
    if (last !== undefined && row.kind !== 'gap' && last.kind !== 'gap' && last.state === row.state)
      last.times += 1;
    else kept.push(row);
  }
  return kept;
};

const cutMiddle = (lines: string[]): string[] => {
  if (lines.length <= mostRows) return lines;
  const half = mostRows / 2;
  return [...lines.slice(0, half), `... ${lines.length - mostRows} more`, ...lines.slice(-half)];
};
