import type { Cluster, KubernetesObject } from '../../kube/cluster.ts';
import { type ManagerPod, managerPods } from '../../longhorn/manager.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import { controllerOf, finalizersOf, isLonghornFinalizer, managingNode } from './finalizers.ts';
import type { LeftOver } from './find.ts';
import type { CleanupKind } from './kind.ts';
import { cleanupKinds } from './kinds.ts';

/** Names an object for messages: `backup backup-0123`. */
export const leftOverName = ({ kind, object }: Pick<LeftOver, 'kind' | 'object'>): string =>
  `${cleanupKinds[kind].what} ${object.metadata.name}`;

/**
 * Explains in one line why an object is not gone: its finalizers, the controller that should remove each, and what to
 * do. `others` are all objects that are left; a snapshot's node comes from its volume.
 */
export const explainHanging = async (
  cluster: Cluster,
  hanging: LeftOver,
  others: readonly LeftOver[],
): Promise<string> => {
  const { kind, object } = hanging;
  const finalizers = finalizersOf(object);
  const name = leftOverName(hanging);
  if (object.metadata.deletionTimestamp === undefined)
    return `${name} is there, and its deletion was not requested`;
  if (finalizers.length === 0)
    return `${name} is being deleted, and no finalizer holds it: the API server removes it at any moment`;
  const why = await Promise.all(
    finalizers.map(async (finalizer) => {
      if (isLonghornFinalizer(finalizer))
        return explainLonghorns(cluster, { finalizer, object, node: nodeOf(hanging, others) });
      const { who, waitsFor } = controllerOf(finalizer);
      return `finalizer ${finalizer} must be removed by ${who}, which waits ${waitsFor}${kind === 'namespaces' ? remaining(object) : ''}`;
    }),
  );
  const { describe }: CleanupKind = cleanupKinds[kind];
  return `${name} hangs in its deletion${describe ? ` (${describe(object)})` : ''}: ${why.join('; ')}`;
};

// The node of a snapshot is the node that manages its volume.
const nodeOf = ({ kind, object }: LeftOver, others: readonly LeftOver[]): string | undefined => {
  if (kind !== 'snapshots') return managingNode(object);
  const { volume } = (object.spec ?? {}) as { volume?: string };
  const found = others.find((other) => other.kind === 'volumes' && other.object.metadata.name === volume);
  return managingNode(found?.object ?? object);
};

const explainLonghorns = async (
  cluster: Cluster,
  { finalizer, object, node }: { finalizer: string; object: KubernetesObject; node: string | undefined },
): Promise<string> => {
  const pods = await managerPods(cluster).catch((): ManagerPod[] => []);
  const { name } = object.metadata;
  const hold = `finalizer ${finalizer} must be removed by longhorn-manager${node === undefined ? '' : ` on ${node}`}`;
  const force = 'or give --force, which removes the finalizer and leaves what it protects';
  if (pods.length === 0) return `${hold}, of which no pod runs: bring Longhorn back, ${force}`;
  const pod = pods.find((each) => each.node === node);
  if (node !== undefined && pod === undefined)
    return `${hold}, which does not run there: bring the node back, ${force}`;
  const whose = pod === undefined ? '-l app=longhorn-manager' : pod.name;
  return `${hold}: see why it does not (kubectl -n ${longhornNamespace} logs ${whose} -c longhorn-manager | grep ${name}), ${force}`;
};

type Conditions = { conditions?: { type: string; status: string; message?: string }[] };

// The conditions of a namespace name the objects that are left in it, and their finalizers.
const remaining = ({ status }: KubernetesObject): string => {
  const failing = ((status as Conditions | undefined)?.conditions ?? []).filter(
    (each) => each.status === 'True' && each.message,
  );
  return failing.length === 0 ? '' : ` (${failing.map(({ message }) => message).join(' ')})`;
};
