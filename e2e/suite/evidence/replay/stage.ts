import { pushRecorded, type RecordedEvent } from '../../../history/recording.ts';
import { type ReplayedTimeline, replayTimeline } from '../../../history/replay.ts';
import type { Entry, Timeline } from '../../../history/timeline.ts';
import type { KubernetesObject } from '../../../kube/objects.ts';
import type { WatchOrigin } from '../history/places.ts';

/** The timelines for the replay of a history, one for each watch. */
export type ReplayTimelines = {
  /** In ms since the epoch. */
  readonly start: number;
  timelineOf(place: WatchOrigin): Timeline;
  push(event: RecordedEvent): Entry;
  /** A watch starts to list its collection again. */
  list(place: WatchOrigin): void;
  /** A watch ends with an error. */
  fail(place: WatchOrigin & { reason: string }): Timeline;
  /** Runs `work` while these watches have no connection. */
  whileDisconnected(places: readonly WatchOrigin[], work: () => void): void;
  /** The mark after this number of event lines. */
  markOf(after: number): number;
};

/** Creates the timelines of a history that began at `start`. They are empty. */
export const openReplayTimelines = (start: number): ReplayTimelines => {
  const timelines = new Map<string, ReplayedTimeline<KubernetesObject>>();
  const clock = replayTimeline('');
  const marks = [clock.mark()];

  const of = ({ resource, watch = 1 }: WatchOrigin): ReplayedTimeline<KubernetesObject> => {
    const key = `${resource}/${watch}`;
    const timeline = timelines.get(key) ?? replayTimeline(resource);
    timelines.set(key, timeline);
    return timeline;
  };
  const arrived = <T>(result: T): T => {
    marks.push(clock.mark());
    return result;
  };
  return {
    start,
    timelineOf: of,
    push: (event) => arrived(pushRecorded(of(event), event, start)),
    list: (place) => arrived(of(place).listing()),
    fail: ({ reason, ...place }) => {
      const timeline = of(place);
      timeline.fail(new Error(reason));
      return timeline;
    },
    whileDisconnected: (places, work) => {
      for (const place of places) of(place).connected(false);
      work();
      for (const place of places) of(place).connected(true);
    },
    markOf: (after) => marks[after] ?? clock.mark(),
  };
};
