import type { Duration } from '../observe/duration.ts';

/** A time-out and whose it is; the words go into the message when it runs out. */
export type Limit = { within: Duration; owner: string };

/**
 * Every time-out of the steps. All are for real clocks; what is decided earlier ends earlier.
 * Longhorn's own clocks: 30 s resync (longhorn-manager, util/client/client.go), 2 s wait for a lock and 150 s of its life
 * (backupstore, lock.go), 1 min before a failed deletion is tried again (controller/backup_controller.go).
 */
export const limits = {
  targetAvailable: {
    within: '2m',
    owner: 'set-up of the backup target: Longhorn mounts the store and lists it, each with up to three versions of NFS at 5 s',
  },
  targetRestored: { within: '2m', owner: 'clean-up of the backup target: Longhorn looks at the store it had before' },
  attachmentExists: { within: '1m', owner: 'set-up of the volume: Longhorn makes the attachment right after the volume' },
  attached: { within: '5m', owner: 'set-up of the volume: engine and replicas start, and their instance managers may still have to' },
  snapshotReady: { within: '3m', owner: 'set-up of the snapshot: 1 to 5 s were seen' },
  backupCompleted: { within: '15m', owner: 'set-up of the backup: 13 s were seen for 256 MiB, and a machine may be twenty times slower' },
  backupVolumeKnown: { within: '2m', owner: "set-up of the backup: Longhorn lists the store after a volume's first backup" },
  pending: { within: '1m', owner: 'the expectation: 0.25 s were seen, a backup that nothing holds back would have started within 30 s' },
  deleting: { within: '1m', owner: 'the expectation: 10 ms were seen' },
  firstDeleted: {
    within: '5m',
    owner: 'the expectation: 2 s for the lock, the removal of the blocks, and up to 30 s until Longhorn looks again',
  },
  deletionFails: {
    within: '2m',
    owner: 'the expectation: 2 s for the lock, and up to 30 s until Longhorn looks at what came of the attempt',
  },
  deletionFailsAgain: {
    within: '6m',
    owner: 'the expectation: a back-off of a minute, up to 30 s until Longhorn looks again, and as much for each of the two attempts',
  },
  deletingAgain: { within: '10m', owner: 'the expectation: a back-off that is doubled with each failure, 4 min after the third' },
  deletionForgotten: {
    within: '3m',
    owner: 'the expectation: 3 s were seen after the kill; a pod that starts slowly, and its election, take longer',
  },
  deletedInTheEnd: {
    within: '12m',
    owner: 'the expectation: a back-off that is doubled with each failure, 4 min after the third, then up to 30 s twice',
  },
  secondCompleted: { within: '16m', owner: 'the expectation: up to 30 s until Longhorn looks at a waiting backup again, then the upload' },
  backupsGone: { within: '3m', owner: 'clean-up of the backups: up to 30 s each until Longhorn looks again, and one retry after a minute' },
  backupVolumeGone: { within: '1m', owner: 'clean-up of what Longhorn knows of the volume in the store' },
  detached: { within: '1m', owner: 'clean-up of the volume: its engine and replicas stop' },
  volumeGone: { within: '1m', owner: 'clean-up of the volume: its replicas are removed' },
  snapshotsGone: { within: '1m', owner: 'clean-up of the snapshots, which go with their volume' },
} as const satisfies Record<string, Limit>;

/** Seconds that the store may stay locked after the last backup: the lock is removed when its holder ends, and counts no more after 150 s. */
export const storeQuiet = { seconds: 160, owner: "the expectation on the store: a lock's life of 150 s" };
