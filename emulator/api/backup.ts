import type { Backup, BackupVolume } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { labels } from '../modelled-on.ts';
import { type Links, type RancherResource, withLinks } from './resource.ts';

type Named = { metadata: { name: string } };

/** Order of the API's lists. */
export const byName = (a: Named, b: Named): number => (a.metadata.name < b.metadata.name ? -1 : 1);

/**
 * A Backup as the API shows it. One that is not complete has target and volume from its labels, for its
 * status has neither.
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

/** The Backups of a volume on a target, by their labels, sorted by name. */
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

/**
 * A BackupVolume as the API shows it; of one that is not known only the name, which is no error for Longhorn.
 */
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
