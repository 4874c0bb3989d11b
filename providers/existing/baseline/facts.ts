/** Parts of an object by their paths (`spec.disks.a.path`), each as JSON. */
export type Facts = ReadonlyMap<string, string>;

const isMap = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);

const parts = (value: unknown, path: string): [string, string][] => {
  if (value === undefined) return [];
  if (!isMap(value)) return [[path, JSON.stringify(value)]];
  return Object.entries(value).flatMap(([key, each]) => parts(each, path === '' ? key : `${path}.${key}`));
};

/** Takes a value apart into its facts. A list is one fact: nothing says which of two lists' items are the same. */
export const toFacts = (value: unknown): Facts => new Map(parts(value, ''));

/** What Go, and so Longhorn, does not tell from a field that is not there; it writes some numbers as text. */
const nothing = new Set(['null', 'false', '0', '"0"', '""', '[]']);

/** The paths whose values differ, with the values; undefined for one that is not there. */
export const differing = (before: Facts, after: Facts): { path: string; was: string | undefined; is: string | undefined }[] => {
  const meant = (value: string | undefined): string => (value === undefined || nothing.has(value) ? '' : value);
  return [...new Set([...before.keys(), ...after.keys()])]
    .map((path) => ({ path, was: before.get(path), is: after.get(path) }))
    .filter(({ was, is }) => meant(was) !== meant(is));
};
