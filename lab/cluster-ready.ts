import { connect, type KubernetesObject, resources } from '../e2e/observe/cluster.ts';
import { once } from '../e2e/observe/expectation.ts';
import { follow } from '../e2e/observe/watch.ts';

type Node = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

const serviceAccounts = { group: '', version: 'v1', plural: 'serviceaccounts' };

/**
 * Waits by watch until all the lab's nodes are Ready and pods may be made in the namespace `default`.
 *
 * A lab is up so soon that the controllers may not yet have made that namespace's service account.
 */
export const clusterReady = async (options: { kubeconfig: string; nodes: readonly string[]; signal?: AbortSignal }): Promise<void> => {
  const { kubeconfig, nodes, signal } = options;
  const cluster = connect({ kubeconfig });
  const stop = signal ? { signal } : {};
  const nodeTimeline = await follow<Node>(cluster, resources.nodes, stop);
  const accountTimeline = await follow(cluster, serviceAccounts, { namespace: 'default', ...stop });
  const owner = "the lab's: a node boots and starts its kubelet in 5 to 10 s";
  const within = '60s';
  try {
    await Promise.all([
      ...nodes.map((name) => once(nodeTimeline, isReady, { label: `${name} is Ready`, name, within, owner })),
      once(accountTimeline, () => true, { label: 'the namespace default has its service account', name: 'default', within, owner }),
    ]);
  } finally {
    await Promise.all([nodeTimeline.stop(), accountTimeline.stop()]);
  }
};
