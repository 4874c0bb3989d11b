import { isRecord } from '../../kube/objects.ts';

/** A change of one value in an object: its path and the new value, or only the path if the value was removed. */
export type ValueChange = [path: (string | number)[], after: unknown] | [path: (string | number)[]];

/**
 * The changes between two values, in the order of their fields. Arrays of the same length are compared item by item.
 */
export const changesBetween = (
  before: unknown,
  after: unknown,
  path: (string | number)[] = [],
): ValueChange[] => {
  if (isRecord(before) && isRecord(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key): ValueChange[] => {
      if (!Object.hasOwn(after, key)) return [[[...path, key]]];
      if (!Object.hasOwn(before, key)) return [[[...path, key], after[key]]];
      return changesBetween(before[key], after[key], [...path, key]);
    });
  }
  if (Array.isArray(before) && Array.isArray(after) && before.length === after.length)
    return after.flatMap((each, index) => changesBetween(before[index], each, [...path, index]));
  return JSON.stringify(before) === JSON.stringify(after) ? [] : [[path, after]];
};

const withChange = (value: unknown, [path, ...after]: ValueChange, depth = 0): unknown => {
  const key = path[depth];
  if (key === undefined) return after[0];
  if (Array.isArray(value))
    return value.map((each, index) =>
      index === key ? withChange(each, [path, ...after] as ValueChange, depth + 1) : each,
    );
  const record = isRecord(value) ? value : {};
  if (depth < path.length - 1 || after.length > 0)
    return { ...record, [key]: withChange(record[key], [path, ...after] as ValueChange, depth + 1) };
  const { [key]: _, ...rest } = record;
  return rest;
};

/** Applies changes to a value. `before` is not modified. */
export const applyChanges = (before: unknown, changes: readonly ValueChange[]): unknown =>
  changes.reduce<unknown>((value, change) => withChange(value, change), before);

/** The value at a path. Undefined if there is none. */
export const valueAt = (value: unknown, path: readonly (string | number)[]): unknown =>
  path.reduce<unknown>(
    (inner, key) => (inner as Record<string | number, unknown> | null | undefined)?.[key],
    value,
  );
