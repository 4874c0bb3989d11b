import type { Backup, BackupVolume } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { labels } from '../modelled-on.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';

type Named = { metadata: { name: string } };

/** Sort order of the API's lists. */
export const byName = (a: Named, b: Named): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/**
 * Converts a Backup to an API resource. The status of an incomplete Backup lacks target and volume, so they
 * come from its labels.
 */
export const toBackup = ({ metadata, spec, status }: Backup, links: Links): RancherResource => {
  const { name } = metadata;
  return withLinks(
    {
      id: name,
      type: 'backup',
      name,
      state: status?.state ?? '',
      progress: status?.progress ?? 0,
      error: status?.error ?? '',
      url: status?.url ?? '',
      snapshotName: spec.snapshotName || (status?.snapshotName ?? ''),
      snapshotCreated: status?.snapshotCreatedAt ?? '',
      created: status?.backupCreatedAt ?? '',
      size: status?.size ?? '',
      labels: status?.labels ?? null,
      backupMode: spec.backupMode ?? '',
      messages: status?.messages ?? null,
      volumeName: status?.volumeName || (metadata.labels?.[labels.backupVolume] ?? ''),
      newlyUploadDataSize: status?.newlyUploadDataSize ?? '',
      reUploadedDataSize: status?.reUploadedDataSize ?? '',
      backupTargetName: status?.backupTargetName || (metadata.labels?.[labels.backupTarget] ?? ''),
      blockSize: spec.backupBlockSize || '0',
    },
    links,
  );
};

/** Returns the Backups of a volume on a target, found by their labels and sorted by name. */
export const backupsOfVolume = (
  { backups }: Datastore,
  { volume, target }: { volume: string; target: string },
): Backup[] =>
  backups
    .list()
    .filter(
      ({ metadata }) =>
        metadata.labels?.[labels.backupVolume] === volume && metadata.labels[labels.backupTarget] === target,
    )
    .sort(byName);

const backupVolumeActions = ['backupList', 'backupGet', 'backupDelete', 'backupVolumeSync'];

/** Converts a BackupVolume to an API resource. An unknown one has only its name: Longhorn reports no error for it. */
export const toBackupVolume = (
  name: string,
  backupVolume: BackupVolume | undefined,
  links: Links,
): RancherResource => {
  const { spec, status } = backupVolume ?? {};
  return withLinks(
    {
      id: name,
      type: 'backupVolume',
      name,
      size: status?.size ?? '',
      created: status?.createdAt ?? '',
      lastBackupName: status?.lastBackupName ?? '',
      lastBackupAt: status?.lastBackupAt ?? '',
      messages: status?.messages ?? null,
      backupTargetName: spec?.backupTargetName ?? '',
      volumeName: spec?.volumeName ?? '',
    },
    links,
    backupVolumeActions,
  );
};
