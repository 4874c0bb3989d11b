import type { Observer } from '../../history/observer.ts';
import { type Duration, formatDuration, parseDuration } from '../../kube/duration.ts';

/** How long a step that heeds the signal may take to end, before cleanup goes ahead beside it. */
const grace: Duration = '10s';

/** How long something may take on a machine that is so many times slower than the reference. */
export const longer = (time: Duration, slowness = 1): Duration =>
  `${Math.round(parseDuration(time) * slowness)}ms`;

const settled = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  );

/**
 * Waits for work that was stopped; not for ever, as a step that does not heed the signal must not stop
 * the cleanup.
 */
export const graceToUnwind = (work: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, parseDuration(grace));
  return Promise.race([settled(work), promise]).finally(() => clearTimeout(timer));
};

/** When something that is waited for began to be, changed, or came or did not, last; in ms of performance.now(). */
export type MovedAt = () => number;

/** An observer that does what another does, and notes when something moved. */
export const notingMoves = (observer: Observer): { observer: Observer; movedAt: MovedAt } => {
  let last = performance.now();
  const moves = () => {
    last = performance.now();
    observer.moves?.();
  };
  const expects: Observer['expects'] = (expected) => {
    moves();
    const ended = observer.expects(expected);
    return (how) => {
      moves();
      ended(how);
    };
  };
  return { observer: { ...observer, moves, expects }, movedAt: () => last };
};

/** Rejects when nothing of `work` has moved for so long, and says whose time it was. */
export const boundBy = <T>(
  limit: Duration,
  { whose, movedAt }: { whose: string; movedAt: MovedAt },
  work: Promise<T>,
): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const time = parseDuration(limit);
  const began = performance.now();
  const late = () => {
    const left = Math.max(began, movedAt()) + time - performance.now();
    if (left > 1) timer = setTimeout(late, left);
    else reject(new Error(`${whose} stood still for ${formatDuration(time)}`));
  };
  let timer = setTimeout(late, time);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

// While a scenario still moves, now and then, it has more time than its own, in parts of that: so much more at
// most, and none when nothing moved for so long.
const moreTime = { most: 2, still: 1 / 4 };

/**
 * Starts the time of a scenario. `signal` aborts when it is up and nothing moves, or `interrupted` does; `orCut`
 * waits for work no longer than that; while `paused` waits, the time does not run. `doing` says what the
 * scenario is at, for the message.
 */
export const startClock = (options: {
  timeout: Duration;
  interrupted: AbortSignal;
  doing: () => string | undefined;
  movedAt: MovedAt;
}) => {
  const { timeout, interrupted, doing, movedAt } = options;
  const time = parseDuration(timeout);
  const controller = new AbortController();
  const { signal } = controller;
  let more = 0;
  const late = () => {
    const now = performance.now();
    const part = Math.min(time * moreTime.still - (now - movedAt()), time * moreTime.most - more);
    if (part > 1) {
      more += part;
      left = part;
      since = now;
      timer = setTimeout(late, part);
      return;
    }
    const after = `${formatDuration(time)}${more > 0 ? ` and ${formatDuration(more)} more, for which it still moved` : ''}`;
    controller.abort(
      new Error(
        `the scenario took longer than its ${after}; it was at: ${doing() ?? 'reaching the cluster'}`,
      ),
    );
  };
  let left = time;
  let since = performance.now();
  let timer = setTimeout(late, left);
  let stopped = false;
  const interrupt = () => controller.abort(interrupted.reason);
  interrupted.addEventListener('abort', interrupt, { once: true });
  if (interrupted.aborted) interrupt();

  return {
    signal,
    orCut: (work: Promise<void>): Promise<void> => {
      const { promise, reject } = Promise.withResolvers<never>();
      const cut = () => reject(signal.reason);
      if (signal.aborted) cut();
      signal.addEventListener('abort', cut, { once: true });
      return Promise.race([work, promise]);
    },
    paused: async <T>(work: () => Promise<T>): Promise<T> => {
      clearTimeout(timer);
      left -= performance.now() - since;
      try {
        return await work();
      } finally {
        since = performance.now();
        if (!stopped) timer = setTimeout(late, left);
      }
    },
    stop: () => {
      stopped = true;
      clearTimeout(timer);
      interrupted.removeEventListener('abort', interrupt);
    },
  };
};
