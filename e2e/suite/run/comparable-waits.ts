import { glob, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Load } from '../../machine/load.ts';
import { evidenceFolder } from '../evidence/evidence.ts';
import { type ExpectationMarker, markerSchema } from '../evidence/history/markers.ts';

/** A wait as a history has it; `took` in ms, undefined where the history ends before it did. */
type Wait = Pick<ExpectationMarker, 'owner' | 'limit' | 'phase'> & {
  from: number;
  took: number | undefined;
  isMet: boolean;
};

/** All that a history (its text) says of waits, in the order in which they began. */
const waitsOf = (history: string): Wait[] => {
  const waits = new Map<number, Wait>();
  // Most lines are events, with whole objects in them.
  for (const line of history.split('\n').filter((each) => each.includes('"expectation":'))) {
    const { at, expectation } = readMarker(line) ?? {};
    if (at === undefined || expectation === undefined) continue;
    const { id, phase, owner, limit, wanted = 'met' } = expectation;
    const { from = at } = waits.get(id) ?? {};
    const isOver = phase !== 'set';
    waits.set(id, {
      ...{ owner, limit, phase, from },
      took: isOver ? (at - from) * 1000 : undefined,
      isMet: wanted === 'met' && phase === 'met',
    });
  }
  return [...waits.values()];
};

const readMarker = (line: string) => {
  try {
    return markerSchema.safeParse(JSON.parse(line)).data;
  } catch {
    // The last line of a history that is being written.
    return undefined;
  }
};

/** The last wait of a history that did not end well; `from` in seconds from the scenario's start. */
export const lastUnmet = (
  history: string,
): { owner: string; from: number; phase: 'broken' | 'timed-out' } | undefined =>
  waitsOf(history).findLast(
    (wait): wait is Wait & { phase: 'broken' | 'timed-out' } =>
      (wait.phase === 'broken' || wait.phase === 'timed-out') && !wait.isMet,
  );

/**
 * What the same waits, those whose time-outs have the same owner, took elsewhere in a run, by the histories in
 * the folder of its results; undefined where there were none, or none ended well.
 */
export const comparableWaits = async (out: string, owner: string): Promise<Load['comparable']> => {
  const met: { took: number; limit: number }[] = [];
  for await (const path of glob(`${evidenceFolder}/*/history.ndjson`, { cwd: out })) {
    const history = await readFile(join(out, path), 'utf8').catch(() => '');
    for (const { owner: whose, limit, took, isMet } of waitsOf(history))
      if (whose === owner && isMet && took !== undefined) met.push({ took, limit });
  }
  if (met.length === 0) return undefined;
  return {
    count: met.length,
    longest: Math.max(...met.map(({ took }) => took)),
    share: Math.max(...met.map(({ took, limit }) => Math.min(1, took / (limit * 1000)))),
  };
};
