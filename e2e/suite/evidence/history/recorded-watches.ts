import type { GapEntry, Timeline } from '../../../history/timeline.ts';
import type { Resource } from '../../../kube/cluster.ts';

/**
 * The watch that a line of a history comes from. If several watches have the same resource, all but the first have a
 * number.
 */
export type WatchOrigin = { resource: string; watch?: number | undefined };

/** A watch whose timeline is written to the history. */
export type RecordedWatch = {
  origin: WatchOrigin;
  /** The sequence numbers of its lines, in order of arrival. */
  sequences: number[];
  /** The current gap. Undefined after a new listing has ended it. */
  gap: GapEntry | undefined;
};

/** The watches whose timelines are written to a history. */
export type RecordedWatches = {
  add(resource: Resource, timeline: Timeline): RecordedWatch;
  of(timeline: Timeline): RecordedWatch | undefined;
  all(): RecordedWatch[];
};

export const openRecordedWatches = (): RecordedWatches => {
  const watched = new Map<Timeline, RecordedWatch>();
  const counts = new Map<string, number>();
  return {
    add: ({ plural: resource }, timeline) => {
      const number = (counts.get(resource) ?? 0) + 1;
      counts.set(resource, number);
      const added: RecordedWatch = {
        origin: { resource, ...(number > 1 && { watch: number }) },
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

/** Counts the numbers up to `limit` (included) in a sorted list. */
export const countUpTo = (sequences: readonly number[], limit: number): number => {
  let [low, high] = [0, sequences.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sequences[middle] as number) <= limit) low = middle + 1;
    else high = middle;
  }
  return low;
};
