/**
 * Back-off by name in this process's memory, as client-go's flowcontrol has it: it doubles with each step and
 * starts over after twice max.
 */
export type Backoff = {
  /** Notes a step and sets how long to wait from now on. */
  next(name: string): void;
  /** Whether the wait since the last step is not over. */
  isWaiting(name: string): boolean;
  forget(name: string): void;
};

/** Makes a back-off from min to max milliseconds; now is the time in milliseconds. */
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

/** Tries of a backup's creation before it is given up (M: maxCreationRetry). */
export const maxCreationTries = 5;

/** Counts tries by name; a count that is not raised for expiry milliseconds starts over. */
export const createRetryCounter = (expiry: number, now: () => number = Date.now) => {
  const counts = new Map<string, { count: number; at: number }>();
  return {
    /** Raises a count and gives it. */
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
