import fc from 'fast-check';
import { isNotProvable } from '../suite/run/judge-end.ts';
import { randomActions, type SoakAction, type SoakPlan } from './actions.ts';
import { reduceActions } from './reduce.ts';

/** The error of a failed run, and the actions that it had started. */
export type FailedRun = { error: unknown; actions: readonly SoakAction[] };

type Search = Pick<SoakPlan, 'seed' | 'time' | 'reduction'> & {
  /** Runs actions on new volumes. Returns undefined if the run passed. */
  attempt(actions: readonly SoakAction[]): Promise<FailedRun | undefined>;
  /** Whether the soak was interrupted. Then every run fails. */
  isOver(): boolean;
  /** Called for a run that has no verdict. */
  onNotProvable(error: unknown): void;
};

/**
 * Runs random actions until the time is over or a run fails. Returns the error of that run, its reduced actions, and
 * when it failed (in ms from the start); undefined if no run failed. Throws if it was interrupted, or if no run had a
 * verdict.
 */
export const searchFailure = async (search: Search) => {
  const { seed, time, reduction, attempt, isOver, onNotProvable } = search;
  const from = Date.now();
  let lastNotProvable: unknown;
  let hasVerdict = false;
  for (let round = 0; round === 0 || Date.now() < from + time; round += 1) {
    const [actions = []] = fc.sample(randomActions, { seed: seed + round, numRuns: 1 });
    const failed = await attempt(actions);
    if (failed !== undefined && isOver()) throw failed.error;
    // A lost premise says nothing about these actions. Others may still find a failure.
    if (failed !== undefined && isNotProvable(failed.error)) {
      lastNotProvable = failed.error;
      onNotProvable(failed.error);
      continue;
    }
    hasVerdict = true;
    if (failed === undefined) continue;
    const found = Date.now() - from;
    const left = await reduceActions(failed.actions, async (fewer) => {
      if (Date.now() >= from + time + reduction) return undefined;
      const again = await attempt(fewer);
      if (isOver()) return undefined;
      return again !== undefined && !isNotProvable(again.error);
    });
    return { error: failed.error, actions: left, found };
  }
  if (!hasVerdict) throw lastNotProvable;
  return undefined;
};
