import type { InjectedFault } from '../../../faults/fault.ts';
import type { ReplacedKey } from '../../../faults/store/key-replaced.ts';
import type { KeptVersions, NotedVersions } from '../../../faults/store/versions-kept.ts';
import { ExpectationError, timeoutOf, unlessTimedOut, waitUntil } from '../../../history/expectation.ts';
import { unlessGone } from '../../../kube/cluster.ts';
import type { Duration } from '../../../kube/duration.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { managersLogged } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import { isSyncDue, syncRequest } from '../../../longhorn/sync-request.ts';
import type { Backup, BackupTarget, BackupVolume } from '../../../longhorn/types.ts';
import type { RunningStore } from '../../../store/driver.ts';
import { driverNamed } from '../../../store/drivers/index.ts';
import { volumeFolder } from '../../../store/format/layout.ts';
import {
  knownBackupVolume,
  lastBackupVolumeSync,
  requestBackupVolumeSync,
  syncBackupVolume,
  untilKnown,
} from '../backup/backup.ts';
import { backupIs, remains } from '../backup/expectations.ts';
import { judgeBackup, sinceDeleted, sinceMade } from '../backup/judge.ts';
import type { Context } from '../context.ts';
import { isBackupOf } from '../created-objects.ts';
import { untilBackupVolumeGone, untilGone, untilMet } from '../deletion/deletion.ts';
import { isDeleted, isRefused, storeRefusals } from '../deletion/expectations.ts';
import type { BackupHandle, TargetHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError, PromiseBroken, stays } from '../judging.ts';
import { step } from '../step.ts';
import { firstTarget } from '../target/steps.ts';
import { describeAvailability, describeTarget } from '../target/target.ts';
import { judgeWithin, storeIdleLimits, type Timeouts } from '../timeouts.ts';
import { judgeRestore } from '../volume/restored.ts';
import {
  creationEnds,
  failureMessages,
  isRemovedFromCluster,
  type StoreFailure,
  storeFailures,
} from './expectations.ts';

const timeoutOfFailure: Partial<Record<StoreFailure, keyof Timeouts>> = {
  'upload-lost': 'uploadLost',
  'creation-without-snapshot': 'snapshotGivenUp',
  'upload-lost-with-pod': 'uploadLostWithPod',
  'upload-unwatched': 'uploadLostWithPod',
  'creation-without-store': 'uploadWithoutServer',
};

/** A key that is replaced in the store, and a function that gives Longhorn the new key. */
export type ReplacedKeyHandle = InjectedFault & ReplacedKey;

/** A store that keeps versions, and a function that notes the present versions. */
type KeptVersionsHandle = InjectedFault & KeptVersions;

/** A sync of a backup target that a step requested. */
export type StoreSync = {
  target: TargetHandle;
  /** The last sequence of the backups' timeline before the request. */
  from: number;
  /** The time of Longhorn's previous sync. */
  before: string | undefined;
};

/** Sets the poll interval of a backup target, as Go prints a duration. Throws if the API server refuses it. */
export const setPollInterval = async (
  { cluster }: Pick<Context, 'cluster'>,
  { name }: TargetHandle,
  pollInterval: string,
): Promise<void> =>
  void (await cluster.patch(
    longhornResources.backupTargets,
    { namespace, name },
    { spec: { pollInterval } },
  ));

/** Changes a backup target and requests a sync of its store. */
export const changeTarget = async (
  { cluster, timelines, turn }: Context,
  target: TargetHandle,
  spec: Partial<BackupTarget['spec']>,
): Promise<StoreSync> => {
  const isAnother = 'backupTargetURL' in spec;
  const current = timelines.backupTargets.current(target.name);
  const from = timelines.backups.lastSequence();
  const change = async () =>
    cluster.patch(
      longhornResources.backupTargets,
      { namespace, name: target.name },
      { spec: { ...spec, syncRequestedAt: await syncRequest(current ?? {}) } },
    );
  await (isAnother ? turn.changingTargets(change) : change());
  return { target, from, before: current?.status?.lastSyncedAt ?? undefined };
};

