import type { ReportStep } from '../schema.ts';
import type { WatchedObject } from './watched.ts';

/** A watch event of a history. */
export type EventLine = {
  at: number;
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  resource: string;
  object: WatchedObject;
};

/** A stretch that the watch of a resource cannot vouch for; `at` is where it was found out. */
export type GapLine = { at: number; type: 'GAP'; resource: string; reason: string; since?: number };

type Outcome = 'met' | 'broken' | 'not-provable' | 'timed-out';

/** What the suite said of itself at a moment. */
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
    /** Null where it is about many. */
    name: string | null;
    label: string;
    from: number;
    steps: string[];
    /** How it is meant to end; missing where it is meant to be met. */
    wanted?: 'timed-out';
    reason?: string;
    reached?: { label: string; at?: number | null }[];
    limit?: number;
    atMost?: number;
    owner?: string;
  };
};

export type HistoryLineOf = EventLine | GapLine | MarkerLine;

/** A history as it was kept, and what of it could not be read. */
export type ReadHistory = {
  header: { startedAt?: string; seconds?: number };
  lines: HistoryLineOf[];
  trouble: string[];
};

const parse = (line: string): Record<string, unknown> | undefined => {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
};

/**
 * Reads a history.ndjson. Where a recording for the replay must be whole, a picture shows what there is: a
 * run that was killed leaves half a line, and its history is the one that is looked at most.
 */
export const readHistory = (text: string): ReadHistory => {
  const parsed = text
    .split('\n')
    .map((line, index) => ({ line, number: index + 1 }))
    .filter(({ line }) => line.trim() !== '')
    .map(({ line, number }) => ({ value: parse(line), number }));
  const trouble = parsed
    .filter(({ value }) => value === undefined)
    .map(({ number }) => `line ${number} of the history cannot be read`);
  const values = parsed.map(({ value }) => value).filter((value) => value !== undefined);
  const header = values.find((value) => 'recording' in value) ?? {};
  const lines = values.filter(
    ({ at, type, object, marker }) =>
      typeof at === 'number' &&
      (typeof marker === 'string' || type === 'GAP' || (typeof object === 'object' && object !== null)),
  );
  return { header, lines: lines as HistoryLineOf[], trouble };
};
