import { unlessLocked, withLock } from './lock.ts';

/** What all runs lock together; it has no hash, unlike the locks of parts. */
export const USE_LOCK = 'in-use';

/** Does work that takes parts from the cache and has them in no lab yet: the cache is not pruned meanwhile. */
export const usingCache = <T>(work: () => Promise<T>): Promise<T> =>
  withLock(USE_LOCK, { shared: true, waits: () => process.stderr.write('lab: another run is pruning the cache: waiting for it\n') }, work);

/** Does work with the cache; it is told whether no run uses parts now, and none will until it has ended. */
export const withCacheAlone = async <T>(work: (alone: boolean) => Promise<T>): Promise<T> =>
  (await unlessLocked(USE_LOCK, 'true', [])) ? withLock(USE_LOCK, { waits: () => {} }, () => work(true)) : work(false);
