import type { Injected } from '../../../faults/fault.ts';
import { heldDeletion } from '../../../faults/held-deletion.ts';
import { deniedFile } from '../../../faults/store-faults.ts';
import type { Expectation, Verdict } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { backupConfigPath, volumeFolder } from '../../../store/format/layout.ts';
import type { Finding } from '../../../store/fsck/findings.ts';
import { compareConfigs } from '../backup/backup.ts';
import { goesOn, isNeverHeldBack, stateWhen, waitsFor } from '../backup/expectations.ts';
import { endedUnseen, heldByRetry } from '../backup/waiting.ts';
import type { Context } from '../context.ts';
import { type BackupHandle, describeLabels, type VolumeHandle } from '../handles.ts';
import { PremiseLost, reached, throwFor } from '../judging.ts';
import { judge, storeQuiet } from '../timeouts.ts';
import {
  type DeniedBlock,
  deleteSpread,
  denyRemovalOfBlock,
  endedBeforeKill,
  type HeldRemoval,
  holdRemoval,
  killOwners,
  removals,
  removeBackupVolume,
  requestDeletion,
  sinceDeleted,
  timeDeletion,
} from './deletion.ts';
import {
  deletionFails,
  deletionFailsAgain,
  describeGap,
  describeWindow,
  isBeingDeleted,
  isDeleted,
  isDeletedInTheEnd,
  isDeletedThroughKill,
  isDeletingAgain,
  isForgottenAndRetried,
  judgeGap,
  retryWindow,
} from './expectations.ts';

/** The steps that set up how a deletion will go. */
export const createGivenOfDeletions = (context: Context) => ({
  /** How long it takes to delete this backup, which is gone then; in milliseconds. */
  deletionTime: (backup: BackupHandle) =>
    context.step.returning(
      `Given how long it takes to delete ${backup.label}`,
      () => timeDeletion(context, backup),
      formatDuration,
    ),
  /**
   * From now on the deletion of this backup is stopped as soon as it starts; released by `when.released`, or
   * by itself after a while.
   */
  heldDeletion: (backup: BackupHandle) =>
    context.step.returning(`Given a fault that holds the deletion of ${backup.label} open`, async () =>
      context.faults.inject(
        heldDeletion(context.cluster, {
          pods: await managerPods(context.cluster),
          backup: backup.name,
          label: backup.label,
        }),
      ),
    ),
  /**
   * The same, and it can go on (`when.wentOn`) until it has removed the backup's config, or the first of its
   * blocks, where it is held again: from then on the backup is gone for Longhorn.
   */
  heldRemoval: (backup: BackupHandle, { until }: { until: HeldRemoval['until'] }) =>
    context.step.returning(
      `Given a fault that holds the deletion of ${backup.label} open, and once more as soon as ${removals[until]}`,
      () => holdRemoval(context, { backup, until }),
    ),
  /** A block that this backup alone has is immutable: its removal fails until `when.released`. */
  immutableBlock: (backup: BackupHandle, { beside }: { beside: readonly BackupHandle[] }) =>
    context.step.returning(
      `Given a block that ${backup.label} alone has, made immutable in the backup store`,
      () => denyRemovalOfBlock(context, { backup, beside }),
      ({ checksum }) => checksum,
    ),
  /** The backup's config in the store is immutable: its deletion fails until `when.madeMutable`. */
  immutableConfig: (backup: BackupHandle) =>
    context.step.returning(`Given the config of ${backup.label}, made immutable in the backup store`, () => {
      const path = `${volumeFolder(backup.volume.name)}/${backupConfigPath(backup.name)}`;
      context.expected.push({ id: 'deletion-denied', of: backup.name });
      return context.faults.inject(
        deniedFile(context.store, { path, title: `the config of ${backup.label} is immutable` }),
      );
    }),
});

