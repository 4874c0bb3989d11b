import type { KubernetesObject } from '../kube/objects.ts';
import { type ExplainedObject, explain, lastOf } from './explanation.ts';
import { createJudge, type Judge, pastOf, timelinesOf } from './judge.ts';
import type { Moving } from './progress.ts';
import type { Decision, Specification } from './specification.ts';
import type { Entry, Timeline } from './timeline.ts';
import type { Verdict } from './verdict.ts';
import { blinded } from './waiting.ts';

/**
 * An expectation that is judged by hand, on timelines that are filled by hand; each gives the verdict, once
 * it is decided.
 */
export type Evaluator = {
  timelines: readonly Timeline[];
  /** On what has arrived so far. */
  past(): Verdict | undefined;
  /** On what arrives later, in this order. */
  take(timeline: Timeline, entry: Entry): Verdict | undefined;
  /** At the end of the time, in ms since the epoch. */
  end(why: string, at: number): Verdict;
  /** By the end of a watch. */
  fail(timeline: Timeline, at: number): Verdict;
};

/** Begins to judge an expectation, given as data, by hand. */
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
    fail: (timeline, at) => verdictOf(blinded(timeline, at)),
  };
};

/** The objects that an expectation is about. */
export const movingOf = <T extends KubernetesObject>({
  timeline,
  subject: { name, describe },
  nevers,
}: Specification<T>): Moving[] => [
  { timeline, name, describe },
  ...nevers.map(({ other }) => ({ timeline: other.timeline, name: other.name, describe: other.describe })),
];

/** Makes the verdict of a decision, with its whole explanation. */
export const toVerdict = <T extends KubernetesObject>(
  { timeline, subject, nevers, mark }: Specification<T>,
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
    details: explain({ decision, mark, steps: judge.steps, guards: judge.guards(), objects }),
  };
};
