/** Those of Longhorn's clocks that expectations reckon with, in milliseconds. */
export type LonghornClocks = {
  /** From the start of one attempt to delete a backup to that of the next, the first time; doubled each time. */
  deletionBackoff: number;
  /** After this long at most a controller looks at an object again that nobody has changed. */
  resync: number;
  /** So long a lock in the backup store counts that nobody writes anew. */
  lockLife: number;
};

/** As they are in every Longhorn from v1.8.0 on (longhorn-manager, controller/backup_controller.go and util/client/client.go; backupstore, lock.go). */
export const longhornClocks: LonghornClocks = { deletionBackoff: 60_000, resync: 30_000, lockLife: 150_000 };
