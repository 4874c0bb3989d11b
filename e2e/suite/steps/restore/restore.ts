import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { replicaPodKilled } from '../../../faults/killed-pod.ts';
import { ExpectationError, timeoutOf, unlessTimedOut, waitUntil } from '../../../history/expectation.ts';
import type { FatalState } from '../../../history/fatal-states.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { follow } from '../../../history/watch.ts';
import { resources } from '../../../kube/cluster.ts';
import { shorten } from '../../../kube/text.ts';
import type { Event } from '../../../longhorn/job-types.ts';
import { podOfInstance } from '../../../longhorn/manager.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import {
  longhornResources,
  longhornNamespace as namespace,
  volumeSelector,
} from '../../../longhorn/resources.ts';
import type { Volume, VolumeEngine } from '../../../longhorn/types.ts';
import { syncBackupVolume } from '../backup/backup.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { InconclusiveError, notProvable, PromiseBroken } from '../judging.ts';
import { type CrashedNode, crashOf } from '../node/crash.ts';
import type { Timeout } from '../timeouts.ts';
import { replicasOf } from '../volume/replicas.ts';
import {
  describeRestore,
  isRestoreFailure,
  otherCredentialsUsed,
  requestRestore,
  restoreReasonIn,
} from '../volume/restored.ts';
import { endStandby, type RestoredJobs, type Selectors } from '../volume/volume.ts';

/** A volume that a step restores from a backup. */
export type RestoreHandle = {
  name: string;
  /** Its name in sentences: "the volume restored from the first backup". */
  label: string;
  backup: BackupHandle;
  /** The last sequence of the volumes' timeline before it was made. */
  from: number;
  /** The number of replicas that it is to have. */
  replicas: number;
  /** The events on the volume. */
  events: Timeline<Event>;
  engines: Timeline<VolumeEngine>;
};

type RestoreOptions = {
  standby?: boolean;
  another?: boolean;
  jobs?: RestoredJobs | undefined;
  replicas?: number | undefined;
  tags?: Selectors | undefined;
};

/** Creates a volume that Longhorn restores from a backup. Returns when Kubernetes has accepted it. */
export const beginRestore = async (
  context: Context,
  backup: BackupHandle,
  { standby = false, another = false, ...how }: RestoreOptions = {},
): Promise<RestoreHandle> => {
  const from = context.timelines.volumes.lastSequence();
  const created = await requestRestore(context, backup, { standby, ...how });
  const label = standby
    ? `the ${another ? 'other ' : ''}volume on standby`
    : `the volume restored from ${backup.label}`;
  return watchRestore(context, { ...created, backup, from, label });
};

/** Starts to follow the events and the engine of a volume that was just made from a backup. */
export const watchRestore = async (
  { cluster, scenarioSignal: signal }: Pick<Context, 'cluster' | 'scenarioSignal'>,
  restore: Omit<RestoreHandle, 'events' | 'engines'>,
): Promise<RestoreHandle> => {
  const { name } = restore;
  const fieldSelector = `involvedObject.name=${name}`;
  const [events, engines] = await Promise.all([
    follow<Event>(cluster, resources.events, { namespace, fieldSelector, signal }),
    follow<VolumeEngine>(cluster, longhornResources.engines, {
      namespace,
      labelSelector: volumeSelector(name),
      signal,
    }),
  ]);
  return { ...restore, events, engines };
};

type RestoreReason = { text: string; id: MessageId | undefined };

/**
 * Returns each reason that replicas give for a failed restore, once. Waits for the first one, because its event may
 * follow after the volume's state.
 */
export const reasonsOf = async (
  { timeouts, version }: Context,
  { events, label }: RestoreHandle,
  timeout: Timeout = timeouts.restoreReasons,
): Promise<RestoreReason[]> => {
  await waitUntil(events, isRestoreFailure, { label: `an event says why ${label} failed`, ...timeout });
  const texts = events
    .objects()
    .filter(isRestoreFailure)
    .map(({ message = '' }) => message);
  return [...new Set(texts)].map((text) => ({ text, id: restoreReasonIn(text, version) }));
};

