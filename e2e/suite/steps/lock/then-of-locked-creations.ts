import { toFinding } from '../../../longhorn/differences/differences.ts';
import { evaluate } from '../../../history/expectation.ts';
import { untilCompleted } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { isNeverHeldBack } from '../deletion/expectations.ts';
import { retryWindow } from '../deletion/retry-window.ts';
import type { BackupHandle } from '../handles.ts';
import { judge } from '../limits.ts';
import { reached } from '../reached.ts';
import { stays } from '../stays.ts';
import { creationLosesLock, isUploading, statusAt, staysLost } from './expectations.ts';
import type { ForeignLockHandle, LockHandle } from './foreign-locks.ts';
import { namedLock } from './lock-text.ts';

/** The steps that judge a new backup of a volume that is locked, or that locks it. */
export type ThenOfLockedCreations = {
  /** The upload of the backup is under way. */
  uploading(backup: BackupHandle): Promise<void>;
  /** Whatever is done beside it, the upload goes on to its end. */
  undisturbed(backup: BackupHandle): Promise<void>;
  completed(backup: BackupHandle): Promise<void>;
  /** The backup is completed while a lock of its own type is in force. */
  completedBeside(backup: BackupHandle, lock: ForeignLockHandle): Promise<void>;
  /** The backup goes Error with the text on a lock in `status.error`, which is a failure; `to` is the lock that stood in the way. */
  creationLostLock(backup: BackupHandle, to: LockHandle): Promise<void>;
  /** That backup stays so, for at least as long as a deletion would wait to be tried again. */
  neverTriedAgain(backup: BackupHandle): Promise<void>;
};

/** Makes those steps. */
export const createThenOfLockedCreations = (context: Context): ThenOfLockedCreations => {
  const { timelines, version, clocks, limits, report } = context;
  const { backups } = timelines;
  const made = (backup: BackupHandle) => ({ backup: { ...backup, from: backup.since.made }, version });

  return {
    uploading: (backup) =>
      context
        .step(`Then ${backup.label} is InProgress`, () => judge(isUploading(backups, made(backup)), limits.secondCompleted))
        .then(() => {}),
    undisturbed: (backup) =>
      context
        .step(`Then ${backup.label} goes InProgress and Completed, undisturbed`, () =>
          judge(isNeverHeldBack(backups, made(backup)), limits.secondCompleted),
        )
        .then(() => {}),
    completed: (backup) => context.step(`Then ${backup.label} is Completed`, () => untilCompleted(context, backup)),
    completedBeside: (backup, lock) =>
      context
        .step(
          `Then ${backup.label} is Completed while the foreign lock of ${lock.of} is in force`,
          async () => {
            await untilCompleted(context, backup);
            const evidence = await lock.prove();
            report.finding(toFinding('backups-share-a-lock', `Longhorn ${version} made ${backup.label} beside ${evidence}.`));
            return evidence;
          },
          (evidence) => evidence,
        )
        .then(() => {}),
    creationLostLock: (backup, to) =>
      context
        .step(
          `Then ${backup.label} goes Error with the text on a lock in status.error, which is a failure`,
          async () => {
            context.expected.push({ id: 'creation-lost-lock', of: backup.name });
            const verdict = await judge(creationLosesLock(backups, made(backup)), limits.creationFails);
            const text = statusAt(backups, reached(verdict, 0))?.error ?? '';
            return namedLock({ text, volume: backup.volume.name });
          },
          (named) => `it names ${named}; what stood in the way is ${to.name}`,
        )
        .then(() => {}),
    neverTriedAgain: (backup) =>
      context.step(`Then ${backup.label} is not tried again: it has stayed in Error`, async () => {
        const { steps } = evaluate(creationLosesLock(backups, made(backup)));
        const failedAt = steps[0]?.reached?.at ?? Date.now();
        // On Longhorn's own clocks 100 s; where as much has passed already, what came in it is judged and nothing more is waited for.
        const left = Math.max(0, failedAt + retryWindow(clocks).most - Date.now());
        await stays(staysLost(backups, made(backup)), `${left}ms`);
        const detail = `Longhorn ${version} left ${backup.label} in Error for good.`;
        report.finding(toFinding('lost-lock-ends-a-creation', detail));
      }),
  };
};
