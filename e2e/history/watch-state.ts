import type { KubernetesObject } from '../kube/objects.ts';
import type { WatchEvent } from '../kube/watch-connection.ts';
import { entryKinds, type Recorder } from './timeline.ts';

/**
 * An event arrived after one with a greater resourceVersion. Other events of this connection may be missing or out of
 * order too.
 */
export class OutOfOrder extends Error {}

/** Writes the events of a watch to a timeline, and tracks the version from which the watch must continue. */
type WatchState<T extends KubernetesObject> = {
  /** The resourceVersion up to which all events were received. Undefined if a new listing is needed. */
  readonly version: string | undefined;
  /** A connection starts. */
  connected(): void;
  /** Takes a listing. `requestedAt` is in ms since the epoch. */
  list(items: T[], resourceVersion: string, requestedAt: number): void;
  /** Takes a new event and ignores a known one. Throws OutOfOrder for an event that should have arrived earlier. */
  take(event: WatchEvent<T>): void;
  /**
   * The server cannot continue from the version, or its events are not reliable. Adds a gap, unless the version is
   * already lost.
   */
  lose(error: Error): void;
};

/** Creates the state of a watch that has received nothing. */
export const createWatchState = <T extends KubernetesObject>({
  timeline,
  push,
  ...recorder
}: Recorder<T>): WatchState<T> => {
  let version: string | undefined;
  let listed: string | undefined;
  let lastHeard = Date.now();
  let start = { sequence: timeline.lastSequence(), at: lastHeard };

  const isKnown = ({ type, object: { metadata } }: WatchEvent<T>): boolean => {
    const isSame = ({ uid, resourceVersion }: typeof metadata) =>
      uid === metadata.uid && resourceVersion === metadata.resourceVersion;
    // The deletion of an object that still exists here is new, whatever its version.
    if (type === 'DELETED' && timeline.objects().some((object) => object.metadata.uid === metadata.uid))
      return false;
    // Events from before the listing are not part of this timeline.
    if (!isAfter(metadata.resourceVersion, listed)) return true;
    return timeline.entries.some((entry) => entry.kind !== 'gap' && isSame(entry.object.metadata));
  };
  return {
    get version() {
      return version;
    },
    connected: () => {
      start = { sequence: timeline.lastSequence(), at: lastHeard };
      recorder.connected(true);
    },
    list: (items, resourceVersion, requestedAt) => {
      const at = Date.now();
      // The listing describes some moment after the request.
      lastHeard = requestedAt;
      recorder.listing();
      const uids = new Set(items.map(({ metadata }) => metadata.uid));
      // Deletions come first: an object that was created again under its name is listed with a new uid.
      for (const object of timeline.objects())
        if (!uids.has(object.metadata.uid)) push({ kind: 'deleted', at, object, inferred: true });
      for (const object of items) push({ kind: 'listed', at, object });
      version = resourceVersion;
      listed = resourceVersion;
    },
    take: (event) => {
      const { type, object } = event;
      // The same time as that of the entry, because the watch was certain until then.
      lastHeard = Date.now();
      const { resourceVersion = version } = object.metadata;
      if (isAfter(resourceVersion, version)) version = resourceVersion;
      else if (type === 'BOOKMARK' || isKnown(event)) return;
      else
        throw new OutOfOrder(
          `resourceVersion ${resourceVersion} of ${object.metadata.name} came only after ${version}`,
        );
      if (type !== 'BOOKMARK') push({ kind: entryKinds[type], at: lastHeard, object });
    },
    lose: (error) => {
      if (version === undefined) return;
      const at = Date.now();
      if (error instanceof OutOfOrder) {
        const reason = `the server reported what happened in the wrong order: ${error.message}`;
        push({ kind: 'gap', at, since: start.at, from: start.sequence + 1, reason });
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

// Within a collection, resourceVersions are increasing numbers. Those of an aggregated API may not be; then they
// cannot be compared, and every event counts as new.
const isAfter = (one: string | undefined, other: string | undefined): boolean => {
  const [after, before] = [one, other].map((text) =>
    text !== undefined && /^\d+$/.test(text) ? BigInt(text) : undefined,
  );
  return after === undefined || before === undefined || after > before;
};
