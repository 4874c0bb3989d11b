import { setTimeout as sleep } from 'node:timers/promises';
import type { Log } from '../log.ts';
import { ApiFailure, type Client } from './client.ts';
import { type ApiResource, apiPathOf } from './collection.ts';
import type { ApiObject } from './objects.ts';

/** The reading half of a collection: a copy kept by list and watch, as client-go's informers keep it. */
export type Informer<T extends ApiObject> = {
  /** An object, frozen: every event has it looked at, and a copy each time was a tenth of a manager's work. */
  get(name: string): T | undefined;
  /** All objects, frozen too. */
  list(): T[];
  /**
   * Calls back with a name for every object that is known already, as client-go does for a handler that is
   * added late, on every event of an object, and on every resync.
   */
  onEvent(listener: (name: string) => void): void;
  /** Takes the answer of a write into the copy at once, so that the next look is not at an older state. */
  absorb(object: T): void;
  /** Resolves when the first list is in. */
  synced: Promise<void>;
};

type ListAnswer<T> = { metadata: { resourceVersion: string }; items: T[]; kind: string; apiVersion: string };
type WatchEvent<T> = { type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR'; object: T };

const frozen = <T>(value: T): T => {
  if (typeof value !== 'object' || value === null) return value;
  for (const part of Object.values(value)) frozen(part);
  return Object.freeze(value);
};

const restDelay = 1_000;
const version = (object: ApiObject): bigint => BigInt(object.metadata.resourceVersion ?? 0);

/** Starts an informer; resync in milliseconds, none if undefined. It goes on until the signal aborts. */
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
   * UIDs of objects that have gone. The answer to a write may come after the event of its object's end, and
   * would bring it back for ever.
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
  // The first may come from the API server's cache, as client-go allows it: from one that lags behind it is old.
  const relist = async (isFirst: boolean): Promise<string> => {
    const { metadata, items, kind, apiVersion } = await client.request<ListAnswer<T>>(
      'GET',
      apiPathOf(resource) + query(isFirst ? { resourceVersion: '0' } : {}),
    );
    const before = new Set(objects.keys());
    for (const item of items) {
      // Items of a list carry neither of the two.
      store({ ...item, apiVersion, kind: kind.replace(/List$/, '') });
      before.delete(item.metadata.name);
    }
    for (const name of before) forget(name, objects.get(name)?.metadata.uid);
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
        // A pause between two lists, as client-go has one: a server that is down answers none of them.
        await sleep(restDelay, undefined, { signal }).catch(() => undefined);
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
    absorb: store,
    synced: synced.promise,
  };
};
