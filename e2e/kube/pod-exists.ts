import { type Cluster, resources } from './cluster.ts';

/** Whether a pod is still there; what was done inside one that is not went with it. */
export const podExists = async (cluster: Cluster, { namespace, name }: { namespace: string; name: string }): Promise<boolean> => {
  const { items } = await cluster.list(resources.pods, { namespace, fieldSelector: `metadata.name=${name}` });
  return items.length > 0;
};
