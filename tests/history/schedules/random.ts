export type Random = ReturnType<typeof createRandom>;

/** A random generator (mulberry32) that gives the same choices for a seed on every machine. */
export const createRandom = (seed: number) => {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    /** A whole number from 0 to `below - 1`. */
    below,
    /** True with this probability (0 to 1). */
    chance: (probability: number) => next() < probability,
    pick: <T>(choices: readonly [T, ...T[]]): T => choices[below(choices.length)] as T,
    times: <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make),
  };
};
