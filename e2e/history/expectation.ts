import { type Duration, parseDuration } from '../kube/duration.ts';
import type { KubernetesObject } from '../kube/objects.ts';
import { movingOf, openEvaluator, toVerdict } from './evaluator.ts';
import type { StateStep } from './history.ts';
import { createJudge, pastOf, timelinesOf } from './judge.ts';
import { type Expected, presentObserver } from './observer.ts';
import { describeTimeout } from './progress.ts';
import type { Never, Specification, Subject } from './specification.ts';
import type { Timeline } from './timeline.ts';
import { ExpectationError, type Verdict } from './verdict.ts';
import { firstDecision } from './waiting.ts';

export { gone, type StateStep } from './history.ts';
export { once, onceGone } from './once.ts';
export type { Subject } from './specification.ts';
export { describeDecision, ExpectationError, explainVerdict, type Verdict } from './verdict.ts';

/**
 * The other object of a `withoutEver ... while ...`; by default of the same timeline, described the same way.
 */
type Other<U extends KubernetesObject> = {
  timeline?: Timeline<U>;
  name: string;
  label?: string;
  is: StateStep<U>;
  describe?: (object: U) => string;
};

/** An expectation on the history of one object; every method but `within` returns a new one. */
export type Expectation<T extends KubernetesObject> = {
  readonly specification: Specification<T>;
  /** The steps, in this order; neighbours must not match the same state, and `gone` can only be the last. */
  goes(...steps: StateStep<T>[]): Expectation<T>;
  /** States that may show up besides, at any time. */
  allowing(...steps: StateStep<T>[]): Expectation<T>;
  /** Before the first step only these states (default: any, as long as no later step is entered). */
  startingAs(...steps: StateStep<T>[]): Expectation<T>;
  /** Broken at once when the object matches `step` while the other one is in the state `is`. */
  withoutEver(step: StateStep<T>): { while<U extends KubernetesObject = T>(other: Other<U>): Expectation<T> };
  /**
   * Judges only what arrived after this mark (Timeline.mark) and the state in force at it; without it, all
   * that the timeline has.
   */
  from(mark: number): Expectation<T>;
  /**
   * Resolves when met; throws an ExpectationError as soon as it is decided otherwise, or when the time is
   * over. `owner` says whose time-out it is, and why so long. With `atMost` the time begins anew with each
   * change of an object that it is about, and that bounds it.
   */
  within(time: Duration, owner: string, atMost?: Duration): Promise<Verdict>;
  /**
   * For a length of time that is looked at, in which nothing may decide it: resolves when it is over, throws
   * as soon as it is decided.
   */
  undecidedFor(time: Duration, owner: string): Promise<void>;
};

/** Says what the history of one object must look like. */
export const expectHistory = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  subject: Subject<T>,
): Expectation<T> =>
  build({ timeline, subject, steps: [], allowed: [], starts: undefined, nevers: [], mark: 0 });

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
    from: (mark) => having({ mark }),
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
): Never<T>['other'] => {
  const described =
    own === undefined || own === (timeline as Timeline)
      ? subject.describe
      : (object: U) => (is.matches(object) ? is.label : `not ${is.label}`);
  return { timeline: own ?? timeline, name, is, label, describe: describe ?? described };
};

/** Judges an expectation on timelines that are complete: what is not decided by their end has timed out. */
export const evaluate = <T extends KubernetesObject>({ specification }: Expectation<T>): Verdict => {
  const evaluator = openEvaluator(specification);
  return (
    evaluator.past() ?? evaluator.end('the recording ended', pastOf(specification).at(-1)?.entry.at ?? 0)
  );
};

const settle = async <T extends KubernetesObject>(
  specification: Specification<T>,
  { limit, wanted }: Pick<Expected, 'limit' | 'wanted'>,
): Promise<Verdict> => {
  const judge = createJudge(specification);
  const ended = presentObserver()?.expects({ ...toExpected(specification), limit, wanted });
  const decision = await firstDecision({
    timelines: timelinesOf(specification),
    past: pastOf(specification),
    take: judge.take,
    limit,
    moving: movingOf(specification),
    onTimeout: (over) => ({ ...judge.end(describeTimeout(over), Date.now()), over }),
    decided: (how) => ended?.({ ...how, steps: judge.steps }),
  });
  const verdict = toVerdict(specification, judge, decision);
  if (verdict.state !== wanted) throw new ExpectationError(verdict);
  return verdict;
};

const toExpected = <T extends KubernetesObject>(specification: Specification<T>) => {
  const { timeline, subject, steps, mark } = specification;
  return {
    timeline: timeline as unknown as Timeline,
    name: subject.name,
    label: subject.label,
    steps: steps.map(({ label }) => label),
    mark,
    specification,
    present: () => {
      const object = timeline.current(subject.name);
      return object && subject.describe(object);
    },
  };
};
