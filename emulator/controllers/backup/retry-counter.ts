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
