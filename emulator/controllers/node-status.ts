import type { KubernetesNode, Pod } from '../longhorn/objects.ts';

export type Readiness = { status: 'True' | 'False'; reason: string; message: string };

/** Whether a node counts as ready in Longhorn, given its Kubernetes node and its manager's pod; a node's own manager knows it is. */
export const readiness = (
  name: string,
  { kubernetesNode, pod }: { kubernetesNode: KubernetesNode | undefined; pod: Pod | undefined },
): Readiness => {
  const not = (reason: string, message: string): Readiness => ({ status: 'False', reason, message });
  if (!kubernetesNode)
    return not(
      'KubernetesNodeGone',
      `Kubernetes node missing: node ${name} has been removed from the cluster and there is no manager pod running on it`,
    );
  const ready = kubernetesNode.status?.conditions?.find(({ type }) => type === 'Ready');
  if (ready && ready.status !== 'True') return not('KubernetesNodeNotReady', `Kubernetes node ${name} not ready`);
  if (!pod) return not('ManagerPodMissing', `manager pod missing: node ${name} has no manager pod running on it`);
  if (pod.status?.phase !== 'Running') return not('ManagerPodDown', `the manager pod ${pod.metadata.name} is not running`);
  return { status: 'True', reason: '', message: `Node ${name} is ready` };
};
