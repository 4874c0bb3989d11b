import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createQueue, retryDelay } from '../../../emulator/kubernetes/controller.ts';
import { withCondition } from '../../../emulator/kubernetes/objects.ts';

test('no more names at once than workers, each by one at a time, and what comes meanwhile is done once more after', async () => {
  const started: string[] = [];
  const running = new Map<string, () => void>();
  const work = (key: string) => {
    started.push(key);
    return new Promise<void>((resolve) => running.set(key, resolve));
  };
  const queue = createQueue(2, work, new AbortController().signal);
  const end = async (key: string): Promise<string> => {
    running.get(key)?.();
    await turn();
    return started.join('');
  };
  for (const key of ['a', 'a', 'b', 'c', 'a']) queue.add(key);
  expect(started.join('')).toBe('ab');
  expect(await end('b')).toBe('abc');
  expect(await end('a')).toBe('abca');
  await end('c');
  expect(await end('a')).toBe('abca');
});

test('failures in a row wait longer and longer', () => {
  expect([0, 1, 2, 10, 30].map(retryDelay)).toEqual([5, 10, 20, 5_120, 1_000_000]);
});

test('the time of a condition moves with its status alone', () => {
  const first = withCondition(null, { type: 'Ready', status: 'False', reason: 'A' }, 't1');
  const second = withCondition(first, { type: 'Ready', status: 'False', reason: 'B' }, 't2');
  expect(second).toMatchObject([{ reason: 'B', lastTransitionTime: 't1' }]);
  const third = withCondition(second, { type: 'Ready', status: 'True' }, 't3');
  expect(third).toMatchObject([{ status: 'True', lastTransitionTime: 't3' }]);
});
