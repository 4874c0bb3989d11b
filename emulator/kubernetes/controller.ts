import type { Log } from '../log.ts';
import { isConflict, isNotFound } from './client.ts';

const firstDelay = 5;
const longestDelay = 1_000_000;

/**
 * How long the n-th try in a row waits (n from 0), in milliseconds: 5 ms, doubled each time, up to 1000 s
 * (client-go's default).
 */
export const retryDelay = (failures: number): number => Math.min(firstDelay * 2 ** failures, longestDelay);

/**
 * A work queue as client-go's: a key is worked on by one worker at a time, and what is added meanwhile comes
 * once more after.
 */
type Queue = {
  add(key: string): void;
  /** Adds the key after a delay that grows with each failure in a row. */
  addRateLimited(key: string): void;
  /** Forgets the failures of a key. */
  forget(key: string): void;
};

/** Makes a queue that runs work on up to so many keys at once; work must not throw. */
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
    forget: (key) => failures.delete(key),
  };
};

/** Longhorn's number of workers of each controller. */
const workers = 5;

/**
 * Runs a controller: reconcile is called with each name put in, one call a name at a time. What it throws is
 * logged and tried again at a growing distance; a conflict or a vanished object is nobody's fault and tried
 * again without a warning.
 */
export const startController = (
  { name, reconcile }: { name: string; reconcile: (key: string) => Promise<void> },
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
        queue.addRateLimited(key);
      }
    },
    signal,
  );
  return queue.add;
};
