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

/** A file of the scenario's store: a backup's config, or a lock on a volume that the suite has written. */
export type StoreFile = { configOf: BackupHandle } | { of: VolumeHandle; lock: LockHandle };

/** Where a file is, relative to what Longhorn is given as backup target. */
export const filePath = (file: StoreFile): string =>
  'configOf' in file
    ? `${volumeFolder(file.configOf.volume.name)}/${backupConfigPath(file.configOf.name)}`
    : `${volumeFolder(file.of.name)}/locks/${file.lock.name}.lck`;

/** How sentences call a file. */
export const describeFile = (file: StoreFile): string =>
  'configOf' in file ? `the config of ${file.configOf.label}` : `the foreign lock of ${file.lock.of}`;
