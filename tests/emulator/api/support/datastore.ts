import { ApiFailure } from '../../../../emulator/kubernetes/client.ts';
import type { ApiObject } from '../../../../emulator/kubernetes/objects.ts';
import type { Collection, Datastore } from '../../../../emulator/manager/datastore.ts';

type StandIn = Collection<ApiObject> & { put(object: object): void };

const merge = (base: unknown, patch: unknown): unknown => {
  if (typeof patch !== 'object' || patch === null || Array.isArray(patch)) return patch;
  const merged: Record<string, unknown> = { ...(base as object) };
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(merged[key], value);
  }
  return merged;
};

const createStandIn = (plural: string, refuse: (what: string) => void): StandIn => {
  const objects = new Map<string, ApiObject>();
  const listeners = new Set<(name: string) => void>();
  const tell = (name: string): void => {
    for (const listener of listeners) listener(name);
  };
  const put = (object: object): ApiObject => {
    const whole = structuredClone(object) as ApiObject;
    objects.set(whole.metadata.name, whole);
    tell(whole.metadata.name);
    return structuredClone(whole);
  };
  const known = (name: string): ApiObject => {
    const object = objects.get(name);
    if (!object) throw new ApiFailure(plural, 404, 'NotFound', `${plural}.longhorn.io "${name}" not found`);
    return object;
  };
  return {
    put,
    get: (name) => structuredClone(objects.get(name)),
    list: () => structuredClone([...objects.values()]),
    onEvent: (listener) => listeners.add(listener),
    absorb: () => undefined,
    synced: Promise.resolve(),
    fetch: async (name) => known(name),
    create: async (object) => {
      refuse(`create ${plural} ${object.metadata.name}`);
      return put({ ...object, metadata: { ...object.metadata, creationTimestamp: '2026-01-01T00:00:00Z' } });
    },
    update: async (object) => put(object),
    updateStatus: async (object) => put(object),
    patch: async (name, patch) => put(merge(known(name), patch) as object),
    delete: async (name) => {
      refuse(`delete ${plural} ${name}`);
      known(name);
      objects.delete(name);
      tell(name);
    },
  };
};

/**
 * A datastore in memory; `refused` are the writes, such as `delete backups b1`, that its API server denies,
 * each with its words.
 */
export const createStandInDatastore = () => {
  const refused = new Map<string, string>();
  const refuse = (what: string): void => {
    const words = refused.get(what);
    if (words) throw new ApiFailure(what, 403, 'Forbidden', words);
  };
  const collections = new Map<string, StandIn>();
  const collection = (name: string): StandIn => {
    const found = collections.get(name) ?? createStandIn(name.toLowerCase(), refuse);
    collections.set(name, found);
    return found;
  };
  return {
    refused,
    put: (name: keyof Datastore, object: object): void => collection(name).put(object),
    datastore: new Proxy({}, { get: (_, name) => collection(String(name)) }) as Datastore,
  };
};

export type StandInDatastore = ReturnType<typeof createStandInDatastore>;
