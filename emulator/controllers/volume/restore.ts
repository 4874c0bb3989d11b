import { randomUUID } from 'node:crypto';
import { truncate } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { backupConfigPath } from '../../backupstore/paths.ts';
import { decodeBackupURL, encodeBackupURL } from '../../backupstore/url.ts';
import { headPath } from '../../engine/replica-files.ts';
import { ignoreMissing } from '../../kubernetes/client.ts';
import { ownerReference, withCondition } from '../../kubernetes/objects.ts';
import type { Volume, VolumeEngine } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { labels } from '../../modelled-on.ts';
import { requestVolumeSync } from '../backup/sync.ts';
import { deviceSize } from '../encrypted-size.ts';
import { createSnapshot } from '../snapshot/create.ts';
import { placesFor } from './placement.ts';
import { findReplica, replicaDirectory } from './replica.ts';
import { backupVolumeOnTarget } from './status.ts';
import { moveTicket, requestAttachment, ticketID, withdrawAttachment } from './tickets.ts';

type Status = NonNullable<Volume['status']>;

/**
 * State of the restores that this process has started, by the volume's UID, with the number of replicas that have begun.
 * A new process starts them again.
 */
export type Restores = Map<
  string,
  { backup: string; replicas: number; state: 'running' | 'done' | Error; isStandby: boolean }
>;

/** The UIDs of the volumes on standby whose engine runs in this process. A new engine does not know what they hold. */
export type FollowingEngines = Set<string>;

/** The UIDs of the volumes for whose activation this process has requested a sync. Only with the fix. */
export type SyncedActivations = Set<string>;

const type = 'volume-restore-controller';

/** The initial status of a volume's restore. Empty for a volume that is not made from a backup. */
export const initialRestoreStatus = ({ spec, status }: Volume): Partial<Status> =>
  spec.fromBackup && !status?.restoreInitiated
    ? {
        restoreRequired: true,
        restoreInitiated: true,
        frontendDisabled: true,
        isStandby: spec.Standby ?? false,
      }
    : {};

/**
 * Moves a volume on standby away from a node that is evicted, with its only replica. Longhorn makes another replica first, and
 * leaves the volume where it is.
 */
const leaveEvictedNode = async (
  context: ManagerContext,
  { metadata: { name }, status }: Volume,
  [other]: string[],
): Promise<void> => {
  const { datastore, mutant } = context;
  const { isStandby, currentNodeID = '' } = status ?? {};
  if (!isStandby || other === undefined || mutant === 'evicted-node-keeps-standby') return;
  if (!datastore.nodes.get(currentNodeID)?.spec.evictionRequested || isRestoring(findEngine(context, name)))
    return;
  await moveTicket(context, name, ticketID(type, name), other);
};

/** Requests the attachment of a volume for its restore. */
export const requestRestoreAttachment = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const { metadata, spec } = volume;
  const { name } = metadata;
  // On the node of the backed-up volume, if it still exists, has the tags, and can be scheduled: a client that attaches both to one node
  // needs the only replica there.
  const { nodes } = placesFor(context, volume);
  const source = findReplica(context, decodeBackupURL(spec.fromBackup ?? '').volume)?.spec.nodeID;
  const isLimited = nodes.length < context.datastore.nodes.list().length;
  const preferred = isLimited && !nodes.includes(source ?? '') ? nodes[0] : source;
  await requestAttachment(context, name, type, name, preferred);
  await leaveEvictedNode(context, volume, nodes);
};

/**
 * Withdraws that request after the status says that the volume is restored. The detachment changes the
 * volume, so a status written at the same time would be lost.
 */
export const withdrawRestoreAttachment = async (
  context: ManagerContext,
  { metadata: { name }, spec }: Volume,
): Promise<void> => {
  if (spec.fromBackup) await withdrawAttachment(context, name, type, name);
};

type Restore = Parameters<typeof withCondition>[1];

const withRestore = (
  { conditions }: Pick<Status, 'conditions'>,
  condition: Omit<Restore, 'type'>,
): Pick<Status, 'conditions'> => ({
  conditions: withCondition(conditions, { type: 'Restore', ...condition }, timestamp()),
});

/** The conditions of a volume whose restore has failed. */
export const givenUp = (conditions: Status['conditions']): Status['conditions'] => {
  const message = 'All replica restore failed and the volume became Faulted';
  return withRestore({ conditions }, { status: 'False', reason: 'RestoreFailure', message }).conditions;
};

