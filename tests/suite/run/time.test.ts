import { beforeEach, expect, test, vi } from 'vitest';
import { boundBy, longer, notingMoves, startClock } from '../../../e2e/suite/run/time.ts';

beforeEach(() => void vi.useFakeTimers());

const never = new Promise<never>(() => {});
const still = () => Number.NEGATIVE_INFINITY;
const start = (interrupted = new AbortController().signal, movedAt = still) =>
  startClock({ timeout: '10s', interrupted, doing: () => 'When it is deleted', movedAt });
/** Something that moves each second until so many are over. */
const moving = (seconds: number) => {
  const { observer, movedAt } = notingMoves({ watches: () => {}, expects: () => () => {}, reads: () => {} });
  const timer = setInterval(() => observer.moves?.(), 1000);
  setTimeout(() => clearInterval(timer), seconds * 1000 + 1);
  return movedAt;
};

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

test('time that is up does not cut work that still moves, until that stands still for a quarter of it, or three times it are over', async () => {
  const [slow, endless] = [start(undefined, moving(15)), start(undefined, moving(1000))];
  vi.advanceTimersByTime(17_400);
  expect(slow.signal.aborted).toBe(false);
  vi.advanceTimersByTime(100);
  expect(slow.signal.reason.message).toBe(
    'the scenario took longer than its 10 s and 7.5 s more, for which it still moved; it was at: When it is deleted',
  );
  vi.advanceTimersByTime(12_400);
  expect(endless.signal.aborted).toBe(false);
  vi.advanceTimersByTime(100);
  expect(endless.signal.aborted).toBe(true);
});

test('a bound says who stood still for so long, and does not cut what moves', async () => {
  const whose = 'the cleanup';
  const late = expect(boundBy(longer('20ms', 2), { whose, movedAt: still }, never)).rejects.toThrow(
    'the cleanup stood still for 40 ms',
  );
  vi.advanceTimersByTime(40);
  await late;
  await expect(boundBy('10s', { whose, movedAt: still }, Promise.resolve(7))).resolves.toBe(7);
  let ended = false;
  const slow = boundBy('10s', { whose, movedAt: moving(50) }, never).catch(() => {
    ended = true;
  });
  await vi.advanceTimersByTimeAsync(59_000);
  expect(ended).toBe(false);
  await vi.advanceTimersByTimeAsync(1_100);
  await slow;
});

test('what is waited for moves when it begins, changes and ends', () => {
  const events: string[] = [];
  const { observer, movedAt } = notingMoves({
    watches: () => {},
    expects:
      () =>
      ({ state }) =>
        void events.push(state),
    reads: () => {},
    moves: () => void events.push('moves'),
  });
  const began = performance.now();
  const at: number[] = [];
  const next = <T>(work: () => T): T => {
    vi.advanceTimersByTime(10);
    const done = work();
    at.push(movedAt() - began);
    return done;
  };
  const ended = next(() => observer.expects({} as never));
  next(() => observer.moves?.());
  next(() => ended({ state: 'met', reason: '', at: 0, steps: [] }));
  expect([at, events]).toEqual([
    [10, 20, 30],
    ['moves', 'moves', 'moves', 'met'],
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
