import type { Timeline } from '../../../e2e/history/timeline.ts';
import { follow } from '../../../e2e/history/watch.ts';
import type { Cluster, KubernetesObject } from '../../../e2e/kube/cluster.ts';
import type { Disruption } from '../../../e2e/longhorn/disruptions.ts';
import { type BaselineCollection, baselineCollections } from './collections.ts';
import {
  type BaselineDifference,
  type BaselineStates,
  compareWithBaseline,
  recordBaseline,
} from './compare.ts';

/** The state of a cluster before a run, as far as the run must restore it. */
export type Baseline = readonly { collection: BaselineCollection; states: BaselineStates }[];

/**
 * Time in ms until the cluster must show its former state again. The comparison owns it. Longhorn checks its
 * nodes every 30 s, and the removal of a namespace takes some seconds.
 */
const SETTLING_MS = 60_000;

const listOptions = ({ namespace, labelSelector }: BaselineCollection) => ({
  ...(namespace && { namespace }),
  ...(labelSelector && { labelSelector }),
});

/** Records the state of a cluster. `stores` is the namespace of all stores, if the run has one. */
export const readBaseline = (
  cluster: Cluster,
  scope: { allow: readonly Disruption[]; stores: string | undefined },
): Promise<Baseline> =>
  Promise.all(
    baselineCollections(scope).map(async (collection) => {
      if (collection.userFields === undefined) return { collection, states: recordBaseline(collection, []) };
      const { items } = await cluster.list<KubernetesObject>(collection.resource, listOptions(collection));
      return { collection, states: recordBaseline(collection, items) };
    }),
  );

/**
 * Compares a cluster with its former state. Returns a line for each difference. A difference that may pass
 * has a minute for it; `signal` ends that wait. Throws if the cluster cannot be read.
 */
export const differencesFrom = async (
  baseline: Baseline,
  {
    cluster,
    run,
    signal,
    settling = SETTLING_MS,
  }: { cluster: Cluster; run: string; signal: AbortSignal; settling?: number },
): Promise<string[]> => {
  const followed: { collection: BaselineCollection; states: BaselineStates; timeline: Timeline }[] = [];
  try {
    const opened = baseline.map(async ({ collection, states }) => {
      followed.push({
        collection,
        states,
        timeline: await follow(cluster, collection.resource, listOptions(collection)),
      });
    });
    // Waits for all of them: otherwise one that is still being opened would never be stopped.
    for (const each of await Promise.allSettled(opened)) if (each.status === 'rejected') throw each.reason;
    const differences = (): BaselineDifference[] =>
      followed.flatMap(({ collection, states, timeline }) =>
        compareWithBaseline(collection, { states, objects: timeline.objects(), run }),
      );
    await untilSettled(
      followed.map(({ timeline }) => timeline),
      { differences, settling, signal },
    );
    return differences()
      .map(({ text }) => text)
      .toSorted();
  } finally {
    await Promise.all(followed.map(({ timeline }) => timeline.stop()));
  }
};

const untilSettled = async (
  timelines: readonly Timeline[],
  {
    differences,
    settling,
    signal,
  }: { differences: () => BaselineDifference[]; settling: number; signal: AbortSignal },
): Promise<void> => {
  const isSettled = (): boolean => !differences().some(({ transient }) => transient);
  if (signal.aborted || isSettled()) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, settling);
  signal.addEventListener('abort', () => resolve(), { once: true });
  const ignore = timelines.map((timeline) => timeline.onEntry(() => isSettled() && resolve()));
  await promise;
  clearTimeout(timer);
  for (const each of ignore) each();
};
