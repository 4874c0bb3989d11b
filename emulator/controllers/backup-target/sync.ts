import { alreadyExists, isConflict } from '../../kubernetes/client.ts';
import { ownerReference, withCondition } from '../../kubernetes/objects.ts';
import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import {
  backupVolumeName,
  defaultTargetName,
  finalizer,
  hidesMissingSecret,
  labels,
} from '../../modelled-on.ts';
import { deleteCustomResourceOnly } from '../finalizer.ts';
import { syncTime } from '../sync-gate.ts';
import { forgetSystemBackups, syncSystemBackups } from '../system-backup.ts';

type Status = NonNullable<BackupTarget['status']>;

/** The initial status of a BackupTarget. */
export const newBackupTargetStatus: Status = {
  ownerID: '',
  available: false,
  conditions: null,
  lastSyncedAt: null,
};

const lasting = (message: string | undefined): string =>
  message?.replaceAll(/time="[^"]*"|0x[0-9a-f]+/g, '') ?? '';

// The message contains the command's log lines, and for a bucket addresses. If only these and times differ,
// it is not written again: the write would be an event, and the event would cause the next attempt at once.
const unavailable = (status: Status, message: string): Status => {
  const before = status.conditions?.find(({ type }) => type === 'Unavailable');
  if (before?.status === 'True' && !status.available && lasting(before.message) === lasting(message))
    return status;
  const condition = { type: 'Unavailable', status: 'True', reason: 'Unavailable', message } as const;
  return {
    ...status,
    available: false,
    conditions: withCondition(status.conditions, condition, timestamp()),
  };
};

const available = (status: Status): Status => ({
  ...status,
  available: true,
  conditions: withCondition(status.conditions, { type: 'Unavailable', status: 'False' }, timestamp()),
});

const volumesOf = ({ datastore }: ManagerContext, { metadata }: BackupTarget): BackupVolume[] =>
  datastore.backupVolumes.list().filter(({ spec }) => spec.backupTargetName === metadata.name);

/** Removes the BackupVolumes of a target from this cluster. Their Backups go with them. */
export const deleteBackupVolumeResources = async (
  context: ManagerContext,
  target: BackupTarget,
): Promise<void> => {
  for (const backupVolume of volumesOf(context, target)) {
    removedFromCluster.add(backupVolume.spec.volumeName);
    await deleteCustomResourceOnly(context.datastore.backupVolumes, backupVolume);
  }
};

// For the mutant forgotten-volumes-removed: volumes that this process has removed from the cluster and may find again.
const removedFromCluster = new Set<string>();

const removeFromStoreAgain = async (
  { targets, mutant }: ManagerContext,
  target: BackupTarget,
  inStore: string[],
): Promise<void> => {
  if (mutant !== 'forgotten-volumes-removed') return;
  const client = await targets.open(target);
  for (const volume of inStore)
    if (removedFromCluster.delete(volume)) await client.removeVolume(target.spec.backupTargetURL, volume);
};

// Requests a sync from the owner of a BackupVolume. There is no request if the object has changed since it was read,
// for example at the end of a running sync: Longhorn drops the conflict, and the target counts as synced.
const requestBackupVolumeSync = async (
  { datastore }: ManagerContext,
  backupVolume: BackupVolume,
): Promise<void> => {
  const spec = { ...backupVolume.spec, syncRequestedAt: timestamp() };
  await datastore.backupVolumes.update({ ...backupVolume, spec }).catch((error) => {
    if (!isConflict(error)) throw error;
  });
};

// Creates and removes BackupVolumes to match the store, and requests a sync of those that were known before.
const syncVolumes = async (
  context: ManagerContext,
  { target, known, inStore }: { target: BackupTarget; known: BackupVolume[]; inStore: string[] },
): Promise<void> => {
  const { datastore } = context;
  const isKnown = (volume: string): boolean => known.some(({ spec }) => spec.volumeName === volume);
  for (const volume of inStore.filter((name) => !isKnown(name))) {
    await datastore.backupVolumes
      .create({
        metadata: {
          name: backupVolumeName(volume, target.metadata.name),
          labels: { [labels.backupTarget]: target.metadata.name, [labels.backupVolume]: volume },
          finalizers: [finalizer],
          ownerReferences: [ownerReference(target)],
        },
        spec: { backupTargetName: target.metadata.name, volumeName: volume, syncRequestedAt: null },
      })
      .catch((error) => {
        if (!alreadyExists(error)) throw error;
      });
  }
  for (const backupVolume of known) {
    if (!inStore.includes(backupVolume.spec.volumeName)) {
      removedFromCluster.add(backupVolume.spec.volumeName);
      await deleteCustomResourceOnly(datastore.backupVolumes, backupVolume);
    } else if (!backupVolume.metadata.deletionTimestamp) await requestBackupVolumeSync(context, backupVolume);
  }
};

const hasCordonedNode = ({ datastore }: ManagerContext): boolean =>
  datastore.kubernetesNodes.list().some(({ spec }) => spec?.unschedulable === true);

/** Syncs the BackupVolumes of a target with its store. Returns the target's new status. */
export const syncTarget = async (context: ManagerContext, target: BackupTarget): Promise<Status> => {
  const status = { ...newBackupTargetStatus, ...target.status };
  const url = target.spec.backupTargetURL;
  const isDefault = target.metadata.name === defaultTargetName;
  const unsupported = notEmulated(target).join('; ');
  if (url === '' || unsupported) {
    await deleteBackupVolumeResources(context, target);
    if (isDefault) await forgetSystemBackups(context);
    const why = context.mutant === 'target-reason-lost' ? 'not available' : 'backup target URL is empty';
    return { ...unavailable(status, unsupported || why), lastSyncedAt: null };
  }
  // Listed before the store is read, as in Longhorn since v1.9.1.
  const known = volumesOf(context, target);
  const client = await context.targets
    .open(target)
    .catch((error) => new Error(`failed to init backup target clients: ${error.message}`));
  if (client instanceof Error) {
    const { version, mutant } = context;
    if (hidesMissingSecret(version) && mutant !== 'fixed:missing-secret-not-reported') throw client;
    return unavailable(status, client.message);
  }
  try {
    await client.systemBackups(url);
  } catch (error) {
    context.log.error('Failed to get info from backup store', { backupTarget: target.metadata.name, error });
    if (context.mutant === 'unreachable-forgets-backups') await deleteBackupVolumeResources(context, target);
    if (context.mutant === 'target-reason-lost') return unavailable(status, '');
    return unavailable(
      status,
      `failed to list system backups in ${url}: error listing system backup in ${url}: ${(error as Error).message}`,
    );
  }
  // As in Longhorn, the first round only sets `available`, and the next one syncs.
  if (!status.available) return available(status);
  if (context.mutant === 'cordoned-node-hides-backups' && hasCordonedNode(context)) return status;
  // An error from here on is only logged, and the target stays available (syncBackupVolume).
  const inStore = await client.backupVolumes(url).catch((error: Error) => {
    throw new Error(
      `failed to list backup volumes in ${url}: error listing backup volume names: ${error.message}`,
    );
  });
  await removeFromStoreAgain(context, target, inStore);
  await syncVolumes(context, { target, known, inStore });
  if (isDefault) await syncSystemBackups(context, target, client);
  return { ...status, lastSyncedAt: syncTime(target.spec.syncRequestedAt) };
};