/** The steps that delete, and that cross a deletion. Each returns when Kubernetes has taken the wish. */
export const createWhenOfDeletions = (context: Context) => ({
  deleted: (backup: BackupHandle) =>
    context.step(`When ${backup.label} is deleted`, () => requestDeletion(context, backup)),
  /**
   * The backups are deleted one after the other, evenly spread over a time in milliseconds that is over when
   * this returns.
   */
  deletedOneByOne: (backups: readonly BackupHandle[], { time }: { time: number }) =>
    context.step(
      `When ${describeLabels(backups)} are deleted one after the other, within ${formatDuration(time)}`,
      () => deleteSpread(context, { backups, over: time }),
    ),
  /** A deletion that is held goes on as far as it was to, and is held again. */
  wentOn: (held: HeldRemoval) =>
    context.step(
      `When the deletion goes on until ${removals[held.until]}`,
      () => held.goOn(),
      (gone) => gone,
    ),
  /** The BackupVolume is deleted: all that the store has of the volume. */
  backupVolumeDeleted: (volume: VolumeHandle) =>
    context.step('When the backup volume is deleted', () => removeBackupVolume(context, volume)),
  /** The longhorn-manager pods that look after these backups now are killed, without grace. */
  ownerKilled: (...backups: BackupHandle[]) =>
    context.step(
      `When the longhorn-manager ${backups.length === 1 ? 'pod that owns' : 'pods that own'} ${describeLabels(backups)} ${backups.length === 1 ? 'is' : 'are'} killed`,
      () => killOwners(context, backups),
      (killed) => killed.map(({ name, node }) => `${name} on ${node}`).join(', '),
    ),
  /** The config of a backup whose deletion fails is mutable again. */
  madeMutable: (immutable: Injected, backup: BackupHandle) =>
    context.step(
      `When ${immutable.title} no longer`,
      () => {
        backup.since.healed = context.timelines.backups.mark();
        return immutable.heal();
      },
      (told) => told,
    ),
});

