import type { Node } from '../longhorn/objects.ts';

/**
 * Why a node's manager cannot own anything. ManagerPodDown is not among them: a manager that restarts keeps
 * what it owns.
 */
const lostReasons = ['KubernetesNodeGone', 'KubernetesNodeNotReady', 'ManagerPodMissing'];

/** Whether the manager of a node is gone for good; so is one of a node that nobody knows, or of none. */
const isLost = (node: string, nodes: Node[]): boolean => {
  const found = nodes.find(({ metadata }) => metadata.name === node);
  const ready = found?.status?.conditions?.find(({ type }) => type === 'Ready');
  return found === undefined || (ready?.status === 'False' && lostReasons.includes(ready.reason));
};

/**
 * Whether a manager is responsible for an object. An object's preferred owner always is; else its present
 * owner; and if both are lost, everybody is, and whoever writes first has it.
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
