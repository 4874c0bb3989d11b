import { ExpectationError, type StateStep, timeoutOf, waitUntil } from '../../../history/expectation.ts';
import type { Duration } from '../../../kube/duration.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { ObservedSymptom } from '../../../longhorn/bugs/bug.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { type BackupHandle, listLabels, type SnapshotHandle, type VolumeHandle } from '../handles.ts';
import { InconclusiveError, PromiseBroken, reached, stays, throwIfAny } from '../judging.ts';
import { runStep, step } from '../step.ts';
import { judgeWithin, storeIdleLimits } from '../timeouts.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import { hasRestoredData } from '../volume/steps.ts';
import {
  type BackupOptions,
  compareConfigs,
  makeBackups,
  nextLabel,
  requestBackup,
  touchBackup,
  untilCompleted,
  untilSettled,
} from './backup.ts';
import {
  backupIs,
  isHeldBack,
  isNeverHeldBack,
  isUploading,
  remains,
  remainsCompleted,
  stateWhen,
  waitsAndCompletes,
  waitsFor,
} from './expectations.ts';
import { judgeBackup, sinceMade } from './judge.ts';
import { progressOf, wrongInProgress } from './progress.ts';
import { deleteProxyOfOwner, isOwnedElsewhere, killPodOfUploader, killUploader } from './uploader.ts';
import { endedUnseen, lookedTooLate, reportLostLock, reportWording, uploadedUnseen } from './waiting.ts';

const completedBackup = async (context: Context, snapshot: SnapshotHandle): Promise<BackupHandle> => {
  const backup = await requestBackup(context, snapshot);
  await untilCompleted(context, backup);
  return backup;
};

type First = { first: BackupHandle };

const waiting = (context: Context, second: BackupHandle, { first }: First) => ({
  second: sinceMade(context, second).backup,
  first,
  version: context.version,
});

/**
 * Makes Longhorn reconcile a backup, and returns whether it left its state within two resyncs of Longhorn, at least
 * 45 s. A busy machine took up to 20 s to begin a backup. Two of these waits fit into a hold of 120 s.
 */
const leaves = async (context: Context, backup: BackupHandle, state: StateStep<Backup>): Promise<boolean> => {
  const { backups } = context.timelines;
  const from = backups.lastSequence();
  await touchBackup(context, backup);
  return stays(
    remains(backups, { backup: { ...backup, from }, state }),
    `${Math.max(2 * context.clocks.resync, 45_000)}ms`,
  ).then(
    () => false,
    (error: unknown) => {
      if (error instanceof ExpectationError && error.verdict.state === 'broken') return true;
      throw error;
    },
  );
};

/**
 * `afterKill`: a killed or locked-out process may have left its lock and an old volume.cfg. `deletionsAtOnce`:
 * deletions may have ended at once, of which the last to write volume.cfg undid what the other had. `ignoreOthers`:
 * ignore other backups, an unfinished backup, and unused blocks. `lostConfigOf`: the config of this backup was removed,
 * and volume.cfg may still name it as the last. `inside`: a store other than that of the volume's target.
 */
type Holding = {
  afterKill?: boolean;
  deletionsAtOnce?: boolean;
  ignoreOthers?: boolean;
  lostConfigOf?: BackupHandle;
  inside?: RunningStore;
};

const codesOf = (problems: readonly { code: string }[]): string[] => [
  ...new Set(problems.map(({ code }) => code)),
];

const undoneByDeletions: ReadonlySet<string> = new Set(['last-backup-missing', 'block-count-wrong']);

/**
 * The steps that make backups, make Longhorn reconcile them, and judge their histories and the store. Histories are
 * judged from before the action on.
 */
