import type { KubernetesObject } from '../kube/objects.ts';
import type { Entry, GapEntry, ObjectEntry, Timeline } from './timeline.ts';

/** The serializable form of a step: the name of a state function, and its arguments. Both are JSON. */
export type StepName = { state: string; given: readonly unknown[] };

/** A state of an object, and its name for readers. A step without `name` cannot be serialized. */
export type StateStep<T> = { label: string; matches(object: T): boolean; name?: StepName };

/** The step that means the object was deleted. It is the end of its history. */
// biome-ignore lint/suspicious/noExplicitAny: it fits every kind of object.
export const gone: StateStep<any> = {
  label: 'gone',
  matches: () => false,
  name: { state: 'gone', given: [] },
};

/** Whether an entry matches a step. */
export const matchesStep = <T extends KubernetesObject>(
  entry: ObjectEntry<T> | undefined,
  step: StateStep<T>,
): boolean => {
  if (entry === undefined) return false;
  return entry.kind === 'deleted' ? step === gone : step !== gone && step.matches(entry.object);
};

/** A new state of an object, and the gaps before it in which it may have had other states. */
export type Observation<T extends KubernetesObject> = { entry: ObjectEntry<T>; lost: readonly GapEntry[] };

/** Follows one object of a timeline by its name. */
export type Track<T extends KubernetesObject> = {
  take(entry: Entry<T>): Observation<T> | undefined;
  readonly last: ObjectEntry<T> | undefined;
  /** The gaps after which the object has not been seen yet. */
  readonly doubts: readonly GapEntry[];
};

/** Starts to follow an object. If the object is unchanged after a gap, the gap lost nothing. */
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

// An object that was absent before a gap may have existed within it, even if it was created again later.
const vouchedFor = <T extends KubernetesObject>(
  before: ObjectEntry<T> | undefined,
  after: ObjectEntry<T>,
  gap: GapEntry,
): boolean =>
  before !== undefined &&
  before.sequence < firstDoubted(gap) &&
  after.kind === 'listed' &&
  // An equal resourceVersion means that the object did not change.
  after.object.metadata.uid === before.object.metadata.uid &&
  after.resourceVersion === before.resourceVersion;

/** The sequence of the first entry that a gap makes doubtful. */
export const firstDoubted = ({ from, sequence }: GapEntry): number => from ?? sequence;

/** The last entry of an object up to a sequence, including a deletion. */
export const lastEntryUpTo = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  name: string,
  sequence: number,
): ObjectEntry<T> | undefined =>
  timeline.entries.findLast(
    (entry): entry is ObjectEntry<T> => entry.sequence <= sequence && isOf(entry, name),
  );

/** The entries after a sequence. A gap at the start is included if the listing that ends it arrives after the start. */
export const entriesAfter = <T extends KubernetesObject>(
  { entries }: Timeline<T>,
  startSequence: number,
): Entry<T>[] => {
  const found = entries.findIndex(({ sequence }) => sequence > startSequence);
  const first = found === -1 ? entries.length : found;
  const before = entries[first - 1];
  const isOpen = before?.kind === 'gap' && !(before.until !== undefined && before.until <= startSequence);
  return entries.slice(isOpen ? first - 1 : first);
};

/** The entries of one object after a sequence, with the gaps between them. The state at the start comes first. */
export const historyOf = <T extends KubernetesObject>(
  timeline: Timeline<T>,
  name: string,
  startSequence: number,
): Entry<T>[] => {
  const inForce = lastEntryUpTo(timeline, name, startSequence);
  const later = entriesAfter(timeline, startSequence).filter(
    (entry) => entry.kind === 'gap' || isOf(entry, name),
  );
  return inForce === undefined || inForce.kind === 'deleted' ? later : [inForce, ...later];
};

/** All states in which one object was seen, in order of arrival. */
export const entriesOf = <T extends KubernetesObject>(
  { entries }: Pick<Timeline<T>, 'entries'>,
  name: string,
): ObjectEntry<T>[] => entries.filter((entry): entry is ObjectEntry<T> => isOf(entry, name));

const isOf = (entry: Entry, name: string): boolean =>
  entry.kind !== 'gap' && entry.object.metadata.name === name;
