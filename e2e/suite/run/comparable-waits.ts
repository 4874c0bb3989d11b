import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Load } from '../../machine/load.ts';
import { outcomeOf } from '../../report/html/read-history.ts';
import { evidenceFolder } from '../evidence/evidence.ts';
import { type ExpectationMarker, markerSchema } from '../evidence/history/markers.ts';

/** A wait in a history. `took` is in ms; undefined if the history ends during the wait. */
type Wait = Pick<ExpectationMarker, 'owner' | 'limit' | 'wanted'> & {
  from: number;
  took: number | undefined;
  outcome: ExpectationMarker['phase'];
};

/** Returns all waits in the text of a history, in order of their start. */
const waitsOf = (history: string): Wait[] => {
  const waits = new Map<number, Wait>();
  // Parsing is slow: most lines are events with whole objects.
  for (const line of history.split('\n').filter((each) => each.includes('"expectation":'))) {
    const { at, expectation } = readMarker(line) ?? {};
    if (at === undefined || expectation === undefined) continue;
    const { id, phase, owner, limit, wanted } = expectation;
    const { from = at } = waits.get(id) ?? {};
    const isOver = phase !== 'set';
    waits.set(id, {
      ...{ owner, limit, from, ...(wanted && { wanted }) },
      took: isOver ? (at - from) * 1000 : undefined,
      outcome: outcomeOf({ phase, wanted }),
    });
  }
  return [...waits.values()];
};

const readMarker = (line: string) => {
  try {
    return markerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // The last line may be incomplete while the history is being written.
    return undefined;
  }
};

/**
 * Returns the last wait of a history that was broken or timed out, and was not to. `from` is in seconds since the
 * scenario's start.
 */
export const lastUnmet = (
  history: string,
): { owner: string; from: number; outcome: 'broken' | 'timed-out' } | undefined =>
  waitsOf(history).findLast(
    (wait): wait is Wait & { outcome: 'broken' | 'timed-out' } =>
      wait.outcome === 'broken' || wait.outcome === 'timed-out',
  );

/**
 * Returns how long met waits with the same time-out owner took in the whole run, from all histories in its results.
 * Undefined if there were none.
 */
export const comparableWaits = async (out: string, owner: string): Promise<Load['comparable']> => {
  const met: { took: number; limit: number }[] = [];
  for await (const path of glob(`${evidenceFolder}/*/history.ndjson`, { cwd: out })) {
    const history = await readFile(join(out, path), 'utf8').catch(() => '');
    for (const { owner: whose, limit, took, outcome, wanted } of waitsOf(history))
      if (whose === owner && outcome === 'met' && !wanted && took !== undefined) met.push({ took, limit });
  }
  if (met.length === 0) return undefined;
  return {
    count: met.length,
    longest: Math.max(...met.map(({ took }) => took)),
    share: Math.max(...met.map(({ took, limit }) => Math.min(1, took / (limit * 1000)))),
  };
};