const lockWords = 'failed to acquire lock';

/** Runs a restore again after each failure that is to be retried, with growing pauses. Throws any other failure. */
const retryRestore = async (
  { clock }: ManagerContext,
  run: () => Promise<void>,
  isRetried: (error: Error) => boolean,
): Promise<void> => {
  for (let pause = clock.restoreBackoffMin; ; pause = Math.min(2 * pause, clock.restoreBackoffMax)) {
    try {
      return await run();
    } catch (error) {
      if (!isRetried(error as Error)) throw error;
      await sleep(pause);
    }
  }
};

const reportFailure = (context: ManagerContext, volume: Volume, error: Error): void => {
  const replica = findReplica(context, volume.metadata.name)?.metadata.name;
  const message = `replica ${replica} failed the restore: ${error.message}`;
  context.recorder(volume, { type: 'Warning', reason: 'FailedRestore', message });
};

// Newer versions retry after a lock. v1.12.1 looks for a text that the store's library has not had since v1.8.0
// (longhorn/longhorn#13685). No version retries after another failure (longhorn/longhorn#10105).
const retriedBy = (context: ManagerContext, volume: Volume, last: string) => {
  const { log, mutant } = context;
  return (error: Error): boolean => {
    if (mutant === 'fixed:restore-given-up-over-lock' && error.message.includes(lockWords)) {
      log.warning('Ignored failed locked restore error from replica', { error });
      return true;
    }
    if (mutant !== 'fixed:failed-standby-stays-faulted' || last === '') return false;
    reportFailure(context, volume, error);
    return true;
  };
};

const engineName = (volume: string): string => `${volume}-e-0`;

const findEngine = ({ datastore }: ManagerContext, volume: string): VolumeEngine | undefined =>
  datastore.engines.list().find(({ spec }) => spec.volumeName === volume);

const ensureEngine = async (context: ManagerContext, volume: Volume): Promise<VolumeEngine> => {
  const { name } = volume.metadata;
  return (
    findEngine(context, name) ??
    (await context.datastore.engines.create({
      metadata: {
        name: engineName(name),
        labels: { [labels.volume]: name },
        ownerReferences: [ownerReference(volume)],
      },
      spec: { volumeName: name, nodeID: context.node },
    }))
  );
};

const addressOf = (replica: number): string => `tcp://127.0.0.1:${10_000 + replica}`;

// That of the only replica that there is here. The others are in the status of the engine alone.
const address = addressOf(0);

const isRestoring = (engine: VolumeEngine | undefined): boolean =>
  engine?.status?.restoreStatus[address]?.isRestoring === true;

// The backup that the replica here has restored. The engine names none while another replica has none.
const restoredBy = (engine: VolumeEngine): string =>
  engine.status?.restoreStatus[address]?.lastRestored ?? '';

/** Shows in the status of a volume's engine its replicas, and how far the last of them is with its rebuild. */
export const showRebuild = async (
  context: ManagerContext,
  volume: Volume,
  step: 'prepared' | 'begun' | 'ended',
): Promise<void> => {
  const engine = await ensureEngine(context, volume);
  const none = { lastRestoredBackup: '', restoreStatus: {} };
  const { numberOfReplicas } = volume.spec;
  const replicas = Array.from({ length: numberOfReplicas }, (_, at) => `${volume.metadata.name}-r-${at}`);
  const running = step === 'prepared' ? replicas.slice(0, -1) : replicas;
  await context.datastore.engines.updateStatus({
    ...engine,
    status: {
      ...{ ownerID: context.node, currentState: 'running', ...none, ...engine.status },
      currentReplicaAddressMap: Object.fromEntries(replicas.map((each, at) => [each, addressOf(at)])),
      replicaModeMap: Object.fromEntries(
        running.map((each, at) => [each, step === 'begun' && at === numberOfReplicas - 1 ? 'WO' : 'RW']),
      ),
      rebuildStatus: step === 'begun' ? { [address]: { isRebuilding: true } } : {},
    },
  });
};

const replicasWith = (engine: VolumeEngine, backup: string): number =>
  Object.values(engine.status?.restoreStatus ?? {}).filter(({ lastRestored }) => lastRestored === backup)
    .length;

