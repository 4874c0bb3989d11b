import { pushRecorded, type RecordedEvent } from '../../../history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../../history/replay.ts';
import type { Entry, Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import type { WatchOrigin } from '../history/recorded-watches.ts';

/** The timelines for the replay of a history, one for each watch. */
export type ReplayTimelines = {
  /** In ms since the epoch. */
  readonly start: number;
  timelineOf(origin: WatchOrigin): Timeline;
  push(event: RecordedEvent): Entry;
  /** A watch starts to list its collection again. */
  list(origin: WatchOrigin): void;
  /** A watch ends with an error. */
  fail(origin: WatchOrigin & { reason: string }): Timeline;
  /** Runs `work` while these watches have no connection. */
  whileDisconnected(origins: readonly WatchOrigin[], work: () => void): void;
  /** The sequence after this number of event lines. */
  sequenceAfter(lines: number): number;
};

/** Creates the timelines of a history that began at `start`. They are empty. */
export const openReplayTimelines = (start: number): ReplayTimelines => {
  const timelines = new Map<string, ReplayedTimeline<KubernetesObject>>();
  const clock = replayTimeline('');
  const sequences = [clock.lastSequence()];

  const of = ({ resource, watch = 1 }: WatchOrigin): ReplayedTimeline<KubernetesObject> => {
    const key = `${resource}/${watch}`;
    const timeline = timelines.get(key) ?? replayTimeline(resource);
    timelines.set(key, timeline);
    return timeline;
  };
  const arrived = <T>(result: T): T => {
    sequences.push(clock.lastSequence());
    return result;
  };
  return {
    start,
    timelineOf: of,
    push: (event) => arrived(pushRecorded(of(event), event, start)),
    list: (origin) => arrived(of(origin).listing()),
    fail: ({ reason, ...origin }) => {
      const timeline = of(origin);
      timeline.fail(new Error(reason));
      return timeline;
    },
    whileDisconnected: (origins, work) => {
      for (const origin of origins) of(origin).connected(false);
      work();
      for (const origin of origins) of(origin).connected(true);
    },
    sequenceAfter: (lines) => sequences[lines] ?? clock.lastSequence(),
  };
};
