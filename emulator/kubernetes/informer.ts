import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { ApiFailure, type Client } from './client.ts';
import { type ApiResource, apiPathOf } from './collection.ts';
import type { ApiObject } from './objects.ts';

/** Reads the objects of a collection: a copy kept by list and watch, like client-go's informers. */
export type Informer<T extends ApiObject> = {
  /** Returns a frozen object. A copy for each event was a tenth of a manager's work. */
  get(name: string): T | undefined;
  /** Returns all objects, frozen too. */
  list(): T[];
  /**
   * Calls the listener with the name of every known object at once, as client-go does for a late handler.
   * Then calls it on every event of an object and on every resync.
   */
  onEvent(listener: (name: string) => void): void;
  /** Puts the result of a write into the copy at once, so that the next read is not older. */
  putInCache(object: T): void;
  /** Resolves after the first list. */
  synced: Promise<void>;
};

type ListAnswer<T> = { metadata: { resourceVersion: string }; items: T[]; kind: string; apiVersion: string };
type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T };

const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

const relistDelay = 1_000;
const version = (object: ApiObject): bigint => BigInt(object.metadata.resourceVersion ?? 0);

/** Starts an informer, which runs until the signal aborts. `resync` is in milliseconds; undefined means none. */
export const startInformer = <T extends ApiObject>(
  {
    client,
    resource,
    labelSelector,
    resync,
  }: { client: Client; resource: ApiResource; labelSelector?: string; resync?: number | undefined },
  { log, signal }: { log: Log; signal: AbortSignal },
): Informer<T> => {
  const objects = new Map<string, T>();
  /**
   * UIDs of removed objects. The response to a write may arrive after the event of the object's removal, and
   * would otherwise add it again permanently.
   */
  const gone = new Set<string | undefined>();
  const listeners = new Set<(name: string) => void>();
  const synced = Promise.withResolvers<void>();
  const notify = (name: string): void => {
    for (const listener of listeners) listener(name);
  };
  const query = (more: Record<string, string>) =>
    `?${new URLSearchParams({ ...(labelSelector && { labelSelector }), ...more })}`;

  const store = (object: T): void => {
    if (gone.has(object.metadata.uid)) return;
    const known = objects.get(object.metadata.name);
    const replaced =
      known !== undefined && known.metadata.uid === object.metadata.uid && version(known) > version(object);
    if (!replaced) objects.set(object.metadata.name, frozen(object));
  };
  const forget = (name: string, uid: string | undefined): void => {
    gone.add(uid);
    if (objects.get(name)?.metadata.uid === uid) objects.delete(name);
  };
  // The first list may come from the API server's cache, as in client-go. If that cache lags behind, the list is old.
  const relist = async (isFirst: boolean): Promise<string> => {
    const { metadata, items, kind, apiVersion } = await client.request<ListAnswer<T>>(
      'GET',
      apiPathOf(resource) + query(isFirst ? { resourceVersion: '0' } : {}),
    );
    const before = new Set(objects.keys());
    for (const item of items) {
      // Items of a list have neither apiVersion nor kind.
      store({ ...item, apiVersion, kind: kind.replace(/List$/, '') });
      before.delete(item.metadata.name);
    }
    for (const name of before) {
      const known = objects.get(name);
      // The answer to a write may have come before this list, which is older: its object is not gone.
      if (known && version(known) <= BigInt(metadata.resourceVersion)) forget(name, known.metadata.uid);
    }
    for (const name of [...objects.keys(), ...before]) notify(name);
    synced.resolve();
    return metadata.resourceVersion;
  };
  const take = ({ type, object }: WatchEvent<T>): void => {
    const { name } = object.metadata;
    if (type === 'DELETED') {
      forget(name, object.metadata.uid);
    } else {
      store(object);
    }
    notify(name);
  };
  const follow = async (from: string): Promise<void> => {
    let resourceVersion = from;
    for (;;) {
      const path =
        apiPathOf(resource) +
        query({ watch: '1', allowWatchBookmarks: 'true', timeoutSeconds: '300', resourceVersion });
      for await (const line of client.lines(path, signal)) {
        const event: WatchEvent<T> = JSON.parse(line);
        if (event.type === 'ERROR') {
          const { code, reason, message } = event.object as unknown as {
            code: number;
            reason: string;
            message: string;
          };
          throw new ApiFailure(`watch of ${resource.plural}`, code, reason, message);
        }
        resourceVersion = event.object.metadata.resourceVersion ?? resourceVersion;
        if (event.type !== 'BOOKMARK') take(event);
      }
    }
  };
  const run = async (): Promise<void> => {
    for (let isFirst = true; !signal.aborted; isFirst = false) {
      try {
        await follow(await relist(isFirst));
      } catch (error) {
        if (signal.aborted) return;
        log.warning(`Listing ${resource.plural} anew`, { error });
        // A pause between two lists, as in client-go: a server that is down answers none of them.
        await sleep(relistDelay, undefined, { signal }).catch(() => undefined);
      }
    }
  };
  void run();
  if (resync !== undefined) {
    const timer = setInterval(() => [...objects.keys()].forEach(notify), resync);
    signal.addEventListener('abort', () => clearInterval(timer));
  }
  return {
    get: (name) => objects.get(name),
    list: () => [...objects.values()],
    onEvent: (listener) => {
      listeners.add(listener);
      for (const name of objects.keys()) listener(name);
    },
    putInCache: store,
    synced: synced.promise,
  };
};
