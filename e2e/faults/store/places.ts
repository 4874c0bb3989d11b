import {
  backupConfigPath,
  blockPath,
  lockFilePath,
  volumeFolder,
  volumesFolder,
} from '../../store/format/layout.ts';
import { systemBackupsFolder } from '../../store/format/system-backup.ts';

type Volume = { name: string };
type Backup = { name: string; label: string; volume: Volume };
type SystemBackup = { name: string; label: string; version: string };

/** A folder of a store: that of all volumes, or one inside a volume's folder. */
export type StoreFolder = { of: 'the store' } | { of: Volume; folder: 'backups' | 'blocks' | 'locks' };

/** The lock that the upload of a backup holds. */
export type UploadLock = { name: string; holder: Backup };

/** Where requests to a store can be disturbed: below a folder, of a lock, or of the config of a backup. */
export type StorePart = StoreFolder | UploadLock | { configOf: Backup };

/** The prefix of the paths of a folder, or the path of a file, relative to the root of the backup target. */
export const prefixPath = (where: StorePart): string => {
  if ('configOf' in where) return filePath(where);
  return 'holder' in where
    ? `${volumeFolder(where.holder.volume.name)}/${lockFilePath(where.name)}`
    : folderPath(where);
};

/** The path of a folder, relative to the root of the backup target. */
export const folderPath = (where: StoreFolder): string =>
  where.of === 'the store' ? volumesFolder : `${volumeFolder(where.of.name)}/${where.folder}`;

/** The name of a folder, of a lock, or of a config, in sentences. */
export const describeFolder = (where: StorePart): string => {
  if ('configOf' in where) return describeFile(where);
  if ('holder' in where) return `the lock of ${where.holder.label}`;
  return where.of === 'the store' ? 'the volumes in the store' : `the volume's ${where.folder} in the store`;
};

/**
 * A file of a store: the config of a volume, backup or system backup, a block (`called` is its name in sentences), or
 * a lock that the suite has written.
 */
export type FaultyFile =
  | { configOf: Backup | Volume | SystemBackup }
  | { of: Volume; block: string; called: string }
  | { of: Volume; lock: { name: string; of: string } };

/** The path of a file, relative to the root of the backup target. */
export const filePath = (file: FaultyFile): string => {
  if ('lock' in file) return `${volumeFolder(file.of.name)}/${lockFilePath(file.lock.name)}`;
  if ('block' in file) return `${volumeFolder(file.of.name)}/${blockPath(file.block)}`;
  const { configOf } = file;
  if ('version' in configOf)
    return `${systemBackupsFolder}/${configOf.version}/${configOf.name}/system-backup.cfg`;
  return 'volume' in configOf
    ? `${volumeFolder(configOf.volume.name)}/${backupConfigPath(configOf.name)}`
    : `${volumeFolder(configOf.name)}/volume.cfg`;
};

/** The name of a file in sentences. */
export const describeFile = (file: FaultyFile): string => {
  if ('lock' in file) return `the foreign lock of ${file.lock.of}`;
  if ('block' in file) return file.called;
  return 'label' in file.configOf ? `the config of ${file.configOf.label}` : "the volume's volume.cfg";
};

/** The volume of a file or folder, or of the parameters that contain one (`below`). Undefined if there is none. */
export const volumeOf = (where: unknown): Volume | undefined => {
  if (typeof where !== 'object' || where === null) return undefined;
  if ('below' in where) return volumeOf(where.below);
  if ('holder' in where) return (where as UploadLock).holder.volume;
  const { of, configOf } = where as { of?: unknown; configOf?: Backup | Volume | SystemBackup };
  if (configOf !== undefined) {
    if ('version' in configOf) return undefined;
    return 'volume' in configOf ? configOf.volume : configOf;
  }
  return typeof of === 'object' && of !== null ? (of as Volume) : undefined;
};