/** Lists the reasons, one line each. */
export const describeReasons = (reasons: readonly RestoreReason[]): string =>
  reasons.map(({ text, id }) => `- ${id ?? 'unclassified'}: "${shorten(text, 700)}"`).join('\n');

/** Judges an expectation on a restore. If the volume is faulted instead, the error contains the reasons. */
export const withReasons = async (
  context: Context,
  restore: RestoreHandle,
  judge: () => Promise<unknown>,
): Promise<void> => {
  try {
    await judge();
  } catch (error) {
    const { name } = restore;
    const state = context.timelines.volumes.current(name)?.status?.robustness;
    const isDecided =
      error instanceof ExpectationError && ['broken', 'timed-out'].includes(error.verdict.state);
    if (!isDecided || state !== 'faulted') throw error;
    const reasons = await reasonsOf(context, restore);
    const says = reasons.flatMap(({ id }) => id ?? []);
    const lost = says.includes('restore-without-backup')
      ? await otherCredentialsUsed(context, restore).catch(() => undefined)
      : undefined;
    if (lost !== undefined) throw lost;
    throw new PromiseBroken(
      `${error.message}\n\nWhat its replicas say:\n${describeReasons(reasons)}`,
      { kind: 'Volume', name, state, says },
      { cause: error },
    );
  }
};

/** Whether an engine says that it restores a backup. */
export const isRestoring = ({ status }: VolumeEngine): boolean =>
  Object.values(status?.restoreStatus ?? {}).some((each) => each.isRestoring === true);

const describeEngine = (engine: VolumeEngine): string =>
  `${isRestoring(engine) ? 'restoring' : 'not restoring'}, last restored: ${engine.status?.lastRestoredBackup || 'none'}`;

// A faulted volume will not be restored, so a wait for it ends.
const faulted = ({ timelines: { volumes } }: Context, { name }: RestoreHandle): FatalState<Volume> => ({
  timeline: volumes,
  name,
  describe: describeRestore,
  because: ({ status }) => (status?.robustness === 'faulted' ? `volume ${name} is faulted` : undefined),
});

/** Waits until the engine of a volume reports that it is being restored, on standby from a later `backup`. */
export const untilRestoring = async (
  context: Context,
  restore: RestoreHandle,
  backup = restore.backup,
): Promise<void> => {
  const { engines, label } = restore;
  const isWritten = ({ status }: VolumeEngine): boolean => status?.lastRestoredBackup === backup.name;
  const engine = await waitUntil(engines, (each) => isRestoring(each) || isWritten(each), {
    label: `${label} is being written`,
    describe: describeEngine,
    fatal: [faulted(context, restore)],
    ...context.timeouts.restoreBegins,
  });
  if (!isRestoring(engine))
    throw new InconclusiveError(`${label} was written before anything could be done meanwhile`);
};

/** Gives a volume one more replica. Waits until its engine has that. */
export const addReplica = async (
  { cluster, timeouts }: Context,
  { name, label, replicas, engines }: RestoreHandle,
): Promise<void> => {
  const spec = { numberOfReplicas: replicas + 1 };
  await cluster.patch(longhornResources.volumes, { namespace, name }, { spec });
  const hasAll = ({ status }: VolumeEngine) => Object.keys(status?.restoreStatus ?? {}).length > replicas;
  const cause = await timeoutOf(
    waitUntil(engines, hasAll, {
      label: `the engine of ${label} has ${replicas + 1} replicas`,
      describe: describeEngine,
      ...timeouts.restoreBegins,
    }),
  );
  if (cause !== undefined) throw new InconclusiveError(`${label} did not get another replica`, { cause });
};

/** Whether a replica of a volume has restored its whole backup, according to its engine. */
export const hasWrittenReplica = ({ engines, backup }: RestoreHandle): boolean =>
  engines
    .objects()
    .some(({ status }) =>
      Object.values(status?.restoreStatus ?? {}).some(({ lastRestored }) => lastRestored === backup.name),
    );

