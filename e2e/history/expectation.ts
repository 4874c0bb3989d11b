import { type Duration, parseDuration } from '../kube/duration.ts';
import type { KubernetesObject } from '../kube/objects.ts';
import { openEvaluator, toVerdict, watchedSubjectsOf } from './evaluator.ts';
import type { StateStep } from './history.ts';
import { createJudge, pastOf, timelinesOf } from './judge.ts';
import { type ExpectationStart, presentObserver } from './observer.ts';
import { describeTimeout } from './progress.ts';
import type { ForbiddenState, Specification, Subject } from './specification.ts';
import type { Timeline } from './timeline.ts';
import { ExpectationError, type Verdict } from './verdict.ts';
import { firstDecision } from './waiting.ts';

export { gone, type StateStep } from './history.ts';
export type { Subject } from './specification.ts';
export {
  describeDecision,
  ExpectationError,
  explainVerdict,
  hasTimedOut,
  timeoutOf,
  unlessTimedOut,
  type Verdict,
} from './verdict.ts';
export { waitUntil, waitUntilGone } from './wait-until.ts';

/**
 * The other object of a `withoutEver ... while ...`. The defaults are the timeline and the description of the subject.
 */
type Other<U extends KubernetesObject> = {
  timeline?: Timeline<U>;
  name: string;
  label?: string;
  is: StateStep<U>;
  describe?: (object: U) => string;
};

/** An expectation on the history of one object. Every method except `within` and `undecidedFor` returns a new one. */
export type Expectation<T extends KubernetesObject> = {
  readonly specification: Specification<T>;
  /**
   * The expected states, in this order. Consecutive steps must not match the same state. `gone` can only be the last
   * step.
   */
  goes(...steps: StateStep<T>[]): Expectation<T>;
  /** States that may also occur, at any time. */
  allowing(...steps: StateStep<T>[]): Expectation<T>;
  /** The only states allowed before the first step. The default allows any, as long as no later step is entered. */
  startingAs(...steps: StateStep<T>[]): Expectation<T>;
  /** The expectation is broken as soon as the object matches `step` while the other object is in the state `is`. */
  withoutEver(step: StateStep<T>): { while<U extends KubernetesObject = T>(other: Other<U>): Expectation<T> };
  /**
   * Considers only entries after this sequence (see `Timeline.lastSequence`), and the state at it. The default is the
   * whole timeline.
   */
  from(sequence: number): Expectation<T>;
  /**
   * Resolves when the expectation is met. Throws an ExpectationError as soon as it is decided otherwise, or when the
   * time is over. `owner` names the component that owns the time-out, and why it is so long. With `atMost`, each
   * change of an object of the expectation restarts the time, up to this limit.
   */
  within(time: Duration, owner: string, atMost?: Duration): Promise<Verdict>;
  /**
   * For a period in which the expectation must stay undecided. Resolves when the period is over. Throws as soon as it
   * is decided.
   */
  undecidedFor(time: Duration, owner: string): Promise<void>;
};

/** Starts an expectation on the history of one object. */
export const expectHistory = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  subject: Subject<T>,
): Expectation<T> =>
  build({ timeline, subject, steps: [], allowed: [], starts: undefined, nevers: [], startSequence: 0 });

const build = <T extends KubernetesObject>(specification: Specification<T>): Expectation<T> => {
  const having = (change: Partial<Specification<T>>) => build({ ...specification, ...change });
  const { steps, allowed, starts, nevers } = specification;
  return {
    specification,
    goes: (...more) => having({ steps: [...steps, ...more] }),
    allowing: (...more) => having({ allowed: [...allowed, ...more] }),
    startingAs: (...more) => having({ starts: [...(starts ?? []), ...more] }),
    withoutEver: (step) => ({
      while: (other) => having({ nevers: [...nevers, { step, other: completeOther(specification, other) }] }),
    }),
    from: (sequence) => having({ startSequence: sequence }),
    within: (time, owner, atMost) =>
      settle(specification, {
        limit: {
          time: parseDuration(time),
          ...(atMost !== undefined && { atMost: parseDuration(atMost) }),
          owner,
        },
        wanted: 'met',
      }),
    undecidedFor: async (time, owner) =>
      void (await settle(specification, {
        limit: { time: parseDuration(time), owner },
        wanted: 'timed-out',
      })),
  };
};

const completeOther = <T extends KubernetesObject, U extends KubernetesObject>(
  { timeline, subject }: Specification<T>,
  { timeline: own, name, is, label = name, describe }: Other<U>,
): ForbiddenState<T>['other'] => {
  const described =
    own === undefined || own === (timeline as Timeline)
      ? subject.describe
      : (object: U) => (is.matches(object) ? is.label : `not ${is.label}`);
  return { timeline: own ?? timeline, name, is, label, describe: describe ?? described };
};

/** Evaluates an expectation on complete timelines. If they do not decide it, the verdict is `timed-out`. */
export const evaluate = <T extends KubernetesObject>({ specification }: Expectation<T>): Verdict => {
  const evaluator = openEvaluator(specification);
  return (
    evaluator.past() ?? evaluator.end('the recording ended', pastOf(specification).at(-1)?.entry.at ?? 0)
  );
};

const settle = async <T extends KubernetesObject>(
  specification: Specification<T>,
  { limit, wanted }: Pick<ExpectationStart, 'limit' | 'wanted'>,
): Promise<Verdict> => {
  const judge = createJudge(specification);
  const ended = presentObserver()?.expects({ ...toExpected(specification), limit, wanted });
  const decision = await firstDecision({
    timelines: timelinesOf(specification),
    past: pastOf(specification),
    take: judge.take,
    limit,
    subjects: watchedSubjectsOf(specification),
    onTimeout: (over) => ({ ...judge.end(describeTimeout(over), Date.now()), over }),
    decided: (how) => ended?.({ ...how, steps: judge.steps }),
  });
  const verdict = toVerdict(specification, judge, decision);
  if (verdict.state !== wanted) throw new ExpectationError(verdict);
  return verdict;
};

const toExpected = <T extends KubernetesObject>(specification: Specification<T>) => {
  const { timeline, subject, steps, startSequence } = specification;
  return {
    timeline: timeline as unknown as Timeline,
    name: subject.name,
    label: subject.label,
    steps: steps.map(({ label }) => label),
    startSequence,
    specification,
    present: () => {
      const object = timeline.current(subject.name);
      return object && subject.describe(object);
    },
  };
};
