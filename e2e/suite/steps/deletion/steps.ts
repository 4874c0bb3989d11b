import type { Injected } from '../../../faults/fault.ts';
import { heldDeletion } from '../../../faults/held-deletion.ts';
import { immutableFile } from '../../../faults/store/immutable-file.ts';
import { type Expectation, onceGone, type Verdict } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { StoreFinding } from '../../../store/fsck/findings.ts';
import { compareConfigs } from '../backup/backup.ts';
import { goesOn, isNeverHeldBack, stateWhen, waitsFor } from '../backup/expectations.ts';
import { endedUnseen, heldByRetry } from '../backup/waiting.ts';
import type { Context } from '../context.ts';
import { type BackupHandle, describeLabels, type VolumeHandle } from '../handles.ts';
import { PremiseLost, reached, throwFor } from '../judging.ts';
import { step } from '../step.ts';
import { judgeWithin, storeQuiet } from '../timeouts.ts';
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
  stayedFailed,
} from './expectations.ts';

type First = { first: BackupHandle };
type HowFar = Pick<HeldRemoval, 'until'>;

/** The history of a backup from its deletion on, and what it is judged by. */
const deleted = ({ version }: Context, backup: BackupHandle, from = sinceDeleted(backup)) => ({
  backup: { ...backup, from },
  version,
});

const minute = 60_000;

const windowOf = ({ clocks, slowness }: Context) => retryWindow(clocks, slowness);
const retryTime = (context: Context): string => describeWindow(windowOf(context));

const triedAgain = async (
  context: Context,
  { label }: BackupHandle,
  judged: Promise<Verdict>,
): Promise<number> => judgeGap(await judged, { label, window: windowOf(context) });

