import type { KubernetesObject } from '../../../e2e/kube/cluster.ts';
import type { BaselineCollection } from './collections.ts';
import { runOf } from './marks.ts';

/**
 * How an object was: what was set of it, what it showed, whether it was about to go, and whether it is one
 * that comes and goes by itself.
 */
type State = { set: Facts; shows: Facts; leaving: boolean; byItself: boolean };

/** How the objects of a collection were that no run had made, by their keys. */
export type Was = ReadonlyMap<string, State>;

/** A line for the reader; one that is `passing` may yet be over in a moment. */
export type BaselineDifference = { text: string; passing: boolean };

type Written = KubernetesObject & {
  metadata: { managedFields?: { manager?: string; time?: string; subresource?: string }[] };
};

const isLeaving = ({ metadata }: KubernetesObject): boolean => metadata.deletionTimestamp !== undefined;

const keyed = (
  { key = ({ metadata }) => metadata.name }: BaselineCollection,
  objects: readonly KubernetesObject[],
) => {
  // Of two with one key the one that stays counts.
  const staying = objects.toSorted((one, other) => Number(isLeaving(other)) - Number(isLeaving(one)));
  return new Map(staying.map((object) => [key(object), object]));
};

const toState = ({ set, shows, byItself }: BaselineCollection, object: KubernetesObject): State => ({
  set: toFacts(set?.(object)),
  shows: toFacts(shows?.(object)),
  leaving: isLeaving(object),
  byItself: byItself?.(object) ?? false,
});

const ofNoRun = (collection: BaselineCollection, objects: readonly KubernetesObject[]) =>
  keyed(
    collection,
    objects.filter((object) => runOf(object) === undefined),
  );

/** Notes how the objects of a collection are that no run has made. */
export const recordBaseline = (collection: BaselineCollection, objects: readonly KubernetesObject[]): Was =>
  new Map([...ofNoRun(collection, objects)].map(([key, object]) => [key, toState(collection, object)]));

/**
 * Says what of a collection is not as it was, and what the run has left behind; what other runs made is
 * theirs.
 */
export const compare = (
  collection: BaselineCollection,
  { was, objects, run }: { was: Was; objects: readonly KubernetesObject[]; run: string },
): BaselineDifference[] => {
  const { what } = collection;
  const left = objects.filter((object) => runOf(object) === run).map((object) => leftBehind(what, object));
  if (collection.set === undefined) return left;
  const others = ofNoRun(collection, objects);
  const gone = [...was]
    .filter(([key, { leaving, byItself }]) => !others.has(key) && !leaving && !byItself)
    .map(([key]) => ({ text: `${what} ${key} is gone`, passing: collection.shows !== undefined }));
  const stays = [...others].flatMap(([key, object]) => {
    const [before, after] = [was.get(key), toState(collection, object)];
    if (before?.byItself || after.byItself) return [];
    if (before !== undefined) return changes(`${what} ${key}`, { before, after, object });
    return [{ text: `${what} ${key} was not there before${madeAt(object)}`, passing: after.leaving }];
  });
  return [...left, ...gone, ...stays];
};

const leftBehind = (what: string, object: KubernetesObject): BaselineDifference => {
  const { name, deletionTimestamp, finalizers = [] } = object.metadata;
  const leaving = `, being removed since ${deletionTimestamp}${finalizers.length > 0 ? `, held by ${finalizers.join(', ')}` : ''}`;
  return {
    text: `${what} ${name} is left behind by the run${deletionTimestamp ? leaving : ''}`,
    passing: isLeaving(object),
  };
};

const changes = (
  which: string,
  { before, after, object }: { before: State; after: State; object: KubernetesObject },
): BaselineDifference[] => {
  const set = differing(before.set, after.set);
  if (set.some(({ path }) => path === 'uid'))
    return [{ text: `${which} is another one of that name now${madeAt(object)}`, passing: false }];
  const removed =
    after.leaving && !before.leaving ? [{ text: `${which} is being removed`, passing: false }] : [];
  const toText = ({ path, was = 'not set', is = 'not set' }: ReturnType<typeof differing>[number]) =>
    `${which}: ${path} was ${was}, is ${is}`;
  return [
    ...removed,
    ...set.map((each) => ({ text: `${toText(each)}${writtenBy(object)}`, passing: false })),
    ...differing(before.shows, after.shows).map((each) => ({ text: toText(each), passing: true })),
  ];
};

const madeAt = ({ metadata }: KubernetesObject): string =>
  metadata.creationTimestamp ? ` (made ${metadata.creationTimestamp})` : '';

// By whom: it may well have been somebody else, and this says who.
const writtenBy = (object: KubernetesObject): string => {
  const fields = (object as Written).metadata.managedFields ?? [];
  const last = fields
    .filter(({ subresource }) => subresource !== 'status')
    .toSorted((one, other) => (one.time ?? '').localeCompare(other.time ?? ''))
    .at(-1);
  return last?.manager ? ` (last written by ${last.manager}${last.time ? `, ${last.time}` : ''})` : '';
};

/** Parts of an object by their paths (`spec.disks.a.path`), each as JSON. */
type Facts = ReadonlyMap<string, string>;

const isMap = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const parts = (value: unknown, path: string): [string, string][] => {
  if (value === undefined) return [];
  if (!isMap(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, each]) => parts(each, path === '' ? key : `${path}.${key}`));
};

/**
 * Takes a value apart into its facts. A list is one fact: nothing says which of two lists' items are the
 * same.
 */
const toFacts = (value: unknown): Facts => new Map(parts(value, ''));

/** What Go, and so Longhorn, does not print from a field that is not there; it writes some numbers as text. */
const nothing = new Set(['null', 'false', '0', '"0"', '""', '[]']);

/** The paths whose values differ, with the values; undefined for one that is not there. */
const differing = (
  before: Facts,
  after: Facts,
): { path: string; was: string | undefined; is: string | undefined }[] => {
  const meant = (value: string | undefined): string =>
    value === undefined || nothing.has(value) ? '' : value;
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, was: before.get(path), is: after.get(path) }))
    .filter(({ was, is }) => meant(was) !== meant(is));
};
