import type { Injected } from '../../../faults/fault.ts';
import { foreignLock } from '../../../faults/store-faults.ts';
import { evaluate } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { type ForeignLock, lockTypes } from '../../../store/driver.ts';
import { untilCompleted } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { sinceDeleted } from '../deletion/deletion.ts';
import { describeGap, describeWindow, judgeGap, retryWindow } from '../deletion/expectations.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { PremiseLost, reached, stays } from '../judging.ts';
import { judge } from '../timeouts.ts';
import {
  creationLosesLock,
  deletionIsRetried,
  deletionLosesLock,
  deletionResolves,
  goneAt,
  namedLock,
  reportLockText,
  statusAt,
  staysLost,
  unlessUploaded,
} from './expectations.ts';

/** A lock on a volume: its name, what it is for, and the backup that holds it while it is uploaded. */
export type LockHandle = { name: string; of: keyof typeof lockTypes; holder?: BackupHandle };

/** A lock that the suite has written. */
export type ForeignLockHandle = LockHandle & Injected & Pick<ForeignLock, 'abandon' | 'outlived'>;

// Seconds for which a lock counts that nobody removes: the time of the longest scenario.
const counts = 40 * 60;

/** The step that makes a lock that no process of Longhorn's holds. */
export const createGivenOfLocks = (context: Context) => ({
  /**
   * A lock in the volume's folder of the store, as one that is held; until `when.lockAbandoned` or
   * `when.lockRemoved`.
   */
  foreignLock: (volume: VolumeHandle, { of }: Pick<LockHandle, 'of'>): Promise<ForeignLockHandle> =>
    context.step.returning(
      `Given a foreign lock of ${of} on the volume`,
      async () => {
        const { clocks, store, faults } = context;
        const life = Math.ceil(clocks.lockLife / 1000);
        const fault = foreignLock(store, { volume: volume.name, of, life, counts });
        const injected = await faults.inject(fault);
        return { ...injected, name: fault.name, of, abandon: fault.abandon, outlived: fault.outlived };
      },
      ({ name }) => name,
    ),
});

/** The steps by which such a lock goes. */
export const createWhenOfLocks = (context: Context) => ({
  /**
   * Nobody refreshes the lock any more, so that it counts for its life from now on and stays behind, as that
   * of a process that was killed.
   */
  lockAbandoned: (lock: ForeignLockHandle) =>
    context.step(`When nobody refreshes the foreign lock of ${lock.of} any more`, () => lock.abandon()),
  /** The lock is removed from the store; `holdsUp` is the backup whose deletion it held up, if any. */
  lockRemoved: (lock: ForeignLockHandle, holdsUp?: BackupHandle) =>
    context.step(
      `When the foreign lock of ${lock.of} is removed`,
      () => {
        if (holdsUp !== undefined) holdsUp.since.healed = context.timelines.backups.mark();
        return lock.heal();
      },
      (told) => told,
    ),
});

// Seconds: an age is told in whole ones, and so is a lock's life by the server.
const unsure = 2;

