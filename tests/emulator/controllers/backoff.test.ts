import { expect, test } from 'vitest';
import { createBackoff, createRetryCounter } from '../../../emulator/controllers/backup/backoff.ts';

test('the wait doubles with each step, up to its most', () => {
  let now = 0;
  const backoff = createBackoff({ min: 60, max: 300 }, () => now);
  expect(backoff.isWaiting('b')).toBe(false);
  for (const delay of [60, 120, 240, 300, 300]) {
    backoff.next('b');
    now += delay - 1;
    expect(backoff.isWaiting('b')).toBe(true);
    now += 1;
    expect(backoff.isWaiting('b')).toBe(false);
  }
});

test('what is forgotten starts over, as does what was left alone for twice the most', () => {
  let now = 0;
  const backoff = createBackoff({ min: 60, max: 300 }, () => now);
  backoff.next('b');
  backoff.forget('b');
  expect(backoff.isWaiting('b')).toBe(false);
  backoff.next('b');
  backoff.next('b');
  now += 601;
  backoff.next('b');
  now += 60;
  expect(backoff.isWaiting('b')).toBe(false);
});

test('each name waits for itself', () => {
  const backoff = createBackoff({ min: 60, max: 300 }, () => 0);
  backoff.next('a');
  expect(backoff.isWaiting('b')).toBe(false);
});

test('tries count up, and anew after a while or when forgotten', () => {
  let now = 0;
  const tries = createRetryCounter(100, () => now);
  expect([tries.raise('b'), tries.raise('b'), tries.raise('a')]).toEqual([1, 2, 1]);
  now += 100;
  expect(tries.raise('b')).toBe(1);
  tries.raise('b');
  tries.forget('b');
  expect(tries.raise('b')).toBe(1);
});
