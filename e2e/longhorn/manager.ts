import type { Cluster, KubernetesObject } from '../kube/cluster.ts';
import { resources } from '../kube/cluster.ts';
import { longhornNamespace } from './resources.ts';

/** A longhorn-manager pod and the node it manages. */
export type ManagerPod = { namespace: string; name: string; uid: string; container: string; node: string; image: string };

type Pod = KubernetesObject & {
  spec?: { nodeName?: string; containers?: { name: string; image?: string }[] };
  status?: { phase?: string; podIP?: string };
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
 * The managers in the order of how many connections of their API are held by a pod of Longhorn's namespace; those without keep their order. Where
 * that cannot be read, or the network gives connections another address, there is none to be seen: it is only good for whom to look at first.
 */
export const mostConnectedFirst = async (
  cluster: Pick<Cluster, 'list' | 'exec'>,
  { managers, pod }: { managers: readonly ManagerPod[]; pod: string | undefined },
): Promise<ManagerPod[]> => {
  const { items } = await cluster.list<Pod>(resources.pods, { namespace: longhornNamespace });
  const address = items.find(({ metadata }) => metadata.name === pod)?.status?.podIP ?? '';
  const counted = await Promise.all(
    managers.map(async (manager) => {
      const table = await cluster.exec(manager, ['cat', '/proc/net/tcp', '/proc/net/tcp6']).catch(() => ({ stdout: '' }));
      return { manager, count: countConnections(table.stdout, { port: apiPort, address }) };
    }),
  );
  return counted.toSorted((one, other) => other.count - one.count).map(({ manager }) => manager);
};

/** Counts the connections of an IPv4 address to a port, in what `/proc/net/tcp` and `tcp6` say where that port is served. */
export const countConnections = (table: string, { port, address }: { port: number; address: string }): number => {
  const toHex = (numbers: readonly number[], digits: number): string =>
    numbers.map((each) => each.toString(16).toUpperCase().padStart(digits, '0')).join('');
  const ours = `:${toHex([port], 4)}`;
  // In the order of this machine's bytes; within an IPv6 address it is the last part.
  const theirs = toHex(address.split('.').map(Number).toReversed(), 2);
  return table.split('\n').filter((line) => {
    const [, local = '', remote = '', state] = line.trim().split(/\s+/);
    return state === '01' && local.endsWith(ours) && remote.split(':')[0]?.endsWith(theirs);
  }).length;
};

/** Where a manager pod sees the block device of a volume that is attached to the pod's node. */
export const devicePath = (volume: string): string => `/host/dev/longhorn/${volume}`;