const setEngine = async (
  { datastore, node }: ManagerContext,
  engine: VolumeEngine,
  now: { isRestoring: boolean; lastRestored?: string; begun: number; replicas?: number },
): Promise<void> => {
  const { isRestoring, lastRestored = restoredBy(engine), begun, replicas = begun } = now;
  const whole = { isRestoring, lastRestored };
  const none = { isRestoring: false, lastRestored: '' };
  const each = Array.from({ length: replicas }, (_, index) => [
    addressOf(index),
    index < begun ? whole : none,
  ]);
  await datastore.engines.updateStatus({
    ...engine,
    status: {
      ...{ ownerID: node, currentState: 'running', restoreStatus: Object.fromEntries(each) },
      lastRestoredBackup: replicas > begun ? '' : lastRestored,
    },
  });
};

// A replica that is added is restored by a request of its own. Each looks for a place among the restores of the node
// first, and counts the one that its volume has already (engine_controller.go, acquireRestoringCounter).
const findsNoPlace = (
  { datastore, mutant, log }: ManagerContext,
  { metadata, status }: Volume,
  { engine, restores }: { engine: VolumeEngine; restores: Restores },
): boolean => {
  const limit = 'concurrent-volume-backup-restore-per-node-limit';
  if (mutant === 'restore-limit-ignored') return false;
  if (status?.isStandby && mutant !== 'standby-counts-as-restore') return false;
  const isFixed = mutant === 'fixed:restore-limit-counts-itself';
  const counted = [...restores].filter(
    ([uid, { state, isStandby }]) =>
      !(state instanceof Error) && !isStandby && !(isFixed && uid === metadata.uid),
  ).length;
  if (counted < Number(datastore.settings.get(limit)?.value)) return false;
  log.warning('Failed to acquire restore counter, retry later', {
    engine: engine.metadata.name,
    error: `reached the concurrent volume backup restore limit of ${limit}`,
  });
  return true;
};

/** Returns a volume that is being restored from a backup of the volume `source`. */
export const findRestoringVolume = async (
  context: ManagerContext,
  source: string,
): Promise<Volume | undefined> => {
  const { engines, volumes } = context.datastore;
  for (const volume of volumes.list()) {
    const { name } = volume.metadata;
    if (!volume.status?.restoreRequired || decodeBackupURL(volume.spec.fromBackup ?? '').volume !== source)
      continue;
    // Of a restore that has just begun, this manager may not have seen the engine yet.
    const isSeen = isRestoring(findEngine(context, name));
    if (isSeen || isRestoring(await engines.fetch(engineName(name)).catch(ignoreMissing))) return volume;
  }
  return undefined;
};

/**
 * The backup that a volume should hold. A standby volume should hold the last backup, or keep the one it has
 * if there is none.
 */
const wantedBackup = ({ spec, status }: Volume, restored: string): string =>
  (status?.isStandby && (status.lastBackup || restored)) || decodeBackupURL(spec.fromBackup ?? '').backup;

/**
 * Whether a standby volume is detached: when it holds its last backup, or is to grow. Only with the mutants for that.
 */
export const isIdleStandby = (context: ManagerContext, volume: Volume): boolean => {
  if (context.mutant === 'standby-detaches-to-grow') return volume.status?.expansionRequired === true;
  const restored = findEngine(context, volume.metadata.name)?.status?.lastRestoredBackup ?? '';
  return (
    context.mutant === 'standby-detaches' &&
    volume.spec.Standby === true &&
    restored !== '' &&
    restored === wantedBackup(volume, restored)
  );
};

// Read anew, as a user may have changed it just before (volume_controller.go, checkAndFinishVolumeRestore).
const takesDegraded = async ({ datastore, mutant }: ManagerContext, { status }: Volume): Promise<boolean> => {
  if (mutant === 'degraded-restore-waits') return status?.isStandby === true;
  const setting = await datastore.settings.fetch('allow-volume-creation-with-degraded-availability');
  return setting.value === 'true' || mutant === 'degraded-standby-always-activated';
};

/**
 * Whether the restore of a volume that holds a backup is complete. As in Longhorn, an activation waits for a sync of
 * the backup volume that was requested, and requests none itself.
 */
