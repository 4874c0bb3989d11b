import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { createQueue, retryDelay } from '../../../emulator/kubernetes/controller.ts';
import { withCondition } from '../../../emulator/kubernetes/objects.ts';

const setUp = (workers: number) => {
  const started: string[] = [];
  const running = new Map<string, () => void>();
  const queue = createQueue(
    workers,
    (key) => {
      started.push(key);
      const { promise, resolve } = Promise.withResolvers<void>();
      running.set(key, resolve);
      return promise;
    },
    new AbortController().signal,
  );
  const end = async (key: string): Promise<void> => {
    running.get(key)?.();
    await turn();
  };
  return { queue, started, end };
};

test('a name is worked on by one at a time, and what comes meanwhile is done once more after', async () => {
  const { queue, started, end } = setUp(5);
  for (const key of ['a', 'a', 'b', 'a']) queue.add(key);
  expect(started).toEqual(['a', 'b']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'a']);
  await end('a');
  expect(started).toEqual(['a', 'b', 'a']);
});

test('no more names at once than workers', async () => {
  const { queue, started, end } = setUp(2);
  for (const key of ['a', 'b', 'c']) queue.add(key);
  expect(started).toEqual(['a', 'b']);
  await end('b');
  expect(started).toEqual(['a', 'b', 'c']);
});

test('failures in a row wait longer and longer', () => {
  expect([0, 1, 2, 10, 30].map(retryDelay)).toEqual([5, 10, 20, 5_120, 1_000_000]);
});

test('the time of a condition moves with its status alone', () => {
  const first = withCondition(null, { type: 'Ready', status: 'False', reason: 'A' }, 't1');
  const second = withCondition(first, { type: 'Ready', status: 'False', reason: 'B' }, 't2');
  expect(second).toMatchObject([{ reason: 'B', lastTransitionTime: 't1' }]);
  expect(withCondition(second, { type: 'Ready', status: 'True' }, 't3')).toMatchObject([
    { status: 'True', lastTransitionTime: 't3' },
  ]);
});
