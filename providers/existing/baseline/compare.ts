import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';
import { isRecord } from '../../../e2e/kube/objects.ts';
import type { BaselineCollection } from './collections.ts';
import { runIdOf } from './object-origin.ts';

/**
 * The recorded state of an object: the fields that users set, the observed state, whether it was being
 * deleted, and whether Longhorn creates and removes it by itself.
 */
type State = { userFields: Facts; observed: Facts; isDeleting: boolean; isAutomatic: boolean };

/** The recorded states of a collection's objects by key, without objects of runs. */
export type BaselineStates = ReadonlyMap<string, State>;

/** One line of the result. `transient`: the difference may disappear within a moment. */
export type BaselineDifference = { text: string; transient: boolean };

type ManagedObject = KubernetesObject & {
  metadata: { managedFields?: { manager?: string; time?: string; subresource?: string }[] };
};

const isBeingDeleted = ({ metadata }: KubernetesObject): boolean => metadata.deletionTimestamp !== undefined;

const keyed = (
  { key = ({ metadata }) => metadata.name }: BaselineCollection,
  objects: readonly KubernetesObject[],
) => {
  // If two objects have the same key, the one that is not being deleted counts.
  const staying = objects.toSorted(
    (one, other) => Number(isBeingDeleted(other)) - Number(isBeingDeleted(one)),
  );
  return new Map(staying.map((object) => [key(object), object]));
};

const toState = (
  { userFields, observed, isAutomatic }: BaselineCollection,
  object: KubernetesObject,
): State => ({
  userFields: toFacts(userFields?.(object)),
  observed: toFacts(observed?.(object)),
  isDeleting: isBeingDeleted(object),
  isAutomatic: isAutomatic?.(object) ?? false,
});

const withoutRunObjects = (collection: BaselineCollection, objects: readonly KubernetesObject[]) =>
  keyed(
    collection,
    objects.filter((object) => runIdOf(object) === undefined),
  );

/** Records the states of a collection's objects, except those of runs. */
export const recordBaseline = (
  collection: BaselineCollection,
  objects: readonly KubernetesObject[],
): BaselineStates =>
  new Map(
    [...withoutRunObjects(collection, objects)].map(([key, object]) => [key, toState(collection, object)]),
  );

/**
 * Returns the differences of a collection from its former state, and the objects that this run left behind.
 * Objects of other runs are ignored.
 */
export const compareWithBaseline = (
  collection: BaselineCollection,
  { states, objects, run }: { states: BaselineStates; objects: readonly KubernetesObject[]; run: string },
): BaselineDifference[] => {
  const { what } = collection;
  const left = objects.filter((object) => runIdOf(object) === run).map((object) => leftBehind(what, object));
  if (collection.userFields === undefined) return left;
  const others = withoutRunObjects(collection, objects);
  const gone = [...states]
    .filter(([key, { isDeleting, isAutomatic }]) => !others.has(key) && !isDeleting && !isAutomatic)
    .map(([key]) => ({ text: `${what} ${key} is gone`, transient: collection.observed !== undefined }));
  const stays = [...others].flatMap(([key, object]) => {
    const [before, after] = [states.get(key), toState(collection, object)];
    if (before?.isAutomatic || after.isAutomatic) return [];
    if (before !== undefined) return changes(`${what} ${key}`, { before, after, object });
    return [{ text: `${what} ${key} was not there before${madeAt(object)}`, transient: after.isDeleting }];
  });
  return [...left, ...gone, ...stays];
};

const leftBehind = (what: string, object: KubernetesObject): BaselineDifference => {
  const { name, deletionTimestamp, finalizers = [] } = object.metadata;
  const leaving = `, being removed since ${deletionTimestamp}${finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : ''}`;
  return {
    text: `${what} ${name} is left behind by the run${deletionTimestamp ? leaving : ''}`,
    transient: isBeingDeleted(object),
  };
};

const changes = (
  which: string,
  { before, after, object }: { before: State; after: State; object: KubernetesObject },
): BaselineDifference[] => {
  const set = differing(before.userFields, after.userFields);
  if (set.some(({ path }) => path === 'uid'))
    return [{ text: `${which} is another one of that name now${madeAt(object)}`, transient: false }];
  const removed =
    after.isDeleting && !before.isDeleting ? [{ text: `${which} is being removed`, transient: false }] : [];
  const toText = ({ path, was = 'not set', is = 'not set' }: ReturnType<typeof differing>[number]) =>
    `${which}: ${path} was ${was}, is ${is}`;
  return [
    ...removed,
    ...set.map((each) => ({ text: `${toText(each)}${writtenBy(object)}`, transient: false })),
    ...differing(before.observed, after.observed).map((each) => ({ text: toText(each), transient: true })),
  ];
};

const madeAt = ({ metadata }: KubernetesObject): string =>
  metadata.creationTimestamp ? ` (made ${metadata.creationTimestamp})` : '';

// Names the last writer of an object, because another user may have caused the difference.
const writtenBy = (object: KubernetesObject): string => {
  const fields = (object as ManagedObject).metadata.managedFields ?? [];
  const last = fields
    .filter(({ subresource }) => subresource !== 'status')
    .toSorted((one, other) => (one.time ?? '').localeCompare(other.time ?? ''))
    .at(-1);
  return last?.manager ? ` (last written by ${last.manager}${last.time ? `, ${last.time}` : ''})` : '';
};

/** Fields of an object by path (`spec.disks.a.path`), each as JSON. */
type Facts = ReadonlyMap<string, string>;

const parts = (value: unknown, path: string): [string, string][] => {
  if (value === undefined) return [];
  if (!isRecord(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, each]) => parts(each, path === '' ? key : `${path}.${key}`));
};

/** Splits a value into its fields. A list is one field, because items of two lists cannot be matched. */
const toFacts = (value: unknown): Facts => new Map(parts(value, ''));

/** Values that Go, and so Longhorn, omits like a missing field. Longhorn writes some numbers as strings. */
const nothing = new Set(['null', 'false', '0', '"0"', '""', '[]']);

/** The paths whose values differ, with both values. Undefined is a missing field. */
const differing = (
  before: Facts,
  after: Facts,
): { path: string; was: string | undefined; is: string | undefined }[] => {
  const normalize = (value: string | undefined): string =>
    value === undefined || nothing.has(value) ? '' : value;
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, was: before.get(path), is: after.get(path) }))
    .filter(({ was, is }) => normalize(was) !== normalize(is));
};
