import { backupConfigPath, blockPath, volumeFolder, volumesFolder } from '../../store/format/layout.ts';

type Volume = { name: string };
type Backup = { name: string; label: string; volume: Volume };

/** A folder of a store: of all volumes, or one of a volume's. */
export type StoreFolder = { of: 'the store' } | { of: Volume; folder: 'backups' | 'blocks' | 'locks' };

/** Where a folder is, relative to what Longhorn is given as backup target. */
export const folderPath = (where: StoreFolder): string =>
  where.of === 'the store' ? volumesFolder : `${volumeFolder(where.of.name)}/${where.folder}`;

/** How sentences call a folder. */
export const describeFolder = (where: StoreFolder): string =>
  where.of === 'the store' ? 'the volumes in the store' : `the volume's ${where.folder} in the store`;

/**
 * A file of a store: a volume's or a backup's config, a block, which is called so, or a lock on a volume that
 * the suite has written.
 */
export type FaultyFile =
  | { configOf: Backup | Volume }
  | { of: Volume; block: string; called: string }
  | { of: Volume; lock: { name: string; of: string } };

/** Where a file is, relative to what Longhorn is given as backup target. */
export const filePath = (file: FaultyFile): string => {
  if ('lock' in file) return `${volumeFolder(file.of.name)}/locks/${file.lock.name}.lck`;
  if ('block' in file) return `${volumeFolder(file.of.name)}/${blockPath(file.block)}`;
  const { configOf } = file;
  return 'volume' in configOf
    ? `${volumeFolder(configOf.volume.name)}/${backupConfigPath(configOf.name)}`
    : `${volumeFolder(configOf.name)}/volume.cfg`;
};

/** How sentences call a file. */
export const describeFile = (file: FaultyFile): string => {
  if ('lock' in file) return `the foreign lock of ${file.lock.of}`;
  if ('block' in file) return file.called;
  return 'volume' in file.configOf ? `the config of ${file.configOf.label}` : "the volume's volume.cfg";
};

/** The volume whose file or folder is meant, by itself or within something that says of what; undefined for none. */
export const volumeOf = (where: unknown): Volume | undefined => {
  if (typeof where !== 'object' || where === null) return undefined;
  if ('below' in where) return volumeOf(where.below);
  const { of, configOf } = where as { of?: unknown; configOf?: Backup | Volume };
  if (configOf !== undefined) return 'volume' in configOf ? configOf.volume : configOf;
  return typeof of === 'object' && of !== null ? (of as Volume) : undefined;
};
