import { connect, type KubernetesObject, resources } from '../e2e/observe/cluster.ts';
import { once } from '../e2e/observe/expectation.ts';
import { follow } from '../e2e/observe/watch.ts';

type Node = KubernetesObject & { status?: { conditions?: { type: string; status: string }[] } };

const isReady = ({ status }: Node): boolean =>
  status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;

/** Waits by watch until all the lab's nodes are Ready; the error says what the last state of each was. */
export const nodesReady = async (options: { kubeconfig: string; names: readonly string[]; signal?: AbortSignal }): Promise<void> => {
  const { kubeconfig, names, signal } = options;
  const timeline = await follow<Node>(connect({ kubeconfig }), resources.nodes, signal ? { signal } : {});
  try {
    const owner = "the lab's: a node boots and starts its kubelet in 5 to 10 s";
    await Promise.all(names.map((name) => once(timeline, isReady, { label: `${name} is Ready`, name, within: '60s', owner })));
  } finally {
    await timeline.stop();
  }
};
