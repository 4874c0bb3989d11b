import { expect, test } from 'vitest';
import { dueMinute, everyQuarter, lastTick, nextTick } from '../../e2e/steps/job-ticks.ts';

const at = (time: string): number => Date.parse(`2026-11-20T${time}Z`);

test.for([
  ['12:00:07', '12:03:50', '12:03:00'],
  ['12:03:07', '12:03:50', '12:04:00'],
  // A start at the very minute in which the CronJob was made is none that was missed.
  ['12:03:00', '12:03:50', '12:04:00'],
  ['12:02:59', '12:03:00', '12:03:00'],
] as const)('made at %s, at %s the minute to start in is %s', ([since, now, due]) => {
  expect(dueMinute({ since: at(since), now: at(now) })).toBe(at(due));
});

test('a minute is the same a quarter of an hour later, wherever the clock stands', () => {
  expect(everyQuarter(at('12:03:00'))).toBe('3,18,33,48 * * * *');
  expect(everyQuarter(at('12:48:00'))).toBe('3,18,33,48 * * * *');
  expect(everyQuarter(at('12:45:00'))).toBe('0,15,30,45 * * * *');
});

test('a run is called by its order; where there is none, that is an error', () => {
  const tick = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
  expect(nextTick({ ticks: [] })).toBe('the first run');
  expect(nextTick({ ticks: Array(8).fill(tick) })).toBe('the 9th run');
  expect(lastTick({ name: 'j', ticks: [tick] })).toBe(tick);
  expect(() => lastTick({ name: 'j', ticks: [] })).toThrow('no step has started recurring job j yet');
});
