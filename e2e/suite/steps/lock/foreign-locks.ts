import { volumeFolder } from '../../../backupstore/layout.ts';
import type { Injected } from '../../../faults/fault.ts';
import { type ForeignLock, foreignLock, type lockTypes } from '../../../faults/foreign-lock.ts';
import type { Context } from '../context.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';

/** A lock on a volume: its name, what it is for, and the backup that holds it while it is uploaded. */
export type LockHandle = { name: string; of: keyof typeof lockTypes; holder?: BackupHandle };

/** A lock that the suite has written. */
export type ForeignLockHandle = LockHandle & Injected & Pick<ForeignLock, 'abandon' | 'outlived'>;

// Seconds for which a lock counts that nobody removes: the time of the longest scenario.
const counts = 40 * 60;

/** Given a lock that no process of Longhorn's holds. */
export type GivenOfLocks = {
  /** A lock in the volume's folder of the store, as one that is held; until `when.lockAbandoned` or `when.lockRemoved`. */
  foreignLock(volume: VolumeHandle, lock: Pick<LockHandle, 'of'>): Promise<ForeignLockHandle>;
};

/** Makes that step. */
export const createGivenOfLocks = (context: Context): GivenOfLocks => ({
  foreignLock: (volume, { of }) =>
    context.step(
      `Given a foreign lock of ${of} on the volume`,
      async () => {
        const { cluster, clocks, server, faults } = context;
        const life = Math.ceil(clocks.lockLife / 1000);
        const folder = `${server.root}/${volumeFolder(volume.name)}`;
        const fault = foreignLock(cluster, { pod: server.pod, folder, of, life, counts });
        const injected = await faults.inject(fault);
        return { ...injected, name: fault.name, of, abandon: fault.abandon, outlived: fault.outlived };
      },
      ({ name }) => name,
    ),
});

/** When such a lock goes. */
export type WhenOfLocks = {
  /** Nobody refreshes the lock any more, so that it counts for its life from now on and stays behind, as that of a process that was killed. */
  lockAbandoned(lock: ForeignLockHandle): Promise<void>;
  /** The lock is removed from the store; `holdsUp` is the backup whose deletion it held up, if any. */
  lockRemoved(lock: ForeignLockHandle, holdsUp?: BackupHandle): Promise<void>;
};

/** Makes those steps. */
export const createWhenOfLocks = (context: Context): WhenOfLocks => ({
  lockAbandoned: (lock) => context.step(`When nobody refreshes the foreign lock of ${lock.of} any more`, () => lock.abandon()),
  lockRemoved: (lock, holdsUp) =>
    context
      .step(
        `When the foreign lock of ${lock.of} is removed`,
        () => {
          if (holdsUp !== undefined) holdsUp.since.healed = context.timelines.backups.mark();
          return lock.heal();
        },
        (told) => told,
      )
      .then(() => {}),
});
