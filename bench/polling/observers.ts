import { setTimeout as delay } from 'node:timers/promises';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';

/**
 * Begins to look at the objects of a namespace; what it returns ends that and tells the states that were
 * seen, without repetition.
 */
export type StateObserver = (
  cluster: Cluster,
  namespace: string,
) => Promise<() => Promise<ReadonlySet<string>>>;

const stateOf = ({ metadata }: KubernetesObject): string => metadata.labels?.state ?? '';

/** This suite's watch. */
export const watch: StateObserver = async (cluster, namespace) => {
  const timeline = await follow(cluster, resources.configMaps, { namespace });
  return async () => {
    await timeline.stop();
    return new Set(
      timeline.entries.flatMap((entry) => (entry.kind === 'gap' ? [] : [stateOf(entry.object)])),
    );
  };
};

/**
 * A poll: a listing every so often (ms), counted from one start to the next, or at once when the answer took
 * longer.
 */
export const poll =
  (every: number): StateObserver =>
  async (cluster, namespace) => {
    const stopped = new AbortController();
    const seen = new Set<string>();
    const polling = async () => {
      while (!stopped.signal.aborted) {
        const next = performance.now() + every;
        const { items } = await cluster.list<KubernetesObject>(resources.configMaps, { namespace });
        for (const item of items) seen.add(stateOf(item));
        await delay(Math.max(0, next - performance.now()), undefined, { signal: stopped.signal }).catch(
          () => {},
        );
      }
    };
    const ended = polling();
    return async () => {
      stopped.abort();
      await ended;
      return seen;
    };
  };

/** Nobody looks: what the API server does by itself and for whoever brings the states about. */
export const nobody: StateObserver = async () => async () => new Set();
