import { sinceDeleted } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { judgeGap, retryWindow, tellGap, tellWindow } from '../deletion/retry-window.ts';
import type { BackupHandle } from '../handles.ts';
import { judge } from '../limits.ts';
import { reached } from '../reached.ts';
import { deletionIsRetried, deletionLosesLock, deletionResolves, goneAt, statusAt, unlessUploaded } from './expectations.ts';
import type { ForeignLockHandle, LockHandle } from './foreign-locks.ts';
import { reportLockText } from './lock-text.ts';

/** The steps that judge a deletion that meets a lock. */
export type ThenOfLockedDeletions = {
  /** A completed backup goes Deleting, then Error with the text on a lock, which is informational; `to` is the lock that stood in the way. */
  lostLock(backup: BackupHandle, to: LockHandle): Promise<void>;
  /** Nobody does anything, and the deletion is tried again when its back-off is over, until the backup is gone. */
  resolvedByItself(backup: BackupHandle): Promise<void>;
  /** When the backup went the lock counted no more, and it is still there. */
  heldUpUntilExpiry(backup: BackupHandle, by: ForeignLockHandle): Promise<void>;
};

// Seconds: one as an age is told in whole ones, one for the way of the answer.
const unsure = 2;

/** Makes those steps. */
export const createThenOfLockedDeletions = (context: Context): ThenOfLockedDeletions => {
  const { timelines, version, clocks, limits, report } = context;
  const { backups } = timelines;
  const deleted = (backup: BackupHandle) => ({ backup: { ...backup, from: sinceDeleted(backup) }, version });

  return {
    lostLock: (backup, to) =>
      context
        .step(
          `Then ${backup.label} goes Deleting, and Error with the text on a lock in status.messages, which is informational`,
          async () => {
            const { within, owner } = limits.deletionFails;
            const verdict = await deletionLosesLock(backups, deleted(backup))
              .within(within, owner)
              .catch((error: unknown) => {
                const { holder } = to;
                throw holder === undefined
                  ? error
                  : unlessUploaded(backups, { error, holder: { ...holder, from: holder.since.made }, version });
              });
            const text = statusAt(backups, reached(verdict, 1))?.messages?.error ?? '';
            return reportLockText(report, { text, volume: backup.volume.name, held: to.name, version });
          },
          (named) => `it names ${named}; what stood in the way is ${to.name}`,
        )
        .then(() => {}),
    resolvedByItself: (backup) => {
      const window = retryWindow(clocks);
      return context
        .step(
          `Then ${backup.label} goes Deleting again by itself, after ${tellWindow(window)}, and is gone in the end`,
          async () => {
            // Its own limit: a deletion that is never tried again is known for it as soon as the time for that is over.
            const owner = 'the expectation: a back-off from the first attempt on, and a resync until Longhorn looks again';
            const verdict = await deletionIsRetried(backups, deleted(backup)).within(`${window.most}ms`, owner);
            const gap = judgeGap(verdict, { label: backup.label, window });
            await judge(deletionResolves(backups, deleted(backup)), limits.deletedInTheEnd);
            return gap;
          },
          tellGap,
        )
        .then(() => {});
    },
    heldUpUntilExpiry: (backup, lock) =>
      context
        .step(
          `Then ${backup.label} was gone only after the foreign lock of ${lock.of} had expired, which is still there`,
          async () => {
            const life = clocks.lockLife / 1000;
            const now = await lock.outlived();
            const then = now - (Date.now() - goneAt(backups, backup.name)) / 1000;
            if (then < life - unsure)
              throw new Error(`${backup.label} was gone when the lock was ${then.toFixed(1)} s old, and a lock counts for ${life} s`);
            return { now, then };
          },
          ({ now, then }) => `it was ${Math.round(then)} s old then, and is ${now} s old now`,
        )
        .then(() => {}),
  };
};
