import { isDeepStrictEqual } from 'node:util';
import { decodeBackupURL, encodeBackupURL } from '../../backupstore/url.ts';
import { replicaPort } from '../../engine/proxy.ts';
import {
  copySnapshot,
  ensureHead,
  headPath,
  headSize,
  removeEmptyMetadata,
} from '../../engine/replica-files.ts';
import type { ReplicaState } from '../../engine/replica-process.ts';
import { alreadyExists, ignoreMissing } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import { ownerReference, withCondition } from '../../kubernetes/objects.ts';
import type { Replica, Volume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsible } from '../../manager/ownership.ts';
import { defaultEngineImage, finalizer, jobLabels, labels } from '../../modelled-on.ts';
import { deviceSize } from '../encrypted-size.ts';
import { addFinalizerAndLabels, lacksFinalizer, removeFinalizer } from '../finalizer.ts';
import { purgeSystemGenerated, takeForRebuild } from '../snapshot/system-generated.ts';
import { labelsOfClaim } from './claimed-jobs.ts';
import { clonedState, cloneSource, isToClone, keepAttachedToClone } from './clone.ts';
import { kubernetesStatusOf, restoredKubernetesStatus, volumeOfPod } from './kubernetes-status.ts';
import { hasFullDisk, keepOlder, lacksReplica, salvage } from './older-replica.ts';
import { lacksNode, placesFor } from './placement.ts';
import { beginRebuild, endRebuild, forgetRebuild, type Rebuilds } from './rebuild.ts';
import { bringReplica, ensureReplica, findReplica, replicaDirectory } from './replica.ts';
import {
  type FollowingEngines,
  givenUp,
  initialRestoreStatus,
  isIdleStandby,
  openRestoreSource,
  type Restores,
  requestRestoreAttachment,
  type SyncedActivations,
  showSnapshot,
  stepRestore,
  withdrawRestoreAttachment,
} from './restore.ts';
import { restoreJobs } from './restored-jobs.ts';
import {
  actualSize,
  lastBackupOnTarget,
  newVolumeStatus,
  nextStep,
  type VolumeStep,
  withSnapshotCount,
} from './status.ts';
import { marksTrimmed, markTrimmed } from './trim.ts';

const setReplicaState = async (
  { datastore, node, ip }: ManagerContext,
  replica: Replica,
  currentState: 'running' | 'stopped' | 'error',
): Promise<void> => {
  const place = currentState === 'running' ? { ip, port: replicaPort } : { ip: '', port: 0 };
  const status = { ownerID: node, currentState, ...place };
  if (!isDeepStrictEqual(replica.status, status))
    await datastore.replicas.updateStatus({ ...replica, status });
};

/**
 * Runs the replica of a volume that is attached to this node, writes its state into its status, and returns
 * the state. `onChange` is called when the state has changed.
 */
const runReplica = async (
  context: ManagerContext,
  volume: Volume,
  onChange: () => void,
): Promise<ReplicaState> => {
  const replica = await bringReplica(context, await ensureReplica(context, volume));
  const directory = replicaDirectory(replica);
  // Of several replicas, this one was rebuilt from another.
  if (volume.spec.numberOfReplicas > 1 && !context.replicas.isRunning(directory))
    await removeEmptyMetadata(directory);
  const state = context.replicas.ensure(replica.metadata.name, directory, onChange);
  if (state !== 'starting') await setReplicaState(context, replica, state);
  return state;
};

/**
 * Ends the replica of a volume that is detached from this node. A failed replica keeps the state `error`
 * until it runs again.
 */
const endReplica = async (context: ManagerContext, replica: Replica): Promise<void> => {
  context.replicas.end(replica.metadata.name);
  if (replica.status?.currentState === 'running') await setReplicaState(context, replica, 'stopped');
};

/** Removes a volume's device and its replica's process from this node, if the replica is here. */
const detach = async (context: ManagerContext, { metadata: { name } }: Volume): Promise<void> => {
  const replica = findReplica(context, name);
  if (replica?.spec.nodeID !== context.node) return;
  await context.devices.detach(name, headPath(replicaDirectory(replica)));
  await endReplica(context, replica);
};