const isComplete = async (
  context: ManagerContext,
  volume: Volume,
  { restored, activations }: { restored: string; activations: SyncedActivations },
): Promise<boolean> => {
  const { isStandby, robustness } = volume.status ?? {};
  if (isStandby && volume.spec.Standby) return false;
  if (robustness === 'degraded' && !(await takesDegraded(context, volume))) return false;
  if (!isStandby) return true;
  const known = backupVolumeOnTarget(context, volume);
  // A sync may have been requested just before the activation, and this manager may not have seen that.
  const source = known && (await context.datastore.backupVolumes.fetch(known.metadata.name));
  const { uid = '' } = volume.metadata;
  if (context.mutant === 'fixed:kubectl-activation-misses-newest' && source && !activations.has(uid)) {
    activations.add(uid);
    await requestVolumeSync(context, source);
    return false;
  }
  const { lastSyncedAt, lastBackupName } = source?.status ?? {};
  const isBehind = Date.parse(source?.spec.syncRequestedAt ?? '') > Date.parse(lastSyncedAt ?? '');
  return !isBehind && (!lastBackupName || lastBackupName === restored);
};

/**
 * Shows the snapshot that a volume is restored into, unless users have made others, with which Longhorn merges it.
 * Its data are those of the volume: there is no file.
 */
export const showSnapshot = async ({ datastore, mutant }: ManagerContext, volume: Volume): Promise<void> => {
  const { snapshots } = datastore;
  const { name } = volume.metadata;
  if (snapshots.list().some(({ spec }) => spec.volume === name)) return;
  const time = timestamp();
  for (const child of mutant === 'restore-leaves-second-snapshot' ? ['', 'volume-head'] : ['volume-head']) {
    const made = await createSnapshot(datastore, volume, { name: randomUUID(), createSnapshot: false });
    await snapshots.updateStatus({
      ...made,
      status: {
        ...{ ownerID: '', parent: '', children: { [child]: true }, labels: {}, checksum: '', size: 0 },
        ...{ creationTime: time, requestedTime: '', restoreSize: Number(volume.spec.size) },
        ...{ readyToUse: true, userCreated: false, markRemoved: false },
      },
    });
  }
};

/**
 * Opens the store that a volume is restored from. The URL is that of the backup volume's target, whatever the volume says
 * (engine_controller.go, restoreBackup): a system restore writes that of the target `default`. Throws without the target
 * or its Secret.
 */
export const openRestoreSource = async ({ datastore, targets }: ManagerContext, { spec }: Volume) => {
  const target = datastore.backupTargets.get(spec.backupTargetName);
  if (!target) throw new Error(`failed to get backup target ${spec.backupTargetName}`);
  const place = { ...decodeBackupURL(spec.fromBackup ?? ''), url: target.spec.backupTargetURL };
  return { client: await targets.open(target), place };
};

// The size in bytes of the volume that is restored, by its config in the store. 0 if that cannot be read: the restore
// itself fails over it.
const sizeInStore = async (context: ManagerContext, volume: Volume): Promise<number> => {
  try {
    const { client, place } = await openRestoreSource(context, volume);
    const found = await client.inspectVolume(encodeBackupURL({ ...place, backup: '' }));
    return Number(found?.Size ?? 0);
  } catch {
    return 0;
  }
};

// For a replica that a standby volume gets, the engine is asked for the backup that the others have again. It reads the
// config first, and reports a failure as one of each replica (longhorn-engine, pkg/sync/backup.go, RestoreBackup).
const failureToRead = async (
  context: ManagerContext,
  volume: Volume,
  backup: string,
): Promise<Error | undefined> => {
  const around = 'failed to get the current restoring backup info';
  try {
    const { client, place } = await openRestoreSource(context, volume);
    if (await client.inspect(encodeBackupURL({ ...place, backup }))) return undefined;
    return new Error(`${around}: cannot find ${backupConfigPath(place.volume, backup)} in backupstore`);
  } catch (error) {
    return new Error(`${around}: ${(error as Error).message}`);
  }
};

// The webhook refuses each change of a volume on standby whose first backup is gone (webhook/resources/volume/mutator.go,
// mutate): Longhorn can neither grow it nor detach it. Only the log says so.
const refusesChange = ({ datastore, log, mutant }: ManagerContext, { metadata, spec }: Volume): boolean => {
  const { fromBackup = '' } = spec;
  const { backup } = decodeBackupURL(fromBackup);
  const isFixed = mutant === 'fixed:standby-stops-without-its-backup';
  if (isFixed || !spec.Standby || datastore.backups.get(backup)) return false;
  const reason = `failed to inspect the backup config ${fromBackup}: backup.longhorn.io "${backup}" not found`;
  const error = `admission webhook "mutator.longhorn.io" denied the request: ${reason}`;
  log.warning(`failed to update volume ${metadata.name}`, { error });
  return true;
};