/**
 * Waits until no backup volume of the target is being deleted. Longhorn does not create an object again while the old
 * one exists.
 */
const untilGoingOnesGone = async (context: Context, target: TargetHandle): Promise<void> => {
  const going = context.timelines.backupVolumes
    .objects()
    .filter(
      ({ metadata }) =>
        metadata.deletionTimestamp !== undefined && metadata.labels?.['backup-target'] === target.name,
    );
  for (const { metadata } of going) await untilBackupVolumeGone(context, metadata.name);
};

// If a sync of a backup volume ends while Longhorn lists the store, Longhorn's own request for that volume fails with
// a conflict, which it drops. The target then counts as synced, and the volume is synced only at the next poll
// (backup_target_controller.go, syncBackupVolume, v1.8.0 to master of 2026-08-21).
const syncAgainWhereUnderWay = async (context: Context, target: TargetHandle): Promise<void> => {
  const { items } = await context.cluster.list<BackupVolume>(longhornResources.backupVolumes, {
    namespace,
    labelSelector: `backup-target=${target.name}`,
  });
  await Promise.all(
    items.filter(isSyncDue).map((known) => requestBackupVolumeSync(context, known).catch(unlessGone)),
  );
};

// If the store exists but its volumes cannot be listed, only Longhorn's log reports it (backup_target_controller.go,
// syncBackupVolume, v1.12.1). The URL is unique to this store.
const hasFailedToList = ({ cluster }: Context, { store }: TargetHandle): Promise<boolean> =>
  managersLogged(cluster, `failed to list backup volumes in ${store.url}`);

// backup_volume_controller.go, reconcile, v1.12.1: that a listing of the backups failed is only logged. The error names
// the volume, and the file if one is missing.
const hasFailedToListBackups = ({ cluster }: Context, of: string): Promise<boolean> =>
  managersLogged(cluster, 'Failed to list backups from backup target', of);

// backup_volume_controller.go, reconcile, v1.12.1: that a webhook refuses a Backup is only logged.
const hasFailedToCreate = ({ cluster }: Context, backup: string): Promise<boolean> =>
  managersLogged(cluster, `Failed to create backup ${backup} in the cluster`);

// backup_target_controller.go, reconcile, v1.12.1: an error before the first query of the store is only logged.
const hasMissedSecret = ({ cluster }: Context, { name, store }: TargetHandle): Promise<boolean> =>
  managersLogged(
    cluster,
    `failed to init backup target clients: failed to get ${name} `,
    store.credentialSecret,
  );

const isUnavailable =
  (why: string) =>
  ({ status }: BackupTarget): boolean =>
    status?.available === false &&
    (status.conditions ?? []).some(
      ({ type, status, message }) =>
        type === 'Unavailable' && status === 'True' && message?.includes(why) === true,
    );

const mayBeRefused = ({ expected }: Context, { name }: BackupHandle): void =>
  void expected.push(...storeRefusals.map((id) => ({ id, of: name })));

const syncKnownVolume = async (context: Context, volume: VolumeHandle): Promise<string> =>
  requestBackupVolumeSync(context, knownBackupVolume(context, volume));

