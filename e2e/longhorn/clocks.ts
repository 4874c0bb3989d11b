/** The timers of Longhorn that the expectations depend on, in milliseconds. */
export type LonghornClocks = {
  /**
   * The time from the start of the first attempt to delete a backup to the start of the second. It doubles each time.
   */
  deletionBackoff: number;
  /** The maximum time until a controller processes an unchanged object again. */
  resync: number;
  /** How long a lock in the backup store is valid without being renewed. */
  lockLife: number;
  /** How often a manager polls the progress of an upload. A shorter upload may never be seen InProgress. */
  monitorPoll: number;
};

/**
 * The values of all Longhorn versions since v1.8.0 (longhorn-manager, controller/backup_controller.go,
 * util/client/client.go and engineapi/backup_monitor.go; backupstore, lock.go).
 */
export const longhornClocks: LonghornClocks = {
  deletionBackoff: 60_000,
  resync: 30_000,
  lockLife: 150_000,
  monitorPoll: 2_000,
};

/** The format of `CORRAL_TARGET_CLOCKS`, for error messages. */
export const clocksHelp =
  'must be four numbers of milliseconds: the back-off of a deletion, the resync, the life of a lock, and the poll of an upload';

/** Parses four numbers (ms, 1 to 9 digits each) separated by commas. Undefined for any other text. */
export const parseClocks = (text: string): LonghornClocks | undefined => {
  if (!/^[1-9]\d{0,8}(,[1-9]\d{0,8}){3}$/.test(text)) return undefined;
  const [deletionBackoff = 0, resync = 0, lockLife = 0, monitorPoll = 0] = text.split(',').map(Number);
  return { deletionBackoff, resync, lockLife, monitorPoll };
};
