import { encodeBackupURL } from '../../backupstore/url.ts';
import { panic } from '../../go.ts';
import { ignoreMissing } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { Backup, BackupStatus, BackupTarget } from '../../longhorn/objects.ts';
import { instanceManagerName } from '../../manager/bootstrap.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { readUnless } from '../../manager/datastore.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { isResponsibleFor, takeOwnership } from '../../manager/ownership.ts';
import { backupVolumeName, defaultTargetName, labels, labelsEncrypted } from '../../modelled-on.ts';
import { readTarget } from '../backup-target/read.ts';
import { reportedSize } from '../encrypted-size.ts';
import { addFinalizerAndLabels, lacksFinalizer } from '../finalizer.ts';
import { findBackupVolume } from '../volume/status.ts';
import { withdrawAttachment } from '../volume/tickets.ts';
import { createRetryCounter } from './backoff.ts';
import { type Creations, closeMonitor, reconcileCreation } from './creation.ts';
import { isFinalState } from './decide-creation.ts';
import { createDeletions, type Deletions, reconcileDeletion } from './deletion.ts';
import { cleanUpSnapshot } from './snapshot.ts';
import { newBackupStatus, updateBackupStatus } from './status.ts';
import { requestStoreSync } from './sync.ts';

/**
 * Does what Longhorn's webhook does when a Backup is created. The volume's label comes from the snapshot,
 * once this manager knows it. The target's label comes from the volume.
 */
const ensureBackupDefaults = async (
  { datastore, mutant }: ManagerContext,
  backup: Backup,
): Promise<Backup> => {
  const labelled = backup.metadata.labels?.[labels.backupVolume];
  const volume = labelled ?? datastore.snapshots.get(backup.spec.snapshotName ?? '')?.spec.volume;
  if (!lacksFinalizer(backup) && (labelled || !volume)) return backup;
  const found = datastore.volumes.get(volume ?? '');
  // This manager may not have seen it yet. What is filled in stays.
  if (backup.spec.snapshotName && !found)
    throw new Error(`failed to get the volume ${volume} of backup ${backup.metadata.name}`);
  const { backupTargetName: target = defaultTargetName, backupBlockSize = '2097152' } = found?.spec ?? {};
  const ofVolume = mutant !== 'block-size-ignored' && { backupBlockSize };
  const accessMode = { [labels.accessMode]: 'rwo' };
  return addFinalizerAndLabels(
    datastore.backups,
    { ...backup, spec: { ...backup.spec, ...ofVolume, labels: { ...accessMode, ...backup.spec.labels } } },
    {
      ...(mutant !== 'target-not-filled-in' && { [labels.backupTarget]: target }),
      ...(volume && { [labels.backupVolume]: volume }),
    },
  );
};

// As a real v1.12.1 ended. The trace names no backup.
const panicOverLabels = (): never =>
  panic([
    'panic: assignment to entry in nil map [recovered, repanicked]',
    '',
    'goroutine 1842 [running]:',
    'k8s.io/apimachinery/pkg/util/runtime.handleCrash({0x30d0f78, 0x339efae3c930}, {0x29b61a0, 0x4eac9a0}, {0x0, 0x0, 0x339efd5306a8?})',
    '\t/app/vendor/k8s.io/apimachinery/pkg/util/runtime/runtime.go:116 +0x1a9',
    'panic({0x29b61a0?, 0x4eac9a0?})',
    '\t/usr/local/go/src/runtime/panic.go:860 +0x13a',
    'github.com/longhorn/longhorn-manager/controller.(*BackupController).reconcile(0x339efbe7fb00, {0x339efbff23d0, 0x17})',
    '\t/app/controller/backup_controller.go:517 +0x1b5a',
    'github.com/longhorn/longhorn-manager/controller.(*BackupController).syncHandler(0x339efbe7fb00, {0x339efbff23c0?, 0x339efba49aa0?})',
    '\t/app/controller/backup_controller.go:218 +0xf0',
  ]);

/**
 * Reads a backup's status from the store. Undefined if the store has no finished backup of this name. After a
 * complete upload, the store decides the status.
 */