/**
 * Removes a volume, one step per call. The device must go before its file. The volume stays until nothing of
 * it is left.
 */
const removeVolume = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const { datastore } = context;
  const { name, uid } = volume.metadata;
  // This copy may be old, and another volume have the name by now. A volume with its finalizer is still the same.
  const current = await datastore.volumes.fetch(name).catch(ignoreMissing);
  if (current?.metadata.uid !== uid) return;
  await detach(context, volume);
  for (const { metadata } of datastore.snapshots.list().filter(({ spec }) => spec.volume === name)) {
    if (!metadata.deletionTimestamp) await datastore.snapshots.delete(metadata.name).catch(ignoreMissing);
  }
  const replica = findReplica(context, name);
  if (replica) {
    if (!replica.metadata.deletionTimestamp)
      await datastore.replicas.delete(replica.metadata.name).catch(ignoreMissing);
    return; // The event of the replica's removal leads to another reconcile.
  }
  await datastore.volumeAttachments.delete(name).catch(ignoreMissing);
  await removeFinalizer(datastore.volumes, volume);
};

const prefixes = [jobLabels.ofJob(''), jobLabels.ofGroup('')];

/**
 * The label that Longhorn gives a volume without labels of recurring jobs, also after it lost its last one:
 * the volume belongs to the group `default`.
 */
const defaultJobGroup = ({ mutant }: ManagerContext, { metadata }: Volume): Record<string, string> => {
  const hasOne = Object.keys(metadata.labels ?? {}).some((label) =>
    prefixes.some((prefix) => label.startsWith(prefix)),
  );
  const isLeftOut = mutant === 'default-group-forgotten' || (hasOne && mutant !== 'default-group-for-all');
  return isLeftOut ? {} : { [jobLabels.ofGroup('default')]: 'enabled' };
};

/** Adds the finalizer and labels that each volume of Longhorn has, if they are missing. */
const ensureFinalizerAndLabels = async (context: ManagerContext, now: Volume): Promise<Volume> => {
  const { volumes } = context.datastore;
  const ofClaim = labelsOfClaim(context, now);
  const found =
    Object.keys(ofClaim).length > 0
      ? await volumes.patch(now.metadata.name, { metadata: { labels: ofClaim } })
      : now;
  const group = defaultJobGroup(context, found);
  if (lacksFinalizer(found))
    return addFinalizerAndLabels(volumes, found, {
      ...group,
      [labels.backupTarget]: found.spec.backupTargetName,
      [labels.volume]: found.metadata.name,
    });
  const isMissing = Object.keys(group).some((label) => found.metadata.labels?.[label] === undefined);
  return isMissing ? volumes.patch(found.metadata.name, { metadata: { labels: group } }) : found;
};

type Status = NonNullable<Volume['status']>;
type ControllerState = {
  restores: Restores;
  followers: FollowingEngines;
  activations: SyncedActivations;
  rebuilds: Rebuilds;
  /** How many replicas a volume has, by its name. */
  built: Map<string, number>;
  enqueue: (name: string) => void;
};

/** Whether a volume is to have more replicas than it has. */
const gainsReplica = ({ metadata: { name }, spec, status }: Volume, { built }: ControllerState): boolean => {
  const has = built.get(name) ?? spec.numberOfReplicas;
  const isSound = status?.state === 'attached' && status.robustness === 'healthy';
  if (isSound && !status.restoreRequired && spec.numberOfReplicas > has) return true;
  built.set(name, spec.numberOfReplicas);
  return false;
};

