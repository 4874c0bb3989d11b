import { expect, test } from 'vitest';
import { createStep } from '../../../e2e/suite/steps/context.ts';
import { record } from '../../support/test-context.ts';

const never = new AbortController().signal;

test('a step tells its sentence and what came of it, which it returns only where that is asked for', async () => {
  const { report, told } = record();
  const step = createStep({ report, signal: never });
  const tell = (size: number): string => `${size} MiB`;
  expect(await step.returning('Given a volume', async () => 7, tell)).toBe(7);
  expect(await step('When it is deleted', async () => 7, tell)).toBeUndefined();
  await expect(step('Then it is', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  expect(told).toEqual([
    'Given a volume ...',
    'Given a volume: 7 MiB',
    'When it is deleted ...',
    'When it is deleted: 7 MiB',
    'Then it is ...',
    'Then it is FAILED: no room',
  ]);
});

test('a step that waits for a clock leaves its place to another after its sentence, until its work ends', async () => {
  const { report, told } = record();
  const idle = <T>(work: () => Promise<T>): Promise<T> => {
    told.push("its place is another's");
    return work().finally(() => told.push('and is taken again'));
  };
  const step = createStep({ report, signal: never, idle });
  await step.idle(
    'Then it is tried again',
    async () => 7,
    (gap) => `after ${gap} s`,
  );
  expect(told).toEqual([
    'Then it is tried again ...',
    "its place is another's",
    'and is taken again',
    'Then it is tried again: after 7 s',
  ]);
});

test('a scenario that is told to stop waits for nothing any more, and begins no step', async () => {
  const { report, told } = record();
  const controller = new AbortController();
  const step = createStep({ report, signal: controller.signal });
  const waiting = step('Then it ends', () => new Promise(() => {}));
  controller.abort(new Error('the time is up'));
  await expect(waiting).rejects.toThrow('the time is up');
  await expect(step('When it begins', async () => {})).rejects.toThrow('the time is up');
  expect(told).toEqual(['Then it ends ...', 'Then it ends FAILED: the time is up']);
});
