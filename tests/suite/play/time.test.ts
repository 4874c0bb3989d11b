import { beforeEach, expect, test, vi } from 'vitest';
import { boundBy, longer, startClock } from '../../../e2e/suite/play/time.ts';

beforeEach(() => void vi.useFakeTimers());

const never = new Promise<never>(() => {});
const start = (interrupted = new AbortController().signal) =>
  startClock({ timeout: '10s', interrupted, doing: () => 'When it is deleted' });

test('time that is up cuts the work, and says what it was at; work in time gives what it gives', async () => {
  const clock = start();
  await clock.orCut(Promise.resolve());
  await expect(clock.orCut(Promise.reject(new Error('broken')))).rejects.toThrow('broken');
  const cut = expect(clock.orCut(never)).rejects.toThrow(
    'the scenario took longer than its 10 s; it was at: When it is deleted',
  );
  vi.advanceTimersByTime(9_999);
  expect(clock.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  await cut;
});

test.each(['before', 'while'])('an interruption cuts the work: %s it runs', async (when) => {
  const controller = new AbortController();
  if (when === 'before') controller.abort(new Error('Ctrl-C'));
  const cut = start(controller.signal).orCut(never);
  controller.abort(new Error('Ctrl-C'));
  await expect(cut).rejects.toThrow('Ctrl-C');
});

test('a bound says whose time was up', async () => {
  const late = expect(boundBy(longer('20ms', 2), 'the cleanup', never)).rejects.toThrow(
    'the cleanup took longer than its 40 ms',
  );
  vi.advanceTimersByTime(40);
  await late;
  expect([longer('10m'), longer('1s', 1.25)]).toEqual(['600000ms', '1250ms']);
  await expect(boundBy('10s', 'the cleanup', Promise.resolve(7))).resolves.toBe(7);
});

test('time does not run while it is paused, and runs on afterwards, unless it was stopped', async () => {
  const [clock, stopped] = [start(), start()];
  vi.advanceTimersByTime(4_000);
  const { promise, resolve } = Promise.withResolvers<void>();
  const paused = Promise.all([clock, stopped].map((each) => each.paused(() => promise)));
  vi.advanceTimersByTime(60_000);
  stopped.stop();
  resolve();
  await paused;
  vi.advanceTimersByTime(5_999);
  expect(clock.signal.aborted).toBe(false);
  vi.advanceTimersByTime(1);
  expect([clock.signal.aborted, stopped.signal.aborted]).toEqual([true, false]);
});
