import { shown } from './collections.ts';
import type { Links, Resource } from './resource.ts';
import { toCollection, withLinks } from './resource.ts';

const types = Object.values(shown).map(({ type }) => type);

/** What /v1 answers: where the collections are. */
export const version = (links: Links): Resource => ({
  id: 'v1',
  type: 'apiVersion',
  links: { self: links.self, ...Object.fromEntries(Object.entries(shown).map(([name, { type }]) => [name, links.collection(type)])) },
  actions: {},
});

// Fields are left out: a client that is not made from the schemas at run time needs no more than the collections.
export const schemas = (links: Links) =>
  toCollection(
    'schema',
    types.map((type) =>
      withLinks(
        {
          id: type,
          type: 'schema',
          pluralName: `${type}s`,
          collectionMethods: ['GET'],
          resourceMethods: type === 'setting' ? ['GET', 'PUT'] : ['GET'],
          resourceFields: {},
          links: { collection: links.collection(type) },
        },
        links,
      ),
    ),
    links,
  );
