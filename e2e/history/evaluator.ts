import type { KubernetesObject } from '../kube/objects.ts';
import { type ExplainedObject, explain, lastOf } from './explanation.ts';
import { createJudge, type Judge, pastOf, timelinesOf } from './judge.ts';
import type { WatchedSubject } from './progress.ts';
import type { Decision, Specification } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';
import type { Verdict } from './verdict.ts';
import { watchFailed } from './waiting.ts';

/**
 * Evaluates an expectation step by step, on timelines that the caller fills. Each method returns the verdict as soon
 * as there is one.
 */
export type Evaluator = {
  timelines: readonly Timeline[];
  /** Evaluates the entries that have already arrived. */
  past(): Verdict | undefined;
  /** Evaluates a new entry. The entries must come in order of arrival. */
  take(timeline: Timeline, entry: Entry): Verdict | undefined;
  /** The verdict at the end of the time. `at` is in ms since the epoch. */
  end(why: string, at: number): Verdict;
  /** The verdict when a watch has failed. */
  fail(timeline: Timeline, at: number): Verdict;
};

/** Creates an evaluator for the specification of an expectation. */
export const openEvaluator = <T extends KubernetesObject>(specification: Specification<T>): Evaluator => {
  const judge = createJudge(specification);
  const verdictOf = (decision: Decision) => toVerdict(specification, judge, decision);
  const take: Evaluator['take'] = (timeline, entry) => {
    const decision = judge.take(timeline, entry);
    return decision && verdictOf(decision);
  };
  return {
    timelines: timelinesOf(specification),
    past: () => {
      for (const { timeline, entry } of pastOf(specification)) {
        const verdict = take(timeline, entry);
        if (verdict !== undefined) return verdict;
      }
      return undefined;
    },
    take,
    end: (why, at) => verdictOf(judge.end(why, at)),
    fail: (timeline, at) => verdictOf(watchFailed(timeline, at)),
  };
};

/** The objects that an expectation is about. */
export const watchedSubjectsOf = <T extends KubernetesObject>({
  timeline,
  subject: { name, describe },
  nevers,
}: Specification<T>): WatchedSubject[] => [
  { timeline, name, describe },
  ...nevers.map(({ other }) => ({ timeline: other.timeline, name: other.name, describe: other.describe })),
];

/** Creates the verdict for a decision, with its full explanation. */
export const toVerdict = <T extends KubernetesObject>(
  { timeline, subject, nevers, startSequence }: Specification<T>,
  judge: Judge,
  decision: Decision,
): Verdict => {
  const objects: [ExplainedObject, ...ExplainedObject[]] = [
    { ...subject, timeline },
    ...nevers.map(({ other }) => other),
  ];
  return {
    ...decision,
    steps: judge.steps,
    last: lastOf(objects[0], decision.until ?? Number.POSITIVE_INFINITY)?.object,
    details: explain({ decision, startSequence, steps: judge.steps, guards: judge.guards(), objects }),
  };
};
