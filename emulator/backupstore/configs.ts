import {
  type BackupConfig,
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
  type VolumeConfig,
} from './config.ts';
import { StoreError } from './errors.ts';
import { backupConfigPath, backupsPath, volumeConfigPath, volumesPath } from './paths.ts';
import type { Store } from './store.ts';

const logged = async <T>(
  store: Store,
  verb: ['Loading', 'Loaded'] | ['Saving', 'Saved'],
  filepath: string,
  work: () => Promise<T>,
) => {
  store.log.info(`${verb[0]} config in backupstore`, { filepath, reason: 'start' });
  const result = await work();
  store.log.info(`${verb[1]} config in backupstore`, { filepath, reason: 'complete' });
  return result;
};

const isCutOff = (text: string): boolean => {
  try {
    JSON.parse(text);
    return false;
  } catch (error) {
    const { message } = error as Error;
    return /end of JSON|Unterminated/.test(message) || message.includes(`position ${text.length}`);
  }
};

/**
 * Reads a JSON file of the store as text. Throws `cannot find PATH in backupstore` if the file does not
 * exist. Throws as Go's decoder does: `EOF` if the file is empty, `unexpected EOF` if it is cut off.
 */
export const loadConfig = (store: Store, path: string): Promise<string> =>
  logged(store, ['Loading', 'Loaded'], path, async () => {
    const text = await store.read(path);
    if (text.trim() === '') throw new StoreError('EOF');
    if (isCutOff(text)) throw new StoreError('unexpected EOF');
    return text;
  });

export const saveConfig = (store: Store, path: string, text: string): Promise<void> =>
  logged(store, ['Saving', 'Saved'], path, () => store.write(path, text));

export const loadVolume = async (store: Store, volume: string): Promise<VolumeConfig> =>
  decodeVolume(await loadConfig(store, volumeConfigPath(volume)));

export const saveVolume = (store: Store, volume: VolumeConfig): Promise<void> =>
  saveConfig(store, volumeConfigPath(volume.Name), encodeVolume(volume));

export const loadBackup = async (store: Store, volume: string, backup: string): Promise<BackupConfig> =>
  decodeBackup(await loadConfig(store, backupConfigPath(volume, backup)));

export const saveBackup = (store: Store, backup: BackupConfig): Promise<void> =>
  saveConfig(store, backupConfigPath(backup.VolumeName, backup.Name), encodeBackup(backup));

/**
 * Returns the names of a volume's backups, finished or not, from the names of their config files. Longhorn
 * treats any failed listing as a missing folder (config.go, getBackupNamesForVolume).
 */
export const listBackupNames = async (
  store: Store,
  volume: string,
  failed: 'empty' | 'error' = 'empty',
): Promise<string[]> => {
  const files = store.list(backupsPath(volume), failed);
  const names = failed === 'empty' ? await files.catch(() => []) : await files;
  return names.flatMap((file) => /^backup_(.+)\.cfg$/.exec(file)?.[1] ?? []);
};

/** Returns the names of the volumes that have a folder in the store (config.go, getVolumeNames). */
export const listVolumeNames = async (store: Store): Promise<string[]> => {
  const list = (path: string): Promise<string[]> =>
    store.list(path, store.isFixed('unlistable-store-is-empty') ? 'error' : 'empty');
  const below = (path: string): Promise<string[]> =>
    list(path).catch((error) => {
      throw new StoreError(`failed to list second level dirs for path ${path}: ${error.message}`);
    });
  const names: string[] = [];
  for (const first of await list(volumesPath)) {
    for (const second of await below(`${volumesPath}/${first}`)) {
      names.push(...(await below(`${volumesPath}/${first}/${second}`)));
    }
  }
  return names;
};
