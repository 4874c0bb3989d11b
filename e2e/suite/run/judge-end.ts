import { explainError } from '../../report/explain-error.ts';
import type { KnownBug, ScenarioReport } from '../../report/schema.ts';

/** A step throws this to skip the scenario, because something that it needs is missing. */
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

/** Whether an error is no verdict on Longhorn: a premise was lost, or the watch had a gap. */
export const isNotProvable = (error: unknown): boolean => {
  // Checked by its fields: the classes belong to `history`, and an error may come from a second copy of that module.
  // The causes of an error are checked in the same way.
  if (!(error instanceof Error)) return false;
  const { state } = (error as { verdict?: { state?: unknown } }).verdict ?? {};
  if (state !== undefined) return state === 'not-provable';
  if (error instanceof AggregateError) return error.errors.length > 0 && error.errors.every(isNotProvable);
  return isNotProvable(error.cause);
};

/**
 * Circumstances of the end. `doing`: the step under way. `outage`: the API server did not answer for a while. `others`:
 * a fault of another scenario can have caused the failure. `bugs`: the known bugs whose promises were checked.
 */
type Where = {
  interrupted: boolean;
  doing: string | undefined;
  outage: string | undefined;
  others?: string | undefined;
  bugs?: readonly KnownBug[];
};

/**
 * Judges how a scenario ended, by the error of its body; its cleanup does not count. If the API server was away
 * meanwhile, or a fault of another scenario can have reached it, a failure is not provable. A scenario that passed
 * has still passed.
 */
export const judgeEnd = (error: unknown, where: Where): Outcome => blame(judgeBody(error, where), where);

const blame = (outcome: Outcome, { outage, others }: Where): Outcome => {
  const why = outage === undefined ? others : `${outage} meanwhile`;
  return outcome.state === 'failed' && why !== undefined
    ? { state: 'not-provable', reason: `${why}, so this is no verdict on Longhorn:\n${outcome.reason}` }
    : outcome;
};
