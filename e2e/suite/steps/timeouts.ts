import type { Duration } from '../../kube/duration.ts';
import type { LonghornClocks } from '../../longhorn/clocks.ts';
import type { IdleLimits } from '../../store/wait-until-idle.ts';

/**
 * A time-out and its owner, which is in the error message. With `atMost`, `within` limits the time without a change,
 * and `atMost` limits the whole wait.
 */
export type Timeout = { within: Duration; atMost?: Duration; owner: string };

// Longhorn's soft mount: timeo=300 (30 s), and two retransmissions, the kernel's default for TCP.
const requestOfMount = 90_000;

/** The factor for `atMost`. Endless changes without a result are no progress. */
const mostTimes = 4;

/** The time-outs of the steps, by what they wait for. */
export type Timeouts = Record<keyof typeof timeoutRules, Timeout>;

/**
 * Returns all time-outs of the steps for a Longhorn with these timers. `slowness` multiplies the time for work (1 is
 * the reference machine). A wait ends earlier if it is decided earlier.
 */
export const timeoutsOn = ({ resync, deletionBackoff, lockLife }: LonghornClocks, slowness = 1): Timeouts => {
  const toTimeout = ({
    machine = 60,
    givenUp = 0,
    resyncs = 0,
    backoffs = 0,
    locks = 0,
    ...rule
  }: Rule): Timeout => {
    const timers =
      resyncs * resync + backoffs * deletionBackoff + locks * lockLife + givenUp * requestOfMount;
    const time = Math.round(machine * slowness * 1000 + timers);
    const { fixed, owner } = rule;
    return { within: `${time}ms`, ...(!fixed && { atMost: `${mostTimes * time}ms` }), owner };
  };
  return Object.fromEntries(
    Object.entries(timeoutRules).map(([name, rule]) => [name, toTimeout(rule)]),
  ) as Timeouts;
};

/**
 * Waits until an expectation is decided, within the time-out. Returns its verdict if it is met, and throws otherwise.
 */
export const judgeWithin = <T>(
  { within }: { within(time: Duration, owner: string, atMost?: Duration): Promise<T> },
  timeout: Timeout,
): Promise<T> => within(timeout.within, timeout.owner, timeout.atMost);

/**
 * Returns how long a store may stay locked after the last backup: a holder removes its lock at its end, and a lock
 * expires after its life. A refreshed lock prolongs the wait up to `atMost`, the time in which a slow machine deletes
 * some thousand blocks.
 */
export const storeIdleLimits = ({ lockLife }: LonghornClocks): IdleLimits => ({
  seconds: Math.ceil(lockLife / 1000) + 30,
  atMost: 15 * 60,
  owner: `the expectation on the store: a lock's life of ${lockLife / 1000} s`,
});

/**
 * The parts of a time-out: seconds for work (`machine`, 60 by default), and numbers of Longhorn's timers. A back-off doubles with
 * each failure: 1, 2, 4. `fixed`: it is an observation period or a promised time, and changes do not prolong it.
 */
type Rule = {
  machine?: number;
  /** Requests to a store that Longhorn's mount gives up, one after the other. */
  givenUp?: number;
  resyncs?: number;
  backoffs?: number;
  locks?: number;
  fixed?: true;
  owner: string;
};

// In seconds. Longhorn may drop a request for a sync of a volume (difference sync-leaves-volume-out), and then syncs
// it at the next poll. Targets here poll each 5 min.
const poll = 300;

/**
 * All time-outs of the steps. Longhorn's default timers: 30 s resync (longhorn-manager, util/client/client.go), 2 s
 * wait for a lock and 150 s life of a lock (backupstore, lock.go), 1 min before the retry of a failed deletion
 * (controller/backup_controller.go).
 */
