import { expect, test } from 'vitest';
import { uniqueName } from '../../../e2e/suite/steps/created-objects.ts';

test('a thousand things of one kind have a thousand names, each of at most 40 characters', () => {
  const names = Array.from({ length: 1000 }, () => uniqueName('abc123', 'snapshot'));
  expect(new Set(names).size).toBe(1000);
  expect(Math.max(...names.map(({ length }) => length))).toBeLessThanOrEqual(40);
});
