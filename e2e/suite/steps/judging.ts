import { type Expectation, ExpectationError, type Verdict } from '../../history/expectation.ts';
import type { Duration } from '../../kube/duration.ts';
import type { KubernetesObject } from '../../kube/objects.ts';
import type { Seen } from '../../longhorn/bugs/bug.ts';

/**
 * What a step is about was over before it came to it, by no fault of Longhorn's: nothing is proven, either
 * way.
 */
export class PremiseLost extends Error {
  override readonly name = 'PremiseLost';
  readonly verdict = { state: 'not-provable' } as const;
}

/** A promise was found broken: what was seen there shows whether a known bug did it. */
export class PromiseBroken extends Error {
  readonly seen: Seen;

  constructor(message: string, seen: Seen, options?: ErrorOptions) {
    super(message, options);
    this.seen = seen;
  }
}

/**
 * When an expectation that was met reached a step (counted from 0), and the resourceVersion that the object
 * had then.
 */
export const reached = ({ steps }: Verdict, position: number): { at: number; resourceVersion: string } => {
  const found = steps[position]?.reached;
  if (found === undefined) throw new Error(`an expectation was met without its step ${position + 1}`);
  return found;
};

/**
 * Watches for a while that a history does not go on (see `remains`): returns when the time is over, throws at
 * once when it does. This is a length of time that is looked at, not a wait for something.
 */
export const stays = <T extends KubernetesObject>(
  expectation: Expectation<T>,
  time: Duration,
): Promise<void> => expectation.undecidedFor(time, 'the period in which nothing may change');

/** Neither passed nor failed: the watch cannot vouch for the stretch that decides. */
export const notProvable = (reason: string): ExpectationError =>
  new ExpectationError({
    state: 'not-provable',
    reason,
    at: Date.now(),
    steps: [],
    last: undefined,
    details: '',
  });

/**
 * Throws where there are problems: what is not in order, and each of them in a line of its own; `seen` is
 * what of it known bugs are recognised by.
 */
export const throwFor = (problems: readonly string[], what: string, seen?: Seen): void => {
  if (problems.length === 0) return;
  const message = `${what}:\n${problems.map((problem) => `- ${problem}`).join('\n')}`;
  throw seen === undefined ? new Error(message) : new PromiseBroken(message, seen);
};