/** Takes a volume over, and begins its restore if it has none: only its owner restores its jobs before. */
const ensureOwnerAndRestore = async (context: ManagerContext, found: Volume): Promise<Volume> => {
  const { node, datastore } = context;
  const withStatus = (volume: Volume, status: Partial<Status>): Promise<Volume> =>
    datastore.volumes.updateStatus({
      ...volume,
      status: { ...newVolumeStatus, ...volume.status, ...status },
    });
  let volume = found.status?.ownerID === node ? found : await withStatus(found, { ownerID: node });
  const begun = initialRestoreStatus(volume);
  if (Object.keys(begun).length === 0) return volume;
  if (context.mutant === 'restored-replicas-by-default')
    volume = await datastore.volumes.patch(volume.metadata.name, { spec: { numberOfReplicas: 3 } });
  const labels = await restoreJobs(context, volume);
  if (Object.keys(labels).length > 0)
    volume = await datastore.volumes.patch(volume.metadata.name, { metadata: { labels } });
  const { backup = '' } = decodeBackupURL(volume.spec.fromBackup ?? '');
  const source = datastore.backups.get(backup);
  return withStatus(volume, { ...begun, ...(source && restoredKubernetesStatus(context, source)) });
};

const rebuild = async (
  context: ManagerContext,
  of: { volume: Volume; replica: Replica },
  { rebuilds, enqueue }: ControllerState,
): Promise<void> => {
  await purgeSystemGenerated(context, of.volume);
  await beginRebuild(
    context,
    { ...of, rebuilds },
    {
      onBegun: () => takeForRebuild(context, of.volume),
      onEnd: () => enqueue(of.volume.metadata.name),
    },
  );
};

const rebuilding: VolumeStep = { state: 'attached', robustness: 'degraded' };

const isOwnedHere = ({ node, datastore }: ManagerContext, volume: Volume): boolean =>
  isResponsible({
    self: node,
    owner: volume.status?.ownerID ?? '',
    preferred: volume.spec.nodeID,
    nodes: datastore.nodes.list(),
  });

/** Whether a node has no manager, but goes on: its engines and replicas are in other pods (in Longhorn). */
const lacksManager = ({ datastore }: ManagerContext, node: string): boolean =>
  (datastore.nodes.get(node)?.status?.conditions ?? []).some(
    ({ type, reason }) => type === 'Ready' && reason === 'ManagerPodMissing',
  );

/** Whether a volume gets no device because it is being restored, or cloned. */
const isBeingWritten = ({ mutant }: ManagerContext, volume: Pick<Volume, 'spec' | 'status'>): boolean =>
  (volume.status?.restoreRequired === true && mutant !== 'device-while-restored') || isToClone(volume);

const attach = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const directory = replicaDirectory(await ensureReplica(context, volume));
  const head = await ensureHead(directory, deviceSize(context, volume));
  if (!isBeingWritten(context, volume) && !volume.spec.disableFrontend)
    await context.devices.attach(volume.metadata.name, head);
};

/**
 * Whether an attached volume is to be made larger than it is. Longhorn says so first, and its engine makes it larger
 * some seconds later.
 */
const isTooSmall = async (context: ManagerContext, volume: Volume): Promise<boolean> => {
  const replica = findReplica(context, volume.metadata.name);
  if (!replica || (volume.status?.restoreRequired && !volume.status.isStandby)) return false;
  const size = await headSize(replicaDirectory(replica));
  return size > 0 && size < deviceSize(context, volume);
};

const reportNoRoom = ({ log, mutant, recorder }: ManagerContext, volume: Volume): void => {
  const { name } = volume.metadata;
  const error = `error while CheckReplicasSizeExpansion for volume ${name}: a disk does not have sufficient physical space for expansion`;
  log.warning('Failed to start volume expansion', { error });
  if (mutant === 'fixed:full-disks-stop-standby')
    recorder(volume, { type: 'Warning', reason: 'FailedExpansion', message: error });
};

const grow = async (context: ManagerContext, volume: Volume): Promise<void> => {
  await attach(context, volume);
  await context.devices.grow(headPath(replicaDirectory(await ensureReplica(context, volume))));
};

// A snapshot that was made of a volume on standby is the one that the next backups are restored into (longhorn-engine,
// pkg/sync/backup.go, RestoreBackup).
const changeSnapshots = async (
  { datastore, mutant }: ManagerContext,
  { metadata: { name } }: Volume,
  directory: string,
): Promise<void> => {
  if (mutant === 'fixed:standby-restores-into-snapshot') return;
  for (const { metadata, spec, status } of datastore.snapshots.list())
    if (spec.volume === name && status?.readyToUse) await copySnapshot(directory, metadata.name);
};

