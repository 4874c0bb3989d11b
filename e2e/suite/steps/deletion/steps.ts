import type { InjectedFault } from '../../../faults/fault.ts';
import { heldDeletion } from '../../../faults/held-deletion.ts';
import { immutableFile } from '../../../faults/store/immutable-file.ts';
import { type Expectation, timeoutOf, waitUntil } from '../../../history/expectation.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { managerPods } from '../../../longhorn/manager.ts';
import { longhornResources } from '../../../longhorn/resources.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { StoreFinding } from '../../../store/fsck/findings.ts';
import { compareConfigs, mustBeKept, readBackup } from '../backup/backup.ts';
import { backupIs, goesOn, isNeverHeldBack, remains, stateWhen, waitsFor } from '../backup/expectations.ts';
import { judgeBackup, sinceDeletion, sinceMade } from '../backup/judge.ts';
import { endedUnseen, heldByRetry } from '../backup/waiting.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { type BackupHandle, describeLabels, type VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken, reached, stays, throwIfAny } from '../judging.ts';
import { step } from '../step.ts';
import { judgeWithin, storeIdleLimits } from '../timeouts.ts';
import {
  type DeniedBlock,
  deleteSpread,
  deniedDeletionOf,
  denyRemovalOfBlock,
  endedBeforeKill,
  type HeldRemoval,
  holdRemoval,
  killOwners,
  removals,
  removeBackupVolume,
  requestDeletion,
  timeDeletion,
  untilBackupVolumeGone,
  untilGone,
  untilUnanswered,
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

const minute = 60_000;

const retryTime = (context: Context): string => describeWindow(retryWindow(context));

const triedAgain = async (
  context: Context,
  backup: BackupHandle,
  expected: typeof isDeletingAgain,
  timeout: 'deletionFailsAgain' | 'deletingAgain',
): Promise<number> => {
  const verdict = await judgeBackup(context, expected, sinceDeletion(context, backup), timeout);
  return judgeGap(verdict, { label: backup.label, window: retryWindow(context) });
};

// The next deletion attempt ends the state Error. On a slow machine that may happen before the other backup is
// InProgress.
const goesWhileInError = async (
  { timelines: { backups }, clocks, timeouts }: Context,
  expectation: Expectation<Backup>,
  pair: First & { second: BackupHandle },
): Promise<void> => {
  const { first } = pair;
  const tooLate = new InconclusiveError(
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
 * The steps that prepare, request, disturb and judge deletions, and judge other backups of the volume during a
 * failure. Requests return when Kubernetes has accepted them.
 */
export const deletionSteps = {
  /** Deletes the backup, and returns the time in ms. */
  'given.deletionTime': step({
    sentence: 'Given how long it takes to delete {backup}',
    action: timeDeletion,
    detail: (time) => formatDuration(time),
  }),
  /** A setting makes Longhorn delete it after a minute, and not earlier. */
  'then.failedOneGoes': step({
    sentence: 'Then {backup} is deleted by itself, a minute after it failed, and is gone',
    action: async (context: Context, backup: BackupHandle) => {
      await untilGone(context, backup, context.timeouts.failedOneGoes);
      const stayed = stayedFailed(context.timelines.backups, backup.name);
      if (stayed < minute)
        throw new Error(`${backup.label} was deleted ${formatDuration(stayed)} after it failed: too early`);
      return stayed;
    },
    detail: (stayed) => `after ${formatDuration(stayed)}`,
  }),
  /** Longhorn has synced the backup volume since the failure, which is when it deletes failed backups. */
  'then.failedOneKept': step({
    sentence: 'Then {backup}, which failed, is not deleted',
    action: mustBeKept,
  }),
  /** A setting makes Longhorn delete failed backups after a minute. The store was seen to have this one whole. */
  'then.wholeOneStays': step({
    sentence: 'Then {backup}, which is whole, is not deleted as one that failed',
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle) => {
      const { name, label, volume } = backup;
      const { store } = volume.target;
      const cause = await timeoutOf(untilGone(context, backup, context.timeouts.failedOneGoes));
      if (cause !== undefined) return;
      if ((await store.backups(volume.name)).includes(name))
        throw new InconclusiveError(`${label} (${name}) is gone, and the store still has it`);
      throw new PromiseBroken(
        `${label} (${name}), which was in Error, and whole in the store, is deleted with its files`,
        { of: 'history', kind: 'Backup', name, state: 'Error', gone: true, says: [] },
      );
    },
  }),
  /** The setting gives it a minute, and the backup target is not synced meanwhile. */
  'then.failedOneOutlivesMinute': step({
    sentence: 'Then {backup}, which failed, stays for longer than the minute of the setting',
    waitsForTimer: true,
    action: ({ timelines: { backups }, timeouts }: Context, backup: BackupHandle) =>
      stays(
        remains(backups, {
          backup: { ...backup, from: backups.lastSequence() },
          state: backupIs('Error'),
        }),
        timeouts.failedOneStays.within,
      ),
  }),
  /** Holds the deletion at its start, until `when.released`, or until the fault ends by itself. */
  'given.heldDeletion': step({
    sentence: 'Given a fault that holds the deletion of {backup} open',
    action: async ({ cluster, faults }: Context, { name, label }: BackupHandle) =>
      faults.inject(heldDeletion.on(cluster, { pods: await managerPods(cluster), backup: name, label })),
  }),
  /**
   * Like `given.heldDeletion`. After `when.deletionContinued`, the deletion is held again when it has removed the
   * config or a first block. Longhorn's Backup object is gone from then on.
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
  /** By an admission policy, for all clients, until `when.released`. */
  'given.deletionDenied': step({
    sentence: 'Given that the API server denies the deletion of {backup}',
    action: (context: Context, { name, label }: BackupHandle) =>
      context.faults.inject(
        deniedDeletionOf(context, {
          resource: longhornResources.backups,
          whose: `oldObject.metadata.name == '${name}'`,
          probe: name,
          title: `the API server refuses to delete ${label}`,
        }),
      ),
  }),
  /** The removal of this block fails until `when.released`. */
  'given.immutableBlock': step({
    sentence: 'Given a block that {backup} alone has, made immutable in the backup store',
    action: (context: Context, backup: BackupHandle, { beside }: { beside: readonly BackupHandle[] }) =>
      denyRemovalOfBlock(context, { backup, beside }),
    detail: ({ checksum }) => checksum,
  }),
  /** The deletion of the backup fails until `when.madeMutable`. */
  'given.immutableConfig': step({
    sentence: 'Given the config of {backup}, made immutable in the backup store',
    action: async ({ expected, faults }: Context, backup: BackupHandle) => {
      expected.push({ id: 'deletion-denied', of: backup.name });
      return faults.inject(await immutableFile.on(backup.volume.target.store, { configOf: backup }));
    },
  }),
  'when.deleted': step({
    sentence: 'When {backup} is deleted',
    action: requestDeletion,
  }),
  /** Deletions are evenly spread over `time` ms. Returns at the end of that time. */
  'when.deletedOneByOne': step({
    sentence: 'When {backups} are deleted one after the other, within {time}',
    parameters: (backups, { time }) => ({
      backups: describeLabels(backups),
      time: formatDuration(time),
    }),
    action: (context: Context, backups: readonly BackupHandle[], { time }: { time: number }) =>
      deleteSpread(context, { backups, over: time }),
  }),
  'when.deletionContinued': step({
    sentence: 'When the deletion goes on until {removed}',
    parameters: ({ until }) => ({ removed: removals[until] }),
    action: (_: Context, held: HeldRemoval) => held.continueUntilFileGone(),
    detail: (gone) => gone,
  }),
  /** Removes everything that the store has of the volume. */
  'when.backupVolumeDeleted': step({
    sentence: 'When the backup volume is deleted',
    action: (context: Context, volume: VolumeHandle) => removeBackupVolume(context, volume),
  }),
  /** Kubernetes removes what has no owner left. A Backup that never had one stays. */
  'then.goesWithBackupVolume': step({
    sentence: 'Then {backup} goes with its backup volume',
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts } = context;
      const { name, label, volume } = backup;
      const isOf = isBackupOf(volume);
      const known = timelines.backupVolumes.objects().find(isOf);
      if (known !== undefined) await untilBackupVolumeGone(context, known.metadata.name);
      const left = await readBackup(context, backup);
      const { ownerReferences = [] } = left?.metadata ?? {};
      if (left === undefined || ownerReferences.length > 0) return untilGone(context, backup);
      const cause = await timeoutOf(untilGone(context, backup, timeouts.ownerlessGone));
      if (cause === undefined) return;
      if (timelines.backups.current(name)?.metadata.deletionTimestamp !== undefined)
        return untilGone(context, backup);
      throw new PromiseBroken(
        `${label} (${name}) has no owner, and stays without its backup volume`,
        { kind: 'Backup', name, state: backupState(left) },
        { cause },
      );
    },
  }),
  /** Its target is synced often enough. A backup of the volume would make another, too. */
  'then.backupVolumeStaysAway': step({
    sentence: 'Then the backup volume that was deleted does not come back',
    waitsForTimer: true,
    action: async ({ timelines: { backupVolumes }, timeouts }: Context, volume: VolumeHandle) => {
      const isOf = isBackupOf(volume);
      const cause = await timeoutOf(
        waitUntil(backupVolumes, isOf, {
          label: `Longhorn has a backup volume for ${volume.name} again`,
          ...timeouts.syncActedOn,
        }),
      );
      if (cause !== undefined) return;
      const name = backupVolumes.objects().find(isOf)?.metadata.name ?? '';
      const left = await volume.target.store.backups(volume.name);
      if (left.length > 0)
        throw new InconclusiveError(`the store has backups of ${volume.name} again: ${left.join(', ')}`);
      throw new PromiseBroken(
        `the backup volume of ${volume.name} is back as ${name}, and the store has no backup of it`,
        { kind: 'BackupVolume', name, state: 'made again' },
      );
    },
  }),
  /** The fault leaves a request of the deletion unanswered. */
  'then.deletionUnanswered': step({
    sentence: 'Then the deletion of {backup} has removed the config, and waits for an answer of the store',
    action: (context: Context, backup: BackupHandle, fault: { met: () => Promise<number> }) =>
      untilUnanswered(context, backup, fault),
  }),
  /** The owner of the upload is about to be killed. That of the other, which holds its deletion, must live. */
  'given.ownedByAnother': step({
    sentence: 'Given one of {backups} that another longhorn-manager owns than {upload}',
    parameters: (upload, backups) => ({ upload, backups: describeLabels(backups) }),
    action: async (
      { timelines }: Context,
      upload: BackupHandle,
      backups: readonly BackupHandle[],
    ): Promise<BackupHandle> => {
      const ownerOf = ({ name }: BackupHandle) => timelines.backups.current(name)?.status?.ownerID;
      const found = backups.find((each) => ownerOf(each) !== ownerOf(upload));
      if (found === undefined)
        throw new InconclusiveError(`one longhorn-manager owns ${upload.label} and all of the others`);
      return found;
    },
    detail: ({ label }) => label,
  }),
  /** Kills the owners of the backups, without a grace period. */
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
  'then.managersBack': step({
    sentence: 'Then the longhorn-manager pods that were killed have successors',
    action: (_: Context, killed: readonly InjectedFault[]) => Promise.all(killed.map((pod) => pod.heal())),
    detail: (told) => told.join(', '),
  }),
  /** Heals the fault that makes the deletion fail. */
  'when.madeMutable': step({
    sentence: 'When {fault} no longer',
    parameters: ({ title }, _) => ({ fault: title }),
    action: ({ timelines }: Context, immutable: InjectedFault, backup: BackupHandle) => {
      backup.since.healed = timelines.backups.lastSequence();
      return immutable.heal();
    },
    detail: (how) => how,
  }),
  'then.deleting': step({
    sentence: 'Then {backup} is Deleting',
    action: (context: Context, backup: BackupHandle) =>
      judgeBackup(context, isBeingDeleted, sinceDeletion(context, backup).backup, 'deleting'),
  }),
  'then.deleted': step({
    sentence: 'Then {backup} goes Deleting, and is gone',
    action: async (context: Context, backup: BackupHandle) =>
      judgeBackup(context, isDeleted, sinceDeletion(context, backup).backup, 'firstDeleted'),
  }),
  'then.deletionFails': step({
    sentence: 'Then {backup} goes Deleting, and Error with the text on permissions',
    action: (context: Context, backup: BackupHandle) =>
      judgeBackup(context, deletionFails, sinceDeletion(context, backup), 'deletionFails'),
  }),
  /** The retry comes after Longhorn's back-off. */
  'then.deletionFailsAgain': step({
    sentence: 'Then {backup} goes Deleting, Error, Deleting, Error: the deletion is tried again after {time}',
    parameters: (backup) => ({ backup, time: retryTime }),
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) =>
      triedAgain(context, backup, deletionFailsAgain, 'deletionFailsAgain'),
    detail: describeGap,
  }),
  /** The retry comes after Longhorn's back-off. */
  'then.deletingAgain': step({
    sentence: 'Then {backup} goes Deleting, Error, Deleting: the deletion is tried again after {time}',
    parameters: (backup) => ({ backup, time: retryTime }),
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) =>
      triedAgain(context, backup, isDeletingAgain, 'deletingAgain'),
    detail: describeGap,
  }),
  /** The second backup was waiting for the deletion of the first. */
  'then.wentOnDuringError': step({
    sentence: 'Then {second} goes InProgress while {first} is in Error, and Completed',
    parameters: (second, { first }) => ({ second, first }),
    action: (context: Context, second: BackupHandle, { first }: First) => {
      const { timelines, version } = context;
      const { backups } = timelines;
      const backup = { ...second, from: backups.lastSequence() };
      const expectation = goesOn(backups, { backup, held: waitsFor(first, version) });
      return goesWhileInError(context, expectation, { second, first });
    },
  }),
  /** The second backup was made while the first was in Error. */
  'then.neverHeldBack': step({
    sentence: 'Then {second} is never held back: it goes InProgress while {first} is in Error, and Completed',
    parameters: (second, { first }) => ({ second, first }),
    action: (context: Context, second: BackupHandle, { first }: First) =>
      goesWhileInError(context, isNeverHeldBack(context.timelines.backups, sinceMade(context, second)), {
        second,
        first,
      }),
  }),
  /** After the owner of the backup was killed. */
  'then.deletionForgotten': step({
    sentence:
      'Then {backup} goes Error with "No deletion in progress record, retry the deletion command", and Deleting again',
    action: async (context: Context, backup: BackupHandle) => {
      const { report, version } = context;
      const subject = sinceDeletion(context, backup, backup.since.orphaned);
      const judged = judgeBackup(context, isForgottenAndRetried, subject, 'deletionForgotten');
      const verdict = await judged.catch((error: unknown) => {
        throw endedBeforeKill(error, { label: backup.label, version }) ?? error;
      });
      const lived = formatDuration(reached(verdict, 1).at - reached(verdict, 0).at);
      report.finding(toFinding('no-record-is-brief', `Here the state Error lived ${lived}.`));
      return lived;
    },
    detail: (lived) => `Error for ${lived}`,
  }),
  /** Waits until nothing works on the volume. The block that could not be removed belongs to no backup. */
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
      const { backups, problems } = await volume.target.store.inspect(volume.name, storeIdleLimits(clocks));
      const isOfBlock = ({ code, blocks }: StoreFinding): boolean =>
        code === 'block-orphaned' && blocks?.count === 1 && blocks.first === block.checksum;
      // A deletion that failed to remove a block does not update the block count.
      const isOfCount = ({ code }: StoreFinding): boolean => code === 'block-count-wrong';
      throwIfAny(
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
  /** At whatever point of its deletion the owner was killed. */
  'then.deletedThroughKill': step({
    sentence: 'Then each of {backups} goes Deleting, and is gone',
    parameters: (...backups) => ({ backups: describeLabels(backups) }),
    action: (context: Context, ...backups: BackupHandle[]) =>
      Promise.all(
        backups.map((backup) =>
          judgeBackup(context, isDeletedThroughKill, sinceDeletion(context, backup), 'deletedInTheEnd'),
        ),
      ),
  }),
  /** Judges the deletion after the heal or the kill. */
  'then.deletedInTheEnd': step({
    sentence: 'Then {backup} goes Deleting once more, and is gone',
    waitsForTimer: true,
    action: (context: Context, backup: BackupHandle) => {
      const { healed, orphaned } = backup.since;
      const subject = sinceDeletion(context, backup, healed ?? orphaned);
      return judgeBackup(context, isDeletedInTheEnd, subject, 'deletedInTheEnd');
    },
  }),
};
