import type { Cluster, Resource } from '../observe/cluster.ts';
import type { Fault } from './fault.ts';
import type { PatchedObject } from './put-back.ts';

/** Changes an object that belongs to the whole cluster; what it had before goes into the ledger first. */
export const patchedObject = (
  cluster: Cluster,
  { title, after, ...data }: PatchedObject & { title: string; after: Record<string, unknown> },
): Fault => {
  const where = { namespace: data.namespace, name: data.name };
  return {
    kind: 'patched-object',
    title,
    data,
    inject: async () => {
      await cluster.patch(data.resource as Resource, where, after);
    },
    prove: async () => title,
  };
};
