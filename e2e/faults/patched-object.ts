import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import type { Cluster, Resource } from '../kube/cluster.ts';
import type { Fault, FaultKind } from './fault.ts';

const schema = z.object({
  resource: z.object({
    group: z.string(),
    version: z.string(),
    plural: z.string(),
    namespaced: z.boolean().optional(),
  }),
  namespace: z.string().optional(),
  name: z.string(),
  before: z.record(z.string(), z.unknown()),
  /** Missing in ledgers of earlier versions. */
  after: z.record(z.string(), z.unknown()).optional(),
});

/** A shared object, its fields before the change, and its fields after the change. Both are merge patches. */
type PatchedObject = z.infer<typeof schema>;

/** The fields of an object that a merge patch contains. A merge patch replaces a list as a whole. */
const fieldsOf = (object: unknown, patch: unknown): unknown =>
  typeof patch === 'object' &&
  patch !== null &&
  !Array.isArray(patch) &&
  typeof object === 'object' &&
  object !== null
    ? Object.fromEntries(
        Object.entries(patch).map(([key, value]) => [
          key,
          fieldsOf((object as Record<string, unknown>)[key], value),
        ]),
      )
    : object;

const whereOf = ({ namespace, name }: Pick<PatchedObject, 'namespace' | 'name'>) =>
  namespace === undefined ? { name } : { namespace, name };

const on = (
  cluster: Cluster,
  { title, ...data }: PatchedObject & { title: string; after: Record<string, unknown> },
): Fault => {
  const { after } = data;
  const resource = data.resource as Resource;
  const where = whereOf(data);
  return {
    kind: patchedObject,
    title,
    data,
    inject: async () => {
      await cluster.patch(resource, where, after);
    },
    prove: async () => {
      const found = fieldsOf(await cluster.get(resource, where), after);
      if (!isDeepStrictEqual(found, after))
        throw new Error(`the fault is not in force: ${title}: ${data.name} has ${JSON.stringify(found)}`);
      return `${data.name} has ${JSON.stringify(found)}`;
    },
  };
};

const restore = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { resource, before, after, ...of } = schema.parse(data);
  const { name } = of;
  const where = whereOf(of);
  const what = `${name} (${resource.plural})`;
  if (after !== undefined) {
    const found = fieldsOf(await cluster.get(resource as Resource, where), after);
    if (isDeepStrictEqual(found, fieldsOf(before, after))) return `${what} is as it was`;
    if (!isDeepStrictEqual(found, after))
      return `${what} was changed by somebody else meanwhile, to ${JSON.stringify(found)}: it stays so`;
  }
  await cluster.patch(resource as Resource, where, before);
  return `${what} is as it was`;
};

/**
 * A merge patch changes an object of the whole cluster, such as a setting of Longhorn. The heal restores `before`,
 * unless somebody else has changed the same fields since.
 */
export const patchedObject = {
  name: 'patchedObject',
  ledgerName: 'patched-object',
  disruption: 'settings',
  reach: 'everything',
  on,
  heal: restore,
  document: {
    about:
      "An object that belongs to the whole cluster (a setting of Longhorn's, the tags of a node, or whether a node can be scheduled) is changed.",
    inject: 'a merge patch',
    prove: 'the object has the fields of the patch',
    heal: 'it gets its previous values back, unless somebody else has changed them since',
    bound: 'none',
    otherUsers:
      "everybody, because the setting is everybody's; what Longhorn did because of it is not undone. If somebody else changes the same field meanwhile, that change is kept",
    'in scenarios':
      '`given.setting` and `given.detachedAllowed`, undone by `when.released`; `given.tags`, `given.cordoned`',
  },
} as const satisfies FaultKind & { on: typeof on };
