import { isRecord } from '../../kube/objects.ts';
import type { ReportStep } from '../schema.ts';
import type { WatchedObject } from './watched.ts';

/** A watch event of a history. */
export type EventLine = {
  at: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: WatchedObject;
};

/** A time in which the watch of a resource may have missed events. It began at `since` and was noticed at `at`. */
export type GapLine = { at: number; type: 'GAP'; resource: string; reason: string; since?: number };

type Outcome = 'met' | 'broken' | 'not-provable' | 'timed-out';

/**
 * How an expectation ended beside how it was to end. One that nothing happens is met by its time-out, and broken if its
 * steps are reached.
 */
export const outcomeOf = <Phase extends string>({
  phase,
  wanted,
}: {
  phase: Phase;
  wanted?: 'timed-out' | undefined;
}): Phase | 'met' | 'broken' => {
  if (wanted === undefined) return phase;
  if (phase === wanted) return 'met';
  return phase === 'met' ? 'broken' : phase;
};

/** A record of the suite's own activity. */
export type MarkerLine = {
  at: number;
  marker: string;
  step?: { id: number; phase: 'begins' | ReportStep['state']; sentence: string };
  fault?: {
    id: number | string;
    name: string;
    phase: 'entered' | 'injected' | 'proved' | 'healed' | 'failed';
    detail: string | null;
  };
  lock?: { things: unknown[]; phase: 'asks' | 'has' | 'gave-back' };
  finding?: { title: string; detail: string; link?: string };
  expectation?: {
    id: number | string;
    phase: 'set' | Outcome;
    resource: string;
    /** Null if the expectation is about several objects. */
    name: string | null;
    label: string;
    from: number;
    steps: string[];
    /** The intended result. Missing if the expectation is intended to be met. */
    wanted?: 'timed-out';
    reason?: string;
    reached?: { label: string; at?: number | null }[];
    limit?: number;
    atMost?: number;
    owner?: string;
  };
};

export type HistoryLineOf = EventLine | GapLine | MarkerLine;

/** A history that was read, and the parts that could not be read. */
type ReadHistory = {
  header: { startedAt?: string; seconds?: number };
  lines: HistoryLineOf[];
  unreadable: string[];
};

const parse = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Parses a history.ndjson and skips unreadable lines. Only a recording for the replay must be complete. A killed run
 * leaves an incomplete last line, and such a history is the one that readers need most.
 */
export const readHistory = (text: string): ReadHistory => {
  const parsed = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => ({ value: parse(line), number }));
  const unreadable = parsed
    .filter(({ value }) => value === undefined)
    .map(({ number }) => `line ${number} of the history cannot be read`);
  const values = parsed.map(({ value }) => value).filter((value) => value !== undefined);
  const header = values.find((value) => 'recording' in value) ?? {};
  const lines = values.filter(
    ({ at, type, object, marker }) =>
      typeof at === 'number' &&
      (typeof marker === 'string' || type === 'GAP' || (typeof object === 'object' && object !== null)),
  );
  return { header, lines: lines as HistoryLineOf[], unreadable };
};
