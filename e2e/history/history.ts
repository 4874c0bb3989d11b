import type { KubernetesObject } from '../kube/objects.ts';
import type { Entry, GapEntry, ObjectEntry, Timeline } from './timeline.ts';

/** What a step can be made again from: the name of a state, and what it was given to make it; JSON. */
export type StepName = { state: string; given: readonly unknown[] };

/** A state that an object can be in, and how a reader calls it; one without a name cannot be written down. */
export type StateStep<T> = { label: string; matches(object: T): boolean; name?: StepName };

/** The object was deleted: no state of it, but the end of its history. */
// biome-ignore lint/suspicious/noExplicitAny: it fits every kind of object.
export const gone: StateStep<any> = {
  label: 'gone',
  matches: () => false,
  name: { state: 'gone', given: [] },
};

/** Whether an entry shows the state of a step. */
export const shows = <T extends KubernetesObject>(
  entry: ObjectEntry<T> | undefined,
  step: StateStep<T>,
): boolean => {
  if (entry === undefined) return false;
  return entry.kind === 'deleted' ? step === gone : step !== gone && step.matches(entry.object);
};

/** What an entry said about an object: its new state, and the gaps before it that may hide another one. */
export type Observation<T extends KubernetesObject> = { entry: ObjectEntry<T>; lost: readonly GapEntry[] };

/** Follows one object by its name through a timeline. */
export type Track<T extends KubernetesObject> = {
  take(entry: Entry<T>): Observation<T> | undefined;
  readonly last: ObjectEntry<T> | undefined;
  /** The gaps behind which the object has not been seen again yet. */
  readonly doubts: readonly GapEntry[];
};

/** Starts following an object; a gap behind which it is found unchanged has lost nothing of it. */
export const createTrack = <T extends KubernetesObject>(name: string): Track<T> => {
  let last: ObjectEntry<T> | undefined;
  let doubts: GapEntry[] = [];
  return {
    get last() {
      return last;
    },
    get doubts() {
      return doubts;
    },
    take: (entry) => {
      if (entry.kind === 'gap') {
        doubts.push(entry);
        return undefined;
      }
      if (entry.object.metadata.name !== name) return undefined;
      const before = last;
      const lost = doubts.filter((gap) => !vouchedFor(before, entry, gap));
      doubts = [];
      last = entry;
      return { entry, lost };
    },
  };
};

// An object that was not there may have come and gone in the gap, even if it is made only afterwards.
const vouchedFor = <T extends KubernetesObject>(
  before: ObjectEntry<T> | undefined,
  after: ObjectEntry<T>,
  gap: GapEntry,
): boolean =>
  before !== undefined &&
  before.sequence < firstDoubted(gap) &&
  after.kind === 'listed' &&
  // Equal resourceVersions say that the object did not change.
  after.object.metadata.uid === before.object.metadata.uid &&
  after.resourceVersion === before.resourceVersion;

/** The sequence from which on a gap throws doubt on a timeline. */
export const firstDoubted = ({ from, sequence }: GapEntry): number => from ?? sequence;

/** The last thing seen of an object up to a mark, a deletion included. */
export const inForceAt = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  name: string,
  mark: number,
): ObjectEntry<T> | undefined =>
  timeline.entries.findLast((entry): entry is ObjectEntry<T> => entry.sequence <= mark && isOf(entry, name));

/**
 * What arrived after a mark; a gap at the mark belongs to it if the listing that ends the gap comes only
 * afterwards.
 */
export const entriesAfter = <T extends KubernetesObject>(
  { entries }: Timeline<T>,
  mark: number,
): Entry<T>[] => {
  const found = entries.findIndex(({ sequence }) => sequence > mark);
  const first = found === -1 ? entries.length : found;
  const before = entries[first - 1];
  const isOpen = before?.kind === 'gap' && !(before.until !== undefined && before.until <= mark);
  return entries.slice(isOpen ? first - 1 : first);
};

/**
 * The entries of one object from a mark on, with the gaps between them, and before them the state in force at
 * the mark.
 */
export const historyOf = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  name: string,
  mark: number,
): Entry<T>[] => {
  const inForce = inForceAt(timeline, name, mark);
  const later = entriesAfter(timeline, mark).filter((entry) => entry.kind === 'gap' || isOf(entry, name));
  return inForce === undefined || inForce.kind === 'deleted' ? later : [inForce, ...later];
};

const isOf = (entry: Entry, name: string): boolean =>
  entry.kind !== 'gap' && entry.object.metadata.name === name;
