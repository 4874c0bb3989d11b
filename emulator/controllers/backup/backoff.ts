/**
 * Back-off by name in memory, like client-go's flowcontrol. The delay doubles with each step, and starts
 * again at min after twice max.
 */
export type Backoff = {
  /** Records a step and sets the delay from now on. */
  next(name: string): void;
  /** Whether the delay since the last step is not over yet. */
  isWaiting(name: string): boolean;
  forget(name: string): void;
};

/** Creates a back-off. min, max and now() are in milliseconds. */
export const createBackoff = (
  { min, max }: { min: number; max: number },
  now: () => number = Date.now,
): Backoff => {
  const entries = new Map<string, { delay: number; since: number }>();
  const current = (name: string) => {
    const entry = entries.get(name);
    return entry && now() - entry.since <= max * 2 ? entry : undefined;
  };
  return {
    next: (name) => {
      const before = current(name);
      entries.set(name, { delay: before ? Math.min(before.delay * 2, max) : min, since: now() });
    },
    isWaiting: (name) => {
      const entry = current(name);
      return entry !== undefined && now() - entry.since < entry.delay;
    },
    forget: (name) => entries.delete(name),
  };
};

/** Attempts to create a backup before it fails (M: maxCreationRetry). */
export const maxCreationTries = 5;

/** Counts attempts by name. A count starts again after `expiry` milliseconds without an attempt. */
export const createRetryCounter = (expiry: number, now: () => number = Date.now) => {
  const counts = new Map<string, { count: number; at: number }>();
  return {
    /** Increments a count and returns it. */
    raise: (name: string): number => {
      const before = counts.get(name);
      const count = before && now() - before.at < expiry ? before.count + 1 : 1;
      counts.set(name, { count, at: now() });
      return count;
    },
    forget: (name: string): void => {
      counts.delete(name);
    },
  };
};

export type RetryCounter = ReturnType<typeof createRetryCounter>;
