import { setTimeout as sleep } from 'node:timers/promises';
import type { Cluster } from '../kube/cluster.ts';
import { ApiError, WatchError } from '../kube/errors.ts';
import type { KubernetesObject, Resource } from '../kube/objects.ts';
import { describeResource, pathOf } from '../kube/resources.ts';
import { troubleOf } from '../kube/trouble.ts';
import { openWatch, type WatchTiming } from '../kube/watch-connection.ts';
import { presentObserver } from './observer.ts';
import { createTimeline, type Recorder, type Timeline } from './timeline.ts';
import { createWatchState, OutOfOrder } from './watch-state.ts';

/** Which objects to follow; without a namespace, those of all namespaces. */
export type FollowOptions = {
  namespace?: string;
  labelSelector?: string;
  fieldSelector?: string;
  signal?: AbortSignal;
};

// The API server sends a bookmark about once a minute (KEP-956), so a longer silence means a dead connection.
// For some seconds after a definition is Established it answers 429, "storage is (re)initializing".
const timing: WatchTiming = {
  lifetime: 300_000,
  silence: 90_000,
  pause: { first: 100, longest: 5000 },
  patience: 30_000,
};

/**
 * Lists a collection and watches it from there on; resolves when the watch is live, so that nothing done
 * afterwards can be missed.
 */
export const follow = <T extends KubernetesObject = KubernetesObject>(
  cluster: Cluster,
  resource: Resource,
  options: FollowOptions = {},
): Promise<Timeline<T>> => followWith<T>(cluster, resource, { ...options, timing });

/** Follows with clocks of one's own, for tests of the clocks themselves. */
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

// An error event that came this often, with nothing in between, will come again.
const mostErrorEvents = 6;

/**
 * Keeps a watch going until it is stopped or cannot go on.
 *
 * A watch that the server resumes from the last resourceVersion has lost nothing, however its connection
 * ended. Only a server that does not know what came after that version makes a gap; what a new listing says
 * afterwards is not a history. It says so with a 410, as a rule. Right at the edge of a compaction (seen on
 * v1.36: "etcd event received with PrevKv=nil") it answers 500 each time instead, so an error event that
 * keeps coming back counts as one.
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
  // Right after its start, an API server refuses (403) what it allows a moment later: a watch that it served
  // is not given up at once.
  const isFatal = (error: Error): boolean => {
    if (isGone(error)) return false;
    if (!live) return troubleOf(error) === undefined || Date.now() >= patienceEnds;
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
    } else recorder.trouble(error);
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

// Asking again does not help: no rights, no such resource, a request that the server does not understand. 408
// and 429 are the server's "later".
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
