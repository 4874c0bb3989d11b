import { formatDuration } from '../kube/duration.ts';
import type { KubernetesObject } from '../kube/objects.ts';
import { shorten } from '../kube/shorten.ts';
import type { Entry, Timeline } from './timeline.ts';

/**
 * How long a wait lasts, in ms. With `atMost` it ends when nothing has changed for `time`, and then at the
 * latest; without, it ends after `time`, whatever changes.
 */
export type Limit = { time: number; atMost?: number; owner: string };

/** A change while something was waited for; `after` counts from the beginning of the wait, in ms. */
export type StateChange = { name: string; state: string; after: number };

/** A time that is over: how long it was in all (ms), and what changed last in it. */
export type TimeOver = Limit & { waited: number; lastChange?: StateChange };

/** An object that a wait is about; it has changed when it is described in other words. */
export type Moving = {
  // biome-ignore lint/suspicious/noExplicitAny: objects of any kind may be waited for together.
  timeline: Timeline<any>;
  name: string;
  // biome-ignore lint/suspicious/noExplicitAny: as above.
  describe(object: any): string;
};

/** Something that leads to what is waited for and is not watched: it is looked at when the time is over. */
export type StateProbe = {
  name: string;
  /** In a few words; undefined where nothing can be seen. */
  state(): Promise<string | undefined>;
};

/** Follows whether anything changes of what is waited for; all times in ms, of one clock. */
export type WaitProgress = {
  /** Takes an entry that came at this time, and returns whether it shows a change. */
  take(timeline: Timeline, entry: Entry, at: number): boolean;
  /** Takes what a probe showed; the first one begins the time anew, as there is nothing to hold it against. */
  probed(name: string, state: string, at: number): boolean;
  /** When the time is over, if nothing changes any more. */
  due(): number;
  /** The time that is over now. */
  over(at: number): TimeOver;
};

/** Starts following at the beginning of a wait. */
export const openProgress = (limit: Limit, objects: readonly Moving[], began: number): WaitProgress => {
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

// A state may be a message of kilobytes.
const longestState = 200;

/** Says why a time is over, and what changed last. */
export const describeTimeout = ({ time, atMost, owner, waited, lastChange }: TimeOver): string => {
  if (lastChange === undefined) return `timed out after ${formatDuration(waited)} (${owner})`;
  const { name, state, after } = lastChange;
  const last = `the last change came after ${formatDuration(after)}: ${name}, ${shorten(state, longestState)}`;
  return atMost !== undefined && after + time > atMost
    ? `timed out after ${formatDuration(waited)}, the longest, while something still changed (${owner}); ${last}`
    : `timed out after ${formatDuration(waited)}, the last ${formatDuration(time)} without a change (${owner}); ${last}`;
};
