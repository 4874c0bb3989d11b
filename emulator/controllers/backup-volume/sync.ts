import { encodeBackupURL } from '../../backupstore/url.ts';
import { alreadyExists, ignoreMissing } from '../../kubernetes/client.ts';
import { ownerReference } from '../../kubernetes/objects.ts';
import type { Backup, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { readUnless } from '../../manager/datastore.ts';
import { finalizer, labels } from '../../modelled-on.ts';
import { deleteCustomResourceOnly } from '../finalizer.ts';
import { foundBlockSize, learnBlockSizes, type StoredVolumePlace } from './block-size.ts';

/** Whether a Backup belongs to a BackupVolume. */
export const isBackupOfVolume = ({ spec }: BackupVolume, { metadata }: Backup): boolean =>
  metadata.labels?.[labels.backupVolume] === spec.volumeName &&
  metadata.labels[labels.backupTarget] === spec.backupTargetName;

/**
 * Whether Kubernetes removes a Backup with the BackupVolumes of its own target: they own it, and no other does. Its
 * garbage collector asks the API server, so the informer's copies are not enough.
 */
export const goesWithBackupVolume = async (
  { datastore, mutant }: ManagerContext,
  { metadata }: Backup,
): Promise<boolean> => {
  const backup = await datastore.backups.fetch(metadata.name).catch(ignoreMissing);
  const owners = backup?.metadata.ownerReferences ?? [];
  for (const { name, uid } of owners) {
    const owner = await datastore.backupVolumes.fetch(name).catch(ignoreMissing);
    if (
      owner?.metadata.uid === uid &&
      !owner.metadata.deletionTimestamp &&
      owner.spec.backupTargetName !== metadata.labels?.[labels.backupTarget]
    )
      return false;
  }
  return owners.length > 0 || mutant === 'fixed:backup-outlives-its-backup-volume';
};

// False for a Backup that this cluster still makes or failed to make: it need not be in the store.
const isStored = ({ spec, status }: Backup): boolean => !spec.snapshotName || status?.state === 'Completed';

const createBackupObject = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  { name, backupBlockSize }: { name: string; backupBlockSize: string },
): Promise<void> => {
  const { backupTargetName, volumeName } = backupVolume.spec;
  await context.datastore.backups
    .create({
      metadata: {
        name,
        labels: { [labels.backupTarget]: backupTargetName, [labels.backupVolume]: volumeName },
        finalizers: [finalizer],
        ownerReferences: [ownerReference(backupVolume)],
      },
      spec: { labels: {}, backupBlockSize },
    })
    .catch((error) => {
      if (alreadyExists(error)) return;
      if (context.mutant !== 'retry-creates-two' || name.endsWith('-again')) throw error;
      return createBackupObject(context, backupVolume, { name: `${name}-again`, backupBlockSize });
    });
};

/**
 * Creates a Backup that is in the store, or logs that the webhook refuses it, and returns false
 * (webhook/resources/backup/validator.go, validateBackupBlockSize).
 */
const isCreated = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  backup: { name: string; backupBlockSize: string },
): Promise<boolean> => {
  const { datastore, log, mutant } = context;
  const blockSize = Number(backup.backupBlockSize);
  const volume = await readUnless(datastore.volumes, backupVolume.spec.volumeName);
  const isOdd = blockSize > 0 && Number(volume?.spec.size ?? 0) % blockSize !== 0;
  if (isOdd && mutant !== 'fixed:odd-size-hides-backups') {
    const error = new Error(
      `admission webhook "validator.longhorn.io" denied the request: volume size ${volume?.spec.size} must be an integer multiple of the backup block size ${blockSize}`,
    );
    log.error(`Failed to create backup ${backup.name} in the cluster`, { error });
    return false;
  }
  await createBackupObject(context, backupVolume, backup);
  return true;
};

/**
 * Creates and removes the Backups of a volume to match a listing of the store at `place`. `before` has the Backups
 * from before the listing. As in Longhorn, a backup that the listing lacks counts as gone, also one that became
 * Completed since (known bug). Returns whether it went through: one that is refused ends it, but only once the others
 * are made, since Longhorn makes them in any order, and tries again.
 */
