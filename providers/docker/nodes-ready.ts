import { once } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { connect, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';

type Node = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

const isReady = ({ status }: Node): boolean => status?.conditions?.some((each) => each.type === 'Ready' && each.status === 'True') ?? false;

/** Waits by watch until these nodes are Ready. */
export const nodesReady = async (
  names: readonly string[],
  { kubeconfig, signal }: { kubeconfig: string; signal: AbortSignal },
): Promise<void> => {
  const timeline = await follow<Node>(connect({ kubeconfig }), resources.nodes, { signal });
  const owner = 'the set-up: a container is a node within a minute, and its network is an image that may have to be pulled';
  try {
    await Promise.all(names.map((name) => once(timeline, isReady, { name, label: `${name} is Ready`, within: '5m', owner })));
  } finally {
    await timeline.stop();
  }
};
