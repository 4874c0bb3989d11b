import { formatDuration } from '../kube/duration.ts';
import type { KubernetesObject } from '../kube/objects.ts';
import { shorten } from '../kube/text.ts';
import type { Entry, Timeline } from './timeline.ts';

/**
 * How long a wait lasts, in ms. Without `atMost` it ends after `time`. With `atMost` it ends when nothing has changed
 * for `time`, and after `atMost` at the latest.
 */
export type Limit = { time: number; atMost?: number; owner: string };

/** A change during a wait. `after` is in ms from the start of the wait. */
type StateChange = { name: string; state: string; after: number };

/** A wait whose time is over: its total length (ms), and its last change. */
export type TimeOver = Limit & { waited: number; lastChange?: StateChange };

/** An object that a wait is about. It has changed if its description differs. */
export type WatchedSubject = {
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind may be waited for together.
  timeline: Timeline<any>;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  describe(object: any): string;
};

/** Reads a state that leads to the awaited one but is not watched. It is read when the time is over. */
export type StateProbe = {
  name: string;
  /** The state in a few words. Undefined if it cannot be read. */
  state(): Promise<string | undefined>;
};

/** Tracks whether the objects of a wait change. All times are in ms, of one clock. */
export type WaitProgress = {
  /** Takes an entry that arrived at a time. Returns whether it is a change. */
  take(timeline: Timeline, entry: Entry, at: number): boolean;
  /**
   * Takes the result of a probe. Returns whether it extends the wait. The first result does, because there is nothing
   * to compare it with.
   */
  probed(name: string, state: string, at: number): boolean;
  /** When the time is over if nothing changes any more. */
  due(): number;
  /** Describes the time that is over now. */
  over(at: number): TimeOver;
};

/** Starts to track a wait. */
export const openProgress = (
  limit: Limit,
  objects: readonly WatchedSubject[],
  began: number,
): WaitProgress => {
  const { time, atMost } = limit;
  const states = objects.map(({ timeline, name, describe }) => {
    const present: KubernetesObject | undefined = atMost === undefined ? undefined : timeline.current(name);
    return present && describe(present);
  });
  let lastChange: StateChange | undefined;
  let lastProbe: { state: string; after: number } | undefined;
  const sinceBegan = (): number => Math.max(lastChange?.after ?? 0, lastProbe?.after ?? 0);
  return {
    take: (timeline, entry, at) => {
      if (atMost === undefined || entry.kind === 'gap') return false;
      const index = objects.findIndex(
        (each) => each.timeline === timeline && each.name === entry.object.metadata.name,
      );
      const { name, describe } = objects[index] ?? {};
      if (name === undefined || describe === undefined) return false;
      const state = entry.kind === 'deleted' ? 'gone' : describe(entry.object);
      if (state === states[index]) return false;
      states[index] = state;
      lastChange = { name, state, after: at - began };
      return true;
    },
    probed: (name, state, at) => {
      const after = at - began;
      if (state === lastProbe?.state) return false;
      if (lastProbe !== undefined) lastChange = { name, state, after };
      lastProbe = { state, after };
      return true;
    },
    due: () => began + (atMost === undefined ? time : Math.min(sinceBegan() + time, Math.max(atMost, time))),
    over: (at) => ({
      ...limit,
      waited: sinceBegan() === 0 ? time : at - began,
      ...(lastChange && { lastChange }),
    }),
  };
};

// In characters. A state may be a message of kilobytes.
const longestState = 200;

/** Describes why the time is over, and the last change. */
export const describeTimeout = ({ time, atMost, owner, waited, lastChange }: TimeOver): string => {
  if (lastChange === undefined) return `timed out after ${formatDuration(waited)} (${owner})`;
  const { name, state, after } = lastChange;
  const last = `the last change came after ${formatDuration(after)}: ${name}, ${shorten(state, longestState)}`;
  return atMost !== undefined && after + time > atMost
    ? `timed out after ${formatDuration(waited)}, the maximum, while something still changed (${owner}); ${last}`
    : `timed out after ${formatDuration(waited)}, the last ${formatDuration(time)} without a change (${owner}); ${last}`;
};