const restore = (
  context: ManagerContext,
  volume: Volume,
  { restores, followers, activations, enqueue }: ControllerState,
): Promise<Partial<Status>> => {
  const { name } = volume.metadata;
  return stepRestore(context, volume, {
    restores,
    followers,
    activations,
    run: async (backup, last) => {
      const { client, place } = await openRestoreSource(context, volume);
      const directory = replicaDirectory(await ensureReplica(context, volume));
      const { value } = await context.datastore.settings.fetch('restore-concurrent-limit');
      await client.restore(encodeBackupURL({ ...place, backup }), {
        image: headPath(directory),
        ...{ last, atOnce: context.mutant === 'restore-threads-ignored' ? '1' : value },
        replicas: volume.spec.numberOfReplicas,
      });
      await changeSnapshots(context, volume, directory);
    },
    onChange: () => enqueue(name),
    // Before the status says so: a user who is already attached may write at once.
    onDone: async () => {
      await attach(context, { ...volume, status: { ...(volume.status as Status), restoreRequired: false } });
      await showSnapshot(context, volume);
    },
  });
};

const ensureAttachment = async ({ datastore }: ManagerContext, volume: Volume): Promise<void> => {
  const { name } = volume.metadata;
  if (datastore.volumeAttachments.get(name)) return;
  await datastore.volumeAttachments
    .create({
      metadata: {
        name,
        labels: { [labels.volume]: name },
        finalizers: [finalizer],
        ownerReferences: [ownerReference(volume)],
      },
      spec: { volume: name, attachmentTickets: {} },
    })
    .catch((error) => {
      if (!alreadyExists(error)) throw error;
    });
};

// For the mutant former-target-cleared.
const clearFormerTargets = async ({ datastore, mutant }: ManagerContext, volume: Volume): Promise<void> => {
  if (mutant !== 'former-target-cleared') return;
  for (const { metadata, spec } of datastore.backupVolumes.list())
    if (
      spec.volumeName === volume.metadata.name &&
      spec.backupTargetName !== volume.spec.backupTargetName &&
      !metadata.deletionTimestamp
    )
      await datastore.backupVolumes.delete(metadata.name);
};

// A volume without a place has no replicas, and Longhorn takes them all for failed (volume_controller.go,
// areAllReplicasFailed).
const unplacedRestore = (
  { mutant }: ManagerContext,
  { restoreRequired }: Status,
  conditions: Status['conditions'],
): Partial<Status> => {
  if (!restoreRequired) return {};
  if (mutant === 'fixed:unplaced-restore-is-given-up') return { state: 'detached' };
  return { state: 'detached', robustness: 'faulted', conditions: givenUp(conditions) };
};

