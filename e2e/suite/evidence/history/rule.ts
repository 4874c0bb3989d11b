import { z } from 'zod';
import type { StateStep } from '../../../history/expectation.ts';
import { makeStep } from '../../../history/named-state.ts';
import type { Specification } from '../../../history/specification.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import type { WatchOrigin } from './places.ts';

const placeSchema = z.object({ resource: z.string(), watch: z.int().positive().optional() });
const stepSchema = z.object({ state: z.string(), given: z.array(z.unknown()) });

/** An expectation as JSON: all that it takes to judge it again on the same history. */
export const ruleSchema = z.object({
  ...placeSchema.shape,
  name: z.string(),
  label: z.string(),
  /** How many lines with events the history had at its mark. */
  after: z.int().nonnegative(),
  steps: z.array(stepSchema),
  allowed: z.array(stepSchema),
  /** The only states before the first step; missing for any. */
  starts: z.array(stepSchema).optional(),
  nevers: z.array(
    z.object({
      step: stepSchema,
      other: z.object({ ...placeSchema.shape, name: z.string(), label: z.string(), is: stepSchema }),
    }),
  ),
});

export type HistoryRule = z.infer<typeof ruleSchema>;

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind are expected something of.
type AnySpecification = Specification<any>;

/**
 * Writes an expectation down; undefined where it has a step without a name, or looks at a timeline that is
 * not written down.
 */
export const writeRule = (
  { timeline, subject, steps, allowed, starts, nevers }: AnySpecification,
  { placeOf, after }: { placeOf: (timeline: Timeline) => WatchOrigin | undefined; after: number },
): HistoryRule | undefined => {
  const place = placeOf(timeline);
  const others = nevers.map(({ step, other }) => ({ step, other, at: placeOf(other.timeline) }));
  const all = [
    ...steps,
    ...allowed,
    ...(starts ?? []),
    ...nevers.flatMap(({ step, other }) => [step, other.is]),
  ];
  if (
    place === undefined ||
    others.some(({ at }) => at === undefined) ||
    all.some(({ name }) => name === undefined)
  )
    return undefined;
  const nameOf = ({ name }: StateStep<never>) => name as HistoryRule['steps'][number];
  return {
    ...place,
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

/** What a rule is read with: the timelines that stand for its watches, and how states are written. */
export type Reading = {
  timelineOf(place: WatchOrigin): Timeline;
  markOf(after: number): number;
  describe(resource: string, object: KubernetesObject): string;
};

/** Makes the expectation again; undefined where nobody here knows one of its states. */
export const readRule = (
  rule: HistoryRule,
  { timelineOf, markOf, describe }: Reading,
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
    nevers: rule.nevers.map(({ step, other: { name, label, is, ...place } }) => ({
      step: toStep(step),
      other: {
        timeline: timelineOf(place),
        name,
        label,
        is: toStep(is),
        describe: describing(place.resource),
      },
    })),
    mark: markOf(rule.after),
  };
  return isKnown ? specification : undefined;
};
