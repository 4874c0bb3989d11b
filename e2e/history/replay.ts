import type { KubernetesObject } from '../kube/objects.ts';
import { createTimeline, type Recorder, type Timeline, type TimelineEvent } from './timeline.ts';

/** A timeline without a watch, filled by hand: from a recording, or in a test. */
export type ReplayedTimeline<T extends KubernetesObject> = Timeline<T> &
  Pick<Recorder<T>, 'push' | 'fail' | 'listing' | 'connected'>;

/** Makes a timeline of the events given; later ones are pushed by hand. */
export const replayTimeline = <T extends KubernetesObject = KubernetesObject>(
  label: string,
  events: Iterable<TimelineEvent<T>> = [],
): ReplayedTimeline<T> => {
  const recorder: Recorder<T> = createTimeline<T>({
    label,
    stop: async () => recorder.fail(new Error(`${label} was stopped`)),
  });
  const { timeline, push, fail, listing, connected } = recorder;
  for (const event of events) push(event);
  // Not spread: `failure` is a getter.
  return Object.assign(timeline, { push, fail, listing, connected });
};
