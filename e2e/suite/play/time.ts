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
 * Waits for work that was told to stop; not for ever, as a step that does not heed the signal must not stop
 * the cleanup.
 */
export const graceToUnwind = (work: Promise<unknown>): Promise<void> => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, parseDuration(grace));
  return Promise.race([settled(work), promise]).finally(() => clearTimeout(timer));
};

/** Rejects when `work` takes longer than `limit`, and says whose time it was. */
export const boundBy = <T>(limit: Duration, whose: string, work: Promise<T>): Promise<T> => {
  const { promise, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new Error(`${whose} took longer than its ${formatDuration(parseDuration(limit))}`)),
    parseDuration(limit),
  );
  return Promise.race([work, promise]).finally(() => clearTimeout(timer));
};

/**
 * Starts the time of a scenario. `signal` aborts when it is up or `interrupted` does; `orCut` waits for work
 * no longer than that; while `paused` waits, the time does not run. `doing` says what the scenario is at, for
 * the message.
 */
export const startClock = (options: {
  timeout: Duration;
  interrupted: AbortSignal;
  doing: () => string | undefined;
}) => {
  const { timeout, interrupted, doing } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const late = () => {
    const after = formatDuration(parseDuration(timeout));
    controller.abort(
      new Error(
        `the scenario took longer than its ${after}; it was at: ${doing() ?? 'reaching the cluster'}`,
      ),
    );
  };
  let left = parseDuration(timeout);
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