/** The steps that judge a deletion, and what another backup of the volume does while one fails. */
export const createThenOfDeletions = (context: Context) => {
  const { timelines, version, clocks, timeouts } = context;
  const { backups } = timelines;
  const deleted = (backup: BackupHandle, from = sinceDeleted(backup)) => ({
    backup: { ...backup, from },
    version,
  });
  const window = retryWindow(clocks, context.slowness);
  const triedAgain = async ({ label }: BackupHandle, judged: Promise<Verdict>): Promise<number> =>
    judgeGap(await judged, { label, window });
  // The next attempt of the deletion ends its Error, whoever else is at work; on a slow machine the other
  // backup may not have got that far.
  const goesWhileInError = async (
    expectation: Expectation<Backup>,
    pair: { second: BackupHandle; first: BackupHandle },
  ) => {
    const { first } = pair;
    const tooLate = new PremiseLost(
      `${first.label} was tried again, and Deleting, before the other backup went InProgress: that took longer than the back-off of ${formatDuration(clocks.deletionBackoff)} lets the Error last`,
    );
    const verdict = await judge(expectation, timeouts.secondCompleted).catch((error: unknown) => {
      throw heldByRetry(backups, { error, first })
        ? tooLate
        : (endedUnseen(backups, { error, ...pair }) ?? error);
    });
    const state = stateWhen(backups, {
      of: first.name,
      resourceVersion: reached(verdict, 0).resourceVersion,
    });
    if (state === 'Deleting') throw tooLate;
    if (state !== 'Error')
      throw new Error(
        `${first.label} was ${state ?? 'in a state that nobody saw'} when the other backup went InProgress, not Error`,
      );
  };

  return {
    /** Longhorn has taken up the deletion of a completed backup. */
    deleting: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} is Deleting`, () =>
        judge(isBeingDeleted(backups, deleted(backup).backup), timeouts.deleting),
      ),
    /** A completed backup goes Deleting and is gone. */
    deleted: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} goes Deleting, and is gone`, () =>
        judge(isDeleted(backups, deleted(backup).backup), timeouts.firstDeleted),
      ),
    /** A completed backup goes Deleting, then Error with the text on permissions. */
    deletionFails: (backup: BackupHandle) =>
      context.step(`Then ${backup.label} goes Deleting, and Error with the text on permissions`, () =>
        judge(deletionFails(backups, deleted(backup)), timeouts.deletionFails),
      ),
    /** The deletion fails, is tried again when its back-off is over, and fails again. */
    deletionFailsAgain: (backup: BackupHandle) =>
      context.step.idle(
        `Then ${backup.label} goes Deleting, Error, Deleting, Error: the deletion is tried again after ${describeWindow(window)}`,
        () =>
          triedAgain(
            backup,
            judge(deletionFailsAgain(backups, deleted(backup)), timeouts.deletionFailsAgain),
          ),
        describeGap,
      ),
    /** The deletion fails, and the backup is Deleting again when the back-off is over. */
    deletingAgain: (backup: BackupHandle) =>
      context.step.idle(
        `Then ${backup.label} goes Deleting, Error, Deleting: the deletion is tried again after ${describeWindow(window)}`,
        () => triedAgain(backup, judge(isDeletingAgain(backups, deleted(backup)), timeouts.deletingAgain)),
        describeGap,
      ),
    /**
     * A backup that was held back by the deletion of the first goes InProgress while that one is in Error,
     * and Completed.
     */
    wentOnDuringError: (second: BackupHandle, { first }: { first: BackupHandle }) =>
      context.step(
        `Then ${second.label} goes InProgress while ${first.label} is in Error, and Completed`,
        () =>
          goesWhileInError(
            goesOn(backups, { backup: { ...second, from: backups.mark() }, held: waitsFor(first, version) }),
            {
              second,
              first,
            },
          ),
      ),
    /** A backup made while the first is in Error is never held back. */
    neverHeldBack: (second: BackupHandle, { first }: { first: BackupHandle }) =>
      context.step(
        `Then ${second.label} is never held back: it goes InProgress while ${first.label} is in Error, and Completed`,
        () =>
          goesWhileInError(isNeverHeldBack(backups, deleted(second, second.since.made)), { second, first }),
      ),
    /**
     * After its owner was killed, the backup goes Error with the text that no record is in progress, and
     * Deleting again.
     */
    deletionForgotten: async (backup: BackupHandle): Promise<void> => {
      const lived = await context.step.returning(
        `Then ${backup.label} goes Error with "No deletion in progress record, retry the deletion command", and Deleting again`,
        async () => {
          const expectation = isForgottenAndRetried(
            backups,
            deleted(backup, backup.since.orphaned ?? sinceDeleted(backup)),
          );
          const verdict = await judge(expectation, timeouts.deletionForgotten).catch((error: unknown) => {
            throw endedBeforeKill(error, { label: backup.label, version }) ?? error;
          });
          return formatDuration(reached(verdict, 1).at - reached(verdict, 0).at);
        },
        (lived) => `Error for ${lived}`,
      );
      context.report.finding(toFinding('no-record-is-brief', `Here the state Error lived ${lived}.`));
    },
    /**
     * When nothing works on the volume any more: its folder has the block that could not be removed, which
     * belongs to no backup, these backups whole, and nothing else.
     */
    blockLeft: (block: DeniedBlock, volume: VolumeHandle, beside: readonly BackupHandle[]) =>
      context.step(
        `Then the store has the block that could not be removed, ${describeLabels(beside)} whole, and nothing else`,
        async () => {
          const { backups, problems } = await context.store.inspect(volume.name, storeQuiet(clocks));
          const isOfBlock = ({ code, blocks }: Finding): boolean =>
            code === 'block-orphaned' && blocks?.count === 1 && blocks.first === block.checksum;
          // Its removal having failed, the deletion does not count anew.
          const isOfCount = ({ code }: Finding): boolean => code === 'block-count-wrong';
          throwFor(
            [
              ...(problems.some(isOfBlock) ? [] : [`block ${block.checksum} is not left`]),
              ...compareConfigs(beside, backups).problems,
              ...problems
                .filter((problem) => !isOfBlock(problem) && !isOfCount(problem))
                .map(({ message }) => message),
            ],
            `the store's folder of volume ${volume.name} is not as expected`,
          );
        },
      ),
    /** Whatever point of its deletion the kill of its owner met, each backup goes Deleting, and is gone. */
    deletedThroughKill: (...all: BackupHandle[]) =>
      context.step(`Then each of ${describeLabels(all)} goes Deleting, and is gone`, () =>
        Promise.all(
          all.map((backup) =>
            judge(isDeletedThroughKill(backups, deleted(backup)), timeouts.deletedInTheEnd),
          ),
        ),
      ),
    /** After the heal the deletion is tried once more, and the backup is gone. */
    deletedInTheEnd: (backup: BackupHandle) =>
      context.step.idle(`Then ${backup.label} goes Deleting once more, and is gone`, () => {
        const { healed, orphaned } = backup.since;
        return judge(
          isDeletedInTheEnd(backups, deleted(backup, healed ?? orphaned ?? sinceDeleted(backup))),
          timeouts.deletedInTheEnd,
        );
      }),
  };
};
