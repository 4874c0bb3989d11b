import { alreadyExists, isNotFound } from '../../kubernetes/client.ts';
import { ownerReference } from '../../kubernetes/objects.ts';
import type { Backup, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { finalizer, labels } from '../../modelled-on.ts';
import { forgetObject } from '../finalizer.ts';

/** Whether a Backup is one of a BackupVolume's. */
export const isOf = ({ spec }: BackupVolume, { metadata }: Backup): boolean =>
  metadata.labels?.[labels.backupVolume] === spec.volumeName &&
  metadata.labels[labels.backupTarget] === spec.backupTargetName;

// A Backup that this cluster is still making, or has failed to make, is not looked for in the store.
const isStored = ({ spec, status }: Backup): boolean => !spec.snapshotName || status?.state === 'Completed';

const pull = async (context: ManagerContext, backupVolume: BackupVolume, name: string): Promise<void> => {
  const { backupTargetName, volumeName } = backupVolume.spec;
  await context.datastore.backups
    .create({
      metadata: {
        name,
        labels: { [labels.backupTarget]: backupTargetName, [labels.backupVolume]: volumeName },
        finalizers: [finalizer],
        ownerReferences: [ownerReference(backupVolume)],
      },
      spec: { labels: {}, backupBlockSize: '2097152' },
    })
    .catch((error) => {
      if (alreadyExists(error)) return;
      if (context.mutant !== 'retry-creates-two' || name.endsWith('-again')) throw error;
      return pull(context, backupVolume, `${name}-again`);
    });
};

/**
 * Brings the Backups of a volume in line with a listing of the store; before are the Backups from before the
 * listing was asked for. A listing that lacks a backup is taken for the truth, as Longhorn does.
 */
export const syncBackups = async (
  context: ManagerContext,
  backupVolume: BackupVolume,
  listing: string[],
  before: Backup[],
): Promise<void> => {
  const inStore = new Set(listing);
  // Known before or after the listing: one that was deleted, or came, while the store was being read is no
  // news from the store.
  const known = new Set(
    [...before, ...context.datastore.backups.list()].map(({ metadata }) => metadata.name),
  );
  const completedBefore = before.filter((backup) => isOf(backupVolume, backup) && isStored(backup));
  for (const name of listing)
    if (!known.has(name) && context.mutant !== 'found-backup-not-pulled')
      await pull(context, backupVolume, name);
  for (const backup of completedBefore)
    if (!inStore.has(backup.metadata.name) && context.mutant !== 'lost-backup-stays')
      await forgetObject(context.datastore.backups, backup);
};

/** Deletes those of a volume's Backups that failed longer ago than a setting says; 0: none. */
export const deleteFailed = async (
  { datastore, mutant }: ManagerContext,
  backupVolume: BackupVolume,
): Promise<void> => {
  const minutes = Number(datastore.settings.get('failed-backup-ttl')?.value ?? 0);
  if (minutes === 0 || mutant === 'failed-backup-stays') return;
  const hasExpired = ({ status }: Backup): boolean =>
    ['Error', 'Unknown'].includes(status?.state ?? '') &&
    Date.now() > Date.parse(status?.lastSyncedAt ?? '') + minutes * 60_000;
  for (const backup of datastore.backups.list())
    if (isOf(backupVolume, backup) && backup.spec.snapshotName && hasExpired(backup))
      await datastore.backups.delete(backup.metadata.name).catch((error) => {
        if (!isNotFound(error)) throw error;
      });
};

/**
 * Has the Backup that became the last one look at the store again, and makes it belong to its
 * BackupVolume.
 */
export const adopt = async (
  { datastore }: ManagerContext,
  backupVolume: BackupVolume,
  name: string,
): Promise<void> => {
  const backup = datastore.backups.get(name);
  if (!backup) return;
  const references = backup.metadata.ownerReferences ?? [];
  const isOwn = references.some(({ uid }) => uid === backupVolume.metadata.uid);
  // A patch: the Backup's owner has just written its state, which this manager may not have seen yet, and
  // nobody would repeat what met a conflict.
  await datastore.backups
    .patch(name, {
      ...(!isOwn && { metadata: { ownerReferences: [...references, ownerReference(backupVolume)] } }),
      spec: { syncRequestedAt: timestamp() },
    })
    .catch((error) => {
      if (!isNotFound(error)) throw error;
    });
};
