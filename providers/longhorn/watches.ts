import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';

/** Watches of a cluster during the installation of Longhorn. A collection without a watch has no objects. */
export type InstallationWatches = {
  objects<T extends KubernetesObject>(collection: Collection): T[];
  find<T extends KubernetesObject>(collection: Collection, name: string): T | undefined;
  /** Calls the listener at each change from now on. */
  onChange(listener: () => void): void;
  /** Notifies the listeners of a change outside of objects. */
  changed(): void;
  /** Starts the watches of Longhorn's own objects. Call it once their kinds are served. */
  watchLonghorn(): Promise<void>;
  stop(): Promise<void>;
};

const admission = (plural: string): Resource => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  namespaced: false,
});

const built = {
  customResourceDefinitions: resources.customResourceDefinitions,
  daemonSets: resources.daemonSets,
  deployments: resources.deployments,
  pods: resources.pods,
  validatingWebhooks: admission('validatingwebhookconfigurations'),
  mutatingWebhooks: admission('mutatingwebhookconfigurations'),
  csiDrivers: { group: 'storage.k8s.io', version: 'v1', plural: 'csidrivers', namespaced: false },
} satisfies Record<string, Resource>;

const { nodes, engineImages, instanceManagers, backupTargets } = longhornResources;
const own = { nodes, engineImages, instanceManagers, backupTargets };

type Collection = keyof typeof built | keyof typeof own;

/** Starts the watches that the conditions need. `onFailure` is called when a watch fails permanently. */
export const openInstallationWatches = async (
  cluster: Cluster,
  { signal, onFailure }: { signal: AbortSignal; onFailure: (error: Error) => void },
): Promise<InstallationWatches> => {
  const timelines = new Map<string, Timeline>();
  const listeners = new Set<() => void>();
  const changed = (): void => {
    for (const listener of [...listeners]) listener();
  };
  const watch = (collections: Record<string, Resource>): Promise<unknown> =>
    Promise.all(
      Object.entries(collections).map(async ([name, resource]) => {
        const timeline = await follow(cluster, resource, {
          signal,
          ...(resource.namespaced === false ? {} : { namespace }),
        });
        timelines.set(name, timeline);
        timeline.onEntry(changed);
        timeline.onFailure(onFailure);
        changed();
      }),
    );
  await watch(built);
  return {
    objects: <T extends KubernetesObject>(collection: Collection) =>
      (timelines.get(collection)?.objects() ?? []) as T[],
    find: <T extends KubernetesObject>(collection: Collection, name: string) =>
      timelines.get(collection)?.current(name) as T | undefined,
    onChange: (listener) => void listeners.add(listener),
    changed,
    watchLonghorn: async () => {
      await watch(own);
    },
    stop: async () => {
      listeners.clear();
      await Promise.all([...timelines.values()].map((timeline) => timeline.stop()));
    },
  };
};
