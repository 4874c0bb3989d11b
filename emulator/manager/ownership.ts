import { isConflict } from '../kubernetes/client.ts';
import type { ApiObject } from '../kubernetes/objects.ts';
import type { Node } from '../longhorn/objects.ts';
import type { ManagerContext } from './context.ts';
import type { Collection } from './datastore.ts';

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

type Owned = { status?: { ownerID?: string } };

/** Whether this manager is responsible for an object without a preferred owner. */
export const isResponsibleFor = (
  { node, datastore }: Pick<ManagerContext, 'node' | 'datastore'>,
  owned: Owned | undefined,
): boolean =>
  isResponsible({ self: node, owner: owned?.status?.ownerID ?? '', nodes: datastore.nodes.list() });

/** Makes this manager the owner of an object, after `prepare`. Undefined if another manager was first. */
export const takeOwnership = async <T extends ApiObject & Owned>(
  { node }: Pick<ManagerContext, 'node'>,
  object: T,
  {
    collection,
    newStatus,
    prepare = async (each) => each,
  }: { collection: Collection<T>; newStatus: T['status']; prepare?: (object: T) => Promise<T> },
): Promise<T | undefined> => {
  try {
    const prepared = await prepare(object);
    if (prepared.status?.ownerID === node) return prepared;
    const status = { ...newStatus, ...prepared.status, ownerID: node };
    return await collection.updateStatus({ ...prepared, status });
  } catch (error) {
    if (isConflict(error)) return undefined;
    throw error;
  }
};
