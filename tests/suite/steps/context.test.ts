import { expect, test } from 'vitest';
import { createStep } from '../../../e2e/suite/steps/context.ts';
import { record } from '../../support/test-context.ts';

const never = new AbortController().signal;

test('a step tells its sentence, and what came of it', async () => {
  const { report, told } = record();
  const step = createStep({ report, signal: never });
  expect(
    await step.returning(
      'Given a volume',
      async () => 7,
      (size) => `${size} MiB`,
    ),
  ).toBe(7);
  expect(told).toEqual(['Given a volume ...', 'Given a volume: 7 MiB']);
});

test('a step returns nothing that it is not asked for', async () => {
  const { report, told } = record();
  const step = createStep({ report, signal: never });
  expect(
    await step(
      'When it is deleted',
      async () => 7,
      (size) => `${size} MiB`,
    ),
  ).toBeUndefined();
  expect(told).toEqual(['When it is deleted ...', 'When it is deleted: 7 MiB']);
});

test('a step that fails tells so and throws on', async () => {
  const { report, told } = record();
  const step = createStep({ report, signal: never });
  await expect(step('Given a volume', () => Promise.reject(new Error('no room')))).rejects.toThrow('no room');
  expect(told).toEqual(['Given a volume ...', 'Given a volume FAILED: no room']);
});

test('a scenario that is told to stop waits for nothing any more', async () => {
  const { report, told } = record();
  const controller = new AbortController();
  const waiting = createStep({ report, signal: controller.signal })(
    'Then it ends',
    () => new Promise(() => {}),
  );
  controller.abort(new Error('the time is up'));
  await expect(waiting).rejects.toThrow('the time is up');
  expect(told).toEqual(['Then it ends ...', 'Then it ends FAILED: the time is up']);
});

test('after that no step begins', async () => {
  const { report, told } = record();
  const step = createStep({ report, signal: AbortSignal.abort(new Error('the time is up')) });
  await expect(step('When it begins', async () => {})).rejects.toThrow('the time is up');
  expect(told).toEqual([]);
});
