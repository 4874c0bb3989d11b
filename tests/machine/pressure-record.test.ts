import { beforeEach, expect, test, vi } from 'vitest';
import type { Pressure } from '../../e2e/machine/pressure.ts';
import { openPressureRecord } from '../../e2e/machine/pressure-record.ts';

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
  return () => vi.useRealTimers();
});

const meterOf = (...all: Partial<Pressure>[]) => ({
  take: () => ({ stalled: 0, runQueue: 0, timerDelay: 0, ...all.shift() }) as Pressure,
  close: () => {},
});

test('of a stretch of time the means are reported, and the latest timer', () => {
  const record = openPressureRecord(
    meterOf(
      { stalled: 1, runQueue: 9, timerDelay: 900 },
      { stalled: 0.2, runQueue: 1, timerDelay: 10 },
      { stalled: 0.8, runQueue: 4, timerDelay: 70 },
      { stalled: 0, runQueue: 0 },
    ),
  );
  vi.advanceTimersByTime(7_000);
  expect(record.during(2_500, 5_500)).toEqual({ stalled: 0.5, runQueue: 2.5, timerDelay: 70 });
  // What was not yet measured when it is asked for is measured then.
  expect(record.during(6_500, 7_000)).toEqual({ stalled: 0, runQueue: 0, timerDelay: 0 });
  expect(record.during(8_000, 9_000)).toBeUndefined();
  record.close();
  expect(vi.getTimerCount()).toBe(0);
});

test('a kernel that does not count stalls leaves them out', () => {
  const record = openPressureRecord(meterOf({ stalled: undefined, runQueue: 2 }));
  vi.advanceTimersByTime(2_000);
  expect(record.during(0, 2_000)).toEqual({ runQueue: 2, timerDelay: 0 });
  record.close();
});
