import { onceGone } from '../../history/expectation.ts';
import { follow } from '../../history/watch.ts';
import { type Cluster, type KubernetesObject, type Resource, resources, unlessGone } from '../../kube/cluster.ts';

const resourceOfKind: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ServiceAccount: resources.serviceAccounts,
  Role: resources.roles,
  RoleBinding: resources.roleBindings,
  ClusterRole: resources.clusterRoles,
  ClusterRoleBinding: resources.clusterRoleBindings,
  Job: resources.jobs,
};

/** Where an object of a fleet lives in the API. */
export const resourceOf = ({ kind = '' }: KubernetesObject): Resource => {
  const resource = resourceOfKind[kind];
  if (resource === undefined) throw new Error(`a fleet makes no ${kind}`);
  return resource;
};

/** Makes the objects of a fleet, one after the other; one that is there already is an error, as it is somebody else's. */
export const makeObjects = async (cluster: Cluster, objects: readonly KubernetesObject[], signal: AbortSignal): Promise<void> => {
  for (const object of objects) {
    signal.throwIfAborted();
    await cluster.create(resourceOf(object), object);
  }
};

const removeObject = async (cluster: Cluster, object: KubernetesObject): Promise<void> => {
  const resource = resourceOf(object);
  const { name, namespace } = object.metadata;
  const where = { ...(namespace !== undefined && { namespace }), fieldSelector: `metadata.name=${name}` };
  const timeline = await follow(cluster, resource, where);
  try {
    // A Job goes when its pods are gone: they need the service account and its roles until then.
    const propagationPolicy = 'Foreground' as const;
    await cluster.delete(resource, { name, ...(namespace !== undefined && { namespace }) }, { propagationPolicy }).catch(unlessGone);
    await onceGone(timeline, {
      name,
      label: `${object.kind} ${name} is gone`,
      within: '5m',
      owner: 'clean-up of the fleet: pods have 3 min to clean up when they are told to end',
    });
  } finally {
    await timeline.stop();
  }
};

/** Removes what a fleet made, the last first, and returns when it is gone; what is gone already is no error. */
export const removeObjects = async (cluster: Cluster, objects: readonly KubernetesObject[]): Promise<void> => {
  const [namespaces, others] = [objects.filter(({ kind }) => kind === 'Namespace'), objects.filter(({ kind }) => kind !== 'Namespace')];
  // What lies in a namespace of its own goes with it, but for the Job: its pods are to end first.
  const inside = new Set(namespaces.map(({ metadata }) => metadata.name));
  const outside = others.filter(({ kind, metadata }) => kind === 'Job' || !inside.has(metadata.namespace ?? ''));
  for (const object of outside.toReversed()) await removeObject(cluster, object);
  for (const object of namespaces) await removeObject(cluster, object);
};
