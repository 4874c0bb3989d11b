import { expect, test } from 'vitest';
import { applyChanges, changesBetween } from '../../../e2e/report/html/changes.ts';

const cases: [what: string, before: unknown, after: unknown, changes: unknown][] = [
  ['nothing', { a: 1 }, { a: 1 }, []],
  ['a value', { a: { b: 1 } }, { a: { b: 2 } }, [[['a', 'b'], 2]]],
  ['a value that is null, which is no missing one', { a: {} }, { a: null }, [[['a'], null]]],
  ['a field that comes', {}, { a: { b: 1 } }, [[['a'], { b: 1 }]]],
  ['a field that goes', { a: 1, b: 2 }, { a: 1 }, [[['b']]]],
  ['an item of a list', { a: [{ x: 1 }, { x: 2 }] }, { a: [{ x: 1 }, { x: 3 }] }, [[['a', 1, 'x'], 3]]],
  ['the length of a list', { a: [1] }, { a: [1, 2] }, [[['a'], [1, 2]]]],
  ['the field of an item that goes', { a: [{ x: 1, y: 2 }] }, { a: [{ x: 1 }] }, [[['a', 0, 'y']]]],
  ['everything', undefined, { a: 1 }, [[[], { a: 1 }]]],
];

test.each(cases)('%s', (_, before, after, changes) => {
  const copy = structuredClone(before);
  expect(changesBetween(before, after)).toEqual(changes);
  expect(applyChanges(before, changesBetween(before, after))).toEqual(after);
  expect(before).toEqual(copy);
});
