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
