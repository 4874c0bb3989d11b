import type { Node } from '../longhorn/objects.ts';

/**
 * Reasons for which a node's manager loses its objects. ManagerPodDown is not one of them: a manager that
 * restarts keeps its objects.
 */
const lostReasons = ['KubernetesNodeGone', 'KubernetesNodeNotReady', 'ManagerPodMissing'];

/** Whether the manager of a node is lost. An unknown or empty node counts as lost. */
const isLost = (node: string, nodes: Node[]): boolean => {
  const found = nodes.find(({ metadata }) => metadata.name === node);
  const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
  return found === undefined || (ready?.status === 'False' && lostReasons.includes(ready.reason));
};

/**
 * Whether a manager is responsible for an object. The preferred owner always is, then the present owner. If
 * both are lost, every manager is, and the first write decides.
 */
export const isResponsible = ({
  self,
  owner,
  preferred = '',
  nodes,
}: {
  self: string;
  owner: string;
  preferred?: string;
  nodes: Node[];
}): boolean => {
  if (self === preferred) return true;
  return isLost(preferred, nodes) && (owner === self || isLost(owner, nodes));
};
