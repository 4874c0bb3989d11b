const second = 1_000;
const minute = 60 * second;
const hour = 60 * minute;

/** All waits of Longhorn, in milliseconds. Sources: longhorn-manager (M) and backupstore (B), v1.12.1. */
export type Clock = {
  /**
   * Resync: every informer passes all its objects to its controllers again (M: util/client/client.go). The
   * phase differs per manager.
   */
  resync: number;
  /**
   * Least time between the starts of two deletions of a backup. It doubles with each failure (M: backup_controller.go).
   */
  deletionBackoffMin: number;
  deletionBackoffMax: number;
  /** Interval at which a manager looks at an engine (M: engine_controller.go, EnginePollInterval). */
  enginePoll: number;
  /** From the look at an engine with a replica to rebuild to the rebuild (M: engine_controller.go, waitForPreRebuildPurge). */
  rebuildPreparation: number;
  /** Interval at which the owner of a backup reads its progress from the engine (M: backup_monitor.go). */
  monitorPoll: number;
  /** Time after which the attempts to create a backup are counted from zero again (M: backup_controller.go). */
  creationRetryExpiry: number;
  /**
   * Timeout of `backup ls` and `backup inspect`: the setting backup-execution-timeout (M: types/setting.go, 1
   * min). It does not apply to `backup rm`.
   */
  commandTimeout: number;
  /** Least time to upload a block, on any machine: on a real v1.12.1 256 MiB took 7 to 13 s. */
  blockUpload: number;
  /** Timeout of SnapshotBackup, including its lock wait (gRPC, 3 min). */
  snapshotBackupTimeout: number;
  /** From writing a lock to reading the others (B: lock.go). */
  lockWait: number;
  /** Interval at which a holder rewrites its lock (B: lock.go). */
  lockRefresh: number;
  /** Age after which a lock is ignored (B: lock.go). */
  lockExpiry: number;
  /** Pauses of a restore before it reads a block again that it could not read (B: util.go). */
  blockRetries: readonly number[];
  /**
   * Least time between two attempts of a restore that met a lock. It doubles with each attempt (M:
   * engine_controller.go).
   */
  restoreBackoffMin: number;
  restoreBackoffMax: number;
  /**
   * From the start of a replica's process to the start of its helper: tenths of a second in Longhorn, longer
   * on a busy node.
   */
  replicaHelper: number;
  /** Timeout of one attempt to mount the store (B: nfs.go). */
  mountTimeout: number;
  /** Interval of the probes of the pods that have an engine image (M: datastore/kubernetes.go, PodProbePeriodSeconds). */
  engineImageProbe: number;
  /**
   * When a deleted Backup object goes. True: as soon as its config is removed, even if the command still
   * removes blocks (as in Longhorn). False: after the command has ended too.
   */
  releaseAfterConfig: boolean;
  /** Interval at which a recurring job checks what it waits for (M: app/recurringjob/constant.go, WaitInterval). */
  jobPoll: number;
  /**
   * How long a recurring job waits until its backup has started (M: same file, BackupProcessStartTimeout, 90 checks).
   */
  jobStartTimeout: number;
  /** Interval at which a system backup checks the backups that it waits for (M: system_backup_controller.go). */
  systemBackupPoll: number;
  /** How long the upload of a system backup is tried (M: datastore.go, SystemBackupTimeout). */
  systemBackupTimeout: number;
  /**
   * The proxy of the user interface ends a request after this time without a byte from the manager
   * (longhorn-ui: nginx, proxy_read_timeout).
   */
  uiReadTimeout: number;
};

export const clocks = {
  real: {
    resync: 30 * second,
    deletionBackoffMin: minute,
    deletionBackoffMax: 24 * hour,
    enginePoll: 5 * second,
    rebuildPreparation: 10 * second,
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
    engineImageProbe: 5 * second,
    releaseAfterConfig: true,
    jobPoll: 5 * second,
    jobStartTimeout: 450 * second,
    systemBackupPoll: 5 * second,
    systemBackupTimeout: hour,
    uiReadTimeout: 90 * second,
  },
  // Up to ten times shorter, except for limits that only matter on a slow machine. monitorPoll stays long,
  // because each poll takes the upload's time on the only processor of a node. lockWait stays long, because a
  // fault must find the deletion's process within it.
  fast: {
    resync: 5 * second,
    // Other actions must fit between two attempts of a failed deletion, as on the real clock. Where several
    // scenarios share two slow processors, an attempt takes 8 s, and a backup 20 s to start.
    deletionBackoffMin: 30 * second,
    deletionBackoffMax: 4 * hour,
    enginePoll: second,
    // No faster than the real clock: a snapshot must fit in.
    rebuildPreparation: 10 * second,
    monitorPoll: 500,
    creationRetryExpiry: minute,
    commandTimeout: minute,
    // No faster than the real clock: an action during an upload must fit in, such as a deletion that loses the lock.
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
    // No faster than the real clock: a sync must fit in before the binary is back.
    engineImageProbe: 5 * second,
    // Blocks are removed no faster here. A backup that starts after the config is removed and before the lock
    // is removed fails. A real Longhorn meets this race once in hundreds of times, because it syncs every 30
    // s. With 5 s it is frequent. While its command is stopped, a Backup still goes.
    releaseAfterConfig: false,
    jobPoll: 500,
    // Five deletions with repeated attempts can keep a backup Pending for a minute on a slow machine.
    jobStartTimeout: 450 * second,
    systemBackupPoll: 500,
    systemBackupTimeout: 6 * minute,
    // No shorter: the suite kills three managers in 50 s. The timeout of one lost connection must not come
    // with the next.
    uiReadTimeout: 90 * second,
  },
} as const satisfies Record<string, Clock>;

export type ClockName = keyof typeof clocks;

/**
 * Range of factors that slow down the fast clock. With the largest, every wait is Longhorn's own, except that progress is
 * still read each half second, and a block is still read again three times.
 */
const factors = { least: 1, most: 10 } as const;

const isFactor = (factor: number): boolean => factor >= factors.least && factor <= factors.most;

// monitorPoll stays: the suite's data is sized by it, and a slow machine has enough to write.
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
 * Reads a choice of clock: `real`, `fast`, or a number from 1 to 10. A number multiplies each wait of `fast`,
 * up to Longhorn's own. Undefined for anything else.
 */
export const readClock = (choice: string): Clock | undefined => {
  if (Object.hasOwn(clocks, choice)) return clocks[choice as ClockName];
  const factor = /^\d+(\.\d+)?$/.test(choice) ? Number(choice) : Number.NaN;
  return isFactor(factor) ? slowDown(clocks.fast, factor) : undefined;
};

/** The valid choices, for messages. */
export const validClockChoices = `${Object.keys(clocks).join(', ')}, or a number from ${factors.least} to ${factors.most}`;
