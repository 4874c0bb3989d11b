import type { KubernetesObject } from '../kube/objects.ts';
import { createTimeline, type Recorder, type Timeline, type TimelineEvent } from './timeline.ts';

/** A timeline without a watch. The caller adds its entries, from a recording or in a test. */
export type ReplayedTimeline<T extends KubernetesObject> = Timeline<T> &
  Pick<Recorder<T>, 'push' | 'fail' | 'listing' | 'connected'>;

/** Creates a timeline with some events. The caller can push more. */
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
  // Not spread, because `failure` is a getter.
  return Object.assign(timeline, { push, fail, listing, connected });
};
