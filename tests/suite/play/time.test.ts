import { expect, test } from 'vitest';
import { boundBy, startClock } from '../../../e2e/suite/play/time.ts';

const never = new Promise<never>(() => {});
const start = (options: { timeout?: `${number}ms`; interrupted?: AbortSignal } = {}) =>
  startClock({
    timeout: '10s' as never,
    interrupted: new AbortController().signal,
    doing: () => 'When it is deleted',
    ...options,
  });

test('work in time gives what it gives', async () => {
  const clock = start();
  await clock.orCut(Promise.resolve());
  await expect(clock.orCut(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  clock.stop();
  expect(clock.signal.aborted).toBe(false);
});

test('time that is up cuts the work, and says what it was at', async () => {
  const clock = start({ timeout: '20ms' });
  await expect(clock.orCut(never)).rejects.toThrow(
    'the scenario took longer than its 20 ms; it was at: When it is deleted',
  );
  expect(clock.signal.aborted).toBe(true);
});

test('a stopped clock cuts nothing', async () => {
  const clock = start({ timeout: '20ms' });
  clock.stop();
  await new Promise((resolve) => setTimeout(resolve, 40));
  expect(clock.signal.aborted).toBe(false);
});

test.each(['before', 'while'])('an interruption cuts the work: %s it runs', async (when) => {
  const controller = new AbortController();
  if (when === 'before') controller.abort(new Error('Ctrl-C'));
  const clock = start({ interrupted: controller.signal });
  const cut = clock.orCut(never);
  controller.abort(new Error('Ctrl-C'));
  await expect(cut).rejects.toThrow('Ctrl-C');
  clock.stop();
});

test('a bound says whose time was up', async () => {
  await expect(boundBy('20ms', 'the cleanup', never)).rejects.toThrow(
    'the cleanup took longer than its 20ms',
  );
  await expect(boundBy('10s', 'the cleanup', Promise.resolve(7))).resolves.toBe(7);
});

test('time does not run while it is paused, and runs on afterwards', async () => {
  const clock = start({ timeout: '60ms' });
  await clock.paused(() => new Promise((resolve) => setTimeout(resolve, 120)));
  expect(clock.signal.aborted).toBe(false);
  await expect(clock.orCut(never)).rejects.toThrow('longer than its 60 ms');
});

test('a clock that is stopped while it is paused stays stopped', async () => {
  const clock = start({ timeout: '20ms' });
  const { promise, resolve } = Promise.withResolvers<void>();
  const paused = clock.paused(() => promise);
  clock.stop();
  resolve();
  await paused;
  await new Promise((after) => setTimeout(after, 40));
  expect(clock.signal.aborted).toBe(false);
});
