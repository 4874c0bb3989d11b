import { expect, test } from 'vitest';
import { milliseconds, percent, signedMilliseconds, wholeSeconds } from '../../lab/command/faults.ts';

test.each([
  [milliseconds, '100ms', 100],
  [milliseconds, '30', 30_000],
  [signedMilliseconds, '-10m', -600_000],
  [wholeSeconds, '0', 0],
  [percent, '5%', 5],
])('%o reads %s as %d', (read, text, value) => {
  expect(read(text)).toBe(value);
});

test.each([
  [milliseconds, '-1s'],
  [signedMilliseconds, '--1s'],
  [percent, 'half'],
])('%o refuses %s', (read, text) => {
  expect(() => read(text)).toThrow('give it as ');
});
