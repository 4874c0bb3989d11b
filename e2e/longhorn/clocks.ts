/** Those of Longhorn's clocks that expectations reckon with, in milliseconds. */
export type LonghornClocks = {
  /**
   * From the start of one attempt to delete a backup to that of the next, the first time; doubled each time.
   */
  deletionBackoff: number;
  /** After this long at most a controller looks at an object again that nobody has changed. */
  resync: number;
  /** So long a lock in the backup store counts that nobody writes anew. */
  lockLife: number;
  /** How often a manager asks how far an upload has come: a shorter one may never be seen InProgress. */
  monitorPoll: number;
};

/**
 * As they are in every Longhorn from v1.8.0 on (longhorn-manager, controller/backup_controller.go and
 * util/client/client.go, engineapi/backup_monitor.go; backupstore, lock.go).
 */
export const longhornClocks: LonghornClocks = {
  deletionBackoff: 60_000,
  resync: 30_000,
  lockLife: 150_000,
  monitorPoll: 2_000,
};

/** How `CORRAL_TARGET_CLOCKS` has to be. */
export const clocksHelp =
  'must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload';

/** Reads clocks out of four numbers (ms, from 1 to 9 digits) with commas; undefined for anything else. */
export const parseClocks = (text: string): LonghornClocks | undefined => {
  if (!/^[1-9]\d{0,8}(,[1-9]\d{0,8}){3}$/.test(text)) return undefined;
  const [deletionBackoff = 0, resync = 0, lockLife = 0, monitorPoll = 0] = text.split(',').map(Number);
  return { deletionBackoff, resync, lockLife, monitorPoll };
};
