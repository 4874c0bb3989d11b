import { isDeepStrictEqual } from 'node:util';
import { encodeBackupURL } from '../../backupstore/url.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { isResponsibleFor, takeOwnership } from '../../manager/ownership.ts';
import { labels } from '../../modelled-on.ts';
import { readTarget } from '../backup-target/read.ts';
import { reportedSize } from '../encrypted-size.ts';
import { deleteCustomResourceOnly, removeFinalizer } from '../finalizer.ts';
import { createSyncGate, type SyncGate, syncTime } from '../sync-gate.ts';
import {
  deleteExpiredFailedBackups,
  goesWithBackupVolume,
  isBackupOfVolume,
  requestLastBackupSync,
  syncBackups,
} from './sync.ts';

type Status = NonNullable<BackupVolume['status']>;

const newStatus: Status = {
  ownerID: '',
  createdAt: '',
  dataStored: '',
  labels: null,
  lastBackupAt: '',
  lastBackupName: '',
  lastModificationTime: null,
  lastSyncedAt: null,
  messages: null,
  size: '',
  storageClassName: '',
  backingImageChecksum: '',
  backingImageName: '',
};

const isBefore = (a: string, b: string): boolean => (Date.parse(a) || 0) < Date.parse(b);

const sync = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  target: BackupTarget,
): Promise<Status | undefined> => {
  const client = await context.targets.open(target);
  const { volumeName } = backupVolume.spec;
  const url = target.spec.backupTargetURL;
  const status = { ...newStatus, ...backupVolume.status };
  const before = context.datastore.backups.list();
  const isWhole = await syncBackups(context, backupVolume, {
    listing: await client.backups(url, volumeName),
    before,
    place: { client, url, volume: volumeName },
  });
  if (!isWhole) return undefined;
  await deleteExpiredFailedBackups(context, backupVolume, { client, url, volume: volumeName });
  const info = await client.inspectVolume(encodeBackupURL({ url, volume: volumeName, backup: '' }));
  if (!info) return undefined;
  if (context.mutant === 'last-backup-stays' && isBefore(info.LastBackupAt, status.lastBackupAt))
    return { ...status, lastSyncedAt: syncTime(backupVolume.spec.syncRequestedAt) };
  if (info.LastBackupName && info.LastBackupName !== status.lastBackupName)
    await requestLastBackupSync(context, backupVolume, info.LastBackupName);
  return {
    ...status,
    createdAt: info.Created,
    dataStored: info.DataStored,
    labels: info.Labels,
    lastBackupAt: info.LastBackupAt,
    lastBackupName: info.LastBackupName,
    lastModificationTime: info.ModificationTime,
    lastSyncedAt: syncTime(backupVolume.spec.syncRequestedAt),
    messages: info.Messages,
    storageClassName: context.mutant === 'class-of-claim-forgotten' ? '' : info.StorageClassname,
    size: reportedSize(context, info.Size, info.Labels),
  };
};

const remove = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  target: BackupTarget | undefined,
): Promise<void> => {
  const { datastore, targets, mutant } = context;
  for (const backup of datastore.backups.list())
    if (isBackupOfVolume(backupVolume, backup) && (await goesWithBackupVolume(context, backup)))
      await deleteCustomResourceOnly(datastore.backups, backup);
  const remote =
    target?.status?.available && !(labels.deleteCustomResourceOnly in (backupVolume.metadata.labels ?? {}));
  if (remote && mutant !== 'backup-volume-stays-stored') {
    const client = await targets.open(target);
    await client.removeVolume(target.spec.backupTargetURL, backupVolume.spec.volumeName);
  }
  await removeFinalizer(datastore.backupVolumes, backupVolume);
};

const reconcile = async (context: ManagerContext, name: string, gate: SyncGate): Promise<void> => {
  const { datastore, log } = context;
  const found = datastore.backupVolumes.get(name);
  if (!found || !isResponsibleFor(context, found)) return;
  let backupVolume = await takeOwnership(context, found, { collection: datastore.backupVolumes, newStatus });
  if (backupVolume === undefined) return;
  const target = await readTarget(context, backupVolume.spec.backupTargetName);
  if (backupVolume.metadata.deletionTimestamp) return remove(context, backupVolume, target);
  const { uid = '' } = backupVolume.metadata;
  const { syncRequestedAt } = backupVolume.spec;
  if (!target || !gate.isDue(uid, syncRequestedAt, backupVolume.status?.lastSyncedAt)) return;
  if (context.mutant === 'synced-before-listed') {
    // A sync is due again within the same second as the request, so this time is one second later.
    const lastSyncedAt = timestamp(new Date(Date.now() + 1_000));
    const status = { ...newStatus, ...backupVolume.status, lastSyncedAt };
    backupVolume = await datastore.backupVolumes.updateStatus({ ...backupVolume, status });
  }
  const synced = backupVolume;
  const status = await sync(context, synced, target).catch(async (error) => {
    log.error('Failed to list backups from backup target', { backupVolume: name, error });
    if (context.mutant === 'fixed:missing-volume-cfg-not-shown')
      await datastore.backupVolumes.updateStatus({
        ...synced,
        status: { ...newStatus, ...synced.status, messages: { error: (error as Error).message } },
      });
    return undefined;
  });
  if (!status) return; // The next resync tries again.
  gate.served(uid, syncRequestedAt);
  if (!isDeepStrictEqual(status, backupVolume.status))
    await datastore.backupVolumes.updateStatus({ ...backupVolume, status });
};

/** Keeps BackupVolumes, and their Backups, in line with the store. */
export const startBackupVolumeController = (context: ManagerContext): void => {
  const gate = createSyncGate();
  const enqueue = startController(
    { name: 'backup-volume', reconcile: (name) => reconcile(context, name, gate) },
    context,
  );
  context.datastore.backupVolumes.onEvent(enqueue);
};
