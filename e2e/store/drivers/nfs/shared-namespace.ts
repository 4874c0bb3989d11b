import { onceGone } from '../../../history/expectation.ts';
import { follow } from '../../../history/watch.ts';
import { type Cluster, resources, unlessGone } from '../../../kube/cluster.ts';

/** Removes a store from a namespace that holds others as well, and returns when its server is gone; what is gone already is no error. */
export const removeFromShared = async (cluster: Cluster, { namespace, name }: { namespace: string; name: string }): Promise<void> => {
  const deployments = await follow(cluster, resources.deployments, { namespace, fieldSelector: `metadata.name=${name}` });
  try {
    // In the foreground: it stays until its pod is gone.
    await cluster.delete(resources.deployments, { namespace, name }, { propagationPolicy: 'Foreground' }).catch(unlessGone);
    await onceGone(deployments, {
      name,
      label: `the backup store ${name} is gone from namespace ${namespace}`,
      within: '2m',
      owner: 'clean-up of the backup store: Kubernetes ends its pod before the deployment goes',
      describe: (object) => JSON.stringify(object.status ?? {}),
    });
    for (const resource of [resources.services, resources.configMaps, resources.leases])
      await cluster.delete(resource, { namespace, name }).catch(unlessGone);
  } finally {
    await deployments.stop();
  }
};
