import { type Cluster, resources, unlessGone } from '../../kube/cluster.ts';
import { longhornNamespace } from '../../longhorn/resources.ts';
import type { StorePlace } from '../driver.ts';

/** The name of the Secret in Longhorn's namespace by which it logs in to a store: that of all that is the store's alone. */
export const secretOf = ({ namespace, name }: StorePlace): string => name ?? namespace;

/** Gives Longhorn what it logs in to a store by. */
export const giveLogin = async (
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

/** Takes it away again; what is gone already is no error. */
export const takeLogin = async (cluster: Cluster, place: StorePlace): Promise<void> => {
  await cluster
    .delete(resources.secrets, { namespace: longhornNamespace, name: secretOf(place) })
    .catch(unlessGone);
};
