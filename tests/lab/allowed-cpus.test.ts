import { availableParallelism } from 'node:os';
import { expect, test } from 'vitest';
import { allowedCpus, parseCpuList } from '../../lab/run/allowed-cpus.ts';

test.each([
  ['0', [0]],
  ['0-1', [0, 1]],
  ['3,5-7,12', [3, 5, 6, 7, 12]],
])('reads the CPU list %s', (list, numbers) => {
  expect(parseCpuList(list)).toEqual(numbers);
});

test('there are as many as this process may use', () => {
  expect(allowedCpus()).toHaveLength(availableParallelism());
});
