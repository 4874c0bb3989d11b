import { type Cluster, resources, unlessGone } from '../../kube/cluster.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import type { StorePlace } from '../driver.ts';

/**
 * The name of the Secret with the credentials of a store in Longhorn's namespace. All other objects of the store have
 * the same name.
 */
export const secretOf = ({ namespace, name }: StorePlace): string => name ?? namespace;

/** Creates the Secret with the credentials of a store in Longhorn's namespace. */
export const createLoginSecret = async (
  cluster: Cluster,
  place: StorePlace & { run: string },
  stringData: Record<string, string>,
): Promise<void> => {
  await cluster.create(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretOf(place),
      namespace: longhornNamespace,
      labels: { 'corral.test/run': place.run },
    },
    stringData,
  });
};

/** Removes the Secret again. A Secret that is already gone is not an error. */
export const removeLoginSecret = async (cluster: Cluster, place: StorePlace): Promise<void> => {
  await cluster
    .delete(resources.secrets, { namespace: longhornNamespace, name: secretOf(place) })
    .catch(unlessGone);
};