// Longhorn merges one with the snapshot that the data are restored to; two stop the restores (longhorn-engine,
// pkg/sync/backup.go, RestoreBackup).
const hasSeveralSnapshots = ({ datastore }: ManagerContext, { metadata }: Volume): boolean =>
  datastore.snapshots.list().filter(({ spec, status }) => spec.volume === metadata.name && status?.readyToUse)
    .length > 1;

/**
 * Advances the restore of a volume on this node by one step and returns the changed status. Calls `run` once
 * for each backup that the volume should hold, with the one that it holds, and onChange when it has ended.
 * After a failure, an event has the cause, and the volume is faulted and detached permanently.
 */
export const stepRestore = async (
  context: ManagerContext,
  volume: Volume,
  {
    restores,
    followers = new Set(),
    activations = new Set(),
    run,
    onChange,
    onDone,
  }: {
    restores: Restores;
    followers?: FollowingEngines;
    activations?: SyncedActivations;
    run: (backup: string, last: string) => Promise<void>;
    onChange: () => void;
    onDone: () => Promise<void>;
  },
): Promise<Partial<Status>> => {
  const { uid = '' } = volume.metadata;
  const status = volume.status as Status;
  const engine = await ensureEngine(context, volume);
  const restored = restoredBy(engine);
  const wantedReplicas = volume.spec.numberOfReplicas;
  const finish = async (): Promise<Partial<Status>> => {
    await onDone();
    return {
      ...withRestore(status, { status: 'False' }),
      restoreRequired: false,
      isStandby: false,
      frontendDisabled: volume.spec.disableFrontend ?? false,
    };
  };
  if (context.mutant === 'activation-misses-newest' && status.isStandby && !volume.spec.Standby)
    return finish();
  const inProgress = withRestore(status, { status: 'True', reason: 'RestoreInProgress' });
  const giveUp = (error: Error): Partial<Status> => {
    reportFailure(context, volume, error);
    return { conditions: givenUp(status.conditions), state: 'detaching', robustness: 'faulted' };
  };
  const { backup, state, replicas: begun = 1 } = restores.get(uid) ?? {};
  const isAdded = backup !== undefined && !status.isStandby && wantedReplicas > begun;
  if (state === 'running') {
    if (isAdded) await setEngine(context, engine, { isRestoring: true, begun, replicas: wantedReplicas });
    return inProgress;
  }
  if (state instanceof Error) {
    await setEngine(context, engine, { isRestoring: false, begun });
    return giveUp(state);
  }
  if (backup !== undefined) {
    const isStuck = isAdded && findsNoPlace(context, volume, { engine, restores });
    const replicas = { begun: isStuck ? begun : wantedReplicas, replicas: wantedReplicas };
    await setEngine(context, engine, { isRestoring: false, lastRestored: backup, ...replicas });
    if (isStuck) return inProgress;
    restores.delete(uid);
    onChange();
    return inProgress;
  }
  const isNew = status.isStandby && !isRestoring(engine) && !followers.has(uid);
  // A volume whose engine has ended is faulted until it is detached.
  if (isNew && restored !== '' && refusesChange(context, volume)) return { robustness: 'faulted' };
  if (isNew && status.robustness === 'faulted') return { state: 'detaching', robustness: 'unknown' };
  followers.add(uid);
  if (isNew && restored !== '' && context.mutant !== 'fixed:restarted-standby-loses-its-data') {
    // What was restored is known to the processes of the replicas alone. Without that, the whole backup is written anew.
    await setEngine(context, engine, {
      isRestoring: false,
      lastRestored: '',
      begun: wantedReplicas,
    });
    onChange();
    return inProgress;
  }
  if (
    context.mutant === 'fixed:standby-ignores-reused-backup-name' &&
    status.isStandby &&
    !status.lastBackup &&
    restored !== ''
  ) {
    await setEngine(context, engine, { isRestoring: false, lastRestored: '', begun });
    return inProgress;
  }
  const source = backupVolumeOnTarget(context, volume)?.status;
  const size = source?.size ?? '';
  const isTooLarge = status.isStandby === true && size !== '' && Number(size) < Number(volume.spec.size);
  const isFixed = context.mutant === 'fixed:smaller-source-stops-standby';
  if (isTooLarge && isFixed && !volume.spec.Standby) return finish();
  const wanted = wantedBackup(volume, restored);
  if (status.isStandby && restored !== wanted && Number(size) > Number(volume.spec.size)) {
    if (context.mutant === 'standby-keeps-its-size')
      context.log.warning(
        `engine monitor: need to expand the DR volume ${volume.metadata.name} to size ${size}`,
      );
    else if (!refusesChange(context, volume))
      await context.datastore.volumes.patch(volume.metadata.name, { spec: { size } });
    return inProgress;
  }
  if (isTooLarge && restored !== wanted) {
    if (!isFixed)
      context.log.warning(
        `engine monitor: the backup volume size ${size} is smaller than the size ${volume.spec.size} of the DR volume ${volume.metadata.name}`,
      );
    return inProgress;
  }
  // The engine refuses, and is asked again with each turn of its monitor (longhorn-engine, pkg/sync/backup.go).
  const stored = restored === '' ? await sizeInStore(context, volume) : 0;
  if (stored > deviceSize(context, volume)) {
    const replica = findReplica(context, volume.metadata.name);
    if (context.mutant === 'fixed:grown-volume-is-not-restored' && replica) {
      await truncate(headPath(replicaDirectory(replica)), stored);
      await context.datastore.volumes.patch(volume.metadata.name, { spec: { size: String(stored) } });
      return inProgress;
    }
    context.log.warning(
      `engine monitor: BUG: The backup volume ${decodeBackupURL(volume.spec.fromBackup ?? '').volume} size ${stored} cannot be larger than normal restore volume ${volume.metadata.name} size ${volume.spec.size}`,
    );
    return inProgress;
  }
  const whole = replicasWith(engine, restored);
  if (status.isStandby && restored !== '' && restored === wanted && wantedReplicas > whole) {
    const error = await failureToRead(context, volume, restored);
    const isRead = error === undefined;
    const replicas = { begun: isRead ? wantedReplicas : whole, replicas: wantedReplicas };
    await setEngine(context, engine, { isRestoring: false, ...replicas });
    return isRead || context.mutant === 'fixed:added-replica-ends-standby' ? inProgress : giveUp(error);
  }
  const { backups } = context.datastore;
  const isStuck =
    restored !== '' &&
    ((context.mutant === 'standby-ends-with-its-backup' && !backups.get(restored)) ||
      (context.mutant === 'standby-skips-csi-backups' && backups.get(wanted)?.spec.labels?.type === 'bak') ||
      (context.mutant === 'standby-skips-full-backups' && backups.get(wanted)?.spec.backupMode === 'full'));
  if (restored !== wanted && hasSeveralSnapshots(context, volume)) {
    const failure =
      'found more than 1 snapshot in the replicas, hence started to purge snapshots before the restore';
    context.log.warning(`engine monitor: failed to restore volume ${volume.metadata.name}: ${failure}`);
    return inProgress;
  }
  if (restored !== wanted && context.mutant === 'restore-ends-with-its-engine' && isRestoring(engine)) {
    await setEngine(context, engine, { isRestoring: false, lastRestored: wanted, begun: wantedReplicas });
    onChange();
    return inProgress;
  }
  if (restored !== wanted && !isStuck) {
    // Nothing has failed yet then, and the engine's monitor looks again (engine_controller.go, restoreBackup).
    const failure = await openRestoreSource(context, volume).catch((error: Error) => error);
    if (failure instanceof Error) {
      context.log.warning(
        `engine monitor: failed to restore volume ${volume.metadata.name}: ${failure.message}`,
      );
      return inProgress;
    }
    // The image may hold parts of two backups if the manager ended during a restore.
    const readsAll = isRestoring(engine) || context.mutant === 'standby-reads-everything';
    const last = readsAll ? '' : restored;
    if (!isRestoring(engine) && findsNoPlace(context, volume, { engine, restores })) {
      await setEngine(context, engine, { isRestoring: false, begun: wantedReplicas });
      return inProgress;
    }
    const one = { backup: wanted, replicas: wantedReplicas, isStandby: status.isStandby };
    // The place is taken before another volume looks for one.
    restores.set(uid, { ...one, state: 'running' });
    try {
      await setEngine(context, engine, { isRestoring: true, begun: one.replicas });
    } catch (error) {
      restores.delete(uid);
      throw error;
    }
    const end = (result: 'done' | Error): void => {
      restores.set(uid, { ...one, state: result });
      onChange();
    };
    retryRestore(context, () => run(wanted, last), retriedBy(context, volume, last)).then(
      () => end('done'),
      end,
    );
    return inProgress;
  }
  return (await isComplete(context, volume, { restored, activations })) ? finish() : inProgress;
};
