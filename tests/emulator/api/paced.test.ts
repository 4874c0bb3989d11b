import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createPaced } from '../../../emulator/api/streams.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const start = (period: number) => {
  const times: number[] = [];
  const began = Date.now();
  return { times, ...createPaced(period, () => void times.push(Date.now() - began)) };
};

test('the first request is met at once, those within a period together at its end', () => {
  const { times, request } = start(1_000);
  request();
  for (let at = 0; at < 9; at += 1) {
    vi.advanceTimersByTime(100);
    request();
  }
  vi.advanceTimersByTime(5_000);
  expect(times).toEqual([0, 1_000]);
});

test('a request after a quiet period is met at once', () => {
  const { times, request } = start(1_000);
  request();
  vi.advanceTimersByTime(2_500);
  request();
  expect(times).toEqual([0, 2_500]);
});

test('nothing is done once it is stopped', () => {
  const { times, request, stop } = start(1_000);
  request();
  request();
  stop();
  vi.advanceTimersByTime(5_000);
  expect(times).toEqual([0]);
});