export const timeoutRules = {
  targetAvailable: {
    machine: 120,
    owner:
      'set-up of the backup target: Longhorn mounts the store and lists it, each with up to three versions of its protocol at 5 s',
  },
  targetMade: {
    owner: 'longhorn-manager, or the page that asks it: a backup target is made at once',
  },
  madeOnPage: {
    owner: 'longhorn-manager, or the page that asks it: an object that a user asks for is made at once',
  },
  targetGone: {
    resyncs: 2,
    owner: 'cleanup of the backup target: Longhorn forgets what it knows of it first',
  },
  attachmentExists: {
    owner: 'set-up of the volume: Longhorn makes the attachment right after the volume',
  },
  attached: {
    machine: 300,
    owner: 'set-up of the volume: engine and replicas start, and their instance managers may still have to',
  },
  // By the setting replica-replenishment-wait-interval. Seen on v1.12.1: what a node has of a replica may not be
  // readable after a loss of power.
  rebuilt: {
    machine: 900,
    resyncs: 2,
    owner:
      'the expectation: Longhorn rebuilds a failed replica, or 10 min later makes another one if it cannot be used',
  },
  evicted: {
    machine: 180,
    resyncs: 4,
    owner:
      'the expectation: Longhorn looks at its nodes, fills another replica, and then removes the one that is to go',
  },
  grown: {
    machine: 120,
    resyncs: 1,
    owner: 'the expectation: Longhorn makes an attached volume larger',
  },
  metered: {
    resyncs: 1,
    fixed: true,
    owner:
      'the expectation: the managers read the metrics from their caches, which may be behind the API server',
  },
  syncedAnew: {
    owner: 'the timer of a negative poll interval: a sync each second',
  },
  writtenBackupKnown: {
    machine: poll + 120,
    resyncs: 2,
    owner:
      'the expectation: Longhorn lists the store when it is asked to, or with its poll, then reads what it did not know',
  },
  manyListed: {
    machine: 900,
    resyncs: 2,
    owner:
      'the expectation: Longhorn starts a process to read each backup that it finds, one after the other, each with five requests to the store',
  },
  upgraded: {
    machine: 300,
    owner: 'the upgrade: the old managers end first, and engines are laid out on each node',
  },
  binaryPutBack: {
    machine: 900,
    owner:
      'the kubelet: a pod of the engine image ends after its failed probes (in the lab, ten of them, one each minute) and a grace of 30 s, and installs the binary at its start',
  },
  managersReady: {
    machine: 60 + 300,
    owner:
      'the heal: the kubelet starts a container that ended several times again after up to 5 min, and a manager starts',
  },
  // A Longhorn that acts ends this wait early, so it is as long as a slow machine may need to act.
  syncActedOn: {
    resyncs: 2,
    fixed: true,
    owner: 'the period in which nothing may change: Longhorn acts at once on what it has seen in the store',
  },
  // Longhorn tries four times, within 35 ms (system_backup_controller.go, handleErr).
  requestTried: {
    machine: 15,
    fixed: true,
    owner: 'the period in which Longhorn tries what was requested',
  },
  systemBackupEnds: {
    machine: 180,
    resyncs: 2,
    owner:
      'the expectation: Longhorn waits twice for 5 s, packs its objects and uploads them, or reads the config in the store',
  },
  uninstalled: {
    resyncs: 16,
    owner:
      'the expectation: Longhorn deletes its objects kind by kind, and waits up to 90 s for the controllers of each before it goes on by force',
  },
  systemRestoreEnds: {
    machine: 300,
    resyncs: 2,
    owner:
      'the expectation: Longhorn starts a Job, downloads the system backup and restores each kind of object, for each of which it takes a second or more',
  },
  systemRestoreGoesOn: {
    machine: 20,
    fixed: true,
    owner:
      'the time in which a system restore makes all that is missing, once it restores, or waits for some of it',
  },
  systemBackupGone: {
    machine: 120,
    resyncs: 2,
    owner: 'the expectation: Longhorn removes the files of a system backup, or none, and the object at once',
  },
  removedFromCluster: {
    machine: poll + 120,
    resyncs: 2,
    owner:
      'the expectation: Longhorn lists the store, then the volume, when it is asked to, or with its poll, and removes what is not there',
  },
  foundUnfinished: {
    machine: 5,
    resyncs: 1,
    fixed: true,
    owner: 'the period in which Longhorn reads the config of a backup that it has found',
  },
  ownerlessGone: {
    machine: 15,
    resyncs: 1,
    owner: 'the expectation: Longhorn deletes a backup when it deletes its backup volume',
  },
  targetLost: {
    machine: 180,
    resyncs: 2,
    owner:
      'the expectation: Longhorn lists the store when it is asked to, for up to 60 s, and says at once what it found',
  },
  // Mounts without a server took up to 162 s (v1.12.1).
  targetEmptied: {
    machine: 540,
    resyncs: 2,
    fixed: true,
    owner: 'the expectation: each manager looks at all its mounts before it says that a target has no URL',
  },
  restored: {
    machine: 900,
    resyncs: 2,
    owner: 'set-up of the volume: Longhorn restores it, to each of its replicas, and detaches it then',
  },
  restoreBegins: {
    machine: 300,
    resyncs: 2,
    owner: 'the expectation: the volume is attached, by a Longhorn that may be busy',
  },
  // A restore that meets a lock fails in its first attempt: Longhorn asks a replica each 5 s, and the replica waits 2
  // s.
  restoreWaits: {
    machine: 30,
    resyncs: 1,
    fixed: true,
    owner: 'the period in which the restore may neither end nor be given up',
  },
  restoreRefused: {
    machine: 30,
    resyncs: 1,
    fixed: true,
    owner: 'the period after which a refusal, each 5 s by the engine, is looked for in the logs',
  },
  // An unreadable block is retried for eight and a half minutes (backupstore, util.go).
  restoreFails: {
    machine: 900,
    resyncs: 2,
    owner:
      'the expectation: Longhorn tries again to read a block, ever later, before it gives the restore up',
  },
  followed: {
    machine: 300,
    resyncs: 4,
    owner:
      'the expectation: Longhorn lists the store after a backup, and the volume on standby restores what changed',
  },
  // A restore begins within one resync, and reads a few blocks.
  standbyGoesOn: {
    machine: 30,
    resyncs: 2,
    fixed: true,
    owner: 'the period in which a volume on standby that failed is to go on',
  },
  restoreReasons: {
    owner: 'the expectation: Longhorn reports a replica that failed before it gives the restore up',
  },
  attachmentGivenBack: {
    resyncs: 2,
    owner: 'the expectation: Longhorn takes its wish back when it looks at a backup that has ended',
  },
  snapshotReady: { machine: 180, owner: 'set-up of the snapshot: 1 to 5 s were seen' },
  backupCompleted: {
    machine: 900,
    owner: 'set-up of the backup: 13 s were seen for 256 MiB, and a machine may be twenty times slower',
  },
  claimBound: { owner: 'set-up of the claim: Kubernetes binds it to its PersistentVolume at once' },
  claimProvisioned: {
    machine: 120,
    owner: "the expectation: csi-provisioner and Longhorn's CSI plugin make a volume for a claim at once",
  },
  workloadKnown: {
    owner: 'the expectation: Longhorn takes over what Kubernetes says of the claim and of the pod',
  },
  podHasVolume: {
    machine: 300,
    owner:
      'the expectation: Longhorn attaches the volume of a pod, and the kubelet mounts it and starts the pod',
  },
  podGone: { machine: 120, owner: 'the kubelet: it ends a pod and unmounts its volume' },
  // csi-snapshotter doubles its pause each time, so that it may ask only minutes after the backup is Completed.
  volumeSnapshotReady: {
    machine: 600,
    owner:
      "the expectation: the cluster's snapshot controller, csi-snapshotter and Longhorn's CSI plugin make a backup, and csi-snapshotter asks whether it is Completed, after longer and longer pauses",
  },
  namedBackupThere: {
    owner: "the expectation: Longhorn's CSI plugin names a backup that is there",
  },
  volumeSnapshotGone: {
    machine: 120,
    owner:
      "the expectation: the cluster's snapshot controller and csi-snapshotter remove it once Longhorn's CSI plugin has accepted that",
  },
  volumeSnapshotBegun: {
    machine: 180,
    owner:
      "the expectation: the cluster's snapshot controller and csi-snapshotter ask Longhorn's CSI plugin, which makes a snapshot of the volume and begins a backup, or says why not",
  },
  unmadeSnapshotGone: {
    fixed: true,
    owner:
      'the expectation: a VolumeSnapshot of which there is nothing is removed at once by the controllers of the cluster and csi-snapshotter',
  },
  backupVolumeKnown: {
    machine: poll + 60,
    resyncs: 2,
    owner: "set-up of the backup: Longhorn lists the store after a volume's first backup, or with its poll",
  },
  filledIn: {
    machine: 30,
    owner: 'the expectation: Longhorn fills in what was left out when a Backup is made',
  },
  lastBackupReported: {
    machine: poll + 60,
    resyncs: 2,
    owner: 'the expectation: Longhorn lists the volume in the store when one of its backups has come or gone',
  },
  pending: {
    machine: 30,
    resyncs: 1,
    owner:
      'the expectation: 0.25 s were seen, a backup that nothing holds back would have started at the next look',
  },
  deleting: { machine: 30, resyncs: 1, owner: 'the expectation: 10 ms were seen' },
  // As for `syncActedOn`: a backup that is deleted ends this wait early.
  notDeleted: {
    machine: 240,
    resyncs: 3,
    locks: 1,
    fixed: true,
    owner:
      'the period in which the backup may not go: 2 s for the lock, and a resync until Longhorn looks again',
  },
  firstDeleted: {
    resyncs: 3,
    locks: 1,
    owner:
      'the expectation: 2 s for the lock, the removal of the blocks, and a resync until Longhorn looks again',
  },
  failedOneGoes: {
    machine: 180,
    resyncs: 3,
    owner:
      'the expectation: the minute of the setting, the poll of 10 s after it, then a deletion like any other',
  },
  failedOneStays: {
    machine: 75,
    resyncs: 1,
    fixed: true,
    owner: 'the period in which nothing may change: the minute of the setting, and a resync',
  },
  deletionFails: {
    resyncs: 2,
    owner: 'the expectation: 2 s for the lock, and a resync until Longhorn looks at what came of the attempt',
  },
  creationFails: {
    resyncs: 2,
    owner:
      'the expectation: the attachment, 2 s for the lock, and a resync until Longhorn looks again at a backup that waited for its snapshot',
  },
  creationGivesUp: {
    machine: 300,
    resyncs: 2,
    owner: 'the expectation: the upload ends with the first block that cannot be written',
  },
  // The fifth of these looks gives it up (backup_controller.go, maxCreationRetry).
  snapshotGivenUp: {
    resyncs: 6,
    fixed: true,
    owner: 'the expectation: Longhorn looks for the snapshot of a waiting backup with each resync',
  },
  // The first request to fail may be that of a check whether a block is there, which counts as no, and is followed by a
  // look at each of ten folders (backupstore, fsops.go, FileExists and preparePath), of up to two requests.
  uploadWithoutServer: {
    givenUp: 22,
    fixed: true,
    owner:
      'the promise: the mount of the replica gives a request up after 90 s, and a block needs 22 of them at most',
  },
  uploadLost: {
    machine: 30,
    fixed: true,
    owner:
      'the expectation: Longhorn asks for the progress of an upload each 2 s, and the first answer that fails ends the backup',
  },
  // A connection to a pod that is gone may give no error (longhorn-instance-manager, client/proxy.go, 6 min).
  uploadLostWithPod: {
    machine: 390,
    fixed: true,
    owner:
      'the expectation: Longhorn asks for the progress of an upload each 2 s, and waits 6 min for an answer',
  },
  nodeLost: {
    machine: 120,
    resyncs: 2,
    owner:
      'the expectation: Kubernetes gives a node up that was silent for 50 s, and Longhorn takes that over',
  },
  ownerChanged: {
    machine: 180,
    resyncs: 3,
    owner:
      'the expectation: Longhorn sees that a node has a longhorn-manager, or none, and each of them looks at its volumes at its resync, or before',
  },
  cordonSeen: {
    resyncs: 2,
    owner: 'the expectation: Longhorn looks at the nodes of Kubernetes at its resync, or before',
  },
  replicaLost: {
    owner: 'longhorn-manager: a replica whose process has ended is lost to the engine within seconds',
  },
  diskFull: {
    resyncs: 2,
    owner: 'longhorn-manager: it looks at the disks of its node',
  },
  salvaged: {
    machine: 120,
    resyncs: 2,
    owner: 'the expectation: Longhorn salvages a volume whose replicas have all failed',
  },
  openedAgain: {
    machine: 40,
    resyncs: 4,
    fixed: true,
    owner: 'the period in which Longhorn is to open the replica of a node that has its power again',
  },
  startedRunEnds: {
    machine: 900,
    resyncs: 8,
    owner:
      'the expectation: an upload that stood still goes on, or its mount gives up, once the store answers again',
  },
  deletionFailsAgain: {
    resyncs: 5,
    backoffs: 2,
    owner:
      'the expectation: a back-off, a resync until Longhorn looks again, and as much for each of the two attempts',
  },
  deletingAgain: {
    resyncs: 3,
    backoffs: 2,
    owner:
      'the expectation: a resync until Longhorn looks what came of the attempt, a back-off, and a resync until it looks again',
  },
  deletionForgotten: {
    machine: 90,
    resyncs: 3,
    owner:
      'the expectation: 3 s were seen after the kill; a pod that starts slowly, and its election, take longer',
  },
  deletedInTheEnd: {
    resyncs: 4,
    backoffs: 8,
    owner:
      'the expectation: a back-off that is doubled with each failure, four times the first after the third, then two resyncs',
  },
  secondCompleted: {
    machine: 120,
    resyncs: 24,
    owner:
      'the expectation: a resync until Longhorn looks at a waiting backup again, then the upload of data sized by its clocks',
  },
  cronJobExists: {
    owner: 'set-up of the recurring job: Longhorn keeps its CronJob in step, within a second',
  },
  jobLabelsKept: {
    resyncs: 2,
    owner:
      "the expectation: Longhorn labels a volume when it looks at it, and takes a job's labels off before the job goes",
  },
  jobLabelsTakenOff: {
    machine: 30,
    resyncs: 1,
    owner: 'the expectation: Longhorn takes the labels of a job off all volumes when it is deleted, at once',
  },
  jobHistoryKept: {
    resyncs: 2,
    owner: 'the expectation: Kubernetes removes old Jobs when it looks at their CronJob, as each Job ends',
  },
  jobScheduled: {
    machine: 120,
    owner: 'cron: a full minute must pass since the CronJob was made, and its controller may be late',
  },
  tickLeftOut: {
    machine: 240,
    owner: 'cron: a first tick that starts a run, and a second one, within two minutes',
  },
  jobNoted: {
    owner:
      "cron: its controller notes a start right after it, with the conflict that the step's own change can be to it",
  },
  jobEnds: {
    machine: 240,
    resyncs: 8,
    owner:
      'the expectation: 14 to 26 s were seen; a backup that waits for a deletion is only looked at by the resync, one or two for each deletion',
  },
  jobMakes: {
    machine: 15,
    fixed: true,
    owner: 'the expectation: a run makes its backup before its Job ends, only the watch may be late',
  },
  jobLogEnds: {
    owner: 'the expectation: the log of a pod ends with its container, before the Job does',
  },
  jobEvent: {
    owner: "the expectation: Kubernetes' cron controller reports a Job when it looks at it, within seconds",
  },
  oldDeletionsFail: {
    resyncs: 4,
    backoffs: 2,
    owner:
      'the expectation: an attempt shows its end with the next resync; one that lost its lock to an upload is made again after its back-off',
  },
  oldBackupsDeleted: {
    machine: 480,
    resyncs: 4,
    backoffs: 8,
    owner:
      'the expectation: a back-off that is doubled with each failure; after the heal it lasts at most as long as the runs before, 8 min on a slow machine',
  },
  // Not a time-out: a job keeps backups for so long. Half of it is longer than a run.
  keptByAge: {
    machine: 45,
    resyncs: 3,
    fixed: true,
    owner: 'the age at which the recurring job removes a backup',
  },
  jobsGone: { machine: 120, owner: 'cleanup of the recurring job: its CronJob, Jobs and pods go with it' },
  backupsGone: {
    resyncs: 3,
    backoffs: 1,
    owner:
      'cleanup of the backups: a resync each until Longhorn looks again, and one retry after its back-off',
  },
  backupVolumeGone: { owner: 'cleanup of what Longhorn knows of the volume in the store' },
  detached: { owner: 'cleanup of the volume: its engine and replicas stop' },
  volumeGone: { owner: 'cleanup of the volume: its replicas are removed' },
  snapshotsGone: {
    owner: 'the removal of snapshots: with their volume, or once nothing needs them',
  },
  blocksHeld: {
    owner: 'the expectation: Longhorn begins with several blocks of a backup at once',
  },
  spaceCounted: {
    resyncs: 1,
    owner: 'the expectation: Longhorn measures an attached volume every 5 s',
  },
  snapshotsCounted: {
    resyncs: 1,
    owner: 'the expectation: Longhorn counts the snapshots of a volume whenever its engine has changed',
  },
  pageDrawn: {
    fixed: true,
    owner: "set-up of the page: the browser starts, and Longhorn's user interface comes through the forward",
  },
  pageFollows: {
    machine: 5,
    fixed: true,
    owner: 'the page: it gets changes at most once a second, and is drawn then',
  },
  pageReceives: {
    machine: 5,
    resyncs: 2,
    fixed: true,
    owner:
      'longhorn-manager: of the pages that are connected to it it sends one a change, and the others a resync',
  },
  streamQuiet: {
    machine: 5,
    resyncs: 2,
    fixed: true,
    owner:
      'the period in which nothing may be sent: with each resync longhorn-manager compares what it has sent',
  },
  pageLost: { machine: 15, fixed: true, owner: 'the kill: the connections that a manager had end with it' },
  pageStale: {
    machine: 150,
    fixed: true,
    owner:
      "the proxy before Longhorn's managers: a stream from which it read nothing for 90 s it ends by itself",
  },
  pageReconnects: {
    machine: 45,
    fixed: true,
    owner:
      "Longhorn's user interface: it tries to connect at once, after 3 s and after 10 s more, each through another manager",
  },
  supportBundleGone: {
    owner: "cleanup of Longhorn's support bundle: what makes it goes first",
  },
  policyGone: { machine: 30, owner: 'cleanup of the admission policies: nothing holds one back' },
  namespaceGone: {
    machine: 120,
    owner: 'cleanup of the backup store: Kubernetes empties a namespace before it goes',
  },
  unblockedDeletion: { machine: 30, owner: 'the API server: nothing holds the object any more' },
} as const satisfies Record<string, Rule>;
