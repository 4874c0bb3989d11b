import type { GapEntry, Timeline } from '../../../history/timeline.ts';
import type { Resource } from '../../../kube/cluster.ts';

/**
 * Which watch a line of a history comes from: of several of the same resource, all but the first one have a
 * number.
 */
export type WatchOrigin = { resource: string; watch?: number | undefined };

/** A watch whose timeline is written down. */
export type RecordedWatch = {
  place: WatchOrigin;
  /** The order of arrival of its lines. */
  sequences: number[];
  /** The gap that no new listing has ended yet. */
  gap: GapEntry | undefined;
};

/** The watches of a history. */
export type Places = {
  add(resource: Resource, timeline: Timeline): RecordedWatch;
  of(timeline: Timeline): RecordedWatch | undefined;
  all(): RecordedWatch[];
};

/** Starts with no watch. */
export const openPlaces = (): Places => {
  const watched = new Map<Timeline, RecordedWatch>();
  const counts = new Map<string, number>();
  return {
    add: ({ plural: resource }, timeline) => {
      const number = (counts.get(resource) ?? 0) + 1;
      counts.set(resource, number);
      const added: RecordedWatch = {
        place: { resource, ...(number > 1 && { watch: number }) },
        sequences: [],
        gap: undefined,
      };
      watched.set(timeline, added);
      return added;
    },
    of: (timeline) => watched.get(timeline),
    all: () => [...watched.values()],
  };
};

/** How many of these numbers, which rise, are not greater than a limit. */
export const countUpTo = (sequences: readonly number[], limit: number): number => {
  let [low, high] = [0, sequences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sequences[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
