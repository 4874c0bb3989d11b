import { ApiError } from '../../../../e2e/kube/cluster.ts';
import { ApiFailure } from '../../../../emulator/kubernetes/client.ts';
import type { ApiObject } from '../../../../emulator/kubernetes/objects.ts';
import type { Collection, Datastore } from '../../../../emulator/manager/datastore.ts';
import { createObjects } from '../../../support/stub-objects.ts';

type StandIn = Collection<ApiObject> & { put(object: object): void };

const createStandIn = (plural: string, refuse: (what: string) => void): StandIn => {
  const kind = `${plural}.longhorn.io`;
  const objects = createObjects({ [kind]: [] });
  /** Answers as the emulator's client does. */
  const answer = async (ask: () => object): Promise<ApiObject> => {
    try {
      return ask() as ApiObject;
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      throw new ApiFailure(plural, error.status, error.reason, error.message);
    }
  };
  const get = (name: string) => objects.get(kind, { name });
  const update = (object: ApiObject) =>
    answer(() => {
      objects.put(kind, object);
      return get(object.metadata.name);
    });
  return {
    put: (object) => objects.put(kind, object),
    get: (name) => (objects.list(kind).items as ApiObject[]).find(({ metadata }) => metadata.name === name),
    list: () => objects.list(kind).items as ApiObject[],
    onEvent: (listener) => objects.onChange(({ object }) => listener(object.metadata.name)),
    absorb: () => undefined,
    synced: Promise.resolve(),
    fetch: (name) => answer(() => get(name)),
    create: async (object) => {
      refuse(`create ${plural} ${object.metadata.name}`);
      const metadata = { ...object.metadata, creationTimestamp: '2026-01-01T00:00:00Z' };
      return answer(() => objects.create(kind, { ...object, metadata }));
    },
    update,
    updateStatus: update,
    patch: (name, patch) => answer(() => objects.patch(kind, { name }, patch)),
    delete: async (name) => {
      refuse(`delete ${plural} ${name}`);
      await answer(() => objects.delete(kind, { name }));
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