export const backupSteps = {
  'given.backup': step({
    sentence: 'Given {backup}, completed',
    parameters: (_) => ({ backup: nextLabel }),
    action: completedBackup,
    detail: ({ name }) => name,
  }),
  /**
   * A completed backup of a volume's present data that its BackupVolume lists. Only such a backup is deleted with its
   * files.
   */
  'given.settledBackup': step({
    sentence: 'Given {backup}, completed and settled',
    parameters: (_) => ({ backup: nextLabel }),
    action: async (context: Context, volume: VolumeHandle) => {
      const backup = await completedBackup(context, await makeSnapshot(context, volume));
      await untilSettled(context, backup);
      return backup;
    },
    detail: ({ name }) => name,
    afterwards: async (context, settled) => void (await runStep(context, hasRestoredData, settled)),
  }),
  'given.backups': step({
    sentence: 'Given {count} backups of the volume, each with data of its own',
    parameters: (_, { count }) => ({ count }),
    action: (context: Context, volume: VolumeHandle, { count }: { count: number }) =>
      makeBackups(context, { volume, count }),
    detail: (backups) => `${backups[0]?.name ?? ''} to ${backups.at(-1)?.name ?? ''}`,
  }),
  /** Returns when Kubernetes has accepted the Backup object. */
  'when.backedUp': step({
    sentence: 'When {backup} is made from the snapshot{how}',
    parameters: (_, { mode, documented } = {}) => ({
      backup: nextLabel,
      how: documented
        ? ', with no more than the document has'
        : mode === 'full'
          ? ', and all of its blocks are sent'
          : '',
    }),
    action: (context: Context, snapshot: SnapshotHandle, how?: BackupOptions) =>
      requestBackup(context, snapshot, how),
    detail: ({ name }) => name,
  }),
  /** The former backup must be gone. Returns when Kubernetes has accepted the Backup object. */
  'when.madeAgain': step({
    sentence: 'When {backup} is made from the snapshot, under the name of {former}',
    parameters: (_, former) => ({ backup: nextLabel, former }),
    action: (context: Context, snapshot: SnapshotHandle, { name }: BackupHandle) =>
      requestBackup(context, snapshot, { name }),
    detail: ({ name }) => name,
  }),
  'when.lookedAtAgain': step({
    sentence: 'When Longhorn is made to reconcile {backups} again',
    parameters: (...backups) => ({ backups: listLabels(backups) }),
    action: async (context: Context, ...backups: BackupHandle[]) => {
      for (const backup of backups) await touchBackup(context, backup);
    },
  }),
  /**
   * Makes Longhorn reconcile a backup that is Deleting, and then the one that waits for it. Does not judge the
   * result. Without this step, a backup that Longhorn reconciled only after the hold would seem to keep the promise.
   */
  'when.givenTimeToContinue': step({
    sentence: 'When Longhorn has had the time to go on with {second}',
    action: async (context: Context, second: BackupHandle, { first }: First) => {
      if (await leaves(context, first, backupIs('Deleting')))
        await leaves(context, second, waitsFor(first, context.version));
    },
  }),
  /** The upload ends with the process of its replica. */
  'when.uploaderKilled': step({
    sentence: 'When the replica that uploads {backup} is killed',
    action: killUploader,
    detail: ({ title }) => title,
  }),
  /** Needs the lab and nobody else on it: all engines and replicas of the node end with that pod. */
  'when.uploaderPodKilled': step({
    sentence: 'When the instance manager whose replica uploads {backup} is killed',
    action: killPodOfUploader,
    detail: ({ title }) => title,
  }),
  /** The one through which the manager that owns the backup asks for its progress. */
  'when.proxyOfOwnerDeleted': step({
    sentence: 'When the instance manager on the node of the longhorn-manager that owns {backup} is deleted',
    action: deleteProxyOfOwner,
    detail: ({ title }) => title,
  }),
  /** Which manager is the owner is not decided by the scenario. */
  'then.ownedElsewhere': step({
    sentence: 'Then a longhorn-manager of a node without the volume may own {backup}',
    action: isOwnedElsewhere,
    detail: (isElsewhere) => (isElsewhere ? 'it does' : 'it does not'),
  }),
  'then.heldBack': step({
    sentence: 'Then {second} is Pending and says that it waits for {first} to be deleted',
    parameters: (second, { first }) => ({ second, first }),
    action: async (context: Context, second: BackupHandle, { first }: First) => {
      const { timelines, timeouts, report, version } = context;
      const { backups } = timelines;
      await judgeWithin(isHeldBack(backups, waiting(context, second, { first })), timeouts.pending).catch(
        (error: unknown) => {
          throw lookedTooLate(backups, { error, second, first }) ?? error;
        },
      );
      return reportWording(report, { entries: backups.entries, backup: second, version });
    },
    detail: (message) => `"${message}"`,
  }),
  /** Judges the whole history of the second backup. */
  'then.waitedAndCompleted': step({
    sentence:
      'Then {second} goes Pending, InProgress, Completed, and was never InProgress while {first} was Deleting',
    parameters: (second, { first }) => ({ second, first }),
    action: async (context: Context, second: BackupHandle, { first }: First) => {
      const { timelines, report, version } = context;
      const { backups } = timelines;
      try {
        await judgeBackup(context, waitsAndCompletes, waiting(context, second, { first }), 'secondCompleted');
      } catch (error) {
        const current = backups.current(second.name);
        throw (
          endedUnseen(backups, { error, second, first }) ??
          reportLostLock(report, { error, backup: second, current, version })
        );
      }
    },
  }),
  /** `time` starts now. */
  'then.nothingMoves': step({
    sentence: 'Then for {time} {first} stays Deleting, and {second} Pending',
    parameters: ({ first, second }, time) => ({
      time,
      first,
      second,
    }),
    action: async (
      { timelines: { backups }, version }: Context,
      { first, second }: { first: BackupHandle; second: BackupHandle },
      time: Duration,
    ) => {
      const from = backups.lastSequence();
      const expected: [BackupHandle, StateStep<Backup>][] = [
        [first, backupIs('Deleting')],
        [second, waitsFor(first, version)],
      ];
      await Promise.all(
        expected.map(([backup, state]) =>
          stays(remains(backups, { backup: { ...backup, from }, state }), time),
        ),
      );
    },
  }),
  'then.uploading': step({
    sentence: 'Then {backup} is InProgress',
    action: (context: Context, backup: BackupHandle) =>
      judgeBackup(context, isUploading, sinceMade(context, backup), 'secondCompleted').catch(
        (error: unknown) => {
          throw uploadedUnseen(error, backup) ?? error;
        },
      ),
  }),
  /** After the manager that owns it was killed. Nothing lets the upload end. */
  'then.staysUnderWay': step({
    sentence: 'Then {backup} does not wait to be begun, as its upload is under way',
    waitsForTimer: true,
    action: async ({ timelines: { backups }, timeouts }: Context, { name, label, volume }: BackupHandle) => {
      const cause = await timeoutOf(
        waitUntil(backups, (each) => backupState(each) !== 'InProgress', {
          ...{ name, label: `${label} is not InProgress any more`, describe: describeBackup },
          ...timeouts.syncActedOn,
        }),
      );
      const current = backups.current(name);
      if (cause !== undefined || current === undefined || backupState(current) !== 'Pending') return;
      if (!(await volume.target.store.config(volume.name, name))?.inProgress)
        throw new InconclusiveError(`the upload of ${label} is not under way any more`);
      throw new PromiseBroken(
        `${label} (${name}) is Pending, while its upload is under way: ${describeBackup(current)}`,
        { kind: 'Backup', name, state: 'Pending' },
      );
    },
  }),
  /** Longhorn has not looked for the volume in the store. */
  'then.notListed': step({
    sentence: 'Then Longhorn has no backup volume for the volume yet',
    action: async ({ timelines }: Context, { name: volume, target }: VolumeHandle) => {
      if (timelines.backupVolumes.objects().some(isBackupOf({ name: volume, target })))
        throw new InconclusiveError(
          `Longhorn has a backup volume for ${volume}: it has listed the store meanwhile`,
        );
    },
  }),
  /** The upload completes, whatever runs in parallel. */
  'then.undisturbed': step({
    sentence: 'Then {backup} goes InProgress and Completed, undisturbed',
    action: (context: Context, backup: BackupHandle) =>
      judgeBackup(context, isNeverHeldBack, sinceMade(context, backup), 'secondCompleted'),
  }),
  /** Neither waits for the other: each has begun before the other is Completed. */
  'then.uploadedSideBySide': step({
    sentence: 'Then {first} and {second} are uploaded side by side, and both are Completed',
    action: async (context: Context, ...both: [BackupHandle, BackupHandle]) => {
      const { backups } = context.timelines;
      const begun = await Promise.all(
        both.map(async (backup) => {
          const subject = sinceMade(context, backup);
          const verdict = await judgeBackup(context, isNeverHeldBack, subject, 'secondCompleted');
          return reached(verdict, 0).resourceVersion;
        }),
      );
      for (const [at, { name: of, label }] of both.entries()) {
        const resourceVersion = begun[1 - at] ?? '';
        if (stateWhen(backups, { of, resourceVersion }) === 'Completed')
          throw new Error(`${label} was Completed before ${both[1 - at]?.label} went InProgress`);
      }
    },
  }),
  /** The progress never falls, and a value between 0 and 100 was observed. */
  'then.progressRose': step({
    sentence: 'Then the progress of {backup} has risen to 100 %',
    action: async ({ timelines }: Context, { name, label }: BackupHandle) => {
      const seen = progressOf(timelines.backups, name);
      const wrong = wrongInProgress(seen);
      if (wrong !== undefined) throw new Error(`the progress of ${label} was ${seen.join(', ')}: ${wrong}`);
      return seen;
    },
    detail: (seen) => seen.join(', '),
  }),
  'then.completed': step({
    sentence: 'Then {backup} is Completed',
    action: untilCompleted,
  }),
  /** Waits as long as Longhorn may take for its next sync of the store. */
  'then.completedForGood': step({
    sentence: 'Then {backup} is Completed, and stays so',
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts } = context;
      await untilCompleted(context, backup);
      const subject = { ...backup, from: backup.since.made };
      await stays(remainsCompleted(timelines.backups, subject), timeouts.syncActedOn.within);
    },
  }),
  'then.stillInStore': step({
    sentence: 'Then the store still has the config of {backup}',
    action: async (_: Context, { label, name, volume }: BackupHandle) => {
      const found = await volume.target.store.backups(volume.name);
      if (!found.includes(name))
        throw new Error(
          `the store has no config of ${label} (${name}) any more; it has: ${found.join(', ') || 'none'}`,
        );
    },
  }),
  /** Waits until nothing works on the volume. Blocks without a backup do not count. */
  'then.goneFromStore': step({
    sentence: 'Then the store has no config of {backup}',
    action: async ({ clocks }: Context, { label, name, volume }: BackupHandle) => {
      const { backups, problems } = await volume.target.store.inspect(volume.name, storeIdleLimits(clocks));
      if (!backups.includes(name)) return;
      throwIfAny(
        [`${name} is there`, ...problems.map(({ message }) => message)],
        `the store has a config of ${label}, which was deleted`,
        { of: 'store', findings: codesOf(problems), gone: [], left: [name] },
      );
    },
  }),
  /**
   * Waits until nothing works on the volume. Then its folder in the store must be sound, with configs of exactly
   * these backups.
   */
  'then.storeHolds': step({
    sentence: 'Then the {which}store holds {backups} whole{rest}',
    parameters: ({ target }, expected, { ignoreOthers = false, inside } = {}) => ({
      which: inside === undefined || inside === target.store ? '' : 'other ',
      backups: listLabels(expected) || 'no backup',
      rest: ignoreOthers ? '' : ', and nothing else',
    }),
    action: async (
      { clocks, report, version }: Context,
      volume: VolumeHandle,
      expected: readonly BackupHandle[],
      {
        afterKill = false,
        deletionsAtOnce = false,
        ignoreOthers = false,
        lostConfigOf,
        inside = volume.target.store,
      }: Holding = {},
    ) => {
      const found = await inside.inspect(volume.name, {
        ...storeIdleLimits(clocks),
        ...(afterKill && { abandonedAfter: clocks.lockLife / 1000 }),
        ...(ignoreOthers && { only: expected.map(({ name }) => name) }),
        ...(lostConfigOf && { lostConfigOf: lostConfigOf.name }),
      });
      const { gone, left, problems: ofConfigs } = compareConfigs(expected, found.backups, { ignoreOthers });
      const { undone = [], judged = [] } = Object.groupBy(found.problems, ({ code }) =>
        deletionsAtOnce && undoneByDeletions.has(code) ? 'undone' : 'judged',
      );
      const problems = [...ofConfigs, ...judged.map(({ message }) => message)];
      const seen: ObservedSymptom = { of: 'store', findings: codesOf(judged), gone, left };
      throwIfAny(problems, `the store's folder of volume ${volume.name} is not as expected`, seen);
      for (const { message } of found.leftByKill)
        report.finding(toFinding('killed-deletion-leaves-last-backup', `Longhorn ${version}: ${message}.`));
      for (const { message } of undone)
        report.finding(toFinding('deletions-undo-each-other', `Longhorn ${version}: ${message}.`));
      return found;
    },
    detail: ({ blocks }, _, __, ___, { ignoreOthers = false } = {}) =>
      `${blocks} blocks, ${ignoreOthers ? 'none of its own missing' : 'all of them referred to'}`,
    afterwards: async (context, _, __, expected) => {
      for (const backup of expected) await runStep(context, hasRestoredData, backup);
    },
  }),
};
