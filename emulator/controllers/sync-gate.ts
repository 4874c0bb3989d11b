import { timestamp } from '../manager/context.ts';

/** Decides from spec.syncRequestedAt and status.lastSyncedAt whether the sync of an object is due. */
export type SyncGate = {
  isDue(uid: string, requested: string | null | undefined, lastSynced: string | null | undefined): boolean;
  /** Records which request a sync has served. */
  served(uid: string, requested: string | null | undefined): void;
};

/**
 * Longhorn compares only the two times, so it misses a request in the same second as the last sync. The fast
 * clock would do that often, so the last served request is recorded too.
 */
export const createSyncGate = (): SyncGate => {
  const served = new Map<string, string>();
  return {
    isDue: (uid, requested, lastSynced) => {
      if (!lastSynced) return true;
      return (
        requested !== undefined &&
        requested !== null &&
        requested !== served.get(uid) &&
        Date.parse(requested) >= Date.parse(lastSynced)
      );
    },
    served: (uid, requested) => {
      if (requested) served.set(uid, requested);
    },
  };
};

const mostAhead = 5_000;

/**
 * The time of a sync that has just ended. If the clock that its request is of is a little ahead, it is the time of the
 * request: that would look as if it were still to be served, and an activation would wait for it forever. Longhorn
 * repeats the sync instead.
 */
export const syncTime = (requested: string | null | undefined, now = Date.now()): string => {
  const ahead = Date.parse(requested ?? '') - now;
  return timestamp(new Date(ahead > 0 && ahead < mostAhead ? now + ahead : now));
};
