import type { InjectedFault } from '../../../faults/fault.ts';
import { foreignLock } from '../../../faults/store/foreign-lock/foreign-lock.ts';
import { type ForeignLock, foreignLockTypes } from '../../../faults/store/foreign-lock/lock.ts';
import { evaluate } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { untilCompleted } from '../backup/backup.ts';
import { judgeBackup, sinceDeletion, sinceMade } from '../backup/judge.ts';
import type { Context } from '../context.ts';
import { describeGap, describeWindow, judgeGap, retryWindow } from '../deletion/expectations.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import { InconclusiveError, reached, stays } from '../judging.ts';
import { step } from '../step.ts';
import { judgeWithin, storeIdleLimits } from '../timeouts.ts';
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

/** A lock on a volume: its name, its purpose, and the backup that holds it during its upload or deletion. */
export type LockHandle = { name: string; of: keyof typeof foreignLockTypes; holder?: BackupHandle };

/** A lock of an upload, or of a deletion. */
type HeldLock = LockHandle & { holder: BackupHandle };

/** A lock that the suite has written. */
export type ForeignLockHandle = LockHandle & InjectedFault & ForeignLock;

type Purpose = Pick<LockHandle, 'of'>;

// In seconds: a lock that is not removed expires after this. It is the duration of the longest scenario.
const counts = 40 * 60;

// In seconds. Both the age and the life of a lock are rounded to whole seconds.
const unsure = 2;

