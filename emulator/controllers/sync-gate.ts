/** Decides whether an object's sync is due, by spec.syncRequestedAt and status.lastSyncedAt. */
export type SyncGate = {
  isDue(uid: string, requested: string | null | undefined, lastSynced: string | null | undefined): boolean;
  /** Notes which request a sync has served. */
  served(uid: string, requested: string | null | undefined): void;
};

/**
 * Longhorn compares the two times alone, and misses a request made within the second of the last sync, which
 * the fast clock would do often; so what was served last is remembered too.
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
