import { afterEach, expect, test, vi } from 'vitest';
import { readCounts } from '../../bench/counts.ts';

const usage = 'bench:some: takes whole numbers';
const read = (...args: string[]) => readCounts(args, { defaults: [10, 3], usage });
afterEach(() => {
  process.exitCode = undefined;
  vi.restoreAllMocks();
});

test.each([
  [[], [10, 3]],
  [['7'], [7, 3]],
  [
    ['7', '1'],
    [7, 1],
  ],
])('%j are the counts %j', (args, counts) => {
  expect(read(...args)).toEqual(counts);
  expect(process.exitCode).toBeUndefined();
});

test.each([[['ten']], [['']], [['0']], [['-1']], [['1.5']], [['1e3']], [['7', '1', '2']], [['7', '']]])(
  '%j is told in one line',
  (args) => {
    const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    expect(read(...args)).toBeUndefined();
    expect(write.mock.calls).toEqual([[`${usage}\n`]]);
    expect(process.exitCode).toBe(2);
  },
);

test('none at all is a count where it is said to be', () => {
  expect(readCounts(['0'], { defaults: [10], least: 0, usage })).toEqual([0]);
});
