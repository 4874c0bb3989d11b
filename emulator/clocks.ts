const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/**
 * Every time that Longhorn waits for, in milliseconds. Sources: longhorn-manager (M) and backupstore (B),
 * v1.12.1.
 */
export type Clock = {
  /**
   * Every informer passes its controllers all its objects again (M: util/client/client.go). Its phase
   * differs per manager.
   */
  resync: number;
  /**
   * Least time between the starts of two deletions of a backup, doubled with each failure (M:
   * backup_controller.go).
   */
  deletionBackoffMin: number;
  deletionBackoffMax: number;
  /** How often the owner of a backup asks the engine for its progress (M: backup_monitor.go). */
  monitorPoll: number;
  /** After this the tries to create a backup are counted anew (M: backup_controller.go). */
  creationRetryExpiry: number;
  /**
   * What the setting backup-execution-timeout allows `backup ls` and `backup inspect` (M: types/setting.go, 1
   * min). Never `backup rm`.
   */
  commandTimeout: number;
  /**
   * What an upload takes for a block at the least, whatever the machine: on a real v1.12.1 256 MiB took 7 to
   * 13 s.
   */
  blockUpload: number;
  /** How long SnapshotBackup may take, its lock wait included (gRPC, 3 min). */
  snapshotBackupTimeout: number;
  /** From writing a lock to looking at the others (B: lock.go). */
  lockWait: number;
  /** How often a holder writes its lock anew (B: lock.go). */
  lockRefresh: number;
  /** Age after which a lock counts no more (B: lock.go). */
  lockExpiry: number;
  /** How long a restore waits before it tries a block again that it could not read (B: util.go). */
  blockRetries: readonly number[];
  /** Least time between two tries of a restore that met a lock, doubled with each (M: engine_controller.go). */
  restoreBackoffMin: number;
  restoreBackoffMax: number;
  /**
   * From the start of a replica's process to that of its helper: tenths of a second in Longhorn, longer on a
   * busy node.
   */
  replicaHelper: number;
  /** What one attempt to mount the store may take (B: nfs.go). */
  mountTimeout: number;
  /**
   * Whether a Backup goes as soon as its config has, be its command still removing blocks (as in Longhorn),
   * or once that has ended too.
   */
  goesWithConfig: boolean;
  /** How often a recurring job looks at what it waits for (M: app/recurringjob/constant.go, WaitInterval). */
  jobPoll: number;
  /** How long it waits until its backup has started (M: same file, BackupProcessStartTimeout, 90 looks). */
  jobStartTimeout: number;
  /**
   * After so long without a byte of a manager's, the proxy of the user interface ends what was asked
   * (longhorn-ui: nginx, proxy_read_timeout).
   */
  uiReadTimeout: number;
};

export const clocks = {
  real: {
    resync: 30 * second,
    deletionBackoffMin: minute,
    deletionBackoffMax: 24 * hour,
    monitorPoll: 2 * second,
    creationRetryExpiry: 10 * minute,
    commandTimeout: minute,
    blockUpload: 80,
    snapshotBackupTimeout: 3 * minute,
    lockWait: 2 * second,
    lockRefresh: minute,
    lockExpiry: 150 * second,
    blockRetries: [second, 5 * second, 30 * second, minute, 2 * minute, 5 * minute],
    restoreBackoffMin: 10 * second,
    restoreBackoffMax: hour,
    replicaHelper: second,
    mountTimeout: 5 * second,
    goesWithConfig: true,
    jobPoll: 5 * second,
    jobStartTimeout: 450 * second,
    uiReadTimeout: 90 * second,
  },
  // Up to ten times shorter, but for what bounds a slow machine rather than paces Longhorn. The poll's
  // questions cost the upload a node's only processor, and within the lock wait a fault must find the
  // deletion's process.
  fast: {
    resync: 5 * second,
    // What happens while a failed deletion waits for its next attempt must have the time to, as on the real
    // clocks: where several scenarios share two slow processors, an attempt takes 8 s, and a backup 20 s to start.
    deletionBackoffMin: 30 * second,
    deletionBackoffMax: 4 * hour,
    monitorPoll: 500,
    creationRetryExpiry: minute,
    commandTimeout: minute,
    // No faster than there: what happens beside an upload, such as a deletion that loses the lock, has to fit in.
    blockUpload: 80,
    snapshotBackupTimeout: 3 * minute,
    lockWait: second,
    lockRefresh: 6 * second,
    lockExpiry: 15 * second,
    blockRetries: [second, 2 * second, 4 * second],
    restoreBackoffMin: 2 * second,
    restoreBackoffMax: 6 * minute,
    replicaHelper: 500,
    mountTimeout: 5 * second,
    // Blocks go no faster here. A backup that starts after the config has gone and before the lock has is
    // lost: a real one meets that race once in hundreds of times, its look at a Backup each half a minute
    // being long beside the removal; a look each 5 s is not. While a command is stopped a Backup goes all the
    // same.
    goesWithConfig: false,
    jobPoll: 500,
    // Five deletions that are tried again can keep a backup Pending for a minute on a slow machine.
    jobStartTimeout: 450 * second,
    // No shorter: the suite kills three managers in 50 s, and a lost end must not come with the next one's.
    uiReadTimeout: 90 * second,
  },
} as const satisfies Record<string, Clock>;

export type ClockName = keyof typeof clocks;

/** The factors that the fast clock can be slowed down by: at the largest every wait is Longhorn's own. */
const factors = { least: 1, most: 10 } as const;

const isFactor = (factor: number): boolean => factor >= factors.least && factor <= factors.most;

// How an upload is looked at stays: the suite's data is sized by it, and a slow machine has enough to write.
const slowDown = ({ monitorPoll, ...fast }: Clock, factor: number): Clock => {
  const longer = (wait: number, real: number): number => Math.max(wait, Math.min(wait * factor, real));
  const waits = Object.entries(fast).map(([name, wait]) => {
    const real = clocks.real[name as keyof Clock];
    if (typeof wait === 'number' && typeof real === 'number') return [name, longer(wait, real)];
    if (typeof wait === 'boolean') return [name, wait];
    return [
      name,
      fast.blockRetries.map((each, index) => longer(each, clocks.real.blockRetries[index] ?? each)),
    ];
  });
  return { ...Object.fromEntries(waits), monitorPoll };
};

/**
 * A clock as it is chosen: `real`, `fast`, or a number from 1 to 10, by which each wait of `fast` is longer,
 * and none longer than Longhorn's own. Undefined for anything else.
 */
export const readClock = (choice: string): Clock | undefined => {
  if (Object.hasOwn(clocks, choice)) return clocks[choice as ClockName];
  const factor = /^\d+(\.\d+)?$/.test(choice) ? Number(choice) : Number.NaN;
  return isFactor(factor) ? slowDown(clocks.fast, factor) : undefined;
};

/** What a choice may be, for messages. */
export const clockChoices = `${Object.keys(clocks).join(', ')}, or a number from ${factors.least} to ${factors.most}`;
