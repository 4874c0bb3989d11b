import {
  ExpectationError,
  evaluate,
  hasTimedOut,
  timeoutOf,
  unlessTimedOut,
  waitUntil,
} from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { resources } from '../../../kube/resources.ts';
import { pluralize } from '../../../kube/text.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import { devicePath, managerPodOf, managersLogged } from '../../../longhorn/manager.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import {
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../longhorn/resources.ts';
import type { Volume } from '../../../longhorn/types.ts';
import { requestBackup, untilCompleted } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import { runLabel } from '../created-objects.ts';
import { untilGone } from '../deletion/deletion.ts';
import type { BackupHandle, SnapshotHandle, TargetHandle, VolumeHandle, WrittenData } from '../handles.ts';
import { InconclusiveError, isRefusal, PromiseBroken, stays, throwIfAny } from '../judging.ts';
import { goneAt } from '../lock/expectations.ts';
import { inMebibytes } from '../sizes.ts';
import { step } from '../step.ts';
import { judgeWithin, type Timeout } from '../timeouts.ts';
import { claimRequests, postAction, postToApi } from '../volume/api.ts';
import { fillDisks } from '../volume/older-replica.ts';
import { replicasOf, replicasWithout } from '../volume/replicas.ts';
import {
  describeRestore,
  judgeRestoredData,
  restoreOf,
  untilReadInStore,
  untilRestored,
} from '../volume/restored.ts';
import { makeSnapshot } from '../volume/snapshot.ts';
import {
  beginClone,
  createClone,
  deleteVolume,
  endStandby,
  isCloned,
  type RestoredJobs,
  readyNodes,
  type Selectors,
  staysOrdinary,
  untilCloned,
} from '../volume/volume.ts';
import { isGivenUp, isUnderWay, isUnusedMeanwhile, succeeds } from './expectations.ts';
import {
  activate,
  addReplica,
  beginRestore,
  describeReasons,
  hasWrittenReplica,
  killPodOfRestore,
  killPodOfStandby,
  mustHold,
  mustStayBehind,
  type RestoreHandle,
  reasonsOf,
  statesSince,
  untilFollowed,
  untilFollowedInTheEnd,
  untilRecovered,
  untilRestoring,
  untilToldOf,
  watchRestore,
  withReasons,
  writtenAt,
} from './restore.ts';
import { isSaidToWait, restoredTogether, timesOfRestore } from './together.ts';

/** The reasons for which a restore is given up. */
const failures = {
  'restore-damaged': 'a block is not what was written',
  'restore-without-block': 'a block is missing',
  'restore-without-backup': 'the backup is missing',
  'restore-config-spoilt': 'the config of the backup cannot be read',
  'restore-not-read': 'a block cannot be read',
} as const satisfies { [Id in MessageId]?: string };

const failsFor = async (
  context: Context,
  restore: RestoreHandle,
  { id, timeout }: { id: keyof typeof failures; timeout: Timeout },
) => {
  const reasons = await reasonsOf(context, restore, timeout);
  // Of two replicas that make the folder of locks at once, one fails, and says so.
  const others = reasons.filter((each) => each.id !== id && each.id !== 'restore-folder-made-twice');
  if (others.length === 0 && !reasons.some((each) => each.id === id))
    throw new InconclusiveError(
      `${restore.label} failed only because two replicas made the folder of locks at once`,
    );
  throwIfAny(
    others.map(({ text }) => text),
    `${restore.label} failed for another reason`,
  );
  return reasons;
};

const judgeSuccess = (context: Context, restore: RestoreHandle): Promise<void> =>
  withReasons(context, restore, () =>
    judgeWithin(succeeds(context.timelines.volumes, restore), context.timeouts.restored),
  );

const judgeRestored = async (
  context: Context,
  restore: RestoreHandle,
  data: readonly WrittenData[],
  lacksReplica = false,
): Promise<VolumeHandle> => {
  await judgeSuccess(context, restore);
  return judgeRestoredData(context, { ...restore, data, lacksReplica });
};

const wishStandby = ({ cluster }: Pick<Context, 'cluster'>, name: string, Standby: boolean) =>
  cluster.patch(longhornResources.volumes, { namespace, name }, { spec: { Standby } });

const unlessRefused = <T>(request: Promise<T>): Promise<T | undefined> =>
  request.catch((error: unknown) => {
    if (isRefusal(error)) return undefined;
    throw error;
  });

type Logged = { cause: Error; what: string; state: string; log: string[]; why: string };

/** Throws a broken promise if a line of a manager's log has all these parts. */
const throwIfLogged = async (
  { cluster }: Context,
  { name, label }: RestoreHandle,
  { cause, what, state, log, why }: Logged,
): Promise<void> => {
  if (!(await managersLogged(cluster, ...log))) return;
  throw new PromiseBroken(
    `${label} ${what}, and only a manager's log says why: ${why}`,
    { kind: 'Volume', name, state },
    { cause },
  );
};

/** As throwIfLogged. Otherwise nothing shows the reason. */
const throwAsLogged = async (context: Context, restore: RestoreHandle, logged: Logged): Promise<never> => {
  await throwIfLogged(context, restore, logged);
  const { cause, what } = logged;
  throw new InconclusiveError(`nothing says why ${restore.label} ${what}`, { cause });
};

/** Whether an event says that a volume, or its engine, cannot grow (longhorn-manager, constant/events.go). */
const saysNoRoom = async ({ cluster }: Context, name: string): Promise<boolean> => {
  const failed = { namespace, fieldSelector: 'reason=FailedExpansion' };
  const { items } = await cluster.list<Event>(resources.events, failed);
  return items.some(({ involvedObject }) => involvedObject?.name?.startsWith(name) === true);
};

/**
 * Waits until a standby volume has restored a backup. If it has not in time, and does not report that, a manager's log must
 * have the reason.
 */
const restoresUnlessLogged = async (
  context: Context,
  { standby, backup }: { standby: RestoreHandle; backup: BackupHandle },
  { isReported, ...logged }: Omit<Logged, 'cause' | 'what'> & { isReported?: () => Promise<boolean> },
): Promise<void> => {
  const cause = await timeoutOf(untilRecovered(context, standby, backup));
  if (cause !== undefined && !(await isReported?.()))
    await throwAsLogged(context, standby, { ...logged, cause, what: `does not restore ${backup.label}` });
};

/** Waits until the standby of a volume has ended. If it has not in time, a manager's log must have the reason. */
const endsUnlessLogged = async (
  context: Context,
  standby: RestoreHandle,
  logged: Omit<Logged, 'cause' | 'what'>,
): Promise<void> => {
  const { timelines, timeouts } = context;
  const { name, label } = standby;
  const ends = waitUntil(timelines.volumes, ({ status }) => status?.isStandby === false, {
    name,
    label: `${label} is no longer on standby`,
    describe: describeRestore,
    ...timeouts.standbyGoesOn,
  });
  const cause = await timeoutOf(ends);
  if (cause !== undefined)
    await throwAsLogged(context, standby, { ...logged, cause, what: 'is still on standby' });
};

/** Backs up a volume without data yet, and waits for the end of that. Undefined if Longhorn refuses it. */
const backUpMeanwhile = async (context: Context, volume: VolumeHandle): Promise<BackupHandle | undefined> => {
  const { timelines, timeouts } = context;
  let made: BackupHandle;
  try {
    made = await requestBackup(context, await makeSnapshot(context, volume));
  } catch (error) {
    if (isRefusal(error)) return undefined;
    throw hasTimedOut(error)
      ? new InconclusiveError(`nothing shows whether ${volume.name} can be backed up`, { cause: error })
      : error;
  }
  await unlessTimedOut(
    waitUntil(timelines.backups, (each) => ['Completed', 'Error'].includes(backupState(each)), {
      name: made.name,
      label: `${made.label} comes to an end`,
      ...timeouts.restoreWaits,
    }),
  );
  return made;
};

const setSourceLabel = async (
  { cluster }: Context,
  { name }: RestoreHandle,
  source: string | null,
): Promise<void> => {
  await cluster.patch(
    longhornResources.volumes,
    { namespace, name },
    { metadata: { labels: { 'backup-volume': source } } },
  );
};

/** Changes the spec of a volume. Returns whether Longhorn has accepted it. */
const isChanged = async (
  { cluster }: Context,
  { name }: RestoreHandle,
  spec: { backupTargetName: string } | { size: string },
): Promise<boolean> =>
  (await unlessRefused(cluster.patch(longhornResources.volumes, { namespace, name }, { spec }))) !==
  undefined;

/** Creates a volume on standby of which nothing else is said than `spec`, or has Kubernetes check it alone. */
const createBareStandby = async (
  context: Context,
  { name, backup, spec, dryRun }: { name: string; backup: BackupHandle; spec?: object; dryRun?: true },
): Promise<Volume> => {
  const { status } = await untilReadInStore(context, backup);
  return context.cluster.create<Volume>(
    longhornResources.volumes,
    {
      ...{ apiVersion: longhornApiVersion, kind: 'Volume' },
      metadata: { name, namespace, labels: runLabel(context.run) },
      spec: { Standby: true, frontend: '', fromBackup: status?.url, ...spec },
    },
    dryRun && { dryRun },
  );
};

/** Returns the condition Scheduled of a volume. */
const scheduledOf = ({ status }: Volume) =>
  status?.conditions?.find(({ type }) => type.toLowerCase() === 'scheduled');

const isUnplaced = (volume: Volume): boolean => scheduledOf(volume)?.status === 'False';

/** Waits until a restore is not placed, or in a state that shows that. */
const untilUnplaced = async (
  { expected, timelines, timeouts }: Context,
  { name, label }: RestoreHandle,
  isIt = isUnplaced,
): Promise<Volume> => {
  expected.push({ id: 'replicas-not-scheduled', of: name }, { id: 'restore-given-up', of: name });
  return waitUntil(timelines.volumes, isIt, {
    ...{ name, label: `${label} is not placed`, describe: describeRestore },
    ...timeouts.restoreBegins,
  });
};

/** The steps for scenarios that test restores. */
export const restoreSteps = {
  /** Returns a block of a backup in the form that store faults accept. */
  'given.blockOf': step({
    sentence: 'Given a block of {backup} in the store',
    action: async (_: Context, { name, label, volume }: BackupHandle) => {
      const config = await volume.target.store.config(volume.name, name);
      const [block] = config?.blocks ?? [];
      if (block === undefined) throw new Error(`the store has no block of ${label} (${name})`);
      return { of: volume, block: block.checksum, called: `a block of ${label}` };
    },
    detail: ({ block }) => block,
  }),
  /** Returns when Kubernetes has accepted the volume. Without `jobs`, the setting decides on its recurring jobs. */
  'when.restored': step({
    sentence: 'When a volume is restored from {backup}{jobs}{replicas}{tags}',
    parameters: (backup, { jobs, replicas, tags } = {}) => ({
      backup,
      jobs: jobs === undefined ? '' : `, with its recurring jobs ${jobs}`,
      replicas: replicas === undefined ? '' : `, with ${pluralize(replicas, 'replica')}`,
      tags: tags === undefined ? '' : `, only to ${Object.keys(tags).join('s and ')}s with a tag`,
    }),
    action: (
      context: Context,
      backup: BackupHandle,
      how: { jobs?: RestoredJobs; replicas?: number; tags?: Selectors } = {},
    ) => beginRestore(context, backup, how),
    detail: ({ name }) => name,
  }),
  /**
   * Returns when the backup has come to an end, or has had the time for it. Undefined if Longhorn makes no snapshot of
   * such a volume, or its webhook refuses the snapshot or the backup.
   */
  'when.restoringBackedUp': step({
    sentence: 'When {restore} is backed up meanwhile, as far as Longhorn lets it be',
    waitsForTimer: true,
    action: (context: Context, { name, backup }: RestoreHandle) =>
      backUpMeanwhile(context, { ...backup.volume, name, node: '' }),
    detail: (backup) => backup?.name ?? 'it makes none',
  }),
  /** As when.restoringBackedUp. The clone is attached, and its data are still to be copied. */
  'when.cloningBackedUp': step({
    sentence:
      'When the volume is cloned, and the clone is backed up meanwhile, as far as Longhorn lets it be',
    waitsForTimer: true,
    action: async (context: Context, source: VolumeHandle) => {
      const clone = await beginClone(context, source);
      const backup = await backUpMeanwhile(context, clone);
      const requested = entriesOf(context.timelines.snapshots, backup?.snapshot.name ?? '')[0];
      const cloned = entriesOf(context.timelines.volumes, clone.name).find(({ object }) => isCloned(object));
      if (requested && cloned && cloned.sequence < requested.sequence)
        throw new InconclusiveError(`${clone.name} was cloned before it was to be backed up`);
      return backup;
    },
    detail: (backup) => backup?.name ?? 'it makes none',
  }),
  /** Returns when the clone is said to have its data, or has had the time for it. Undefined if Longhorn rejects it. */
  'when.restoringCloned': step({
    sentence: 'When {restore} is cloned meanwhile, as far as Longhorn lets it be',
    waitsForTimer: true,
    action: async (context: Context, { name: source, backup }: RestoreHandle) => {
      const clone = await unlessRefused(createClone(context, { ...backup.volume, name: source }));
      if (clone === undefined) return undefined;
      await unlessTimedOut(untilCloned(context, clone.name, context.timeouts.restoreWaits));
      return { name: clone.name, backup };
    },
    detail: (clone) => clone?.name ?? 'it is rejected',
  }),
  /**
   * Creates a standby volume that follows the backups of the backup's volume. Returns when Kubernetes has accepted it.
   */
  'when.standbyMade': step({
    sentence: 'When {standby} is put on standby, which is to follow the backups from {backup} on',
    parameters: (backup, { another = false } = {}) => ({
      standby: another ? 'another volume' : 'a volume',
      backup,
    }),
    action: async (
      context: Context,
      backup: BackupHandle,
      how: { another?: boolean; jobs?: RestoredJobs; replicas?: number; tags?: Selectors } = {},
    ) => {
      await context.turn.keepTargets();
      return beginRestore(context, backup, { standby: true, ...how });
    },
    detail: ({ name }) => name,
  }),
  /** As Longhorn's documents say for kubectl. Nothing is made. */
  'then.bareStandbyAccepted': step({
    sentence: 'Then a volume of which only the URL of {backup}, standby and no frontend is said is accepted',
    action: async (context: Context, backup: BackupHandle) => {
      const name = context.uniqueName('volume');
      const created = createBareStandby(context, { name, backup, dryRun: true });
      await created.catch((error: unknown) => {
        if (!isRefusal(error) || !String(error).includes('default-replica-count')) throw error;
        const seen = { kind: 'Volume', name, state: 'rejected' };
        throw new PromiseBroken(`a volume on standby is rejected: ${error}`, seen, { cause: error });
      });
    },
  }),
  /** Its size and its backup target are those of the backup. `bare`: nor is its number of replicas said. */
  'when.bareStandbyMade': step({
    sentence: 'When a volume is put on standby, which gets its size and its target from {backup}',
    parameters: (backup) => ({ backup }),
    action: async (context: Context, backup: BackupHandle, { bare }: { bare: boolean }) => {
      await context.turn.keepTargets();
      const { made, timelines, uniqueName } = context;
      const [name, from] = [uniqueName('volume'), timelines.volumes.lastSequence()];
      made.volumes.push(name);
      const spec = bare ? {} : { numberOfReplicas: 2 };
      const created = await createBareStandby(context, { name, backup, spec });
      const { numberOfReplicas: replicas = 1 } = created.spec;
      return watchRestore(context, { name, replicas, backup, from, label: 'the volume on standby' });
    },
    detail: ({ name }) => name,
  }),
  /** As when.standbyMade, by the request that Longhorn's page sends. */
  'when.standbyMadeByApi': step({
    sentence:
      "When a volume is put on standby by Longhorn's API, which is to follow the backups from {backup} on",
    action: async (context: Context, backup: BackupHandle): Promise<RestoreHandle> => {
      await context.turn.keepTargets();
      const { made, timelines, uniqueName } = context;
      const { status } = await untilReadInStore(context, backup);
      const { node, size, target } = backup.volume;
      const [name, replicas, from] = [uniqueName('volume'), 1, timelines.volumes.lastSequence()];
      made.volumes.push(name);
      const body = {
        ...{ name, size: String(size), numberOfReplicas: replicas, frontend: '', standby: true },
        ...{ fromBackup: status?.url, backupTargetName: target.name, accessMode: 'rwo', dataEngine: 'v1' },
      };
      const { isAccepted, text } = await postToApi(context, node, { path: 'volumes', body });
      if (!isAccepted) throw new Error(`the API makes no volume on standby: ${text}`);
      return watchRestore(context, { name, replicas, backup, from, label: 'the volume on standby' });
    },
    detail: ({ name }) => name,
  }),
  /** By the requests that Longhorn's page sends. kubectl can do some of it (known bug snapshots-stop-standby). */
  'then.standbyRefuses': step({
    sentence: 'Then the API makes no snapshot, no backup, no PersistentVolume and no claim of {standby}',
    action: async (context: Context, standby: RestoreHandle) => {
      const { made, uniqueName } = context;
      const { name, backup } = standby;
      const snapshot = uniqueName('snapshot');
      made.snapshots.push(snapshot);
      const requests = {
        snapshotCRCreate: { name: snapshot },
        snapshotBackup: { name: snapshot },
        ...claimRequests(context, name).requests,
      };
      for (const [action, body] of Object.entries(requests)) {
        const request = { volume: name, action, body };
        const { isAccepted, text } = await postAction(context, backup.volume.node, request);
        if (isAccepted) throw new Error(`${action} of ${standby.label} is accepted: ${text}`);
        if (!text.includes(`standby volume ${name}`))
          throw new Error(`${action} of ${standby.label} is refused for another reason: ${text}`);
      }
    },
  }),
  'then.takesNoWrite': step({
    sentence: 'Then {standby} is attached, and has no device on its node that could be written to',
    action: async ({ cluster, timelines }: Context, { name, label }: RestoreHandle) => {
      const { state, currentNodeID = '' } = timelines.volumes.current(name)?.status ?? {};
      if (state !== 'attached') throw new InconclusiveError(`${label} is ${state}`);
      const pod = await managerPodOf(cluster, currentNodeID);
      const { exitCode } = await cluster.exec(pod, ['test', '-e', devicePath(name)]);
      if (exitCode !== 1) throw new Error(`${label} has the device ${devicePath(name)} (${exitCode})`);
    },
  }),
  'when.standbyDeleted': step({
    sentence: 'When {standby} is deleted',
    action: (context: Context, { name, backup }: RestoreHandle) =>
      deleteVolume(context, { ...backup.volume, name }),
  }),
  /** Undefined if Longhorn rejects it. */
  'when.standbySnapshotted': step({
    sentence: 'When a snapshot of {standby} is made, as far as Longhorn lets it be',
    action: (context: Context, { name, backup }: RestoreHandle): Promise<SnapshotHandle | undefined> => {
      const { target, size } = backup.volume;
      return unlessRefused(makeSnapshot(context, { name, target, node: '', size }));
    },
    detail: (snapshot) => snapshot?.name ?? 'it is rejected',
  }),
  /** For its next backups. Returns whether Longhorn has accepted it. */
  'when.standbyRetargeted': step({
    sentence: 'When the backup target of {standby} is changed, as far as Longhorn lets it be',
    action: (context: Context, standby: RestoreHandle, target: TargetHandle) =>
      isChanged(context, standby, { backupTargetName: target.name }),
    detail: (isTaken) => (isTaken ? 'it is accepted' : 'it is rejected'),
  }),
  /** Returns whether Longhorn has accepted it. */
  'when.standbyGrown': step({
    sentence: 'When {standby} is made larger, {size}, as far as Longhorn lets it be',
    parameters: (standby, { size }) => ({ standby, size: inMebibytes(size) }),
    action: (context: Context, standby: RestoreHandle, { size }: { size: number }) =>
      isChanged(context, standby, { size: String(size) }),
    detail: (isTaken) => (isTaken ? 'it is accepted' : 'it is rejected'),
  }),
  /** Known bug larger-standby-follows-no-more counts only if a manager's log has the reason. */
  'then.followsThoughLarger': step({
    sentence: 'Then {standby}, which may be larger than its source, restores {backup}',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      restoresUnlessLogged(
        context,
        { standby, backup },
        {
          state: 'on standby, larger than its source',
          log: ['is smaller than', `of the DR volume ${standby.name}`],
          why: 'its source is smaller than itself',
        },
      ),
  }),
  /** Known bug standby-stops-without-its-backup counts only if a manager's log has the reason. */
  'then.followsWithoutOrigin': step({
    sentence: 'Then {standby}, whose own backup is gone, restores {backup}',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      restoresUnlessLogged(
        context,
        { standby, backup },
        {
          state: 'on standby, without its backup',
          log: ['failed to inspect the backup config', standby.name],
          why: 'the backup that it was made from is gone',
        },
      ),
  }),
  'given.standbyDisksFull': step({
    sentence: 'Given that the disks of a replica of {standby} have no room for it to grow',
    action: async (context: Context, { name }: RestoreHandle) => {
      const [newest] = await replicasOf(context, name);
      if (newest === undefined) throw new Error(`volume ${name} has no replica`);
      return fillDisks(context, newest);
    },
    detail: ({ title }) => title,
  }),
  /** Known bug full-disks-stop-standby counts only if a manager's log has the reason. */
  'then.followsOrHasNoRoom': step({
    sentence: 'Then {standby} restores {backup}, or says that it has no room to grow',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      restoresUnlessLogged(
        context,
        { standby, backup },
        {
          isReported: () => saysNoRoom(context, standby.name),
          state: 'on standby, without room to grow',
          log: ['while CheckReplicasSizeExpansion for volume', standby.name],
          why: 'a disk has no room for it to grow',
        },
      ),
  }),
  /** Known bug snapshots-stop-standby counts only if a manager's log has the reason. */
  'then.followsDespiteSnapshots': step({
    sentence: 'Then {standby} restores {backup}',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      restoresUnlessLogged(
        context,
        { standby, backup },
        {
          state: 'on standby, with snapshots',
          log: ['found more than 1 snapshot in the replicas', standby.name],
          why: 'it has snapshots',
        },
      ),
  }),
  /** With the same requests as Longhorn's API. */
  'when.activated': step({
    sentence: 'When {standby} is activated',
    action: activate,
  }),
  /** By a change of the object alone, as Longhorn's documents say for kubectl. */
  'when.activatedByKubectl': step({
    sentence: 'When {standby} is activated by kubectl',
    action: (context: Context, { name }: RestoreHandle) => endStandby(context, name),
  }),
  /** Lasts as long as Longhorn may take to act on what it has seen in the store. */
  'then.staysBehind': step({
    sentence: 'Then {standby} restores nothing more than {backup}',
    waitsForTimer: true,
    action: mustStayBehind,
  }),
  /** Until `then.noWayBack`. Meanwhile no backup target can be changed (difference standby-again-is-accepted). */
  'when.standbyWished': step({
    sentence: 'When {standby}, which was activated, is to be on standby again, as far as Longhorn lets it be',
    action: async (context: Context, { name }: RestoreHandle) => {
      const { timelines, turn } = context;
      await turn.keepTargets();
      const from = timelines.volumes.lastSequence();
      const isTaken = (await unlessRefused(wishStandby(context, name, true))) !== undefined;
      return { from, isTaken };
    },
    detail: ({ isTaken }) => (isTaken ? 'it is accepted' : 'it is rejected'),
  }),
  /** Judges the time since the wish, in which Longhorn must have changed the status of the volume. */
  'then.noWayBack': step({
    sentence: 'Then {standby} has stayed an ordinary volume',
    action: async (
      context: Context,
      { name, label }: RestoreHandle,
      { from, isTaken }: { from: number; isTaken: boolean },
    ) => {
      if (!isTaken) return;
      const { timelines, report, version } = context;
      const verdict = evaluate(staysOrdinary(timelines.volumes, { name, from }));
      if (verdict.state !== 'timed-out') throw new ExpectationError(verdict);
      const statuses = entriesOf(timelines.volumes, name)
        .filter(({ sequence }) => sequence > from)
        .map(({ object }) => JSON.stringify(object.status));
      if (new Set(statuses).size < 2)
        throw new InconclusiveError(`nothing shows that Longhorn has looked at ${label} since the wish`);
      await wishStandby(context, name, false);
      report.finding(toFinding('standby-again-is-accepted', `Longhorn ${version} took it for ${name}.`));
    },
  }),
  /** According to Longhorn's engine: the backup that it restored last, once the volume is an ordinary one. */
  'then.activatedWith': step({
    sentence: 'Then {standby} is no longer on standby, and has restored {backup}',
    action: async (context: Context, standby: RestoreHandle, backup: BackupHandle) => {
      await judgeSuccess(context, standby);
      await mustHold(standby, backup);
    },
  }),
  /** According to Longhorn's engine. `backup`: a later one, which a volume on standby is to restore. */
  'then.restoring': step({
    sentence: 'Then {restore} is being written{from}',
    parameters: (restore, backup) => ({
      restore,
      from: backup === undefined ? '' : ` from ${backup.label}`,
    }),
    action: (context: Context, restore: RestoreHandle, backup?: BackupHandle) =>
      withReasons(context, restore, () => untilRestoring(context, restore, backup)),
  }),
  /** The new replica has restored nothing yet, whatever the others have. */
  'when.replicaAdded': step({
    sentence: 'When {restore} is to have one more replica, and its engine has that',
    action: addReplica,
  }),
  /** Known bug restore-limit-counts-itself counts only if a manager's log has the reason. */
  'then.restoredInItsPlace': step({
    sentence: 'Then {restore} is restored, on all of its replicas',
    waitsForTimer: true,
    action: (context: Context, restore: RestoreHandle) =>
      withReasons(context, restore, async () => {
        const { timelines, timeouts } = context;
        const ends = judgeWithin(succeeds(timelines.volumes, restore), timeouts.restoreRefused);
        const cause = await timeoutOf(ends);
        if (cause === undefined) return;
        if (!hasWrittenReplica(restore))
          throw new InconclusiveError(`no replica of ${restore.label} has its data yet`, { cause });
        await throwAsLogged(context, restore, {
          ...{ cause, what: 'is not restored', state: 'being restored' },
          log: ['Failed to acquire restore counter', restore.name],
          why: 'it takes the only place for restores on its node, and waits for another one',
        });
      }),
  }),
  /**
   * One more than there are nodes: at least two of them are restored on the same one. Returns when each is attached, to be
   * restored.
   */
  'when.severalRestored': step({
    sentence: 'When more volumes are restored from {backup} than there are nodes',
    action: async (context: Context, backup: BackupHandle): Promise<RestoreHandle[]> => {
      const count = (await readyNodes(context)).length + 1;
      const restores: RestoreHandle[] = [];
      while (restores.length < count) restores.push(await beginRestore(context, backup, { replicas: 1 }));
      for (const { name, label } of restores)
        await waitUntil(context.timelines.volumes, ({ status }) => status?.state === 'attached', {
          ...{ name, label: `${label} is attached`, describe: describeRestore },
          ...context.timeouts.restoreBegins,
        });
      return restores;
    },
    detail: (restores) => restores.map(({ name }) => name).join(', '),
  }),
  /** It has had the time to begin. */
  'then.waitsForPlace': step({
    sentence: 'Then {restore} has not begun, and the log of a manager says what it waits for',
    action: async (context: Context, restore: RestoreHandle) => {
      if (timesOfRestore(restore).length > 0) throw new Error(`${restore.label} has begun`);
      if (!(await isSaidToWait(context, restore)))
        throw new Error(`${restore.label} waits, and nothing says what for`);
    },
  }),
  /** Each of them is restored. One of two on a node must have waited. */
  'then.oneAtATimeOnNode': step({
    sentence: 'Then no two of the {count} volumes were being restored on the same node at once',
    parameters: (restores) => ({ count: restores.length }),
    action: async (context: Context, restores: readonly RestoreHandle[]) => {
      for (const restore of restores) await judgeSuccess(context, restore);
      throwIfAny(restoredTogether(restores), 'volumes were being restored on the same node');
      const waited = await Promise.all(restores.map((restore) => isSaidToWait(context, restore)));
      if (!waited.some(Boolean))
        throw new InconclusiveError('no log of a manager says that one of the volumes had to wait');
    },
  }),
  'then.placedOn': step({
    sentence: 'Then {restore} has its replicas on {node} alone',
    parameters: (restore, { on }) => ({ restore, node: on }),
    action: async (context: Context, { name, label }: RestoreHandle, { on }: { on: string }) => {
      const nodes = (await replicasOf(context, name)).map(({ spec }) => spec.nodeID);
      if (nodes.length === 0 || nodes.some((node) => node !== on))
        throw new Error(`${label} has replicas on ${nodes.join(', ') || 'no node'}`);
    },
  }),
  /** Its condition says so. Known bug missing-node-tag-unsaid: it says only that it is not placed. */
  'then.missingTagSaid': step({
    sentence: 'Then {restore} is not placed, and says that a tag is missing',
    action: async (context: Context, restore: RestoreHandle) => {
      const { name, label } = restore;
      const { reason, message = '' } = scheduledOf(await untilUnplaced(context, restore)) ?? {};
      if (/\btags? /.test(message)) return;
      const seen = { kind: 'Volume', name, state: 'not placed' };
      throw new PromiseBroken(`${label} says ${reason}: "${message}", and nothing of a tag`, seen);
    },
  }),
  /** As then.missingTagSaid. A replica without a node has no place. */
  'then.missingSpaceSaid': step({
    sentence:
      'Then {restore} is not placed, has no replica on a disk, and says that there is too little space',
    action: async (context: Context, restore: RestoreHandle) => {
      const { name, label } = restore;
      const { reason, message = '' } = scheduledOf(await untilUnplaced(context, restore)) ?? {};
      const placed = (await replicasOf(context, name)).filter(({ spec }) => Boolean(spec.nodeID));
      if (/\bstorage\b/.test(message) && placed.length === 0) return;
      throw new Error(
        `${label} says ${reason}: "${message}", and has ${pluralize(placed.length, 'replica')} on a disk`,
      );
    },
  }),
  /** It is looked at as soon as Longhorn has not placed it, and has detached it. */
  'then.unplacedWaits': step({
    sentence: 'Then {restore} is not placed, and does not say that its restore has failed',
    action: async (context: Context, restore: RestoreHandle) => {
      const { name, label } = restore;
      const isLeft = (each: Volume) => each.status?.state === 'detached' && isUnplaced(each);
      const { reason, message = '' } = restoreOf(await untilUnplaced(context, restore, isLeft)) ?? {};
      if (reason !== 'RestoreFailure') return;
      const seen = { kind: 'Volume', name, state: 'given up before it has begun' };
      throw new PromiseBroken(`${label} says "${message}", and has no replica yet`, seen);
    },
  }),
  'when.restorerPodKilled': step({
    sentence: 'When the instance manager with the engine of {restore} is killed',
    action: killPodOfRestore,
    detail: ({ title }) => title,
  }),
  'when.followerPodKilled': step({
    sentence: 'When the instance manager with the engine of {standby} is killed',
    action: killPodOfStandby,
    detail: ({ title }) => title,
  }),
  /** The standby volume has restored the whole backup and reports it as the last one. */
  'then.follows': step({
    sentence: 'Then {standby} has restored {backup}, and follows on',
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      withReasons(context, standby, () => untilFollowed(context, standby, backup)),
  }),
  /** As `then.follows`, but the volume may have been faulted meanwhile. */
  'then.followsInTheEnd': step({
    sentence: 'Then {standby} has restored {backup} in the end, and follows on',
    action: untilFollowedInTheEnd,
  }),
  /** Longhorn has told the volume of a backup, which it may not have restored yet. */
  'then.toldOf': step({
    sentence: 'Then {standby} names {backup} as the last one of its source',
    action: untilToldOf,
  }),
  /** As `then.follows`, but a volume that is faulted now has time to recover. */
  'then.goesOn': step({
    sentence: 'Then {standby} goes on, and has restored {backup}',
    action: (context: Context, standby: RestoreHandle, backup: BackupHandle) =>
      withReasons(context, standby, () => untilRecovered(context, standby, backup)),
  }),
  /** As `then.goesOn`, where no restore has failed, so that no event names a reason. */
  'then.comesBack': step({
    sentence: 'Then {standby} comes back by itself, and has restored {backup}',
    waitsForTimer: true,
    action: async (context: Context, standby: RestoreHandle, backup: BackupHandle) => {
      const { name } = standby;
      const cause = await timeoutOf(untilRecovered(context, standby, backup));
      if (cause === undefined) return;
      const state = context.timelines.volumes.current(name)?.status?.robustness;
      if (state !== 'faulted') throw cause;
      throw new PromiseBroken(cause.message, { kind: 'Volume', name, state }, { cause });
    },
  }),
  'then.replicasHold': step({
    sentence: 'Then each replica of {standby} has the data in its files',
    parameters: (standby) => ({ standby }),
    action: async (context: Context, { name }: RestoreHandle, data: WrittenData) =>
      throwIfAny(await replicasWithout(context, name, data), 'these replicas do not have the data'),
  }),
  /** Known bug restarted-standby-loses-its-data counts only if its replicas have lost the data that they had. */
  'then.goesOnWithItsData': step({
    sentence: 'Then {standby} has restored {backup} too, and kept what it had',
    parameters: (standby, { backup }) => ({ standby, backup }),
    action: async (
      context: Context,
      standby: RestoreHandle,
      { backup, data }: { backup: BackupHandle; data: WrittenData },
    ) => {
      const { timeouts } = context;
      await withReasons(context, standby, () =>
        untilFollowed(context, standby, backup, timeouts.restoreFails),
      ).catch(async (cause: unknown) => {
        if (!(cause instanceof PromiseBroken)) throw cause;
        const without = await replicasWithout(context, standby.name, data);
        if (without.length === 0) throw cause;
        const state = 'faulted, without its data';
        throw new PromiseBroken(
          `${cause.message}\n\nThese replicas had the data, and have lost them: ${without.join(', ')}`,
          { kind: 'Volume', name: standby.name, state },
          { cause },
        );
      });
    },
  }),
  /** Longhorn attached the volume without a request, and has not detached it since. */
  'then.staysAttached': step({
    sentence: 'Then {standby} has been attached by itself, and has stayed so',
    action: async ({ timelines: { volumes } }: Context, { name, label, from }: RestoreHandle) => {
      const states = statesSince(volumes, { name, from });
      const since = states.indexOf('attached');
      if (since < 0) throw new Error(`${label} is not attached: ${states.at(-1)}`);
      const other = states.slice(since).find((state) => state !== 'attached');
      if (other !== undefined) throw new Error(`${label} was attached, and then ${other}`);
    },
  }),
  /** Known bug smaller-source-stops-standby counts only if a manager's log has the reason. */
  'then.activationEnds': step({
    sentence: 'Then {standby} is no longer on standby',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle) =>
      endsUnlessLogged(context, standby, {
        state: 'on standby',
        log: ['is smaller than', `of the DR volume ${standby.name}`],
        why: 'its source is smaller now',
      }),
  }),
  /** By the label alone, a volume on standby learns of new backups. */
  'when.sourceLabelLost': step({
    sentence: 'When {standby} loses the label with the name of its source',
    action: (context: Context, standby: RestoreHandle) => setSourceLabel(context, standby, null),
  }),
  'when.sourceLabelSet': step({
    sentence: 'When {standby} gets the label with the name of its source again',
    action: (context: Context, standby: RestoreHandle) =>
      setSourceLabel(context, standby, standby.backup.volume.name),
  }),
  /** Known bug unlabelled-standby-is-never-activated counts only if a manager's log has the reason. */
  'then.activatedThoughUnlabelled': step({
    sentence: 'Then {standby} is no longer on standby, though its label is lost',
    waitsForTimer: true,
    action: (context: Context, standby: RestoreHandle) =>
      endsUnlessLogged(context, standby, {
        state: 'on standby, without the label of its source',
        log: ['Failed to find the backup volume label', standby.name],
        why: 'it does not learn of the newest backup without the label of its source',
      }),
  }),
  /** Until its activation the volume was on standby and not given up. It is an ordinary volume now. */
  'then.activated': step({
    sentence: 'Then {standby} is no longer on standby, and has the written data, and zeros elsewhere',
    action: (context: Context, standby: RestoreHandle, data: readonly WrittenData[]) =>
      judgeRestored(context, standby, data),
    detail: ({ name, node }) => `${name} on ${node}`,
  }),
  /** The backup is gone, and was not before the volume was restored. */
  'then.deletedAfterRestore': step({
    sentence: 'Then {backup} is deleted, but not before {restore} was written',
    action: async (context: Context, backup: BackupHandle, restore: RestoreHandle) => {
      await untilGone(context, backup);
      const [gone, over] = [goneAt(context.timelines.backups, backup.name), writtenAt(restore)];
      if (gone < over)
        throw new Error(
          `${backup.label} was gone ${formatDuration(over - gone)} before ${restore.label} was written`,
        );
    },
  }),
  /** Neither waits for the other: the upload began before the restore ended. */
  'then.madeBeside': step({
    sentence: 'Then {backup} is Completed, and was InProgress before {restore} was written',
    parameters: (backup, { restore }) => ({ backup, restore }),
    action: async (context: Context, backup: BackupHandle, { restore }: { restore: RestoreHandle }) => {
      const { timelines } = context;
      await untilCompleted(context, backup);
      await judgeSuccess(context, restore);
      const begun = entriesOf(timelines.backups, backup.name).find(
        ({ object }) => backupState(object) === 'InProgress',
      );
      if (begun === undefined || begun.at > writtenAt(restore))
        throw new InconclusiveError(
          `nobody saw ${backup.label} InProgress before ${restore.label} was written`,
        );
    },
  }),
  /** The restore is under way, and stays so for as long as Longhorn may take to act. */
  'then.restoreWaits': step({
    sentence: 'Then {restore} stays under way: it is neither restored nor given up',
    action: (context: Context, restore: RestoreHandle) =>
      withReasons(context, restore, async () => {
        const { timelines, timeouts } = context;
        await judgeWithin(isUnderWay(timelines.volumes, restore), timeouts.restoreBegins);
        await stays(succeeds(timelines.volumes, restore), timeouts.restoreWaits.within);
      }),
  }),
  /** The restore was never given up. */
  'then.restored': step({
    sentence: 'Then {restore} has the written data, and zeros elsewhere',
    action: (context: Context, restore: RestoreHandle, data: readonly WrittenData[]) =>
      judgeRestored(context, restore, data),
  }),
  /** It was never given up. It is an ordinary volume now, attached and degraded. */
  'then.restoredDegraded': step({
    sentence: 'Then {restore}, which is to have {count}, has the written data with one of them',
    parameters: (restore) => ({ restore, count: pluralize(restore.replicas, 'replica') }),
    action: async (context: Context, restore: RestoreHandle, data: readonly WrittenData[]) => {
      context.expected.push({ id: 'replicas-not-scheduled', of: restore.name });
      await judgeRestored(context, restore, data, true);
      const placed = (await replicasOf(context, restore.name)).filter(({ spec }) => spec.nodeID);
      if (placed.length !== 1)
        throw new InconclusiveError(`${restore.label} has ${placed.length} replicas that have a node`);
    },
  }),
  /** The restore may have been reported as failed meanwhile. */
  'then.restoredInTheEnd': step({
    sentence: 'Then {restore} has the written data in the end, and zeros elsewhere',
    action: async (context: Context, restore: RestoreHandle, data: readonly WrittenData[]) => {
      await untilRestored(context, restore, { mayFail: true });
      return judgeRestoredData(context, { ...restore, data });
    },
  }),
  /** Known bug encrypted-backup-hangs-as-plain counts only if a manager's log has the reason. */
  'then.restoredAsStored': step({
    sentence: 'Then {restore} has the data as they are in the store, and zeros elsewhere',
    action: async (context: Context, restore: RestoreHandle, data: readonly WrittenData[]) => {
      const { timelines, timeouts } = context;
      await withReasons(context, restore, async () => {
        await judgeWithin(isUnderWay(timelines.volumes, restore), timeouts.restoreBegins);
        const ends = judgeWithin(succeeds(timelines.volumes, restore), timeouts.restoreRefused);
        const cause = await timeoutOf(ends);
        if (cause !== undefined)
          await throwIfLogged(context, restore, {
            ...{ cause, what: 'is not restored', state: 'being restored' },
            log: ['cannot be larger than normal restore volume', restore.name],
            why: 'it is smaller than the volume of its backup',
          });
      });
      return judgeRestored(context, restore, data);
    },
  }),
  /** From the creation of the volume on: only Longhorn attaches it, and it has no device until it is detached again. */
  'then.unusedMeanwhile': step({
    sentence: 'Then {restore} was attached without a device, said that it was restored, and is detached',
    action: (context: Context, restore: RestoreHandle) =>
      withReasons(context, restore, () =>
        judgeWithin(isUnusedMeanwhile(context.timelines.volumes, restore), context.timeouts.restored),
      ),
  }),
  /** An event on the volume gives this reason for a replica that failed, and none gives another. */
  'then.failureReported': step({
    sentence: 'Then Longhorn reports that {restore} failed: {why}',
    parameters: (restore, id) => ({ restore, why: failures[id] }),
    action: (context: Context, restore: RestoreHandle, id: keyof typeof failures) =>
      failsFor(context, restore, { id, timeout: context.timeouts.restoreFails }),
    detail: describeReasons,
  }),
  /** The condition Restore reports the failure, and all replicas that give a reason give this one. */
  'then.restoreFails': step({
    sentence: 'Then {restore} is faulted: {why}',
    parameters: (restore, id) => ({ restore, why: failures[id] }),
    action: async (context: Context, restore: RestoreHandle, id: keyof typeof failures) => {
      const { timelines, timeouts, expected } = context;
      expected.push({ id: 'restore-given-up', of: restore.name });
      await judgeWithin(isGivenUp(timelines.volumes, restore), timeouts.restoreFails);
      return failsFor(context, restore, { id, timeout: timeouts.restoreReasons });
    },
    detail: describeReasons,
  }),
};
