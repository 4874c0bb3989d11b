import type { BackupVolume } from '../longhorn/objects.ts';
import { type Links, type Resource, withLinks } from './resource.ts';

const backupVolumeActions = ['backupList', 'backupListByVolume', 'backupGet', 'backupDelete', 'backupVolumeSync'];

/** A BackupVolume as the API shows it; of one that is not known only the name, which is no error for Longhorn. */
export const toBackupVolume = (name: string, backupVolume: BackupVolume | undefined, links: Links): Resource => {
  const { spec, status } = backupVolume ?? {};
  return withLinks(
    {
      id: name,
      type: 'backupVolume',
      name,
      size: status?.size ?? '',
      labels: status?.labels ?? null,
      created: status?.createdAt ?? '',
      lastBackupName: status?.lastBackupName ?? '',
      lastBackupAt: status?.lastBackupAt ?? '',
      dataStored: status?.dataStored ?? '',
      messages: status?.messages ?? null,
      backingImageName: status?.backingImageName ?? '',
      backingImageChecksum: status?.backingImageChecksum ?? '',
      storageClassName: status?.storageClassName ?? '',
      backupTargetName: spec?.backupTargetName ?? '',
      volumeName: spec?.volumeName ?? '',
    },
    links,
    backupVolumeActions,
  );
};
