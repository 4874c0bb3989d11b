import { z } from 'zod';
import type { Cluster, Resource } from '../observe/cluster.ts';

const schema = z.object({
  resource: z.object({ group: z.string(), version: z.string(), plural: z.string(), namespaced: z.boolean().optional() }),
  namespace: z.string(),
  name: z.string(),
  before: z.record(z.string(), z.unknown()),
});

/** An object that other people's work depends on, and the fields of it (as a merge patch) to put back. */
export type PatchedObject = z.infer<typeof schema>;

/** Gives an object the fields back that it had. */
export const putBack = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { resource, namespace, name, before } = schema.parse(data);
  await cluster.patch(resource as Resource, { namespace, name }, before);
  return `${name} (${resource.plural}) is as it was`;
};