// The next attempt of the deletion ends its Error, whoever else is at work; on a slow machine the other
// backup may not have got that far.
const goesWhileInError = async (
  { timelines: { backups }, clocks, timeouts }: Context,
  expectation: Expectation<Backup>,
  pair: First & { second: BackupHandle },
): Promise<void> => {
  const { first } = pair;
  const tooLate = new PremiseLost(
    `${first.label} was tried again, and Deleting, before the other backup went InProgress: that took longer than the back-off of ${formatDuration(clocks.deletionBackoff)} lets the Error last`,
  );
  const verdict = await judgeWithin(expectation, timeouts.secondCompleted).catch((error: unknown) => {
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

/**
 * The steps that set up how a deletion will go, that delete and cross a deletion (each returns when Kubernetes has
 * taken the wish), and that judge it, and what another backup of the volume does while one fails.
 */
export const deletionSteps = {
  /** How long it takes to delete this backup, which is gone then; in milliseconds. */
  'given.deletionTime': step({
    sentence: 'Given how long it takes to delete {backup}',
    parameters: (backup) => ({ backup }),
    action: timeDeletion,
    detail: (time) => formatDuration(time),
  }),
  /** By the setting of a minute: it is deleted no earlier, and is gone then. */
  'then.failedOneGoes': step({
    sentence: 'Then {backup} is deleted by itself, a minute after it failed, and is gone',
    parameters: (backup) => ({ backup }),
    action: async ({ timelines: { backups }, timeouts }: Context, { name, label }: BackupHandle) => {
      await onceGone(backups, {
        name,
        label: `${label} is gone`,
        describe: describeBackup,
        ...timeouts.failedOneGoes,
      });
      const stayed = stayedFailed(backups, name);
      if (stayed < minute)
        throw new Error(`${label} was deleted ${formatDuration(stayed)} after it failed: too early`);
      return stayed;
    },
    detail: (stayed) => `after ${formatDuration(stayed)}`,
  }),
  /**
   * From now on the deletion of this backup is stopped as soon as it starts; released by `when.released`, or
   * by itself after a while.
   */
  'given.heldDeletion': step({
    sentence: 'Given a fault that holds the deletion of {backup} open',
    parameters: (backup) => ({ backup }),
    action: async ({ cluster, faults }: Context, { name, label }: BackupHandle) =>
      faults.inject(heldDeletion.on(cluster, { pods: await managerPods(cluster), backup: name, label })),
  }),
  /**
   * The same, and it can go on (`when.deletionContinued`) until it has removed the backup's config, or the first of its
   * blocks, where it is held again: from then on the backup is gone for Longhorn.
   */
  'given.heldRemoval': step({
    sentence: 'Given a fault that holds the deletion of {backup} open, and once more as soon as {removed}',
    parameters: (backup, { until }) => ({
      backup,
      removed: removals[until],
    }),
    action: (context: Context, backup: BackupHandle, { until }: HowFar) =>
      holdRemoval(context, { backup, until }),
  }),
  /** A block that this backup alone has is immutable: its removal fails until `when.released`. */
  'given.immutableBlock': step({
    sentence: 'Given a block that {backup} alone has, made immutable in the backup store',
    parameters: (backup, _) => ({ backup }),
    action: (context: Context, backup: BackupHandle, { beside }: { beside: readonly BackupHandle[] }) =>
      denyRemovalOfBlock(context, { backup, beside }),
    detail: ({ checksum }) => checksum,
  }),
  /** The backup's config in the store is immutable: its deletion fails until `when.madeMutable`. */
  'given.immutableConfig': step({
    sentence: 'Given the config of {backup}, made immutable in the backup store',
    parameters: (backup) => ({ backup }),
    action: async ({ expected, faults }: Context, backup: BackupHandle) => {
      expected.push({ id: 'deletion-denied', of: backup.name });
      return faults.inject(await immutableFile.on(backup.volume.target.store, { configOf: backup }));
    },
  }),
  'when.deleted': step({
    sentence: 'When {backup} is deleted',
    parameters: (backup) => ({ backup }),
    action: requestDeletion,
  }),
  /**
   * The backups are deleted one after the other, evenly spread over a time in milliseconds that is over when
   * this returns.
   */
  'when.deletedOneByOne': step({
    sentence: 'When {backups} are deleted one after the other, within {time}',
    parameters: (backups, { time }) => ({
      backups: describeLabels(backups),
      time: formatDuration(time),
    }),
    action: (context: Context, backups: readonly BackupHandle[], { time }: { time: number }) =>
      deleteSpread(context, { backups, over: time }),
  }),
  /** A deletion that is held goes on as far as it was to, and is held again. */
  'when.deletionContinued': step({
    sentence: 'When the deletion goes on until {removed}',
    parameters: ({ until }) => ({ removed: removals[until] }),
    action: (_: Context, held: HeldRemoval) => held.goOn(),
    detail: (gone) => gone,
  }),
  /** The BackupVolume is deleted: all that the store has of the volume. */
  'when.backupVolumeDeleted': step({
    sentence: 'When the backup volume is deleted',
    action: (context: Context, volume: VolumeHandle) => removeBackupVolume(context, volume),
  }),
  /** The longhorn-manager pods that look after these backups now are killed, without grace. */
  'when.ownerKilled': step({
    sentence: 'When the longhorn-manager {owners} {backups} {are} killed',
    parameters: (...backups) => ({
      owners: backups.length === 1 ? 'pod that owns' : 'pods that own',
      backups: describeLabels(backups),
      are: backups.length === 1 ? 'is' : 'are',
    }),
    action: (context: Context, ...backups: BackupHandle[]) => killOwners(context, backups),
    detail: (killed) => killed.map(({ name, node }) => `${name} on ${node}`).join(', '),
  }),
  /** Each has a successor that is ready. */
  'then.managersBack': step({
    sentence: 'Then the longhorn-manager pods that were killed have successors',
    action: (_: Context, killed: readonly Injected[]) => Promise.all(killed.map((pod) => pod.heal())),
    detail: (told) => told.join(', '),
  }),
  /** The config of a backup whose deletion fails is mutable again. */
  'when.madeMutable': step({
    sentence: 'When {fault} no longer',
    parameters: ({ title }, _) => ({ fault: title }),
    action: ({ timelines }: Context, immutable: Injected, backup: BackupHandle) => {
      backup.since.healed = timelines.backups.mark();
      return immutable.heal();
    },
    detail: (how) => how,
  }),
  /** Longhorn has taken up the deletion of a completed backup. */
  'then.deleting': step({
    sentence: 'Then {backup} is Deleting',
    parameters: (backup) => ({ backup }),
    action: (context: Context, backup: BackupHandle) =>
      judgeWithin(
        isBeingDeleted(context.timelines.backups, deleted(context, backup).backup),
        context.timeouts.deleting,
      ),
  }),
  /** A completed backup goes Deleting and is gone. */
  'then.deleted': step({
    sentence: 'Then {backup} goes Deleting, and is gone',
    parameters: (backup) => ({ backup }),
    action: async (context: Context, backup: BackupHandle) =>
      judgeWithin(
        isDeleted(context.timelines.backups, deleted(context, backup).backup),
        context.timeouts.firstDeleted,
      ),
  }),
  /** A completed backup goes Deleting, then Error with the text on permissions. */
  'then.deletionFails': step({
    sentence: 'Then {backup} goes Deleting, and Error with the text on permissions',
    parameters: (backup) => ({ backup }),
    action: (context: Context, backup: BackupHandle) =>
      judgeWithin(
        deletionFails(context.timelines.backups, deleted(context, backup)),
        context.timeouts.deletionFails,
      ),
  }),
  /** The deletion fails, is tried again when its back-off is over, and fails again. */
  'then.deletionFailsAgain': step({
    sentence: 'Then {backup} goes Deleting, Error, Deleting, Error: the deletion is tried again after {time}',
    parameters: (backup) => ({ backup, time: retryTime }),
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) =>
      triedAgain(
        context,
        backup,
        judgeWithin(
          deletionFailsAgain(context.timelines.backups, deleted(context, backup)),
          context.timeouts.deletionFailsAgain,
        ),
      ),
    detail: describeGap,
  }),
  /** The deletion fails, and the backup is Deleting again when the back-off is over. */
  'then.deletingAgain': step({
    sentence: 'Then {backup} goes Deleting, Error, Deleting: the deletion is tried again after {time}',
    parameters: (backup) => ({ backup, time: retryTime }),
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) =>
      triedAgain(
        context,
        backup,
        judgeWithin(
          isDeletingAgain(context.timelines.backups, deleted(context, backup)),
          context.timeouts.deletingAgain,
        ),
      ),
    detail: describeGap,
  }),
  /**
   * A backup that was held back by the deletion of the first goes InProgress while that one is in Error,
   * and Completed.
   */
  'then.wentOnDuringError': step({
    sentence: 'Then {second} goes InProgress while {first} is in Error, and Completed',
    parameters: (second, { first }) => ({ second, first }),
    action: (context: Context, second: BackupHandle, { first }: First) => {
      const { timelines, version } = context;
      const { backups } = timelines;
      const backup = { ...second, from: backups.mark() };
      const expectation = goesOn(backups, { backup, held: waitsFor(first, version) });
      return goesWhileInError(context, expectation, { second, first });
    },
  }),
  /** A backup made while the first is in Error is never held back. */
  'then.neverHeldBack': step({
    sentence: 'Then {second} is never held back: it goes InProgress while {first} is in Error, and Completed',
    parameters: (second, { first }) => ({ second, first }),
    action: (context: Context, second: BackupHandle, { first }: First) =>
      goesWhileInError(
        context,
        isNeverHeldBack(context.timelines.backups, deleted(context, second, second.since.made)),
        { second, first },
      ),
  }),
  /**
   * After its owner was killed, the backup goes Error with the text that no record is in progress, and
   * Deleting again.
   */
  'then.deletionForgotten': step({
    sentence:
      'Then {backup} goes Error with "No deletion in progress record, retry the deletion command", and Deleting again',
    parameters: (backup) => ({ backup }),
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts, report, version } = context;
      const from = backup.since.orphaned ?? sinceDeleted(backup);
      const verdict = await judgeWithin(
        isForgottenAndRetried(timelines.backups, deleted(context, backup, from)),
        timeouts.deletionForgotten,
      ).catch((error: unknown) => {
        throw endedBeforeKill(error, { label: backup.label, version }) ?? error;
      });
      const lived = formatDuration(reached(verdict, 1).at - reached(verdict, 0).at);
      report.finding(toFinding('no-record-is-brief', `Here the state Error lived ${lived}.`));
      return lived;
    },
    detail: (lived) => `Error for ${lived}`,
  }),
  /**
   * When nothing works on the volume any more: its folder has the block that could not be removed, which
   * belongs to no backup, these backups whole, and nothing else.
   */
  'then.blockLeft': step({
    sentence: 'Then the store has the block that could not be removed, {backups} whole, and nothing else',
    parameters: (_, __, beside) => ({
      backups: describeLabels(beside),
    }),
    action: async (
      { clocks }: Context,
      block: DeniedBlock,
      volume: VolumeHandle,
      beside: readonly BackupHandle[],
    ) => {
      const { backups, problems } = await volume.target.store.inspect(volume.name, storeQuiet(clocks));
      const isOfBlock = ({ code, blocks }: StoreFinding): boolean =>
        code === 'block-orphaned' && blocks?.count === 1 && blocks.first === block.checksum;
      // Its removal having failed, the deletion does not count anew.
      const isOfCount = ({ code }: StoreFinding): boolean => code === 'block-count-wrong';
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
  }),
  /** Whatever point of its deletion the kill of its owner met, each backup goes Deleting, and is gone. */
  'then.deletedThroughKill': step({
    sentence: 'Then each of {backups} goes Deleting, and is gone',
    parameters: (...backups) => ({ backups: describeLabels(backups) }),
    action: (context: Context, ...backups: BackupHandle[]) =>
      Promise.all(
        backups.map((backup) =>
          judgeWithin(
            isDeletedThroughKill(context.timelines.backups, deleted(context, backup)),
            context.timeouts.deletedInTheEnd,
          ),
        ),
      ),
  }),
  /** After the heal the deletion is tried once more, and the backup is gone. */
  'then.deletedInTheEnd': step({
    sentence: 'Then {backup} goes Deleting once more, and is gone',
    parameters: (backup) => ({ backup }),
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) => {
      const { healed, orphaned } = backup.since;
      const from = healed ?? orphaned ?? sinceDeleted(backup);
      return judgeWithin(
        isDeletedInTheEnd(context.timelines.backups, deleted(context, backup, from)),
        context.timeouts.deletedInTheEnd,
      );
    },
  }),
};
