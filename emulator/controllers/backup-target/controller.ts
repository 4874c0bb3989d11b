import { isDeepStrictEqual } from 'node:util';
import { parseGoDuration } from '../../go.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { BackupTarget } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { isResponsibleFor, takeOwnership } from '../../manager/ownership.ts';
import { defaultTargetName, deletedByUninstallation, labels } from '../../modelled-on.ts';
import { goesWithBackupVolume } from '../backup-volume/sync.ts';
import { deleteCustomResourceOnly, ensureFinalizer, removeFinalizer } from '../finalizer.ts';
import { createSyncGate, type SyncGate } from '../sync-gate.ts';
import { forgetSystemBackups } from '../system-backup.ts';
import { deleteBackupVolumeResources, newBackupTargetStatus, syncTarget } from './sync.ts';

// The timer of a negative interval fires without a pause (wait.PollUntilContextCancel). The time of a request has whole
// seconds, so there is one sync a second.
const busyInterval = 1_000;

const pollIntervalOf = ({ spec }: BackupTarget): number => parseGoDuration(spec.pollInterval ?? '');

const isPolledWithoutPause = (target: BackupTarget): boolean => pollIntervalOf(target) < 0;

const pollIsDue = ({ mutant }: ManagerContext, target: BackupTarget): boolean => {
  const unset = mutant === 'polled-without-interval' ? 10_000 : Number.POSITIVE_INFINITY;
  const interval = isPolledWithoutPause(target) ? busyInterval : pollIntervalOf(target) || unset;
  const last = target.status?.lastSyncedAt;
  return !!last && Date.now() - Date.parse(last) > interval;
};

type ControllerState = {
  gate: SyncGate;
  /** The last URL that this process saw of each target, by name. */
  urls: Map<string, string>;
  /** The first URL, by the target's uid. */
  first: Map<string, string>;
  /** Reconciles a target again, after `busyInterval`. */
  lookAgain: (name: string) => void;
};

// Runs in every manager, owner or not: each has its own mounts. Longhorn unmounts all targets at once. Here,
// a scenario that ends must not unmount the store of another.
const unmountFormer = async (
  { targets }: ManagerContext,
  { name, url }: { name: string; url: string },
  { urls }: ControllerState,
): Promise<void> => {
  const former = urls.get(name);
  urls.set(name, url);
  if (former && former !== url && ![...urls.values()].includes(former)) await targets.unmount(former);
};

const removeFiles = async (
  { datastore, targets }: ManagerContext,
  { metadata, spec }: BackupTarget,
): Promise<void> => {
  const client = await targets.open({ metadata, spec } as BackupTarget);
  for (const { spec: of } of datastore.backupVolumes.list())
    if (of.backupTargetName === metadata.name) await client.removeVolume(spec.backupTargetURL, of.volumeName);
};

const remove = async (context: ManagerContext, target: BackupTarget): Promise<void> => {
  const { datastore } = context;
  const { name, annotations = {} } = target.metadata;
  const isUninstalled = deletedByUninstallation in annotations;
  if (name === defaultTargetName && !isUninstalled) {
    const message = 'not emulated: deleting the backup target default, which Longhorn refuses';
    return context.recorder(target, { type: 'Warning', reason: 'NotEmulated', message });
  }
  for (const backup of datastore.backups.list()) {
    if (
      backup.metadata.labels?.[labels.backupTarget] === name &&
      (context.mutant === 'fixed:upload-outlives-its-target' || (await goesWithBackupVolume(context, backup)))
    )
      await deleteCustomResourceOnly(datastore.backups, backup);
  }
  if (context.mutant === 'fixed:targetless-volume-is-not-backed-up')
    for (const volume of datastore.volumes.list())
      if (volume.spec.backupTargetName === name)
        context.recorder(volume, {
          type: 'Warning',
          reason: 'BackupTargetDeleted',
          message: `backup target ${name} is deleted: the volume is backed up no more`,
        });
  if (
    context.mutant === 'target-takes-files-along' ||
    (isUninstalled && context.mutant === 'uninstallation-takes-files-along')
  )
    await removeFiles(context, target);
  await deleteBackupVolumeResources(context, target);
  if (name === defaultTargetName) await forgetSystemBackups(context);
  await removeFinalizer(datastore.backupTargets, target);
};

const reconcile = async (context: ManagerContext, name: string, memory: ControllerState): Promise<void> => {
  const { datastore } = context;
  const { gate } = memory;
  const found = datastore.backupTargets.get(name);
  await unmountFormer(context, { name, url: found?.spec.backupTargetURL ?? '' }, memory);
  if (!found || !isResponsibleFor(context, found)) return;
  let target = await takeOwnership(context, found, {
    ...{ collection: datastore.backupTargets, newStatus: newBackupTargetStatus },
    prepare: (each) => ensureFinalizer(datastore.backupTargets, each),
  });
  if (target === undefined) return;
  if (target.metadata.deletionTimestamp) return remove(context, target);
  if (isPolledWithoutPause(target)) memory.lookAgain(name);
  const { uid = '' } = target.metadata;
  if (context.mutant === 'old-store-kept') {
    const { first } = memory;
    if (!first.has(uid)) first.set(uid, target.spec.backupTargetURL);
    target = { ...target, spec: { ...target.spec, backupTargetURL: first.get(uid) ?? '' } };
  }
  const { backupTargetURL: url, syncRequestedAt } = target.spec;
  // A new URL alone is no reason: Longhorn changes to another store only on a sync request, or when its poll is due.
  if (url !== '' && !gate.isDue(uid, syncRequestedAt, target.status?.lastSyncedAt)) {
    // The event of this patch leads to another reconcile.
    if (pollIsDue(context, target))
      await datastore.backupTargets.patch(name, { spec: { syncRequestedAt: timestamp() } });
    return;
  }
  const status = await syncTarget(context, target);
  // A failed sync is repeated at each resync.
  if (status.available && target.status?.available) gate.served(uid, syncRequestedAt);
  if (!isDeepStrictEqual(status, target.status))
    await datastore.backupTargets.updateStatus({ ...target, status });
};

/** Keeps the availability of each BackupTarget up to date, and its BackupVolumes in line with the store. */
export const startBackupTargetController = (context: ManagerContext): void => {
  const looked = new Set<string>();
  const memory: ControllerState = {
    gate: createSyncGate(),
    urls: new Map(),
    first: new Map(),
    lookAgain: (name) => {
      if (looked.has(name)) return;
      looked.add(name);
      setTimeout(() => {
        looked.delete(name);
        enqueue(name);
      }, busyInterval).unref();
    },
  };
  const enqueue = startController(
    { name: 'backup-target', reconcile: (name) => reconcile(context, name, memory) },
    context,
  );
  const { backupTargets, engineImages } = context.datastore;
  backupTargets.onEvent(enqueue);
  // A target that could not be listed without the engine's binary is listed as soon as that is on each node.
  engineImages.onEvent((name) => {
    if (engineImages.get(name)?.status?.state === 'deployed')
      for (const { metadata } of backupTargets.list()) enqueue(metadata.name);
  });
};
