import type { Observer } from '../../history/observer.ts';
import { type Duration, formatDuration, parseDuration } from '../../kube/duration.ts';

/** How long the cleanup waits for a running step that respects the signal. */
const grace: Duration = '10s';

/** Multiplies a time by the machine's slowness (1 is the reference machine). */
export const scaleDuration = (time: Duration, slowness = 1): Duration =>
  `${Math.round(parseDuration(time) * slowness)}ms`;

const settled = (promise: Promise<unknown>): Promise<void> =>
  promise.then(
    () => {},
    () => {},
  );

/** Waits at most `grace` for work that was stopped. A step that ignores the signal must not block the cleanup. */
export const waitForUnwinding = (work: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, parseDuration(grace));
  return Promise.race([settled(work), promise]).finally(() => clearTimeout(timer));
};

/** When an expectation last began, changed or ended, in ms of performance.now(). */
export type LastActivity = () => number;

/** Wraps an observer and notes the time of each event. */
export const notingActivity = (observer: Observer): { observer: Observer; lastActivity: LastActivity } => {
  let last = performance.now();
  const changed = () => {
    last = performance.now();
    observer.changed?.();
  };
  const expects: Observer['expects'] = (expected) => {
    changed();
    const ended = observer.expects(expected);
    return (how) => {
      changed();
      ended(how);
    };
  };
  return { observer: { ...observer, changed, expects }, lastActivity: () => last };
};

/** Rejects when nothing in `work` has changed for `limit`. The error says whose limit it was. */
export const withIdleTimeout = <T>(
  limit: Duration,
  { whose, lastActivity }: { whose: string; lastActivity: LastActivity },
  work: Promise<T>,
): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const time = parseDuration(limit);
  const began = performance.now();
  const late = () => {
    const left = Math.max(began, lastActivity()) + time - performance.now();
    if (left > 1) timer = setTimeout(late, left);
    else reject(new Error(`${whose} saw no change for ${formatDuration(time)}`));
  };
  let timer = setTimeout(late, time);
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

// A scenario whose objects still change gets more time than its own, in factors of its own time: `most` in total, and
// none after `unchanged` without a change.
const moreTime = { most: 2, unchanged: 1 / 4 };

/**
 * Starts the time-out of a scenario. `signal` aborts when the time is over and nothing changed, or when `interrupted`
 * aborts. The time does not run during `paused`. `doing` is for the error message.
 */
export const startClock = (options: {
  timeout: Duration;
  interrupted: AbortSignal;
  doing: () => string | undefined;
  lastActivity: LastActivity;
}) => {
  const { timeout, interrupted, doing, lastActivity } = options;
  const time = parseDuration(timeout);
  const controller = new AbortController();
  const { signal } = controller;
  let more = 0;
  const late = () => {
    const now = performance.now();
    const part = Math.min(time * moreTime.unchanged - (now - lastActivity()), time * moreTime.most - more);
    if (part > 1) {
      more += part;
      left = part;
      since = now;
      timer = setTimeout(late, part);
      return;
    }
    const after = `${formatDuration(time)}${more > 0 ? ` and ${formatDuration(more)} more, while something still changed` : ''}`;
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
