import { setImmediate } from 'node:timers/promises';
import { expect, onTestFinished, test, vi } from 'vitest';
import type { RunConfig } from '../../../e2e/config/config.ts';
import type { Pressure, PressureMeter } from '../../../e2e/machine/pressure.ts';
import { type Claims, createClaims } from '../../../e2e/suite/exclusive/claims.ts';
import { adaptConcurrency } from '../../../e2e/suite/exclusive/concurrency.ts';
import { openLocks } from '../../../e2e/suite/exclusive/locks.ts';

/**
 * Runs scenarios on a machine of two processors, each of which wants `each` of a processor while it is at work,
 * where in each decision's time one ends, and `others` is what else wants one: how many are at work after each.
 */
const simulate = (each: number, others: readonly number[]): number[] => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const claims = createClaims({ begun: 8 });
  let wanted = others[0] ?? 0;
  const take = (): Pressure => ({
    idle: Math.max(0, 1 - wanted / 2),
    runQueue: wanted / 2,
    stalled: undefined,
    timerDelay: 0,
  });
  const before = take().runQueue;
  onTestFinished(adaptConcurrency(claims, { processors: 2, before, take, onCounted: () => {} }).stop);
  for (let index = 0; index < 100; index += 1)
    claims.ask(`${index}`, { shared: [], exclusive: [] }, () => {});
  return others.map((other) => {
    claims.release(claims.holders()[0] ?? '');
    wanted = other + claims.countRunning() * each;
    vi.advanceTimersByTime(5_000);
    return claims.countRunning();
  });
};
const times = (decisions: number, others: number): number[] =>
  Array.from({ length: decisions }, () => others);

test('where those at work crowd the machine by themselves, who ends is not replaced', () => {
  expect(simulate(1, times(6, 0))).toEqual([4, 3, 3, 3, 3, 3]);
  expect(simulate(3, times(6, 0))).toEqual([4, 3, 3, 3, 3, 3]);
});

test('what others ran before the run, and will not end, takes no place', () => {
  expect(simulate(0.6, times(6, 4))).toEqual([4, 4, 4, 4, 4, 4]);
});

test('when others load the machine fewer are at work, and as they go it are more again', () => {
  const others = [...times(4, 0), ...times(6, 5), ...times(5, 0)];
  expect(simulate(0.3, others)).toEqual([5, 6, 7, 7, 7, 6, 5, 4, 3, 3, 4, 5, 6, 7, 7]);
});

const begin = (claims: Claims, ...names: string[]) => {
  for (const name of names) claims.ask(name, { shared: ['managers'], exclusive: [] }, () => {});
};

test('while nobody ends, a crowded machine costs one place, and not another each time', () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const claims = createClaims({ begun: 8 });
  let pressure = crowded;
  const options = { processors: 2, before: 0, take: () => pressure, onCounted: () => {} };
  onTestFinished(adaptConcurrency(claims, options).stop);
  begin(claims, 'a', 'b', 'c', 'd', 'e', 'f', 'g');
  vi.advanceTimersByTime(30_000);
  pressure = idle;
  claims.release('a');
  vi.advanceTimersByTime(5_000);
  expect(claims.holders()).toEqual(['b', 'c', 'd', 'e']);
});

test('the load before the first begins is the start of the suite, and costs no place', () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const claims = createClaims({ begun: 8 });
  claims.awaits(5);
  const options = { processors: 2, before: 0, take: () => crowded, onCounted: () => {} };
  onTestFinished(adaptConcurrency(claims, options).stop);
  begin(claims, 'a');
  vi.advanceTimersByTime(30_000);
  begin(claims, 'b', 'c', 'd', 'e');
  expect(claims.holders()).toEqual(['a', 'b', 'c', 'd']);
});

test('places that nobody can take do not become more', () => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const claims = createClaims({ begun: 8 });
  const options = { processors: 1, before: 0, take: () => idle, onCounted: () => {} };
  onTestFinished(adaptConcurrency(claims, options).stop);
  begin(claims, 'first');
  claims.ask('alone', { shared: [], exclusive: ['managers'] }, () => {});
  begin(claims, 'a', 'b', 'c', 'd');
  vi.advanceTimersByTime(30_000);
  claims.release('first');
  claims.release('alone');
  expect(claims.holders()).toEqual(['a', 'b']);
});

const crowded: Pressure = { idle: 0, runQueue: 9, stalled: 1, timerDelay: 0 };
const idle: Pressure = { idle: 1, runQueue: 0, stalled: 0, timerDelay: 0 };

/** How many of nine scenarios are at work at first, and a minute later, and what was reported of it. */
const runOf = async (config: Partial<RunConfig>, pressure: Pressure) => {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  const openMeter = (): PressureMeter => ({ take: () => pressure, close: () => {} });
  const locks = await openLocks(config, openMeter);
  onTestFinished(locks.close);
  let granted = 0;
  for (let index = 0; index < 9; index += 1)
    void locks
      .join()
      .hold({ shared: [], exclusive: [] }, new AbortController().signal)
      .then(() => {
        granted += 1;
      });
  await setImmediate();
  const first = granted;
  vi.advanceTimersByTime(60_000);
  await setImmediate();
  return { first, later: granted, concurrency: locks.concurrency() };
};

test('a number of workers is kept to exactly, however idle the machine is', async () => {
  expect(await runOf({ workers: 3, begun: 7 }, idle)).toEqual({ first: 3, later: 3 });
});

test('where only is said how many may have begun, the load decides, and is reported', async () => {
  const { first, later, concurrency } = await runOf({ begun: 7 }, idle);
  // One more at each of twelve decisions, as far as they may have begun.
  const counts = Array.from({ length: 12 }, (_, decision) => Math.min(7, first + decision));
  const mean = Math.round((counts.reduce((sum, each) => sum + each, 0) / 12) * 10) / 10;
  expect({ later, concurrency }).toEqual({ later: 7, concurrency: { least: first, most: 7, mean } });
});

test('where no run queue can be read, a timer that is late shows that there is no room', async () => {
  const { first, later } = await runOf({ begun: 7 }, { ...idle, timerDelay: 2_000 });
  expect(later).toBe(first);
});
