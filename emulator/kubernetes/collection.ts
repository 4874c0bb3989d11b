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

/** Writes the objects of a collection. Each call returns the object as the server then has it. */
export type Writer<T extends ApiObject> = {
  /** Reads the object from the server, because the informer's copy may lag behind. */
  fetch(name: string): Promise<T>;
  create(object: Partial<T> & Pick<T, 'metadata'>): Promise<T>;
  /** Replaces metadata and spec. Throws a conflict if the object has changed since this copy. */
  update(object: T): Promise<T>;
  /** Replaces only the status. Throws a conflict like `update`. */
  updateStatus(object: T): Promise<T>;
  patch(name: string, mergePatch: object, subresource?: 'status'): Promise<T>;
  /** With Foreground, the object stays until its dependents are gone. */
  delete(name: string, propagationPolicy?: 'Foreground'): Promise<void>;
};

/** Creates the writer of a collection. */
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
    delete: async (name, propagationPolicy) => {
      await client.request('DELETE', apiPathOf(resource, name), propagationPolicy && { propagationPolicy });
    },
  };
};