const reconcile = async (context: ManagerContext, name: string, memory: ControllerState): Promise<void> => {
  const { datastore } = context;
  const found = datastore.volumes.get(name);
  if (!found || !isOwnedHere(context, found)) return;
  if (found.metadata.deletionTimestamp) return removeVolume(context, found);
  const volume = await ensureOwnerAndRestore(context, await ensureFinalizerAndLabels(context, found));
  if (volume.spec.nodeID !== context.node && lacksManager(context, volume.spec.nodeID)) return;
  const status = { ...newVolumeStatus, ...volume.status };
  const unsupported = notEmulated(volume);
  for (const message of unsupported)
    context.recorder(volume, { type: 'Warning', reason: 'NotEmulated', message });
  // A replica that has its place keeps it, whatever becomes of the tags.
  const { problem } = findReplica(context, name) ? {} : placesFor(context, volume);
  const problems = problem ? [problem] : unsupported;
  // Longhorn has it for placed until it is attached (volume_controller.go, ReconcileEngineReplicaState).
  const isShort = status.currentNodeID !== '' && lacksNode(context, volume);
  const shortage = isShort ? ['precheck new replica failed: disks are unavailable'] : [];
  const said = [...problems, ...shortage];
  const isUnplaced = problem !== undefined || isShort;
  const reason = isUnplaced ? 'ReplicaSchedulingFailure' : unsupported.length > 0 ? 'NotEmulated' : '';
  const conditions = withCondition(
    withSnapshotCount(context, volume, status.conditions),
    {
      type: 'Scheduled',
      status: said.length > 0 ? 'False' : 'True',
      ...{ reason, message: said.join('; ') },
    },
    timestamp(),
  );
  if (problems.length > 0) {
    const unplaced = { ...status, conditions, ...(problem && unplacedRestore(context, status, conditions)) };
    if (!isDeepStrictEqual(unplaced, status))
      await datastore.volumes.updateStatus({ ...volume, status: unplaced });
    return;
  }
  if (status.robustness === 'faulted' && status.restoreRequired && !findReplica(context, name)) {
    const placed: Status = { ...status, conditions, robustness: 'unknown' };
    await datastore.volumes.updateStatus({ ...volume, status: placed });
    return;
  }
  await clearFormerTargets(context, volume);
  await ensureAttachment(context, volume);
  if (status.restoreRequired && !isIdleStandby(context, volume))
    await requestRestoreAttachment(context, volume);
  else await withdrawRestoreAttachment(context, volume);
  await keepAttachedToClone(context, volume);

  const wanted = volume.spec.nodeID === context.node;
  const runs = wanted && (status.state === 'attaching' || status.state === 'attached');
  const replica = runs ? await runReplica(context, volume, () => memory.enqueue(name)) : undefined;
  const { state, robustness } = status;
  const isSpoilt = context.mutant === 'lost-replica-ends-restore' && status.restoreRequired;
  const replicas = isSpoilt ? 1 : volume.spec.numberOfReplicas;
  const only = findReplica(context, name);
  const isHealthy = robustness === 'healthy';
  const lacks = !isHealthy && only?.spec.nodeID === context.node && (await lacksReplica(context, only));
  const isSalvaged = lacks || (context.mutant === 'fixed:crashed-standby-stays-faulted' && status.isStandby);
  const isRebuilt = (memory.rebuilds.get(name) ?? 0) <= Date.now();
  const lacksOne = lacks || !isRebuilt || lacksNode(context, volume);
  const isGaining = replica === 'running' && gainsReplica(volume, memory);
  const step = isGaining
    ? rebuilding
    : nextStep({ state, robustness, wanted, replica, replicas, isSalvaged, lacksReplica: lacksOne });
  const isHere = !step && wanted && status.state === 'attached';
  if (only && isGaining) {
    memory.built.set(name, volume.spec.numberOfReplicas);
    await rebuild(context, { volume, replica: only }, memory);
  }
  // The next replica process starts from the beginning, like a rebuilt replica.
  if (only && step?.robustness === 'degraded' && replica === 'error') {
    context.replicas.end(only.metadata.name);
    if (!(await keepOlder(context, only)) && !status.restoreRequired)
      await rebuild(context, { volume, replica: only }, memory);
  }
  if (
    only &&
    robustness === 'degraded' &&
    step?.robustness === 'healthy' &&
    (await endRebuild(context, { volume, replica: only, rebuilds: memory.rebuilds }))
  )
    await purgeSystemGenerated(context, volume);
  if (only && lacks && robustness === 'faulted' && step?.state === 'attaching') await salvage(context, only);
  if (step?.device === 'detach') {
    await detach(context, volume);
    // Here, and not in a removal: whoever waits for a backup of a removed volume learns that from the volume.
    const here = findReplica(context, name);
    if (here) {
      context.uploads.endWithReplica(replicaDirectory(here));
      await forgetRebuild(here);
    }
    memory.rebuilds.delete(name);
  }
  if (isHere) await markTrimmed(context, volume);
  const isToGrow = isHere && !status.expansionRequired && (await isTooSmall(context, volume));
  // A standby volume has its new size by its spec then, and its engine refuses the backup (engine_controller.go,
  // checkSizeBeforeRestoration; volume_controller.go, reconcileVolumeSize). Only the log says so.
  const isStuck = isToGrow && status.isStandby && hasFullDisk(context, context.node);
  if (isStuck) reportNoRoom(context, volume);
  const isDetachedFirst = status.isStandby && context.mutant === 'standby-detaches-to-grow';
  const isGrowing = isHere && status.expansionRequired && !isDetachedFirst;
  if (isGrowing) await grow(context, volume);
  // Also without a step: after a restart of the node the device must be made again.
  else if (step?.device === 'attach' || (isHere && !isToGrow)) await attach(context, volume);
  const isRestored = isHere && !isToGrow && !status.expansionRequired && status.restoreRequired;
  const restored = isRestored ? await restore(context, volume, memory) : {};
  // Longhorn does both at once, and keeps what ends last: of a source with much data, the clone.
  const isCloned = isHere && !isToGrow && !status.restoreRequired && isToClone(volume);
  if (isCloned) await cloneSource(context, volume);
  const next: Status = {
    ...status,
    ...lastBackupOnTarget(context, volume),
    conditions,
    ...(step && { state: step.state, robustness: step.robustness }),
    currentImage: defaultEngineImage,
    currentNodeID:
      step?.device === 'attach' ? context.node : step?.device === 'detach' ? '' : status.currentNodeID,
    frontendDisabled:
      isBeingWritten(context, { ...volume, status }) || (volume.spec.disableFrontend ?? false),
    ...kubernetesStatusOf(context, volume),
    actualSize: wanted ? await actualSize(context, volume) : status.actualSize,
    ...(context.mutant === 'activated-volume-goes-back' && volume.spec.Standby && { isStandby: true }),
    expansionRequired: (isToGrow && !isStuck) || (isHere && status.expansionRequired && !isGrowing),
    ...(isCloned && { cloneStatus: { state: clonedState } }),
    ...restored,
  };
  if (!isDeepStrictEqual(next, status)) await datastore.volumes.updateStatus({ ...volume, status: next });
};

