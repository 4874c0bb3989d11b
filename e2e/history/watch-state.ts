import type { KubernetesObject } from '../kube/objects.ts';
import type { WatchEvent } from '../kube/watch-connection.ts';
import type { Recorder } from './timeline.ts';

/**
 * An event came later than one with a greater resourceVersion: what else this connection left out or turned
 * round, nobody knows.
 */
export class OutOfOrder extends Error {}

/** Writes what a watch hears into a timeline, and knows from where the watch must go on. */
export type WatchState<T extends KubernetesObject> = {
  /** The resourceVersion up to which everything was received; undefined when it takes a new listing. */
  readonly version: string | undefined;
  /** A connection begins. */
  connected(): void;
  /** Takes a listing that was asked for at that time, in ms since the epoch. */
  list(items: T[], resourceVersion: string, requestedAt: number): void;
  /** Takes what is new, passes over what is known, throws OutOfOrder for what should have come before. */
  take(event: WatchEvent<T>): void;
  /**
   * The server cannot go on from the version, or is not to be believed: a gap, unless it belongs to the one
   * that is there.
   */
  lose(error: Error): void;
};

/** Begins with nothing heard. */
export const createWatchState = <T extends KubernetesObject>({
  timeline,
  push,
  ...recorder
}: Recorder<T>): WatchState<T> => {
  let version: string | undefined;
  let listed: string | undefined;
  let lastHeard = Date.now();
  let start = { mark: timeline.mark(), at: lastHeard };

  const isKnown = ({ type, object: { metadata } }: WatchEvent<T>): boolean => {
    const isSame = ({ uid, resourceVersion }: typeof metadata) =>
      uid === metadata.uid && resourceVersion === metadata.resourceVersion;
    // Whatever its version, the end of what is still there was not received.
    if (type === 'DELETED' && timeline.objects().some((object) => object.metadata.uid === metadata.uid))
      return false;
    // What was there before the listing is no history of this timeline.
    if (!isAfter(metadata.resourceVersion, listed)) return true;
    return timeline.entries.some((entry) => entry.kind !== 'gap' && isSame(entry.object.metadata));
  };
  return {
    get version() {
      return version;
    },
    connected: () => {
      start = { mark: timeline.mark(), at: lastHeard };
      recorder.connected(true);
    },
    list: (items, resourceVersion, requestedAt) => {
      const at = Date.now();
      // What it says was so at some time since it was asked for.
      lastHeard = requestedAt;
      recorder.listing();
      const uids = new Set(items.map(({ metadata }) => metadata.uid));
      // Deletions first: an object made again under its old name is listed with a new uid.
      for (const object of timeline.objects())
        if (!uids.has(object.metadata.uid)) push({ kind: 'deleted', at, object, inferred: true });
      for (const object of items) push({ kind: 'listed', at, object });
      version = resourceVersion;
      listed = resourceVersion;
    },
    take: (event) => {
      const { type, object } = event;
      // The same moment as that of the entry: what it says was sure until then.
      lastHeard = Date.now();
      const { resourceVersion = version } = object.metadata;
      if (isAfter(resourceVersion, version)) version = resourceVersion;
      else if (type === 'BOOKMARK' || isKnown(event)) return;
      else
        throw new OutOfOrder(
          `resourceVersion ${resourceVersion} of ${object.metadata.name} came only after ${version}`,
        );
      if (type !== 'BOOKMARK') push({ kind: kinds[type], at: lastHeard, object });
    },
    lose: (error) => {
      if (version === undefined) return;
      const at = Date.now();
      if (error instanceof OutOfOrder) {
        const reason = `the server reported what happened in the wrong order: ${error.message}`;
        push({ kind: 'gap', at, since: start.at, from: start.mark + 1, reason });
      } else {
        push({
          kind: 'gap',
          at,
          since: lastHeard,
          reason: `the server does not know what came after resourceVersion ${version}: ${error.message}`,
        });
      }
      version = undefined;
    },
  };
};

const kinds = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

// Within a collection they are numbers that rise; an aggregated API may have others, of which nothing can be
// said but that they came.
const isAfter = (one: string | undefined, other: string | undefined): boolean => {
  const [after, before] = [one, other].map((text) =>
    text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined,
  );
  return after === undefined || before === undefined || after > before;
};
