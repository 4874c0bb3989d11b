import { follow } from '../../../../e2e/history/watch.ts';
import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
} from '../../../../e2e/kube/cluster.ts';
import { longhornResources } from '../../../../e2e/longhorn/resources.ts';

/**
 * Stands in for the controllers that let deleted objects go, Longhorn's and Kubernetes', all but those of `dead`
 * collections; they end with the signal.
 */
export const startControllers = async (
  cluster: Cluster,
  { signal, dead = [] }: { signal: AbortSignal; dead?: readonly string[] },
) => {
  // The emulator, whose kinds these are, has no engines and makes no support bundles.
  const others = [...dead, 'settings', 'nodes', 'supportbundles', 'engines'];
  const { cronJobs, jobs, deployments } = resources;
  const standsInFor = [...Object.values(longhornResources), cronJobs, jobs, deployments];
  for (const resource of standsInFor.filter(({ plural }) => !others.includes(plural)))
    await eachDeleted(cluster, { resource, signal }, ({ metadata: { namespace = '', name } }) =>
      cluster.patch(resource, { namespace, name }, { metadata: { finalizers: [] } }),
    );
  if (!dead.includes('namespaces'))
    await eachDeleted(cluster, { resource: resources.namespaces, signal }, async (object) => {
      const where = { namespace: object.metadata.name };
      const { items } = await cluster.list<KubernetesObject>(resources.leases, where);
      for (const { metadata } of items)
        await cluster.delete(resources.leases, { ...where, name: metadata.name });
      await cluster.request(`/api/v1/namespaces/${object.metadata.name}/finalize`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...object, spec: { finalizers: [] } }),
      });
    });
};

const eachDeleted = async (
  cluster: Cluster,
  { resource, signal }: { resource: Resource; signal: AbortSignal },
  onDeleted: (object: KubernetesObject) => Promise<unknown>,
): Promise<void> => {
  const timeline = await follow(cluster, resource, { signal });
  const look = (object: KubernetesObject): void => {
    if (object.metadata.deletionTimestamp !== undefined) onDeleted(object).catch(() => {});
  };
  timeline.objects().forEach(look);
  timeline.onEntry((entry) => {
    if (entry.kind === 'added' || entry.kind === 'modified') look(entry.object);
  });
};
