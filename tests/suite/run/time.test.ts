import { beforeEach, expect, test, vi } from 'vitest';
import { orAborted } from '../../../e2e/kube/or-aborted.ts';
import { notingActivity, scaleDuration, startClock, withIdleTimeout } from '../../../e2e/suite/run/time.ts';

beforeEach(() => void vi.useFakeTimers());

const never = new Promise<never>(() => {});
const inactive = () => Number.NEGATIVE_INFINITY;
const start = (interrupted = new AbortController().signal, lastActivity = inactive) =>
  startClock({ timeout: '10s', interrupted, doing: () => 'When it is deleted', lastActivity });
/** Something that changes each second until so many are over. */
const changing = (seconds: number) => {
  const { observer, lastActivity } = notingActivity({
    watches: () => {},
    expects: () => () => {},
    reads: () => {},
  });
  const timer = setInterval(() => observer.changed?.(), 1000);
  setTimeout(() => clearInterval(timer), seconds * 1000 + 1);
  return lastActivity;
};

test('time that is up cuts the work, and says what it was at; work in time gives what it gives', async () => {
  const clock = start();
  await orAborted(Promise.resolve(), clock.signal);
  await expect(orAborted(Promise.reject(new Error('broken')), clock.signal)).rejects.toThrow('broken');
  const cut = expect(orAborted(never, clock.signal)).rejects.toThrow(
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
  const cut = orAborted(never, start(controller.signal).signal);
  controller.abort(new Error('Ctrl-C'));
  await expect(cut).rejects.toThrow('Ctrl-C');
});

test('work that still changes goes on after its time, until nothing changes for a quarter of it, or three times it are over', async () => {
  const [slow, endless] = [start(undefined, changing(15)), start(undefined, changing(1000))];
  vi.advanceTimersByTime(17_400);
  expect(slow.signal.aborted).toBe(false);
  vi.advanceTimersByTime(100);
  expect(slow.signal.reason.message).toBe(
    'the scenario took longer than its 10 s and 7.5 s more, while something still changed; it was at: When it is deleted',
  );
  vi.advanceTimersByTime(12_400);
  expect(endless.signal.aborted).toBe(false);
  vi.advanceTimersByTime(100);
  expect(endless.signal.aborted).toBe(true);
});

test('a bound says who saw no change for so long, and does not cut what changes', async () => {
  const whose = 'the cleanup';
  const late = expect(
    withIdleTimeout(scaleDuration('20ms', 2), { whose, lastActivity: inactive }, never),
  ).rejects.toThrow('the cleanup saw no change for 40 ms');
  vi.advanceTimersByTime(40);
  await late;
  await expect(withIdleTimeout('10s', { whose, lastActivity: inactive }, Promise.resolve(7))).resolves.toBe(
    7,
  );
  let ended = false;
  const slow = withIdleTimeout('10s', { whose, lastActivity: changing(50) }, never).catch(() => {
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1_100);
  await slow;
});

test('what is waited for counts as activity when it begins, changes and ends', () => {
  const events: string[] = [];
  const { observer, lastActivity } = notingActivity({
    watches: () => {},
    expects:
      () =>
      ({ state }) =>
        void events.push(state),
    reads: () => {},
    changed: () => void events.push('changed'),
  });
  const began = performance.now();
  const at: number[] = [];
  const next = <T>(work: () => T): T => {
    vi.advanceTimersByTime(10);
    const done = work();
    at.push(lastActivity() - began);
    return done;
  };
  const ended = next(() => observer.expects({} as never));
  next(() => observer.changed?.());
  next(() => ended({ state: 'met', reason: '', at: 0, steps: [] }));
  expect([at, events]).toEqual([
    [10, 20, 30],
    ['changed', 'changed', 'changed', 'met'],
  ]);
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
