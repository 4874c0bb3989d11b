import { expect, test } from 'vitest';
import { schedule } from '../../../bench/polling/schedule.ts';

const states = schedule();

test('200 states, each with a name of its own, 40 of each life', () => {
  expect(new Set(states.map(({ state }) => state)).size).toBe(200);
  const lives = Object.groupBy(states, ({ life }) => life);
  expect(Object.entries(lives).map(([life, all]) => [life, all?.length])).toEqual([
    ['6', 40],
    ['20', 40],
    ['50', 40],
    ['120', 40],
    ['500', 40],
  ]);
});

test('20 objects, one after the other', () => {
  expect(new Set(states.map(({ object }) => object)).size).toBe(20);
  expect(states.filter(({ object }, index) => states[index - 1]?.object !== object)).toHaveLength(20);
});

test('they are shuffled, and the same each time', () => {
  expect(schedule()).toEqual(states);
  const lives = states.map(({ life }) => life);
  expect(lives).not.toEqual(lives.toSorted((a, b) => a - b));
});
