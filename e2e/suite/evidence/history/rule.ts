import { z } from 'zod';
import type { StateStep } from '../../../history/expectation.ts';
import { makeStep } from '../../../history/named-state.ts';
import type { Specification } from '../../../history/specification.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import type { WatchOrigin } from './recorded-watches.ts';

const placeSchema = z.object({ resource: z.string(), watch: z.int().positive().optional() });
const stepSchema = z.object({ state: z.string(), given: z.array(z.unknown()) });

/** An expectation as JSON, complete enough to judge it again on the same history. */
export const ruleSchema = z.object({
  ...placeSchema.shape,
  name: z.string(),
  label: z.string(),
  /** The number of event lines in the history at its start. */
  after: z.int().nonnegative(),
  steps: z.array(stepSchema),
  allowed: z.array(stepSchema),
  /** The only states allowed before the first step. Missing if all are allowed. */
  starts: z.array(stepSchema).optional(),
  nevers: z.array(
    z.object({
      step: stepSchema,
      other: z.object({ ...placeSchema.shape, name: z.string(), label: z.string(), is: stepSchema }),
    }),
  ),
});

export type HistoryRule = z.infer<typeof ruleSchema>;

// biome-ignore lint/suspicious/noExplicitAny: expectations exist for objects of every kind.
type AnySpecification = Specification<any>;

/**
 * Converts an expectation to JSON. Returns undefined if a step has no name, or if it reads a timeline that is not in
 * the history.
 */
export const writeRule = (
  { timeline, subject, steps, allowed, starts, nevers }: AnySpecification,
  { originOf, after }: { originOf: (timeline: Timeline) => WatchOrigin | undefined; after: number },
): HistoryRule | undefined => {
  const origin = originOf(timeline);
  const others = nevers.map(({ step, other }) => ({ step, other, at: originOf(other.timeline) }));
  const all = [
    ...steps,
    ...allowed,
    ...(starts ?? []),
    ...nevers.flatMap(({ step, other }) => [step, other.is]),
  ];
  if (
    origin === undefined ||
    others.some(({ at }) => at === undefined) ||
    all.some(({ name }) => name === undefined)
  )
    return undefined;
  const nameOf = ({ name }: StateStep<never>) => name as HistoryRule['steps'][number];
  return {
    ...origin,
    name: subject.name,
    label: subject.label,
    after,
    steps: steps.map(nameOf),
    allowed: allowed.map(nameOf),
    ...(starts && { starts: starts.map(nameOf) }),
    nevers: others.map(({ step, other, at }) => ({
      step: nameOf(step),
      other: { ...(at as WatchOrigin), name: other.name, label: other.label, is: nameOf(other.is) },
    })),
  };
};

/** What is needed to read a rule: the replayed timelines, and a function that describes states. */
export type Reading = {
  timelineOf(origin: WatchOrigin): Timeline;
  /** The sequence after this number of event lines. */
  sequenceAfter(lines: number): number;
  describe(resource: string, object: KubernetesObject): string;
};

/** Converts a rule back to an expectation. Returns undefined if this version does not know one of its states. */
export const readRule = (
  rule: HistoryRule,
  { timelineOf, sequenceAfter, describe }: Reading,
): AnySpecification | undefined => {
  let isKnown = true;
  const toStep = (name: HistoryRule['steps'][number]): StateStep<never> => {
    const step = makeStep(name);
    isKnown &&= step !== undefined;
    return step ?? { label: name.state, matches: () => false };
  };
  const describing = (resource: string) => (object: KubernetesObject) => describe(resource, object);
  const timeline = timelineOf(rule);
  const specification: AnySpecification = {
    timeline,
    subject: { name: rule.name, label: rule.label, describe: describing(rule.resource) },
    steps: rule.steps.map(toStep),
    allowed: rule.allowed.map(toStep),
    starts: rule.starts?.map(toStep),
    nevers: rule.nevers.map(({ step, other: { name, label, is, ...origin } }) => ({
      step: toStep(step),
      other: {
        timeline: timelineOf(origin),
        name,
        label,
        is: toStep(is),
        describe: describing(origin.resource),
      },
    })),
    startSequence: sequenceAfter(rule.after),
  };
  return isKnown ? specification : undefined;
};
