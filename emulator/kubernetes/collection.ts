import type { Client } from './client.ts';
import type { ApiObject } from './objects.ts';

export type ApiResource = { group: string; version: string; plural: string; namespace?: string };

/** Path of a collection, or of one of its objects, in the API. */
export const apiPathOf = (
  { group, version, plural, namespace }: ApiResource,
  name?: string,
  subresource?: string,
): string =>
  [group === '' ? '/api' : `/apis/${group}`, version, ...(namespace ? ['namespaces', namespace] : []), plural]
    .concat(name ?? [], subresource ?? [])
    .join('/');

/** The writing half of a collection; each call gives the object as the server has it then. */
export type Writer<T extends ApiObject> = {
  /** Reads the object as the server has it now, where the informer's copy may lag behind. */
  fetch(name: string): Promise<T>;
  create(object: Partial<T> & Pick<T, 'metadata'>): Promise<T>;
  /** Replaces metadata and spec; a conflict if somebody else was faster than this copy. */
  update(object: T): Promise<T>;
  /** The same for status alone. */
  updateStatus(object: T): Promise<T>;
  patch(name: string, mergePatch: object, subresource?: 'status'): Promise<T>;
  delete(name: string): Promise<void>;
};

/** Makes the writing half of a collection. */
export const createWriter = <T extends ApiObject>(
  client: Client,
  resource: ApiResource,
  kind: string,
): Writer<T> => {
  const apiVersion = resource.group === '' ? resource.version : `${resource.group}/${resource.version}`;
  return {
    fetch: (name) => client.request('GET', apiPathOf(resource, name)),
    create: (object) => client.request('POST', apiPathOf(resource), { apiVersion, kind, ...object }),
    update: (object) => client.request('PUT', apiPathOf(resource, object.metadata.name), object),
    updateStatus: (object) =>
      client.request('PUT', apiPathOf(resource, object.metadata.name, 'status'), object),
    patch: (name, mergePatch, subresource) =>
      client.request(
        'PATCH',
        apiPathOf(resource, name, subresource),
        mergePatch,
        'application/merge-patch+json',
      ),
    delete: async (name) => {
      await client.request('DELETE', apiPathOf(resource, name));
    },
  };
};
