import { describe, expect, test } from 'vitest';
import { milliseconds, percent, signedMilliseconds, wholeSeconds } from '../../lab/command/faults.ts';

describe('what is given in a flag', () => {
  test.each([
    [milliseconds, '100ms', 100],
    [milliseconds, '1.5s', 1500],
    [milliseconds, '30', 30_000],
    [signedMilliseconds, '-10m', -600_000],
    [signedMilliseconds, '+1h', 3_600_000],
    [wholeSeconds, '0', 0],
    [wholeSeconds, '2m', 120],
    [percent, '5%', 5],
    [percent, '0.5', 0.5],
  ])('%o reads %s as %d', (read, text, value) => {
    expect(read(text)).toBe(value);
  });

  test.each([
    [milliseconds, 'long', 'give it as 100ms, 30s, 10m or 1h.'],
    [milliseconds, '-1s', 'give it as 100ms, 30s, 10m or 1h.'],
    [signedMilliseconds, '--1s', 'give it as 100ms, 30s, 10m or 1h.'],
    [wholeSeconds, '500ms', 'give it in whole seconds.'],
    [percent, '101%', 'give it as 5%, 100% at most.'],
    [percent, 'half', 'give it as 5%, 100% at most.'],
  ])('%o refuses %s', (read, text, message) => {
    expect(() => read(text)).toThrow(message);
  });
});