/**
 * Attaches volumes to the node that their spec names: folder, loop device, /dev/longhorn/NAME. Removes all of
 * these with the volume.
 */
export const startVolumeController = (context: ManagerContext): void => {
  const { datastore } = context;
  const memory: ControllerState = {
    restores: new Map(),
    followers: new Set(),
    activations: new Set(),
    rebuilds: new Map(),
    built: new Map(),
    enqueue: (name) => enqueue(name),
  };
  const enqueue = startController(
    { name: 'volume', reconcile: (name) => reconcile(context, name, memory) },
    context,
  );
  datastore.volumes.onEvent(enqueue);
  datastore.volumeAttachments.onEvent(enqueue);
  const volumeOf = { replicas: (name: string) => name.replace(/-r-[0-9a-f]{8}$/, '') };
  datastore.replicas.onEvent((name) => enqueue(volumeOf.replicas(name)));
  datastore.workloadPods.onEvent((name) => {
    for (const each of volumeOfPod(context, name)) enqueue(each);
  });
  // Nothing tells what is discarded in a device.
  const timer = setInterval(() => {
    for (const each of datastore.volumes.list()) if (marksTrimmed(context, each)) enqueue(each.metadata.name);
  }, context.clock.enginePoll);
  context.signal.addEventListener('abort', () => clearInterval(timer));
  const enqueueAll = (): void => {
    for (const { metadata } of datastore.volumes.list()) enqueue(metadata.name);
  };
  datastore.settings.onEvent(enqueueAll);
  // Of one that is gone, the volume is not known any more.
  datastore.snapshots.onEvent((name) => {
    const snapshot = datastore.snapshots.get(name);
    if (snapshot) enqueue(snapshot.spec.volume);
    else enqueueAll();
  });
  datastore.backupVolumes.onEvent((name) => {
    const source = datastore.backupVolumes.get(name)?.spec.volumeName;
    if (!source) return;
    enqueue(source);
    for (const { metadata, spec, status } of datastore.volumes.list())
      if (status?.isStandby && decodeBackupURL(spec.fromBackup ?? '').volume === source)
        enqueue(metadata.name);
  });
};
