import type { VolumeConfig } from './config.ts';
import { listBackupNames, listVolumeNames, loadBackup, loadVolume } from './configs.ts';
import { StoreError } from './errors.ts';
import { blockSize, blockSizeOf, volumeConfigPath } from './paths.ts';
import type { Store } from './store.ts';
import { encodeBackupURL } from './url.ts';

/** The output of `longhorn backup inspect`. Sizes are strings, as in Go's `,string`. */
export type BackupInfo = {
  Name: string;
  URL: string;
  SnapshotName: string;
  SnapshotCreated: string;
  Created: string;
  Size: string;
  Labels: Record<string, string> | null;
  Parameters: Record<string, string> | null;
  IsIncremental: boolean;
  CompressionMethod: string;
  NewlyUploadedDataSize: string;
  ReUploadedDataSize: string;
  VolumeName: string;
  VolumeSize: string;
  VolumeCreated: string;
  VolumeBackingImageName: string;
  Messages: Record<string, string> | null;
};

/**
 * The output of `longhorn backup inspect-volume`. ModificationTime is the emulator's addition: Longhorn calls
 * `backup head` for it.
 */
export type VolumeInfo = {
  Name: string;
  Size: string;
  Labels: Record<string, string> | null;
  Created: string;
  LastBackupName: string;
  LastBackupAt: string;
  DataStored: string;
  Messages: Record<string, string>;
  ModificationTime: string;
  StorageClassname: string;
};

/** Formats a time as Go's RFC 3339: whole seconds, UTC. */
export const formatRfc3339 = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

/** Describes a finished backup. Throws `cannot find ...` or `backup NAME is still in progress`. */
export const inspectBackup = async (store: Store, volumeName: string, name: string): Promise<BackupInfo> => {
  const volume = await loadVolume(store, volumeName);
  const backup = await loadBackup(store, volumeName, name);
  if (backup.CreatedTime === '') throw new StoreError(`backup ${name} is still in progress`);
  return {
    Name: backup.Name,
    URL: encodeBackupURL({ url: store.url, volume: volumeName, backup: name }),
    SnapshotName: backup.SnapshotName,
    SnapshotCreated: backup.SnapshotCreatedAt,
    Created: backup.CreatedTime,
    Size: String(backup.Size),
    Labels: backup.Labels,
    Parameters: backup.Parameters,
    IsIncremental: backup.IsIncremental,
    CompressionMethod: backup.CompressionMethod,
    NewlyUploadedDataSize: String(backup.NewlyUploadedDataSize),
    ReUploadedDataSize: String(backup.ReUploadedDataSize),
    VolumeName: volume.Name,
    VolumeSize: String(volume.Size),
    VolumeCreated: volume.CreatedTime,
    VolumeBackingImageName: volume.BackingImageName,
    Messages: null,
  };
};

// Longhorn counts as if all blocks had the default size.
const countedBlockSize = async (store: Store, { Name, LastBackupName }: VolumeConfig): Promise<number> => {
  if (!store.isFixed('stored-data-counts-small-blocks') || LastBackupName === '') return blockSize;
  return blockSizeOf((await loadBackup(store, Name, LastBackupName)).Parameters);
};

/** Describes a volume of the store. Throws `cannot find ...` if the store does not have the volume. */
export const inspectVolume = async (store: Store, name: string): Promise<VolumeInfo> => {
  const volume = await loadVolume(store, name);
  return {
    Name: volume.Name,
    Size: String(volume.Size),
    Labels: volume.Labels,
    Created: volume.CreatedTime,
    LastBackupName: volume.LastBackupName,
    LastBackupAt: volume.LastBackupAt,
    DataStored: String(volume.BlockCount * (await countedBlockSize(store, volume))),
    Messages: {},
    ModificationTime: formatRfc3339(new Date(await store.changedAt(volumeConfigPath(name)))),
    StorageClassname: volume.StorageClassName,
  };
};

export type Listing = Record<string, { Messages: Record<string, string>; Backups?: Record<string, object> }>;

/** Lists the store's volumes, or one of them, each with the names of its backups unless volumeOnly. */
export const listStoreVolumes = async (
  store: Store,
  { volume, volumeOnly }: { volume?: string | undefined; volumeOnly: boolean },
) => {
  const listing: Listing = {};
  for (const name of volume ? [volume] : await listVolumeNames(store)) {
    if (!/^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name)) throw new StoreError(`invalid volume name ${name}`);
    const config = volumeConfigPath(name);
    if (!(await store.exists(config))) {
      listing[name] = { Messages: { error: `cannot find ${config} in backupstore` } };
      continue;
    }
    const failed = store.isFixed('unlistable-store-is-empty') ? 'error' : 'empty';
    const backups = volumeOnly ? [] : await listBackupNames(store, name, failed);
    listing[name] = {
      Messages: {},
      // Go omits an empty map.
      ...(backups.length > 0 && { Backups: Object.fromEntries(backups.map((backup) => [backup, {}])) }),
    };
  }
  return listing;
};