/**
 * Kills what restores a volume. Longhorn then says that the restore has failed, and begins it anew (seen on v1.12.1).
 */
const killWhileRestoring = async <Handle extends object>(
  { faults, expected }: Context,
  { restore: { name, engines, label }, backup }: { restore: RestoreHandle; backup: BackupHandle },
  toFault: (engine: VolumeEngine) => Promise<Fault<Handle>>,
): Promise<InjectedFault & Handle> => {
  expected.push({ id: 'restore-given-up', of: name });
  const [engine] = engines.objects();
  if (engine === undefined) throw new Error(`${label} has no engine that can be killed`);
  const killed = await faults.inject(await toFault(engine));
  if (engines.objects().some(({ status }) => status?.lastRestoredBackup === backup.name))
    throw new InconclusiveError(`${label} was written before its engine was killed`);
  return killed;
};

const podOfEngineKilled = async ({ cluster }: Context, engine: VolumeEngine): Promise<Fault> =>
  replicaPodKilled(cluster, await podOfInstance(cluster, engine), engine.spec.nodeID);

/** Kills the pod in which the engine of a volume runs, and all else in it, while the volume is being restored. */
export const killPodOfRestore = (context: Context, restore: RestoreHandle): Promise<InjectedFault> =>
  killWhileRestoring(context, { restore, backup: restore.backup }, (engine) =>
    podOfEngineKilled(context, engine),
  );

/** Kills that pod while a volume on standby waits for the next backup. */
export const killPodOfStandby = async (
  context: Context,
  { name, engines, label }: RestoreHandle,
): Promise<InjectedFault> => {
  context.expected.push({ id: 'restore-given-up', of: name });
  const [engine] = engines.objects();
  if (engine === undefined) throw new Error(`${label} has no engine that can be killed`);
  return context.faults.inject(await podOfEngineKilled(context, engine));
};

/**
 * Takes the power of the node of that engine; of the node of a replica, if the store is on the first. `backup`: the one
 * that a volume on standby is restoring.
 */
export const crashNodeOfRestore = (
  context: Context,
  restore: RestoreHandle,
  backup = restore.backup,
): Promise<CrashedNode> =>
  killWhileRestoring(context, { restore, backup }, async ({ spec }) => {
    const replicas = await replicasOf(context, restore.name);
    const nodes = [spec.nodeID, ...replicas.map((each) => each.spec.nodeID)];
    return crashOf(context, backup.volume.target, nodes);
  });

/** Returns when the engine reported the volume as restored, in ms since the epoch. */
export const writtenAt = ({ engines, backup, label }: RestoreHandle): number => {
  const entry = engines.entries.find(
    (each) => each.kind !== 'gap' && each.object.status?.lastRestoredBackup === backup.name,
  );
  if (entry === undefined) throw notProvable(`nobody saw when ${label} was written`);
  return entry.at;
};

const untilWritten = async (
  { engines, label: standby }: RestoreHandle,
  { name, label }: Pick<BackupHandle, 'name' | 'label'>,
  limits: Timeout & { fatal?: readonly FatalState<Volume>[] },
): Promise<void> => {
  await waitUntil(engines, ({ status }) => status?.lastRestoredBackup === name, {
    label: `${standby} has restored ${label}`,
    describe: describeEngine,
    ...limits,
  });
};

/** Waits until a standby volume reports a backup as the last one of its source. It may not have restored it yet. */
export const untilToldOf = async (
  { timelines, timeouts }: Context,
  standby: RestoreHandle,
  { name, label }: BackupHandle,
): Promise<void> => {
  const isShown = ({ status }: Volume): boolean => status?.isStandby === true && status.lastBackup === name;
  await waitUntil(timelines.volumes, isShown, {
    name: standby.name,
    label: `${standby.label} says that ${label} is the last one`,
    describe: ({ status }) =>
      `${status?.isStandby ? 'on' : 'not on'} standby, last: ${status?.lastBackup || 'none'}`,
    ...timeouts.followed,
  });
};