const readStatusFromStore = async (
  context: ManagerContext,
  backup: Backup,
  target: BackupTarget,
  volumeName: string,
): Promise<Partial<BackupStatus> | undefined> => {
  const { targets, mutant, version } = context;
  const client = await targets.open(target);
  const place = { url: target.spec.backupTargetURL, volume: volumeName };
  const found = await client.inspect(encodeBackupURL({ ...place, backup: backup.metadata.name }));
  if (found === undefined || found === 'inProgress') return undefined;
  const { VolumeRecurringJobInfo: _, ...own } = found.Labels ?? {};
  if (labelsEncrypted(version)) {
    const volume = await client
      .inspectVolume(encodeBackupURL({ ...place, backup: '' }))
      .catch(() => undefined);
    if (volume?.Labels?.[labels.encrypted] === 'enabled') {
      if (!found.Labels && mutant !== 'fixed:unlabelled-backup-ends-managers') panicOverLabels();
      own[labels.encrypted] = 'enabled';
    }
  }
  return {
    state: 'Completed',
    backupTargetName: target.metadata.name,
    url: mutant === 'url-of-another-backup' ? `${found.URL}-other` : found.URL,
    snapshotName: found.SnapshotName,
    snapshotCreatedAt: found.SnapshotCreated,
    backupCreatedAt: found.Created,
    size: found.Size,
    labels: own,
    messages: found.Messages,
    volumeName: found.VolumeName,
    volumeSize: reportedSize(context, found.VolumeSize, own),
    volumeCreated: found.VolumeCreated,
    volumeBackingImageName: found.VolumeBackingImageName,
    compressionMethod: found.CompressionMethod,
    newlyUploadDataSize: found.NewlyUploadedDataSize,
    reUploadedDataSize: found.ReUploadedDataSize,
    lastSyncedAt: timestamp(),
  };
};

/**
 * The name of the backup target of a Backup. Without the label it is that of the volume of its snapshot. A Backup that
 * was found in the store has no snapshot (backup_controller.go, getBackupTargetName).
 */
const targetNameOf = (
  { datastore, mutant }: ManagerContext,
  { metadata, spec, status }: Backup,
): string | undefined => {
  const labelled = metadata.labels?.[labels.backupTarget];
  if (labelled !== undefined) return labelled;
  if (spec.snapshotName)
    return datastore.volumes.get(metadata.labels?.[labels.backupVolume] ?? '')?.spec.backupTargetName;
  if (mutant === 'fixed:unlabelled-backup-is-never-deleted') return status?.backupTargetName;
  throw new Error(
    `failed to get the snapshot  of the backup ${metadata.name}: snapshot.longhorn.io "" not found`,
  );
};

type ControllerState = { deletions: Deletions; creations: Creations };

const isAfter = (a: string | null | undefined, b: string | null | undefined): boolean =>
  Date.parse(a ?? '') > Date.parse(b ?? '');

