import { isDeepStrictEqual } from 'node:util';
import type { Cluster, Resource } from '../kube/cluster.ts';
import type { Fault } from './fault.ts';
import { fieldsOf, type PatchedObject } from './put-back.ts';

/** The fault that an object which belongs to the whole cluster (a setting of Longhorn's) is changed, by a merge patch; healed, it has `before` again. */
export const patchedObject = (
  cluster: Cluster,
  { title, ...data }: PatchedObject & { title: string; after: Record<string, unknown> },
): Fault => {
  const { after } = data;
  const resource = data.resource as Resource;
  const where = { namespace: data.namespace, name: data.name };
  return {
    kind: 'patched-object',
    title,
    data,
    inject: async () => {
      await cluster.patch(resource, where, after);
    },
    prove: async () => {
      const found = fieldsOf(await cluster.get(resource, where), after);
      if (!isDeepStrictEqual(found, after)) throw new Error(`it is not so that ${title}: ${data.name} has ${JSON.stringify(found)}`);
      return `${data.name} has ${JSON.stringify(found)}`;
    },
  };
};
