import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../kube/cluster.ts';
import { ApiError, WatchError } from '../kube/errors.ts';
import type { KubernetesObject, Resource } from '../kube/objects.ts';
import { outageOf } from '../kube/outage.ts';
import { describeResource, pathOf } from '../kube/resources.ts';
import { openWatch, type WatchTiming } from '../kube/watch-connection.ts';
import { presentObserver } from './observer.ts';
import { createTimeline, type Recorder, type Timeline } from './timeline.ts';
import { createWatchState, OutOfOrder } from './watch-state.ts';

/** The objects to follow. Without a namespace, those of all namespaces. */
type FollowOptions = {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
};

// In ms. The API server sends a bookmark about once a minute (KEP-956), so a longer silence means a dead connection.
// For some seconds after a CRD is Established it answers 429, "storage is (re)initializing".
const timing: WatchTiming = {
  lifetime: 300_000,
  silence: 90_000,
  pause: { first: 100, longest: 5000 },
  patience: 30_000,
};

/**
 * Lists a collection and watches it from there on. Resolves when the watch is established, so that no later event can
 * be missed.
 */
export const follow = <T extends KubernetesObject = KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  options: FollowOptions = {},
): Promise<Timeline<T>> => followWith<T>(cluster, resource, { ...options, timing });

/** Follows with other time limits, for tests of the limits. */
export const followWith = async <T extends KubernetesObject = KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  options: FollowOptions & { timing: WatchTiming },
): Promise<Timeline<T>> => {
  const label = labelOf(resource, options);
  const stopped = new AbortController();
  const recorder = createTimeline<T>({
    label,
    stop: async () => {
      stopped.abort(new Error(`the watch of ${label} was stopped`));
      await ended;
    },
  });
  presentObserver()?.watches(resource, recorder.timeline as unknown as Timeline);
  const live = Promise.withResolvers<void>();
  const signal = options.signal ? AbortSignal.any([options.signal, stopped.signal]) : stopped.signal;
  const ended = run(recorder, { ...options, cluster, resource, signal, onLive: live.resolve });
  await Promise.race([live.promise, ended]);
  if (recorder.timeline.failure !== undefined) throw recorder.timeline.failure;
  return recorder.timeline;
};

type RunOptions = Omit<FollowOptions, 'signal'> & {
  cluster: Cluster;
  resource: Resource;
  timing: WatchTiming;
  signal: AbortSignal;
  onLive: () => void;
};

// After this many consecutive error events, the next attempt would fail too.
const mostErrorEvents = 6;

/**
 * Keeps a watch running until it is stopped or fails permanently.
 *
 * A watch that resumes from the last resourceVersion has lost nothing, however its connection ended. There is a gap
 * only if the server does not know what came after that version; a new listing is no history. Usually the server
 * answers 410 then. Right at a compaction (seen on v1.36: "etcd event received with PrevKv=nil") it answers 500 each
 * time instead, so repeated error events count as a gap too.
 */
const run = async <T extends KubernetesObject>(recorder: Recorder<T>, options: RunOptions): Promise<void> => {
  const { cluster, resource, timing, signal, onLive, ...where } = options;
  const { namespace, ...selectors } = where;
  const path = pathOf(resource, { namespace });
  const state = createWatchState(recorder);
  let live = false;
  let fruitless = 0;
  let errorEvents = 0;
  let refusedSince: number | undefined;
  const patienceEnds = Date.now() + timing.patience;

  const relist = async (): Promise<string> => {
    const requestedAt = Date.now();
    const { items, resourceVersion } = await cluster.list<T>(resource, { ...where, signal });
    state.list(items, resourceVersion, requestedAt);
    errorEvents = 0;
    return resourceVersion;
  };
  const connection = async (): Promise<void> => {
    const resourceVersion = state.version ?? (await relist());
    const events = await openWatch<T>(cluster, { path, selectors, resourceVersion, timing, signal });
    state.connected();
    live = true;
    refusedSince = undefined;
    onLive();
    for await (const event of events) {
      fruitless = 0;
      errorEvents = 0;
      state.take(event);
    }
  };
  // A new API server refuses (403) requests that it allows a moment later. So a watch that it served before is retried.
  const isFatal = (error: Error): boolean => {
    if (isGone(error)) return false;
    if (!live) return outageOf(error) === undefined || Date.now() >= patienceEnds;
    if (!isFinal(error)) return false;
    refusedSince ??= Date.now();
    return Date.now() >= refusedSince + timing.patience;
  };
  const overcome = (error: Error): void => {
    if (error instanceof WatchError) errorEvents += 1;
    if (isGone(error) || error instanceof OutOfOrder || errorEvents >= mostErrorEvents) {
      state.lose(error);
      fruitless = 0;
      errorEvents = 0;
    } else recorder.recovered(error);
  };

  while (!signal.aborted) {
    const error = await connection().then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    recorder.connected(false);
    if (signal.aborted) break;
    if (error !== undefined && isFatal(error)) return recorder.fail(error);
    if (error !== undefined) overcome(error);
    const pause =
      fruitless === 0 && error === undefined
        ? 0
        : Math.min(timing.pause.first * 2 ** fruitless, timing.pause.longest);
    fruitless += 1;
    await sleep(pause, undefined, { signal }).catch(() => {});
  }
  recorder.fail(signal.reason);
};

const isGone = (error: Error): boolean => error instanceof ApiError && error.status === 410;

// Errors that repeating cannot fix: no rights, no such resource, an invalid request. 408 and 429 mean "later".
const isFinal = (error: Error): boolean =>
  error instanceof ApiError &&
  error.status >= 400 &&
  error.status < 500 &&
  ![408, 410, 429].includes(error.status);

const labelOf = (resource: Resource, { namespace, labelSelector, fieldSelector }: FollowOptions): string => {
  const where =
    namespace !== undefined ? ` in ${namespace}` : resource.namespaced === false ? '' : ' of all namespaces';
  const narrowed = [labelSelector, fieldSelector].filter((selector) => selector !== undefined);
  return `${describeResource(resource)}${where}${narrowed.length > 0 ? ` (${narrowed.join(', ')})` : ''}`;
};