/** The steps that prepare a store, request syncs of it or of another store, and judge what Longhorn does about them. */
export const storeSteps = {
  /** Notes the present versions with the rights of the store's owner. */
  'given.versionsNoted': step({
    sentence: 'Given that the versions of all files of {volume} in the store are noted',
    parameters: (_, { name }) => ({ volume: name }),
    action: (_: Context, { note }: KeptVersionsHandle, { name }: VolumeHandle): Promise<NotedVersions> =>
      note(volumeFolder(name)),
  }),
  /** Requests the sync that Longhorn otherwise does every few minutes. */
  'when.storeLookedInto': step({
    sentence: 'When the backup target is synced',
    opens: async (context, target) => target ?? firstTarget(context),
    action: async (context: Context, at?: TargetHandle): Promise<StoreSync> => {
      const target = at ?? (await firstTarget(context));
      await untilGoingOnesGone(context, target);
      await syncAgainWhereUnderWay(context, target);
      return changeTarget(context, target, {});
    },
  }),
  'when.keyRenewed': step({
    sentence: 'When the Secret of the backup target is given the new key',
    action: (_: Context, { renew }: ReplacedKeyHandle) => renew(),
  }),
  /** Syncs the backups of this volume only. */
  'when.backupVolumeLookedInto': step({
    sentence: 'When the backup volume alone is synced',
    action: syncKnownVolume,
  }),
  /** Returns when Longhorn has done so. */
  'when.backupVolumeSynced': step({
    sentence: 'When Longhorn has synced the backup volume',
    action: async (context: Context, volume: VolumeHandle) => {
      const { timelines, timeouts } = context;
      const before = lastBackupVolumeSync(context, volume);
      const requestedAt = await syncKnownVolume(context, volume);
      const isOf = isBackupOf(volume);
      // A sync that was under way ends before the one that was requested.
      const isSynced = (each: BackupVolume): boolean => {
        const { lastSyncedAt } = each.status ?? {};
        if (!isOf(each) || !lastSyncedAt || lastSyncedAt === before) return false;
        return Date.parse(lastSyncedAt) >= Date.parse(requestedAt);
      };
      await waitUntil(timelines.backupVolumes, isSynced, {
        label: `Longhorn has synced volume ${volume.name} in the store`,
        ...timeouts.backupVolumeKnown,
      });
    },
  }),
  /** From now on Longhorn syncs the target at this interval. */
  'when.pollIntervalSet': step({
    sentence: 'When the poll interval of the backup target is set to {interval}',
    parameters: (_, interval) => ({ interval }),
    action: (context: Context, target: TargetHandle, interval: Duration) =>
      setPollInterval(context, target, interval),
  }),
  /** Restores the files to the noted versions, with the rights of the store's owner. */
  'when.broughtBack': step({
    sentence: 'When the files in the store are brought back as they were then',
    action: (_: Context, { bringBack }: NotedVersions) => bringBack(),
    detail: (files) => `${files} files`,
  }),
  /** Changes the target to another store, and requests a sync. */
  'when.targetChanged': step({
    sentence: 'When the backup target is changed to {store}',
    parameters: (_, { to }) => ({ store: driverNamed(to.driver).called.store }),
    action: (context: Context, target: TargetHandle, { to }: { to: RunningStore }) => {
      target.store = to;
      const { url, credentialSecret } = to;
      return changeTarget(context, target, { backupTargetURL: url, credentialSecret });
    },
  }),
  /** The fault holds the answer back. */
  'then.listingAwaited': step({
    sentence: 'Then Longhorn has asked for the backups of the volume in the store, and waits for the answer',
    action: async (context: Context, volume: VolumeHandle, fault: { met: () => Promise<number> }) => {
      const missing = `Longhorn has not asked for the backups of ${volume.name} in the store`;
      await untilMet(context, fault, context.timeouts.backupVolumeKnown, missing);
      if (await hasFailedToListBackups(context, volume.name))
        throw new InconclusiveError(`Longhorn waits no more for the backups of ${volume.name} in the store`);
    },
  }),
  /** The fault holds their requests back, and has met no others. */
  'then.heldAtOnce': step({
    sentence: 'Then {count} blocks are asked of the store at once, and no more',
    parameters: (_, count) => ({ count }),
    action: async (context: Context, fault: { met: () => Promise<number> }, count: number) => {
      const missing = `the store was not asked for ${count} blocks at once`;
      await untilMet(context, fault, context.timeouts.blocksHeld, missing, count).catch(
        async (error: unknown) => {
          if (error instanceof InconclusiveError && (await fault.met()) > 0) return;
          throw error;
        },
      );
      const met = await fault.met();
      if (met !== count) throw new Error(`${met} blocks are asked of the store at once, and not ${count}`);
    },
  }),
  /** Lasts as long as Longhorn may take to act on the result of the sync. */
  'then.staysKnown': step({
    sentence: 'Then Longhorn looks there, and {backup} stays Completed',
    waitsForTimer: true,
    action: async (context: Context, backup: BackupHandle, sync: StoreSync) => {
      const { timelines, timeouts, expected } = context;
      const { target } = sync;
      // The message of a Longhorn version that reports a failed listing.
      expected.push({ id: 'target-not-listed', of: target.name });
      const subject = { ...backup, from: sync.from };
      await stays(
        remains(timelines.backups, { backup: subject, state: backupIs('Completed') }),
        timeouts.syncActedOn.within,
      );
      const { status } = timelines.backupTargets.current(target.name) ?? {};
      if (
        status?.available &&
        status.lastSyncedAt === sync.before &&
        !(await hasFailedToList(context, target))
      )
        throw new InconclusiveError(
          `nothing shows that Longhorn has looked into the store: its last look was at ${sync.before}`,
        );
    },
  }),
  /** The store has the volume's folder without its volume.cfg, and Longhorn has looked for it. */
  'then.missingConfigReported': step({
    sentence: 'Then the backup volume reports that its volume.cfg is missing',
    waitsForTimer: true,
    action: async (context: Context, volume: VolumeHandle) => {
      const { timelines, timeouts } = context;
      const isOf = isBackupOf(volume);
      const reports = ({ status }: BackupVolume): boolean =>
        Object.values(status?.messages ?? {}).some((message) => message.includes('volume.cfg'));
      const cause = await timeoutOf(
        waitUntil(timelines.backupVolumes, (known) => isOf(known) && reports(known), {
          label: `the backup volume of ${volume.name} reports that volume.cfg is missing`,
          ...timeouts.syncActedOn,
        }),
      );
      if (cause === undefined) return;
      const known = timelines.backupVolumes.objects().find(isOf);
      if (known === undefined || !(await hasFailedToListBackups(context, `${volume.name}/volume.cfg`)))
        throw new InconclusiveError(
          'nothing shows that Longhorn has looked for the volume.cfg that is missing',
        );
      const { name } = known.metadata;
      const isSilent = Object.keys(known.status?.messages ?? {}).length === 0;
      throw new PromiseBroken(
        `backup volume ${name} has no message of its volume.cfg, which was not found`,
        { kind: 'BackupVolume', name, state: isSilent ? 'without a message' : 'with another' },
        { cause },
      );
    },
  }),
  /**
   * The sync finds that the store no longer has the backup, and Longhorn removes the Backup object without a deletion.
   */
  'then.removedFromCluster': step({
    sentence: 'Then Longhorn removes {backup}, which the store no longer has',
    action: ({ timelines: { backups }, timeouts }: Context, backup: BackupHandle, sync: StoreSync) =>
      judgeWithin(isRemovedFromCluster(backups, { ...backup, from: sync.from }), timeouts.removedFromCluster),
  }),
  /** Longhorn then deletes the Backup object, and leaves the store as it is. */
  'then.markedAsMissing': step({
    sentence: 'Then Longhorn marks {backup} as missing in the store',
    action: async ({ timelines, timeouts }: Context, { name, label }: BackupHandle) =>
      void (await waitUntil(
        timelines.backups,
        ({ metadata }) => metadata.labels?.['longhorn.io/delete-custom-resource-only'] !== undefined,
        {
          name,
          label: `${label} is marked as missing`,
          describe: describeBackup,
          ...timeouts.removedFromCluster,
        },
      )),
  }),
  /** `why` must be part of the message in the target's status. */
  'then.targetReports': step({
    sentence: 'Then the backup target reports why it is not available: {why}',
    parameters: (why, _ = {}) => ({ why }),
    action: async (context: Context, why: string, { afterMounts = false } = {}) => {
      const { timelines, timeouts, expected } = context;
      const { name } = await firstTarget(context);
      expected.push({ id: 'target-not-listed', of: name });
      return waitUntil(timelines.backupTargets, isUnavailable(why), {
        name,
        label: `the backup target reports ${why}`,
        describe: describeAvailability,
        ...(afterMounts ? timeouts.targetEmptied : timeouts.targetLost),
      });
    },
    detail: (target) => describeTarget(target),
  }),
  /** Longhorn has tried to sync the target without the Secret. */
  'then.missingSecretReported': step({
    sentence: 'Then the backup target reports that its Secret is missing',
    waitsForTimer: true,
    action: async (context: Context, target: TargetHandle) => {
      const { timelines, timeouts } = context;
      const { name } = target;
      const cause = await timeoutOf(
        waitUntil(timelines.backupTargets, isUnavailable(target.store.credentialSecret), {
          name,
          label: `backup target ${name} reports that its Secret is missing`,
          describe: describeTarget,
          ...timeouts.syncActedOn,
        }),
      );
      if (cause === undefined) return;
      if (!timelines.backupTargets.current(name)?.status?.available) throw cause;
      if (!(await hasMissedSecret(context, target)))
        throw new InconclusiveError('nothing shows that Longhorn has looked for the Secret that is missing');
      throw new PromiseBroken(
        `backup target ${name} is available, and its Secret was not found`,
        { kind: 'BackupTarget', name, state: 'available' },
        { cause },
      );
    },
  }),
  'then.targetAvailable': step({
    sentence: 'Then the backup target is available',
    action: async (context: Context) =>
      waitUntil(context.timelines.backupTargets, ({ status }) => status?.available === true, {
        name: (await firstTarget(context)).name,
        label: 'the backup target is available',
        describe: describeTarget,
        ...context.timeouts.targetAvailable,
      }),
  }),
  /** The backup is Completed, whether Longhorn kept it or found it again. */
  'then.known': step({
    sentence: 'Then Longhorn knows {backup}, Completed',
    action: (context: Context, backup: BackupHandle) => untilKnown(context, backup),
  }),
  /** Makes Longhorn sync the backup volume, and waits as long as it may take to act on what it finds. */
  'then.onTarget': step({
    sentence: 'Then Longhorn has {backup} on the backup target of its volume, Completed',
    waitsForTimer: true,
    action: async (context: Context, { name, label, volume }: BackupHandle) => {
      const { backups } = context.timelines;
      const { target } = volume;
      const isOf = isBackupOf({ name: volume.name, target });
      const before = lastBackupVolumeSync(context, volume);
      await syncBackupVolume(context, volume);
      const cause = await timeoutOf(
        waitUntil(backups, (backup) => isOf(backup) && backupState(backup) === 'Completed', {
          name,
          label: `Longhorn has ${label} on backup target ${target.name}, Completed`,
          describe: describeBackup,
          ...context.timeouts.syncActedOn,
        }),
      );
      if (cause === undefined) return;
      const known = backups.current(name);
      if (known !== undefined && isOf(known)) throw cause;
      const isTried =
        known === undefined
          ? (await hasFailedToList(context, target)) || (await hasFailedToCreate(context, name))
          : lastBackupVolumeSync(context, volume) !== before;
      if (!isTried)
        throw new InconclusiveError(
          `nothing shows that Longhorn has looked at volume ${volume.name} in the store`,
        );
      const state = known === undefined ? 'unknown' : 'on another backup target';
      throw new PromiseBroken(
        `${label} (${name}) is in the store of backup target ${target.name}, and ${state} in Longhorn`,
        { kind: 'Backup', name, state },
        { cause },
      );
    },
  }),
  /** With little data the state InProgress may not be observed. */
  'then.underWay': step({
    sentence: 'Then {backup} is InProgress, or Completed',
    action: ({ timelines, timeouts }: Context, { name, label }: BackupHandle) =>
      waitUntil(timelines.backups, (object) => ['InProgress', 'Completed'].includes(backupState(object)), {
        name,
        label: `${label} is under way`,
        describe: describeBackup,
        ...timeouts.secondCompleted,
      }),
  }),
  /** The deletion fails with a known message, or makes no progress for as long as it may take. */
  'then.notDeleted': step({
    sentence: 'Then {backup} does not go: its deletion fails, or waits',
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts, version } = context;
      mayBeRefused(context, backup);
      const subject = { ...backup, from: sinceDeleted(backup) };
      const refused = isRefused(timelines.backups, { backup: subject, version });
      await unlessTimedOut(judgeWithin(refused, timeouts.notDeleted));
    },
  }),
  /** Waits until the attempt has ended, in Longhorn and in the store, with any result. */
  'then.deletionTried': step({
    sentence: 'Then the deletion of {backup} is over, or has failed',
    action: async (context: Context, backup: BackupHandle) => {
      const { timelines, timeouts, clocks } = context;
      const { store } = backup.volume.target;
      mayBeRefused(context, backup);
      const subject = { ...backup, from: sinceDeleted(backup) };
      await judgeWithin(isDeleted(timelines.backups, subject), timeouts.firstDeleted).catch(
        (error: unknown) => {
          const last = error instanceof ExpectationError ? (error.verdict.last as Backup) : undefined;
          if (last === undefined || backupState(last) !== 'Error') throw error;
        },
      );
      // The Backup object is gone as soon as the config is removed. The blocks are removed after that.
      const lockLife = Math.ceil(clocks.lockLife / 1000);
      await store.untilIdle({ volumes: [backup.volume.name], lockLife, ...storeIdleLimits(clocks) });
    },
  }),
  /** Whatever its deletion went through before. */
  'then.goneInTheEnd': step({
    sentence: 'Then {backup} is gone in the end',
    action: (context: Context, backup: BackupHandle, { forgotten = false } = {}) => {
      // A manager that was killed meanwhile may have started the deletion.
      if (forgotten) context.expected.push({ id: 'deletion-forgotten', of: backup.name });
      return untilGone(context, backup);
    },
  }),
  /** The backup ends in Error with a message that reports this reason. */
  'then.creationFails': step({
    sentence: 'Then {backup} goes Error: {why}',
    parameters: (backup, id) => ({ backup, why: storeFailures[id] }),
    action: (context: Context, backup: BackupHandle, id: StoreFailure) => {
      context.expected.push(...failureMessages(id).map((message) => ({ id: message, of: backup.name })));
      // What it waited for stays in status.messages.
      if (id === 'creation-without-snapshot')
        context.expected.push({ id: 'waits-for-readiness', of: backup.name, lasts: true });
      const subject = { ...sinceMade(context, backup), id };
      return judgeBackup(context, creationEnds, subject, timeoutOfFailure[id] ?? 'creationGivesUp');
    },
    detail: (_, { timelines }, { name }) => timelines.backups.current(name)?.status?.error ?? '',
  }),
  /** Longhorn can use the target, and has listed the store since the sync was requested. */
  'then.storeListed': step({
    sentence: 'Then Longhorn finds the store, and lists it',
    action: ({ timelines, timeouts }: Context, sync: StoreSync) =>
      waitUntil(
        timelines.backupTargets,
        ({ status }) => status?.available === true && status.lastSyncedAt !== sync.before,
        {
          name: sync.target.name,
          label: 'Longhorn has listed the store',
          describe: describeTarget,
          ...timeouts.targetAvailable,
        },
      ),
  }),
  'then.restores': step({
    sentence: 'Then a volume restored from {backup} has the written data, and zeros elsewhere',
    action: (context: Context, backup: BackupHandle, data: readonly WrittenData[]) =>
      judgeRestore(context, { backup, data }),
    detail: ({ name }) => name,
  }),
};
