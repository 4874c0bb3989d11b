import type { Cluster, PodTarget } from '../kube/cluster.ts';
import { resources } from '../kube/cluster.ts';
import { type ContainerCommand, flagsOf, type Pod } from '../kube/pods.ts';
import { longhornNamespace } from './resources.ts';

export type ManagerPod = {
  namespace: string;
  name: string;
  uid: string;
  container: string;
  node: string;
  image: string;
};

/** The label selector for the longhorn-manager pods. */
export const managerLabel = 'app=longhorn-manager';

/** The label selector for the pods that keep the programs of an engine image on the nodes. */
export const engineImageLabel = 'longhorn.io/component=engine-image';

/**
 * The main container of a manager pod. It must always be named: since v1.6 the pod has a second container, which
 * pulls an image in advance.
 */
export const managerContainer = 'longhorn-manager';

/** The label selector for the instance managers: the pods in which engines and replicas run and log. */
export const instanceManagerLabel = 'longhorn.io/component=instance-manager';

/** The main container of an instance manager's pod. The pod has the name of its InstanceManager. */
export const instanceManagerPod = (name: string): PodTarget => ({
  namespace: longhornNamespace,
  name,
  container: 'instance-manager',
});

/** The running manager pods, one per node. The `ownerID` of a Longhorn object is the name of such a node. */
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

/** The last 20,000 log lines of each running manager. */
export const managerLogs = async (cluster: Cluster): Promise<string[]> =>
  Promise.all(
    (await managerPods(cluster)).map(({ namespace, name, container }) =>
      cluster.logs({ namespace, name, container }, { tailLines: 20_000 }),
    ),
  );

/** Whether a log line of a running manager has all these parts. */
export const managersLogged = async (cluster: Cluster, ...parts: string[]): Promise<boolean> =>
  (await managerLogs(cluster)).some((log) =>
    log.split('\n').some((line) => parts.every((part) => line.includes(part))),
  );

/** The manager pod of a node. If there is none, the error names the nodes that have one. */
export const managerPodOf = async (cluster: Cluster, node: string): Promise<ManagerPod> => {
  const pods = await managerPods(cluster);
  const pod = pods.find((candidate) => candidate.node === node);
  if (pod === undefined) {
    const others = pods.map((candidate) => candidate.node).join(', ') || 'no node';
    throw new Error(`no longhorn-manager pod runs on node ${node} (there is one on: ${others})`);
  }
  return pod;
};

/** An engine or a replica, and where it runs. */
type Instance = { spec: { nodeID: string }; status?: { instanceManagerName?: string } };

/**
 * The pod in which an engine or a replica runs. The emulator has no instance managers: there it is that of its manager.
 */
export const podOfInstance = async (cluster: Cluster, { spec, status }: Instance): Promise<PodTarget> =>
  status?.instanceManagerName
    ? instanceManagerPod(status.instanceManagerName)
    : managerPodOf(cluster, spec.nodeID);

/** The port of longhorn-manager's API, in all versions. */
export const apiPort = 9500;

/**
 * Sorts the managers by the number of open connections to their API, most first. Managers that cannot be inspected
 * come last. This is only a hint where to look first: a Service may hide the address of a client, so the owners of
 * the connections are unknown.
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
 * Counts the established connections to a port. `table` is the content of `/proc/net/tcp` and `/proc/net/tcp6` on the
 * server.
 */
export const countConnections = (table: string, port: number): number => {
  const local = `:${port.toString(16).toUpperCase().padStart(4, '0')}`;
  const established = '01';
  return table.split('\n').filter((line) => {
    const [, address, , state] = line.trim().split(/\s+/);
    return state === established && address?.endsWith(local);
  }).length;
};

/** The path, in a manager pod, of the block device of a volume that is attached to the pod's node. */
export const devicePath = (volume: string): string => `/host/dev/longhorn/${volume}`;

/** The image of engines that the containers of longhorn-manager are started with. */
export const engineImageOf = (containers: readonly ContainerCommand[]): string | undefined =>
  containers.map((container) => flagsOf(container).get('engine-image')).find((image) => image);
