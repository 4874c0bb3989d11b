import type { Cluster, KubernetesObject } from '../kube/cluster.ts';
import { resources } from '../kube/cluster.ts';
import { longhornNamespace } from './resources.ts';

/** A longhorn-manager pod and the node it manages. */
export type ManagerPod = {
  namespace: string;
  name: string;
  uid: string;
  container: string;
  node: string;
  image: string;
};

type Pod = KubernetesObject & {
  spec?: { nodeName?: string; containers?: { name: string; image?: string }[] };
  status?: { phase?: string };
};

/** The selector of the manager pods. */
export const managerLabel = 'app=longhorn-manager';

// The pod has a second container (an image pre-puller) since v1.6, so it is always named.
/** The container of a manager pod that manages. */
export const managerContainer = 'longhorn-manager';

/** The manager pods that run now, one a node; an owner's `ownerID` is the node's name. */
export const managerPods = async (cluster: Cluster): Promise<ManagerPod[]> => {
  const { items } = await cluster.list<Pod>(resources.pods, {
    namespace: longhornNamespace,
    labelSelector: managerLabel,
  });
  return items
    .filter((pod) => pod.status?.phase === 'Running' && pod.metadata.deletionTimestamp === undefined)
    .map((pod) => ({
      namespace: longhornNamespace,
      name: pod.metadata.name,
      uid: pod.metadata.uid ?? '',
      container: managerContainer,
      node: pod.spec?.nodeName ?? '',
      image: pod.spec?.containers?.find(({ name }) => name === managerContainer)?.image ?? '',
    }));
};

/** The end of what each running manager has logged. */
export const managerLogs = async (cluster: Cluster): Promise<string[]> =>
  Promise.all(
    (await managerPods(cluster)).map(({ namespace, name, container }) =>
      cluster.logs({ namespace, name, container }, { tailLines: 20_000 }),
    ),
  );

/** The manager pod of one node; an error names the nodes that have one. */
export const managerPodOf = async (cluster: Cluster, node: string): Promise<ManagerPod> => {
  const pods = await managerPods(cluster);
  const pod = pods.find((candidate) => candidate.node === node);
  if (pod === undefined) {
    const others = pods.map((candidate) => candidate.node).join(', ') || 'no node';
    throw new Error(`no longhorn-manager pod runs on node ${node} (there is one on: ${others})`);
  }
  return pod;
};

// Of the API, in all versions.
const apiPort = 9500;

/**
 * The managers in the order of how many connections to their API are open; those that cannot be looked into
 * come last. Whose connections they are is not known, as a Service may give them another address: it is
 * only good for whom to look at first.
 */
export const mostConnectedFirst = async (
  cluster: Pick<Cluster, 'script'>,
  managers: readonly ManagerPod[],
): Promise<ManagerPod[]> => {
  const counted = await Promise.all(
    managers.map(async (manager) => {
      const { stdout } = await cluster
        .script(manager, 'cat /proc/net/tcp /proc/net/tcp6')
        .catch(() => ({ stdout: '' }));
      return { manager, count: countConnections(stdout, apiPort) };
    }),
  );
  return counted.toSorted((one, other) => other.count - one.count).map(({ manager }) => manager);
};

/**
 * Counts the connections that are open to a port, in what `/proc/net/tcp` and `tcp6` say where it is served.
 */
export const countConnections = (table: string, port: number): number => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01';
  return table.split('\n').filter((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    return state === established && address?.endsWith(local);
  }).length;
};

/** Where a manager pod sees the block device of a volume that is attached to the pod's node. */
export const devicePath = (volume: string): string => `/host/dev/longhorn/${volume}`;
