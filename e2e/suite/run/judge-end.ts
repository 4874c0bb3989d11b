import { explainError } from '../../report/explain-error.ts';
import type { KnownBug, ScenarioReport } from '../../report/schema.ts';

/** Thrown by a step to leave the scenario: what it needs is not there. */
export class SkipScenario extends Error {
  override readonly name = 'SkipScenario';
}

type Outcome = Pick<ScenarioReport, 'state' | 'interrupted' | 'reason'>;

const judgeBody = (
  error: unknown,
  { interrupted, doing, bugs = [] }: Pick<Where, 'interrupted' | 'doing' | 'bugs'>,
): Outcome => {
  const shown = bugs.filter(({ kept }) => !kept);
  if (error === undefined)
    return shown.length === 0
      ? { state: 'passed', reason: null }
      : { state: 'known-bug', reason: shown.map(describeBug).join('\n\n') };
  if (interrupted)
    return {
      state: 'skipped',
      interrupted: true,
      reason: `interrupted; it was at: ${doing ?? 'reaching the cluster'}`,
    };
  if (error instanceof SkipScenario) return { state: 'skipped', reason: error.message };
  return { state: isNotProvable(error) ? 'not-provable' : 'failed', reason: explainError(error) };
};

const describeBug = ({ id, severity, title, seen }: KnownBug): string =>
  `${id} (${severity}): ${title}\n${seen}`;

/** Whether what ended a scenario is no verdict by itself: a premise that was lost, or a gap in the watch. */
export const isNotProvable = (error: unknown): boolean => {
  // By shape: the classes belong to `history`, and an error may come from a second copy of it. What an error
  // came from says as much as the error.
  if (!(error instanceof Error)) return false;
  const { state } = (error as { verdict?: { state?: unknown } }).verdict ?? {};
  if (state !== undefined) return state === 'not-provable';
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNotProvable);
  return isNotProvable(error.cause);
};

/**
 * `doing` is what the scenario was at; `outage` says that the API server did not answer for a while, `others`
 * that a fault of another scenario can have reached all that failed; `bugs` are those whose promises it
 * run.
 */
type Where = {
  interrupted: boolean;
  doing: string | undefined;
  outage: string | undefined;
  others?: string | undefined;
  bugs?: readonly KnownBug[];
};

/**
 * Judges how a scenario ended, by the error of its body; how its cleanup went is no part of that. Where the API
 * server was away meanwhile, or a fault of another scenario can have reached it, nothing that failed is
 * Longhorn's doing for sure: that is no verdict on it, but what passed did pass.
 */
export const judgeEnd = (error: unknown, where: Where): Outcome => blame(judgeBody(error, where), where);

const blame = (outcome: Outcome, { outage, others }: Where): Outcome => {
  const why = outage === undefined ? others : `${outage} meanwhile`;
  return outcome.state === 'failed' && why !== undefined
    ? { state: 'not-provable', reason: `${why}, so this is no verdict on Longhorn:\n${outcome.reason}` }
    : outcome;
};
