import type { Log } from '../log.ts';
import { isConflict, isNotFound } from './client.ts';

const firstDelay = 5;
const longestDelay = 1_000_000;

/**
 * Delay before the next attempt after a number of failures in a row, in milliseconds: 5 ms, doubled each
 * time, up to 1000 s (client-go's default).
 */
export const retryDelay = (failures: number): number => Math.min(firstDelay * 2 ** failures, longestDelay);

/**
 * A work queue like client-go's. One worker at a time handles a key. A key that is added meanwhile is handled
 * again afterwards.
 */
type Queue = {
  add(key: string): void;
  /** Adds the key after a delay that grows with each failure in a row. */
  addRateLimited(key: string): void;
  /** The number of failures of a key in a row that were followed by `addRateLimited`. */
  failuresOf(key: string): number;
  /** Resets the failures of a key. */
  forget(key: string): void;
};

/** Creates a queue that runs `work` on up to `workers` keys at once. `work` must not throw. */
export const createQueue = (
  workers: number,
  work: (key: string) => Promise<void>,
  signal: AbortSignal,
): Queue => {
  const waiting = new Set<string>();
  const running = new Set<string>();
  const failures = new Map<string, number>();

  const next = (): void => {
    if (signal.aborted || running.size >= workers) return;
    const key = [...waiting].find((candidate) => !running.has(candidate));
    if (key === undefined) return;
    waiting.delete(key);
    running.add(key);
    void work(key).finally(() => {
      running.delete(key);
      next();
    });
    next();
  };
  const add = (key: string): void => {
    waiting.add(key);
    next();
  };
  return {
    add,
    addRateLimited: (key) => {
      const count = failures.get(key) ?? 0;
      failures.set(key, count + 1);
      setTimeout(add, retryDelay(count), key).unref();
    },
    failuresOf: (key) => failures.get(key) ?? 0,
    forget: (key) => failures.delete(key),
  };
};

/** Longhorn's number of workers per controller. */
const workers = 5;

/**
 * Starts a controller and returns its `add`. reconcile is called with each added name, one call at a time per
 * name. An error is logged and tried again after a growing delay, unless it `isDropped` after a number of such failures in
 * a row. A conflict or a missing object is normal: it is tried again without a warning.
 */
export const startController = (
  {
    name,
    reconcile,
    isDropped,
  }: {
    name: string;
    reconcile: (key: string) => Promise<void>;
    isDropped?: (error: Error, failures: number) => boolean;
  },
  { log, signal }: { log: Log; signal: AbortSignal },
): ((key: string) => void) => {
  const queue = createQueue(
    workers,
    async (key) => {
      try {
        await reconcile(key);
        queue.forget(key);
      } catch (error) {
        if (signal.aborted) return;
        const expected = isConflict(error) || isNotFound(error);
        log[expected ? 'debug' : 'warning'](`Failed to sync ${name} ${key}`, { error });
        if (isDropped?.(error as Error, queue.failuresOf(key))) queue.forget(key);
        else queue.addRateLimited(key);
      }
    },
    signal,
  );
  return queue.add;
};