/** Waits until a standby volume has restored a backup and reports it as the last one. */
export const untilFollowed = async (
  context: Context,
  standby: RestoreHandle,
  backup: BackupHandle,
  timeout: Timeout = context.timeouts.followed,
): Promise<void> => {
  await untilWritten(standby, backup, { fatal: [faulted(context, standby)], ...timeout });
  await untilToldOf(context, standby, backup);
};

/** Waits until a standby volume that failed to restore a backup has restored it. It may be faulted meanwhile. */
export const untilRecovered = (
  { timeouts }: Context,
  standby: RestoreHandle,
  backup: BackupHandle,
): Promise<void> => untilWritten(standby, backup, timeouts.standbyGoesOn);

/** As untilFollowed, with the time for a restore from the beginning. The volume may be faulted meanwhile. */
export const untilFollowedInTheEnd = async (
  context: Context,
  standby: RestoreHandle,
  backup: BackupHandle,
): Promise<void> => {
  await untilWritten(standby, backup, context.timeouts.restored);
  await untilToldOf(context, standby, backup);
};

// The engine forgets the name when it stops.
const lastRestoredBy = ({ engines, label }: RestoreHandle): string => {
  const names = engines.entries.flatMap((entry) =>
    entry.kind === 'gap' ? [] : (entry.object.status?.lastRestoredBackup ?? ''),
  );
  const last = names.findLast((name) => name !== '');
  if (last === undefined) throw notProvable(`nobody saw which backup ${label} has restored`);
  return last;
};

/** Throws unless the last backup that a volume restored is this one. An older one counts only if the store has this one. */
export const mustHold = async (
  restore: RestoreHandle,
  { name, label, volume }: BackupHandle,
): Promise<void> => {
  const last = lastRestoredBy(restore);
  if (last === name) return;
  if (!(await volume.target.store.backups(volume.name)).includes(name))
    throw new InconclusiveError(`the store does not have ${label} (${name}) any more`);
  throw new PromiseBroken(
    `${restore.label} is activated with backup ${last}, and the store has ${label} (${name}), which is newer`,
    { kind: 'Volume', name: restore.name, state: 'activated without the newest backup' },
  );
};

/**
 * Waits as long as Longhorn may take to act on what it has seen in the store. Throws if a standby volume restores
 * another backup than the one that it has.
 */
export const mustStayBehind = async (
  { timeouts }: Context,
  { engines, label: standby }: RestoreHandle,
  { name, label }: BackupHandle,
): Promise<void> => {
  const isAnother = (engine: VolumeEngine): boolean =>
    isRestoring(engine) || ![name, '', undefined].includes(engine.status?.lastRestoredBackup);
  const another = await unlessTimedOut(
    waitUntil(engines, isAnother, {
      label: `${standby} restores another backup than ${label}`,
      describe: describeEngine,
      ...timeouts.syncActedOn,
    }),
  );
  if (another !== undefined)
    throw new Error(`${standby} does not stay with ${label}: ${describeEngine(another)}`);
};

/** Returns the states of a volume that were observed since a sequence, in order. */
export const statesSince = (
  { entries }: Timeline<Volume>,
  { name, from }: Pick<RestoreHandle, 'name' | 'from'>,
): string[] =>
  entries.flatMap((entry) => {
    if (entry.sequence <= from) return [];
    if (entry.kind === 'gap') throw notProvable(`the watch of volumes lost a stretch: ${entry.reason}`);
    return entry.object.metadata.name === name ? (entry.object.status?.state ?? '') : [];
  });

/**
 * Activates a standby volume as Longhorn's API does (longhorn-manager, manager/volume.go): it requests a sync of the
 * backup volume first, so that the newest backup is not missed. The API itself cannot be used, because it is reached
 * only through Longhorn's user interface, which may be missing.
 */
export const activate = async (
  context: Context,
  { name, backup: { volume } }: RestoreHandle,
): Promise<void> => {
  await syncBackupVolume(context, volume);
  await endStandby(context, name);
};
