import type { KubernetesObject } from '../kube/objects.ts';

/** A state in which an object was seen. */
export type ObjectEntry<T extends KubernetesObject = KubernetesObject> = {
  kind: 'listed' | 'added' | 'modified' | 'deleted';
  /** The order of arrival, counted over all timelines of this process. */
  sequence: number;
  /** The time of arrival, in ms since the epoch. */
  at: number;
  /** For a deletion: the last state. */
  object: T;
  resourceVersion: string;
  /** The deletion was not seen. A new listing lacked the object. */
  inferred?: true;
};

/** The kinds of entries, by the types of watch events. */
export const entryKinds = { ADDED: 'added', MODIFIED: 'modified', DELETED: 'deleted' } as const;

/** A period for which the watch may have missed events. */
export type GapEntry = {
  kind: 'gap';
  sequence: number;
  at: number;
  /** When the watch was last certain, in ms since the epoch. */
  since: number;
  /** The sequence of the first earlier entry that is in doubt. Missing if none is. */
  from?: number;
  /** The order of arrival of the listing that ended the gap, which may have been empty. Undefined before that. */
  until?: number;
  reason: string;
};

export type Entry<T extends KubernetesObject = KubernetesObject> = ObjectEntry<T> | GapEntry;

/** A new entry, before it gets its order of arrival. */
export type TimelineEvent<T extends KubernetesObject = KubernetesObject> =
  | { kind: ObjectEntry['kind']; at: number; object: T; inferred?: true }
  | { kind: 'gap'; at: number; since?: number; from?: number; reason: string };

/** Every event of one collection in order of arrival. Selectors can limit the collection. */
export type Timeline<T extends KubernetesObject = KubernetesObject> = {
  readonly label: string;
  readonly entries: readonly Entry<T>[];
  /** The last state of an object. Undefined before the first one and after a deletion. */
  current(name: string): T | undefined;
  objects(): T[];
  /** The last sequence of any timeline. Every later entry, in any timeline, has a greater one. */
  lastSequence(): number;
  /** Calls the listener for each later entry. Returns a function that removes it. */
  onEntry(listener: (entry: Entry<T>) => void): () => void;
  /** Calls the listener when the watch ends permanently. Returns a function that removes it. */
  onFailure(listener: (error: Error) => void): () => void;
  /** Why the watch ended permanently (403, stopped, ...). Undefined while it runs. */
  readonly failure: Error | undefined;
  /** When the connection was lost, in ms since the epoch. Undefined while there is one. */
  readonly disconnectedSince: number | undefined;
  /** The last error that the watch recovered from, for explanations. */
  readonly lastError: { at: number; error: Error } | undefined;
  stop(): Promise<void>;
  /** Stops the watch at the end of an `await using` block. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** The writing side of a timeline. */
export type Recorder<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  push(event: TimelineEvent<T>): Entry<T>;
  fail(error: Error): void;
  recovered(error: Error): void;
  /** Announces a listing, which ends a gap. */
  listing(): void;
  /** Records whether there is a connection. */
  connected(is: boolean): void;
};

// One count for all timelines, so that sequences are valid in all of them and entries of different timelines have an
// order.
let arrivals = 0;

/** Creates an empty timeline and the functions that fill it. */
export const createTimeline = <T extends KubernetesObject>(options: {
  label: string;
  stop: () => Promise<void>;
}): Recorder<T> => {
  const entries: Entry<T>[] = [];
  const states = new Map<string, T>();
  const entryListeners = new Set<(entry: Entry<T>) => void>();
  const failureListeners = new Set<(error: Error) => void>();
  let failure: Error | undefined;
  let disconnectedSince: number | undefined;
  let lastError: Timeline['lastError'];

  const timeline: Timeline<T> = {
    label: options.label,
    entries,
    current: (name) => [...states.values()].find((object) => object.metadata.name === name),
    objects: () => [...states.values()],
    lastSequence: () => arrivals,
    onEntry: (listener) => subscribe(entryListeners, listener),
    onFailure: (listener) => subscribe(failureListeners, listener),
    get failure() {
      return failure;
    },
    get disconnectedSince() {
      return disconnectedSince;
    },
    get lastError() {
      return lastError;
    },
    stop: options.stop,
    [Symbol.asyncDispose]: options.stop,
  };

  const push = (event: TimelineEvent<T>): Entry<T> => {
    const entry = toEntry(event);
    entries.push(entry);
    if (entry.kind === 'deleted') states.delete(keyOf(entry.object));
    else if (entry.kind !== 'gap') states.set(keyOf(entry.object), entry.object);
    for (const listener of [...entryListeners]) listener(entry);
    return entry;
  };
  const fail = (error: Error): void => {
    if (failure !== undefined) return;
    failure = error;
    for (const listener of [...failureListeners]) listener(error);
  };
  const recovered = (error: Error): void => {
    lastError = { at: Date.now(), error };
  };
  const connected = (is: boolean): void => {
    disconnectedSince = is ? undefined : (disconnectedSince ?? Date.now());
  };
  const listing = (): void => {
    const last = entries.at(-1);
    if (last?.kind !== 'gap') return;
    arrivals += 1;
    last.until = arrivals;
  };
  return { timeline, push, fail, recovered, listing, connected };
};

const toEntry = <T extends KubernetesObject>(event: TimelineEvent<T>): Entry<T> => {
  arrivals += 1;
  if (event.kind === 'gap') return { since: event.at, ...event, sequence: arrivals };
  return { ...event, sequence: arrivals, resourceVersion: event.object.metadata.resourceVersion ?? '' };
};

const keyOf = ({ metadata }: KubernetesObject): string => `${metadata.namespace ?? ''}/${metadata.name}`;

const subscribe = <L>(listeners: Set<L>, listener: L): (() => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};
