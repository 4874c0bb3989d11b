import { expect, test } from 'vitest';
import { formatDuration, parseDuration } from '../../e2e/kube/duration.ts';

test.each([
  ['90s', 90_000],
  ['2m', 120_000],
  ['1h', 3_600_000],
])('%s is %i ms', (text, milliseconds) => {
  expect(parseDuration(text)).toBe(milliseconds);
});

test.each(['', '90', '-1s', '1d', '2m30s'])('"%s" is no duration', (text) => {
  expect(() => parseDuration(text)).toThrow(
    `not a duration: "${text}" (expected a number and ms, s, m or h, such as 500ms, 90s or 2m)`,
  );
});

test.each([
  [12_340, '12.3 s'],
  [59_949, '59.9 s'],
  [59_951, '1 min'],
  [90_000, '1 min 30 s'],
  [5_400_000, '1 h 30 min'],
])('%i ms reads %s', (milliseconds, text) => {
  expect(formatDuration(milliseconds)).toBe(text);
});
