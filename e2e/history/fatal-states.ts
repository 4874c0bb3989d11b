import type { KubernetesObject } from '../kube/objects.ts';
import type { ExplainedObject } from './explanation.ts';
import type { Decision } from './specification.ts';
import type { Entry, ObjectEntry, Timeline } from './timeline.ts';

/**
 * Objects with states that are fatal to what is waited for: it does not come by waiting. They may be
 * of another kind than what is waited for.
 */
export type FatalState<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  /** Narrows it to one object. */
  name?: string;
  /**
   * Why its state is fatal, as a clause; undefined while it is not. It may look at what the timeline had
   * before.
   */
  because(object: T): string | undefined;
  /** How a state is written in the explanation. */
  describe(object: T): string;
};

// biome-ignore lint/suspicious/noExplicitAny: objects of any kind can be fatal.
export type AnyFatalState = FatalState<any>;

type FatalOptions = { label: string; fatal: readonly AnyFatalState[] };

/**
 * Decides that what is waited for cannot come any more, by an object that has just changed; undefined while
 * it can.
 */
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
      return { state: 'broken', at, until: sequence, reason: `${why}: no waiting leads to it that ${label}` };
  }
  return undefined;
};

/**
 * The states that the objects concerned are in now, in their order of arrival: one may have come before the
 * wait began.
 */
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

/** What an explanation says of them beside what is waited for. */
export const toExplained = (fatal: readonly AnyFatalState[], beside: Timeline): ExplainedObject[] =>
  fatal.flatMap(({ timeline, name, describe }) =>
    timeline === beside || name === undefined
      ? []
      : { timeline, name, label: 'what it depends on', describe },
  );
