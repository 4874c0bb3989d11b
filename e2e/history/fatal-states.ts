import type { KubernetesObject } from '../kube/objects.ts';
import type { ExplainedObject } from './explanation.ts';
import type { Decision } from './specification.ts';
import type { Entry, ObjectEntry, Timeline } from './timeline.ts';

/**
 * Objects with fatal states: after one, a wait cannot succeed any more. They may be of another kind than the awaited
 * object.
 */
export type FatalState<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  /** Limits it to one object. */
  name?: string;
  /** Why a state is fatal, as a clause. Undefined if it is not. It may use earlier entries of the timeline. */
  because(object: T): string | undefined;
  /** The text for a state in the explanation. */
  describe(object: T): string;
};

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind can be fatal.
export type AnyFatalState = FatalState<any>;

type FatalOptions = { label: string; fatal: readonly AnyFatalState[] };

/** Decides from a changed object that a wait cannot succeed any more. Undefined while it can. */
export const decideFatal = (
  { label, fatal }: FatalOptions,
  timeline: Timeline,
  entry: Entry,
): Decision | undefined => {
  if (entry.kind === 'gap' || entry.kind === 'deleted') return undefined;
  const { object, at, sequence } = entry;
  for (const each of fatal) {
    if (each.timeline !== timeline || (each.name !== undefined && each.name !== object.metadata.name))
      continue;
    const why = each.because(object);
    if (why !== undefined)
      return {
        state: 'broken',
        at,
        until: sequence,
        reason: `${why}: it can no longer happen that ${label}`,
      };
  }
  return undefined;
};

/** The current states of these objects, in order of arrival. A fatal state may exist before the wait starts. */
export const presentStates = (
  fatal: readonly AnyFatalState[],
): { timeline: Timeline; entry: ObjectEntry }[] => {
  const timelines = [...new Set(fatal.map(({ timeline }) => timeline as Timeline))];
  return timelines.flatMap((timeline) => {
    const present = new Set(timeline.objects());
    return timeline.entries.flatMap((entry) =>
      entry.kind !== 'gap' && present.has(entry.object) ? { timeline, entry } : [],
    );
  });
};

/** The objects with fatal states to include in an explanation. */
export const toExplained = (fatal: readonly AnyFatalState[], beside: Timeline): ExplainedObject[] =>
  fatal.flatMap(({ timeline, name, describe }) =>
    timeline === beside || name === undefined
      ? []
      : { timeline, name, label: 'what it depends on', describe },
  );
