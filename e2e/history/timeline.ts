import type { KubernetesObject } from '../kube/objects.ts';

/** A state that an object was seen in. */
export type ObjectEntry<T extends KubernetesObject = KubernetesObject> = {
  kind: 'listed' | 'added' | 'modified' | 'deleted';
  /** Order of arrival, counted over all timelines of this process. */
  sequence: number;
  /** When it arrived, in ms since the epoch. */
  at: number;
  /** For a deletion: the last state. */
  object: T;
  resourceVersion: string;
  /** The deletion was not seen; a new listing lacked the object. */
  inferred?: true;
};

/** A stretch that the watch cannot vouch for. */
export type GapEntry = {
  kind: 'gap';
  sequence: number;
  at: number;
  /** When the watch was last sure, in ms since the epoch. */
  since: number;
  /** Sequence of the first entry that it throws doubt on, where it does so on earlier ones. */
  from?: number;
  /** The order of arrival of the listing that ended it, which may have been empty; undefined before that. */
  until?: number;
  reason: string;
};

export type Entry<T extends KubernetesObject = KubernetesObject> = ObjectEntry<T> | GapEntry;

/** What is put into a timeline; it adds the order of arrival. */
export type TimelineEvent<T extends KubernetesObject = KubernetesObject> =
  | { kind: ObjectEntry['kind']; at: number; object: T; inferred?: true }
  | { kind: 'gap'; at: number; since?: number; from?: number; reason: string };

/** Every event of one collection (optionally narrowed by selectors), in the order of arrival. */
export type Timeline<T extends KubernetesObject = KubernetesObject> = {
  readonly label: string;
  readonly entries: readonly Entry<T>[];
  /** The last state seen; undefined before the first and once deleted. */
  current(name: string): T | undefined;
  objects(): T[];
  /** Everything that arrives later, in any timeline, has a greater sequence. */
  mark(): number;
  /** Calls the listener for each later entry; returns how to stop that. */
  onEntry(listener: (entry: Entry<T>) => void): () => void;
  /** Calls the listener when the watch ends for good; returns how to stop that. */
  onFailure(listener: (error: Error) => void): () => void;
  /** Why the watch cannot go on (403, stopped, ...). */
  readonly failure: Error | undefined;
  /**
   * Since when nothing can arrive, as there is no connection, in ms since the epoch; undefined while there is
   * one.
   */
  readonly cutOff: number | undefined;
  /** The last trouble that the watch overcame, for explanations. */
  readonly lastTrouble: { at: number; error: Error } | undefined;
  stop(): Promise<void>;
  /** Stops it where what needs it ends, by `await using`. */
  [Symbol.asyncDispose](): Promise<void>;
};

/** The writing end of a timeline. */
export type Recorder<T extends KubernetesObject> = {
  timeline: Timeline<T>;
  push(event: TimelineEvent<T>): Entry<T>;
  fail(error: Error): void;
  trouble(error: Error): void;
  /** Says that a listing comes next, which ends a gap. */
  listing(): void;
  /** Says whether there is a connection now. */
  connected(is: boolean): void;
};

// One count for all timelines: a mark taken in one is valid in every other, and what two of them saw has an
// order.
let arrivals = 0;

/** Makes an empty timeline and the means to fill it. */
export const createTimeline = <T extends KubernetesObject>(options: {
  label: string;
  stop: () => Promise<void>;
}): Recorder<T> => {
  const entries: Entry<T>[] = [];
  const states = new Map<string, T>();
  const entryListeners = new Set<(entry: Entry<T>) => void>();
  const failureListeners = new Set<(error: Error) => void>();
  let failure: Error | undefined;
  let cutOff: number | undefined;
  let lastTrouble: Timeline['lastTrouble'];

  const timeline: Timeline<T> = {
    label: options.label,
    entries,
    current: (name) => [...states.values()].find((object) => object.metadata.name === name),
    objects: () => [...states.values()],
    mark: () => arrivals,
    onEntry: (listener) => subscribe(entryListeners, listener),
    onFailure: (listener) => subscribe(failureListeners, listener),
    get failure() {
      return failure;
    },
    get cutOff() {
      return cutOff;
    },
    get lastTrouble() {
      return lastTrouble;
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
  const trouble = (error: Error): void => {
    lastTrouble = { at: Date.now(), error };
  };
  const connected = (is: boolean): void => {
    cutOff = is ? undefined : (cutOff ?? Date.now());
  };
  const listing = (): void => {
    const last = entries.at(-1);
    if (last?.kind !== 'gap') return;
    arrivals += 1;
    last.until = arrivals;
  };
  return { timeline, push, fail, trouble, listing, connected };
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
