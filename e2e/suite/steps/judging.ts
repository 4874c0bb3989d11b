import { type Expectation, ExpectationError, type Verdict } from '../../history/expectation.ts';
import type { Duration } from '../../kube/duration.ts';
import { ApiError } from '../../kube/errors.ts';
import type { KubernetesObject } from '../../kube/objects.ts';
import type { ObservedSymptom } from '../../longhorn/bugs/bug.ts';
import type { MessageId } from '../../longhorn/messages/catalogue.ts';

/**
 * A step cannot give a verdict: what it judges had already ended, through no fault of Longhorn. The report calls this
 * a lost premise.
 */
export class InconclusiveError extends Error {
  override readonly name = 'InconclusiveError';
  readonly verdict = { state: 'not-provable' } as const;
}

/** What was observed where a promise was broken. Without `of`: the state of an object that is there. */
export type Seen =
  | ObservedSymptom
  | { of?: never; kind: string; name: string; state: string; says?: readonly MessageId[] };

/** Whether one of Longhorn's webhooks has refused a request (webhook/error). */
export const isRefusal = (error: unknown): boolean =>
  error instanceof ApiError && [400, 403, 422].includes(error.status);

/** A promise was broken. `seen` shows whether a known bug is the cause. */
export class PromiseBroken extends Error {
  readonly seen: ObservedSymptom;

  constructor(message: string, seen: Seen, options?: ErrorOptions) {
    super(message, options);
    this.seen = seen.of === undefined ? { says: [], ...seen, of: 'history', gone: false } : seen;
  }
}

/**
 * Returns when an expectation that was met reached a step (counted from 0), and the object's resourceVersion at that
 * time.
 */
export const reached = ({ steps }: Verdict, position: number): { at: number; resourceVersion: string } => {
  const found = steps[position]?.reached;
  if (found === undefined) throw new Error(`an expectation was met without its step ${position + 1}`);
  return found;
};

/**
 * Checks that a history does not go on for a time (see `remains`). Throws at once if it does. This is an observation
 * period, not a wait for a state.
 */
export const stays = <T extends KubernetesObject>(
  expectation: Expectation<T>,
  time: Duration,
): Promise<void> => expectation.undecidedFor(time, 'the period in which nothing may change');

/**
 * Creates an error for a result that is neither passed nor failed, because a watch had a gap in the deciding period.
 */
export const notProvable = (reason: string): ExpectationError =>
  new ExpectationError({
    state: 'not-provable',
    reason,
    at: Date.now(),
    steps: [],
    last: undefined,
    details: '',
  });

/** Throws if there are problems, with `what` and one line for each problem. `seen` is for recognizing known bugs. */
export const throwIfAny = (problems: readonly string[], what: string, seen?: Seen): void => {
  if (problems.length === 0) return;
  const message = `${what}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
  throw seen === undefined ? new Error(message) : new PromiseBroken(message, seen);
};