/** The steps that judge locks, and what meets them. */
export const createThenOfLocks = (context: Context) => {
  const { timelines, version, clocks, timeouts, report, store } = context;
  const { backups } = timelines;
  const since = (backup: BackupHandle, from: number) => ({ backup: { ...backup, from }, version });
  const made = (backup: BackupHandle) => since(backup, backup.since.made);
  const deleted = (backup: BackupHandle) => since(backup, sinceDeleted(backup));
  const window = retryWindow(clocks, context.slowness);

  return {
    /**
     * The folder of the backup's volume in the store has a lock of a backup, acquired: the upload under way
     * is that backup's.
     */
    storeLocked: (holder: BackupHandle): Promise<LockHandle> =>
      context.step.returning(
        `Then ${holder.label} has acquired a lock, in the folder of its volume`,
        async () => {
          const locks = await store.locks(holder.volume.name);
          const held = locks.find(({ type, acquired }) => type === lockTypes['a backup'] && acquired);
          if (held === undefined) {
            // A lock goes with its upload.
            const current = backups.current(holder.name);
            if (current !== undefined && backupState(current) === 'Completed')
              throw new PremiseLost(`${holder.label} was Completed before its lock was looked at`);
            const others = locks.map(
              ({ name, type, acquired }) =>
                `${name} (type ${type}, ${acquired ? 'acquired' : 'not acquired'})`,
            );
            throw new Error(
              `no backup has acquired a lock on volume ${holder.volume.name}; its locks: ${others.join(', ') || 'none'}`,
            );
          }
          return { name: held.name, of: 'a backup', holder };
        },
        ({ name }) => name,
      ),
    /** The lock is still there and counts no more. */
    expired: (lock: ForeignLockHandle) =>
      context.step.idle(
        `Then the foreign lock of ${lock.of} has expired, and is still there`,
        () => lock.outlived(),
        (age) => `written ${age} s ago`,
      ),
    /** The backup is completed while a lock of its own type is in force. */
    completedBeside: (backup: BackupHandle, lock: ForeignLockHandle) =>
      context.step(
        `Then ${backup.label} is Completed while the foreign lock of ${lock.of} is in force`,
        async () => {
          await untilCompleted(context, backup);
          const evidence = await lock.prove();
          report.finding(
            toFinding('backups-share-a-lock', `Longhorn ${version} made ${backup.label} beside ${evidence}.`),
          );
          return evidence;
        },
        (evidence) => evidence,
      ),
    /**
     * The backup goes Error with the text on a lock in `status.error`, which is a failure; `to` is the lock
     * that stood in the way.
     */
    creationLostLock: (backup: BackupHandle, to: LockHandle) =>
      context.step(
        `Then ${backup.label} goes Error with the text on a lock in status.error, which is a failure`,
        async () => {
          context.expected.push({ id: 'creation-lost-lock', of: backup.name });
          const verdict = await judge(creationLosesLock(backups, made(backup)), timeouts.creationFails);
          const text = statusAt(backups, reached(verdict, 0))?.error ?? '';
          return namedLock({ text, volume: backup.volume.name });
        },
        (named) => `it names ${named}; what stood in the way is ${to.name}`,
      ),
    /** That backup stays so, for at least as long as a deletion would wait to be tried again. */
    neverTriedAgain: (backup: BackupHandle) =>
      context.step.idle(`Then ${backup.label} is not tried again: it has stayed in Error`, async () => {
        const { steps } = evaluate(creationLosesLock(backups, made(backup)));
        const failedAt = steps[0]?.reached?.at ?? Date.now();
        // On Longhorn's own clocks 100 s; where as much has passed already, what came in it is judged and
        // nothing more is waited for.
        const left = Math.max(0, failedAt + window.most - Date.now());
        await stays(staysLost(backups, made(backup)), `${left}ms`);
        report.finding(
          toFinding(
            'lost-lock-ends-a-creation',
            `Longhorn ${version} left ${backup.label} in Error for good.`,
          ),
        );
      }),
    /**
     * A completed backup goes Deleting, then Error with the text on a lock, which is informational; `to` is
     * the lock that stood in the way.
     */
    lostLock: (backup: BackupHandle, to: LockHandle) =>
      context.step(
        `Then ${backup.label} goes Deleting, and Error with the text on a lock in status.messages, which is informational`,
        async () => {
          const { holder } = to;
          const verdict = await judge(
            deletionLosesLock(backups, deleted(backup)),
            timeouts.deletionFails,
          ).catch((error: unknown) => {
            throw holder === undefined
              ? error
              : unlessUploaded(backups, { error, holder: { ...holder, from: holder.since.made }, version });
          });
          const text = statusAt(backups, reached(verdict, 1))?.messages?.error ?? '';
          return reportLockText(report, { text, volume: backup.volume.name, held: to.name, version });
        },
        (named) => `it names ${named}; what stood in the way is ${to.name}`,
      ),
    /**
     * Nobody does anything, and the deletion is tried again when its back-off is over, until the backup is
     * gone.
     */
    resolvedByItself: (backup: BackupHandle) =>
      context.step.idle(
        `Then ${backup.label} goes Deleting again by itself, after ${describeWindow(window)}, and is gone in the end`,
        async () => {
          // Its own limit: a deletion that is never tried again is known for it as soon as the time for that
          // is over.
          const owner =
            'the expectation: a back-off from the first attempt on, and a resync until Longhorn looks again';
          const verdict = await judge(deletionIsRetried(backups, deleted(backup)), {
            within: `${window.most}ms`,
            owner,
          });
          const gap = judgeGap(verdict, { label: backup.label, window });
          await judge(deletionResolves(backups, deleted(backup)), timeouts.deletedInTheEnd);
          return gap;
        },
        describeGap,
      ),
    /** When the backup went the lock counted no more, and it is still there. */
    heldUpUntilExpiry: (backup: BackupHandle, lock: ForeignLockHandle) =>
      context.step(
        `Then ${backup.label} was gone only after the foreign lock of ${lock.of} had expired, which is still there`,
        async () => {
          await lock.outlived();
          // Looked at once more, now that nothing has to be waited for: the look itself takes time.
          const before = Date.now();
          const now = await lock.outlived();
          const after = Date.now();
          const ageAt = (looked: number): number => now - (looked - goneAt(backups, backup.name)) / 1000;
          const [least, most] = [ageAt(after), ageAt(before)];
          const needed = clocks.lockLife / 1000 - unsure;
          if (most < needed)
            throw new Error(
              `${backup.label} was gone when the lock was ${most.toFixed(1)} s old, and a lock counts for ${clocks.lockLife / 1000} s`,
            );
          if (least < needed)
            throw new PremiseLost(
              `a look at the lock took ${formatDuration(after - before)}: when ${backup.label} was gone it was ${least.toFixed(1)} to ${most.toFixed(1)} s old, and a lock counts for ${clocks.lockLife / 1000} s`,
            );
          return { now, age: least };
        },
        ({ now, age }) => `it was ${Math.round(age)} s old then, and is ${now} s old now`,
      ),
  };
};