const reconcileExisting = async (
  context: ManagerContext,
  backup: Backup,
  target: BackupTarget,
  volumeName: string,
  memory: ControllerState,
): Promise<void> => {
  const { datastore, log } = context;
  const { name } = backup.metadata;
  const before = { ...newBackupStatus, ...backup.status };
  const creating = !before.lastSyncedAt && backup.spec.snapshotName && !isFinalState(before.state);
  // Only after the final state is stored. Otherwise the volume could be detached while this manager can still crash.
  if (isFinalState(before.state) && before.lastSyncedAt && context.mutant !== 'ticket-stays')
    await withdrawAttachment(context, volumeName, 'backup-controller', name);

  let change: Partial<BackupStatus> = {};
  if (creating) {
    // Without it the backup fails for good, and this manager may not have seen yet that it is there, or attached.
    const volume = await readUnless(
      datastore.volumes,
      volumeName,
      ({ status }) => status?.state === 'attached',
    );
    if (!volume && context.mutant === 'backup-without-volume-ends-manager')
      panic(['panic: runtime error: invalid memory address or nil pointer dereference']);
    const unsupported = notEmulated(backup).join('; ');
    if (!volume || unsupported) {
      const error = unsupported || `cannot find the corresponding volume: volume ${volumeName} not found`;
      context.recorder(backup, {
        type: 'Warning',
        reason: unsupported ? 'NotEmulated' : 'Error',
        message: error,
      });
      await updateBackupStatus(context, backup, { state: 'Error', error, lastSyncedAt: timestamp() });
      return;
    }
    change = await reconcileCreation(context, { backup, volume, target }, before, memory.creations);
    if (change.state === 'Error') change = { ...change, lastSyncedAt: timestamp() };
    if (change.state !== 'Completed') {
      await updateBackupStatus(context, backup, change);
      if (isFinalState(change.state ?? '')) closeMonitor(memory.creations, name);
      return;
    }
  } else if (before.lastSyncedAt && !isAfter(backup.spec.syncRequestedAt, before.lastSyncedAt)) {
    return;
  }
  const stored = await readStatusFromStore(context, backup, target, volumeName).catch((error) => {
    log.error('Error inspecting backup config', { backup: name, error });
    return undefined;
  });
  // A backup that the engine calls complete is Completed, whatever the store has of it. The next resync reads it again.
  if (!stored && change.state !== 'Completed') return;
  await updateBackupStatus(context, backup, { ...change, ...stored });
  closeMonitor(memory.creations, name);
  if (!stored && context.mutant === 'fixed:upload-outlives-its-url')
    return void (await datastore.backups.delete(name));
  if (before.state === 'Completed') return;
  await requestStoreSync(context, target, volumeName);
  await cleanUpSnapshot(context, backup, 'made');
};

const reconcile = async (context: ManagerContext, name: string, memory: ControllerState): Promise<void> => {
  const { datastore } = context;
  const found = datastore.backups.get(name);
  if (!found || !isResponsibleFor(context, found)) {
    closeMonitor(memory.creations, name);
    return;
  }
  const backup = await takeOwnership(context, found, {
    ...{ collection: datastore.backups, newStatus: newBackupStatus },
    prepare: async (each) => (each.metadata.deletionTimestamp ? each : ensureBackupDefaults(context, each)),
  });
  if (backup === undefined) return;
  const volumeName = backup.metadata.labels?.[labels.backupVolume];
  const target = await readTarget(context, targetNameOf(context, backup) ?? '');
  if (volumeName === undefined) {
    context.recorder(backup, {
      type: 'Warning',
      reason: 'Error',
      message: 'cannot find the backup volume label',
    });
    return;
  }
  if (backup.metadata.deletionTimestamp) {
    closeMonitor(memory.creations, name);
    // Without it the data stay in the store, and this manager may not have seen it yet.
    const backupVolume =
      findBackupVolume(context, volumeName, target?.metadata.name) ??
      (await datastore.backupVolumes
        .fetch(backupVolumeName(volumeName, target?.metadata.name ?? ''))
        .catch(ignoreMissing));
    return reconcileDeletion(context, { backup, target, backupVolume, volumeName }, memory.deletions);
  }
  if (!target) throw new Error(`failed to find the backup target for the backup ${name}`);
  await reconcileExisting(context, backup, target, volumeName, memory);
};

/** Longhorn's backup controller: makes and deletes backups in the store. Only events of Backups trigger it. */
export const startBackupController = (context: ManagerContext): void => {
  const { datastore, clock, node } = context;
  const enqueue = (name: string): void => add(name);
  const memory: ControllerState = {
    creations: { monitors: new Map(), tries: createRetryCounter(clock.creationRetryExpiry), enqueue },
    deletions: createDeletions(context, enqueue),
  };
  const add = startController(
    { name: 'backup', reconcile: (name) => reconcile(context, name, memory) },
    context,
  );
  datastore.backups.onEvent(add);
  // What the progress of an upload is asked through. Its replica may be on another node.
  datastore.instanceManagers.onEvent((name) => {
    if (name !== instanceManagerName(node) || datastore.instanceManagers.get(name)) return;
    for (const monitor of memory.creations.monitors.values()) monitor.lose();
  });
};
