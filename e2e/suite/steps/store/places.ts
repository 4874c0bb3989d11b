import { backupConfigPath, volumeFolder, volumesFolder } from '../../../store/format/layout.ts';
import type { BackupHandle, VolumeHandle } from '../handles.ts';
import type { LockHandle } from '../lock/steps.ts';

/** A folder of the scenario's store: of all volumes, or one of a volume's. */
export type StoreFolder = { of: 'the store' } | { of: VolumeHandle; folder: 'backups' | 'blocks' | 'locks' };

/** Where a folder is, relative to what Longhorn is given as backup target. */
export const folderPath = (where: StoreFolder): string =>
  where.of === 'the store' ? volumesFolder : `${volumeFolder(where.of.name)}/${where.folder}`;

/** How sentences call a folder. */
export const describeFolder = (where: StoreFolder): string =>
  where.of === 'the store' ? 'the volumes in the store' : `the volume's ${where.folder} in the store`;

/** A file of the scenario's store: a volume's or a backup's config, or a lock on a volume that the suite has written. */
export type StoreFile = { configOf: BackupHandle | VolumeHandle } | { of: VolumeHandle; lock: LockHandle };

/** Where a file is, relative to what Longhorn is given as backup target. */
export const filePath = (file: StoreFile): string => {
  if ('lock' in file) return `${volumeFolder(file.of.name)}/locks/${file.lock.name}.lck`;
  const { configOf } = file;
  return 'volume' in configOf
    ? `${volumeFolder(configOf.volume.name)}/${backupConfigPath(configOf.name)}`
    : `${volumeFolder(configOf.name)}/volume.cfg`;
};

/** How sentences call a file. */
export const describeFile = (file: StoreFile): string => {
  if ('lock' in file) return `the foreign lock of ${file.lock.of}`;
  return 'volume' in file.configOf ? `the config of ${file.configOf.label}` : "the volume's volume.cfg";
};