export const syncBackups = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  { listing, before, place }: { listing: string[]; before: Backup[]; place: StoredVolumePlace },
): Promise<boolean> => {
  const inStore = new Set(listing);
  // The names known before or after the listing. A Backup that was created or deleted during the listing is
  // not new in the store.
  const now = context.datastore.backups.list();
  const known = new Set([...before, ...now].map(({ metadata }) => metadata.name));
  const completed = (context.mutant === 'fixed:late-listing-deletes-backup' ? before : now).filter(
    (backup) => isBackupOfVolume(backupVolume, backup) && isStored(backup),
  );
  let isWhole = true;
  for (const name of listing)
    if (!known.has(name) && context.mutant !== 'found-backup-not-pulled') {
      const backupBlockSize = await foundBlockSize(context, place, name);
      if (!(await isCreated(context, backupVolume, { name, backupBlockSize }))) isWhole = false;
    }
  if (!isWhole) return false;
  await learnBlockSizes(context, place, completed);
  if (context.mutant === 'fixed:missing-mark-outlives-its-cause')
    for (const { metadata } of completed)
      if (inStore.has(metadata.name) && labels.deleteCustomResourceOnly in (metadata.labels ?? {}))
        await context.datastore.backups.patch(metadata.name, {
          metadata: { labels: { [labels.deleteCustomResourceOnly]: null } },
        });
  for (const backup of completed)
    if (!inStore.has(backup.metadata.name) && context.mutant !== 'lost-backup-stays')
      await deleteCustomResourceOnly(context.datastore.backups, backup);
  return true;
};

/**
 * Deletes the failed Backups of a volume that are older than the setting failed-backup-ttl, in minutes. 0 keeps all.
 */
export const deleteExpiredFailedBackups = async (
  { datastore, mutant }: ManagerContext,
  backupVolume: BackupVolume,
  { client, url, volume }: StoredVolumePlace,
): Promise<void> => {
  const minutes = Number(datastore.settings.get('failed-backup-ttl')?.value ?? 0);
  if (mutant === 'failed-backup-stays' || (minutes === 0 && mutant !== 'failed-backup-never-kept')) return;
  const hasExpired = ({ status }: Backup): boolean =>
    ['Error', 'Unknown'].includes(status?.state ?? '') &&
    Date.now() > Date.parse(status?.lastSyncedAt ?? '') + minutes * 60_000;
  // Longhorn does not look.
  const isWhole = async (backup: string): Promise<boolean> =>
    mutant === 'fixed:whole-backup-goes-as-failed' &&
    typeof (await client.inspect(encodeBackupURL({ url, volume, backup }))) === 'object';
  for (const backup of datastore.backups.list())
    if (
      isBackupOfVolume(backupVolume, backup) &&
      backup.spec.snapshotName &&
      hasExpired(backup) &&
      !(await isWhole(backup.metadata.name))
    )
      await datastore.backups.delete(backup.metadata.name).catch(ignoreMissing);
};

/** Requests a sync of the Backup that became the last one, and makes the BackupVolume its owner. */
export const requestLastBackupSync = async (
  { datastore, mutant }: ManagerContext,
  backupVolume: BackupVolume,
  name: string,
): Promise<void> => {
  // Asked for once only, and this manager may not have seen it yet.
  const backup = await readUnless(datastore.backups, name);
  if (!backup) return;
  if (mutant === 'fixed:copied-store-hides-its-backups' && !isBackupOfVolume(backupVolume, backup)) return;
  const references = backup.metadata.ownerReferences ?? [];
  const isOwn = references.some(({ uid }) => uid === backupVolume.metadata.uid);
  // A patch, because the Backup's owner has just written its state, and this manager may not have seen it. A
  // conflict would not be tried again.
  await datastore.backups
    .patch(name, {
      ...(!isOwn && { metadata: { ownerReferences: [...references, ownerReference(backupVolume)] } }),
      spec: { syncRequestedAt: timestamp() },
    })
    .catch(ignoreMissing);
};