/** The steps that write and remove a lock without a process of Longhorn, and judge locks and their effects. */
export const lockSteps = {
  /** Refreshes a lock in the volume's folder, as its holder would, until `when.lockAbandoned` or `when.lockRemoved`. */
  'given.foreignLock': step({
    sentence: 'Given a foreign lock of {purpose} on the volume',
    parameters: (_, { of }) => ({ purpose: of }),
    action: async (
      { clocks, faults }: Context,
      volume: VolumeHandle,
      { of }: Purpose,
    ): Promise<ForeignLockHandle> => {
      const life = Math.ceil(clocks.lockLife / 1000);
      const { store } = volume.target;
      return faults.inject(await foreignLock.on(store, { volume: volume.name, of, life, counts }));
    },
    detail: ({ name }) => name,
  }),
  /** Stops refreshing the lock. It expires after its life, and its file stays, as after the kill of a process. */
  'when.lockAbandoned': step({
    sentence: 'When nobody refreshes the foreign lock of {purpose} any more',
    parameters: ({ of }) => ({ purpose: of }),
    action: (_: Context, lock: ForeignLockHandle) => lock.abandon(),
  }),
  /** Removes the lock from the store. `holdsUp` is the backup whose deletion it blocked, if any. */
  'when.lockRemoved': step({
    sentence: 'When the foreign lock of {purpose} is removed',
    parameters: ({ of }, _) => ({ purpose: of }),
    action: ({ timelines }: Context, lock: ForeignLockHandle, holdsUp?: BackupHandle) => {
      if (holdsUp !== undefined) holdsUp.since.healed = timelines.backups.lastSequence();
      return lock.heal();
    },
    detail: (how) => how,
  }),
  /**
   * Returns the acquired lock in the folder of the backup's volume. The lock shows that this backup's upload is under
   * way, or its deletion.
   */
  'then.storeLocked': step({
    sentence: 'Then {backup} has acquired a lock, in the folder of its volume',
    action: async (
      { timelines }: Context,
      holder: BackupHandle,
      { of }: Purpose = { of: 'a backup' },
    ): Promise<HeldLock> => {
      const locks = await holder.volume.target.store.locks(holder.volume.name);
      const held = locks.find(({ type, acquired }) => type === foreignLockTypes[of] && acquired);
      if (held === undefined) {
        // A lock is removed when its upload ends.
        const current = timelines.backups.current(holder.name);
        if (current !== undefined && backupState(current) === 'Completed')
          throw new InconclusiveError(`${holder.label} was Completed before its lock was looked at`);
        const others = locks.map(
          ({ name, type, acquired }) => `${name} (type ${type}, ${acquired ? 'acquired' : 'not acquired'})`,
        );
        throw new Error(
          `no ${of.replace(/^a /, '')} has acquired a lock on volume ${holder.volume.name}; its locks: ${others.join(', ') || 'none'}`,
        );
      }
      return { name: held.name, of, holder };
    },
    detail: ({ name }) => name,
  }),
  /** The file of the lock is still in the store. */
  'then.expired': step({
    sentence: 'Then the foreign lock of {purpose} has expired, and is still there',
    parameters: ({ of }) => ({ purpose: of }),
    waitsForTimer: true,
    action: (_: Context, lock: ForeignLockHandle) => lock.outlived(),
    detail: (age) => `written ${age} s ago`,
  }),
  /** Nothing else may work on the volume meanwhile. */
  'then.lockExpires': step({
    sentence: 'Then the lock of {holder} is refreshed no more, and expires',
    parameters: ({ holder }) => ({ holder }),
    waitsForTimer: true,
    action: ({ clocks }: Context, { holder: { volume } }: HeldLock) =>
      volume.target.store.untilIdle({
        volumes: [volume.name],
        lockLife: Math.ceil(clocks.lockLife / 1000),
        ...storeIdleLimits(clocks),
      }),
  }),
  /** Its holder removes it as it ends, whether it counts any more or not. */
  'then.lockGone': step({
    sentence: 'Then the lock of {holder} is removed',
    parameters: ({ holder }) => ({ holder }),
    action: ({ clocks }: Context, { holder: { volume } }: HeldLock) =>
      volume.target.store.untilIdle({
        volumes: [volume.name],
        lockLife: counts,
        ...storeIdleLimits(clocks),
      }),
  }),
  /** Backups share locks of their own type. */
  'then.completedBeside': step({
    sentence: 'Then {backup} is Completed while the foreign lock of {purpose} is in force',
    parameters: (backup, { of }) => ({ backup, purpose: of }),
    action: async (context: Context, backup: BackupHandle, lock: ForeignLockHandle) => {
      const { report, version } = context;
      await untilCompleted(context, backup);
      const evidence = await lock.prove();
      report.finding(
        toFinding('backups-share-a-lock', `Longhorn ${version} made ${backup.label} beside ${evidence}.`),
      );
      return evidence;
    },
    detail: (evidence) => evidence,
  }),
  /** The argument `to` is the lock that blocked the backup. */
  'then.creationLostLock': step({
    sentence: 'Then {backup} goes Error with the text on a lock in status.error, which is a failure',
    action: async (context: Context, backup: BackupHandle, __: LockHandle) => {
      const { timelines, expected } = context;
      expected.push({ id: 'creation-lost-lock', of: backup.name });
      const subject = sinceMade(context, backup);
      const verdict = await judgeBackup(context, creationLosesLock, subject, 'creationFails');
      const text = statusAt(timelines.backups, reached(verdict, 0))?.error ?? '';
      return namedLock({ text, volume: backup.volume.name });
    },
    detail: (named, _, __, to) => `it names ${named}; what stood in the way is ${to.name}`,
  }),
  /** Lasts at least as long as the back-off before the retry of a deletion. */
  'then.neverTriedAgain': step({
    sentence: 'Then {backup} is not tried again: it has stayed in Error',
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, report, version } = context;
      const { steps } = evaluate(creationLosesLock(timelines.backups, sinceMade(context, backup)));
      const failedAt = steps[0]?.reached?.at ?? Date.now();
      // 100 s with Longhorn's default timers. Time that has already passed is judged and not waited for again.
      const left = Math.max(0, failedAt + retryWindow(context).most - Date.now());
      await stays(staysLost(timelines.backups, sinceMade(context, backup)), `${left}ms`);
      report.finding(
        toFinding('lost-lock-ends-a-creation', `Longhorn ${version} left ${backup.label} in Error for good.`),
      );
    },
  }),
  /** The argument `to` is the lock that blocked the deletion. */
  'then.lostLock': step({
    sentence:
      'Then {backup} goes Deleting, and Error with the text on a lock in status.messages, which is informational',
    action: async (context: Context, backup: BackupHandle, to: LockHandle) => {
      const { timelines, timeouts, report, version } = context;
      const { backups } = timelines;
      const { holder } = to;
      const verdict = await judgeWithin(
        deletionLosesLock(backups, sinceDeletion(context, backup)),
        timeouts.deletionFails,
      ).catch((error: unknown) => {
        throw holder === undefined
          ? error
          : unlessUploaded(backups, { error, holder: { ...holder, from: holder.since.made }, version });
      });
      const text = statusAt(backups, reached(verdict, 1))?.messages?.error ?? '';
      return reportLockText(report, { text, volume: backup.volume.name, held: to.name, version });
    },
    detail: (named, _, __, to) => `it names ${named}; what stood in the way is ${to.name}`,
  }),
  /** The retry comes after the back-off. */
  'then.resolvedByItself': step({
    sentence: 'Then {backup} goes Deleting again by itself, after {time}, and is gone in the end',
    parameters: (backup) => ({
      backup,
      time: (context: Context) => describeWindow(retryWindow(context)),
    }),
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines } = context;
      const window = retryWindow(context);
      // A separate time-out, so that a missing retry is found as soon as its time is over.
      const owner =
        'the expectation: a back-off from the first attempt on, and a resync until Longhorn looks again';
      const verdict = await judgeWithin(
        deletionIsRetried(timelines.backups, sinceDeletion(context, backup)),
        {
          within: `${window.most}ms`,
          owner,
        },
      );
      const gap = judgeGap(verdict, { label: backup.label, window });
      await judgeBackup(context, deletionResolves, sinceDeletion(context, backup), 'deletedInTheEnd');
      return gap;
    },
    detail: describeGap,
  }),
  /** The lock was expired when the backup was gone, and its file still exists. */
  'then.heldUpUntilExpiry': step({
    sentence:
      'Then {backup} was gone only after the foreign lock of {purpose} had expired, which is still there',
    parameters: (backup, { of }) => ({ backup, purpose: of }),
    action: async ({ timelines, clocks }: Context, backup: BackupHandle, lock: ForeignLockHandle) => {
      await lock.outlived();
      // Read again now, because the first read may have waited, and a read takes time.
      const before = Date.now();
      const now = await lock.outlived();
      const after = Date.now();
      const ageAt = (looked: number): number =>
        now - (looked - goneAt(timelines.backups, backup.name)) / 1000;
      const [least, most] = [ageAt(after), ageAt(before)];
      const needed = clocks.lockLife / 1000 - unsure;
      if (most < needed)
        throw new Error(
          `${backup.label} was gone when the lock was ${most.toFixed(1)} s old, and a lock counts for ${clocks.lockLife / 1000} s`,
        );
      if (least < needed)
        throw new InconclusiveError(
          `a look at the lock took ${formatDuration(after - before)}: when ${backup.label} was gone it was ${least.toFixed(1)} to ${most.toFixed(1)} s old, and a lock counts for ${clocks.lockLife / 1000} s`,
        );
      return { now, age: least };
    },
    detail: ({ now, age }) => `it was ${Math.round(age)} s old then, and is ${now} s old now`,
  }),
};
