import type { Verdict } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { sinceDeleted } from '../backup/backup.ts';
import { endedUnseen } from '../backup/ended-unseen.ts';
import { waitsFor } from '../backup/expectations.ts';
import type { Context } from '../context.ts';
import { type BackupHandle, tellLabels } from '../handles.ts';
import { judge } from '../limits.ts';
import { PremiseLost } from '../premise-lost.ts';
import { reached } from '../reached.ts';
import {
  deletionFails,
  deletionFailsAgain,
  goesOn,
  isDeletedInTheEnd,
  isDeletedThroughKill,
  isDeletingAgain,
  isForgottenAndRetried,
  isNeverHeldBack,
  stateWhen,
} from './expectations.ts';
import { judgeGap, retryWindow, tellGap, tellWindow } from './retry-window.ts';

/** The steps that judge a deletion that fails, and what another backup of the volume does meanwhile. */
export type ThenOfErrors = {
  /** A completed backup goes Deleting, then Error with the text on permissions. */
  deletionFails(backup: BackupHandle): Promise<void>;
  /** The deletion fails, is tried again when its back-off is over, and fails again. */
  deletionFailsAgain(backup: BackupHandle): Promise<void>;
  /** A backup that was held back by the deletion of the first goes InProgress while that one is in Error, and Completed. */
  wentOnDuringError(second: BackupHandle, by: { first: BackupHandle }): Promise<void>;
  /** A backup made while the first is in Error is never held back. */
  neverHeldBack(second: BackupHandle, by: { first: BackupHandle }): Promise<void>;
  /** The deletion fails, and the backup is Deleting again when the back-off is over. */
  deletingAgain(backup: BackupHandle): Promise<void>;
  /** After its owner was killed, the backup goes Error with the text that no record is in progress, and Deleting again. */
  deletionForgotten(backup: BackupHandle): Promise<void>;
  /** Whatever point of its deletion the kill of its owner met, each backup goes Deleting, and is gone. */
  deletedThroughKill(...backups: BackupHandle[]): Promise<void>;
  /** After the heal the deletion is tried once more, and the backup is gone. */
  deletedInTheEnd(backup: BackupHandle): Promise<void>;
};

/** Makes those steps. */
export const createThenOfErrors = (context: Context): ThenOfErrors => {
  const { timelines, version, clocks, limits } = context;
  const { backups } = timelines;
  const deleted = (backup: BackupHandle, from = sinceDeleted(backup)) => ({ backup: { ...backup, from }, version });
  const seen = (judged: Promise<Verdict>, pair: { second: BackupHandle; first: BackupHandle }): Promise<Verdict> =>
    judged.catch((error: unknown) => {
      throw endedUnseen(backups, { error, ...pair }) ?? error;
    });
  const window = retryWindow(clocks);
  const triedAgain = async ({ label }: BackupHandle, judged: Promise<Verdict>): Promise<number> =>
    judgeGap(await judged, { label, window });
  // The next attempt of the deletion ends its Error, whoever else is at work; on a slow machine the other backup may not have got that far.
  const whileInError = (verdict: Verdict, first: BackupHandle): void => {
    const started = reached(verdict, 0);
    const state = stateWhen(backups, { of: first.name, resourceVersion: started.resourceVersion });
    if (state === 'Deleting')
      throw new PremiseLost(
        `${first.label} was tried again, and Deleting, before the other backup went InProgress: that took longer than the back-off of ${formatDuration(clocks.deletionBackoff)} lets the Error last`,
      );
    if (state !== 'Error')
      throw new Error(`${first.label} was ${state ?? 'in a state that nobody saw'} when the other backup went InProgress, not Error`);
  };

  return {
    deletionFails: (backup) =>
      context
        .step(`Then ${backup.label} goes Deleting, and Error with the text on permissions`, () =>
          judge(deletionFails(backups, deleted(backup)), limits.deletionFails),
        )
        .then(() => {}),
    deletionFailsAgain: (backup) =>
      context
        .step(
          `Then ${backup.label} goes Deleting, Error, Deleting, Error: the deletion is tried again after ${tellWindow(window)}`,
          () => triedAgain(backup, judge(deletionFailsAgain(backups, deleted(backup)), limits.deletionFailsAgain)),
          tellGap,
        )
        .then(() => {}),
    wentOnDuringError: (second, { first }) =>
      context.step(`Then ${second.label} goes InProgress while ${first.label} is in Error, and Completed`, async () => {
        const expectation = goesOn(backups, { backup: { ...second, from: backups.mark() }, held: waitsFor(first, version) });
        whileInError(await seen(judge(expectation, limits.secondCompleted), { second, first }), first);
      }),
    neverHeldBack: (second, { first }) =>
      context.step(
        `Then ${second.label} is never held back: it goes InProgress while ${first.label} is in Error, and Completed`,
        async () => {
          const expectation = isNeverHeldBack(backups, deleted(second, second.since.made));
          whileInError(await seen(judge(expectation, limits.secondCompleted), { second, first }), first);
        },
      ),
    deletingAgain: (backup) =>
      context
        .step(
          `Then ${backup.label} goes Deleting, Error, Deleting: the deletion is tried again after ${tellWindow(window)}`,
          () => triedAgain(backup, judge(isDeletingAgain(backups, deleted(backup)), limits.deletingAgain)),
          tellGap,
        )
        .then(() => {}),
    deletionForgotten: (backup) => {
      const lived = ({ steps: [forgotten, again] }: Verdict) => (again?.reached?.at ?? 0) - (forgotten?.reached?.at ?? 0);
      return context
        .step(
          `Then ${backup.label} goes Error with "No deletion in progress record, retry the deletion command", and Deleting again`,
          () => {
            const { within, owner } = limits.deletionForgotten;
            return isForgottenAndRetried(backups, deleted(backup, backup.since.orphaned ?? sinceDeleted(backup))).within(within, owner);
          },
          (verdict) => `Error for ${formatDuration(lived(verdict))}`,
        )
        .then((verdict) => {
          context.report.finding(toFinding('no-record-is-brief', `Here the state Error lived ${formatDuration(lived(verdict))}.`));
        });
    },
    deletedThroughKill: (...backups) =>
      context.step(`Then each of ${tellLabels(backups)} goes Deleting, and is gone`, async () => {
        const { within, owner } = limits.deletedInTheEnd;
        await Promise.all(backups.map((backup) => isDeletedThroughKill(timelines.backups, deleted(backup)).within(within, owner)));
      }),
    deletedInTheEnd: (backup) =>
      context.step(`Then ${backup.label} goes Deleting once more, and is gone`, async () => {
        const expectation = isDeletedInTheEnd(
          backups,
          deleted(backup, backup.since.healed ?? backup.since.orphaned ?? sinceDeleted(backup)),
        );
        await judge(expectation, limits.deletedInTheEnd);
      }),
  };
};
