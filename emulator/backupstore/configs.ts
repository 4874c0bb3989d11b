import {
  type BackupConfig,
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
  type VolumeConfig,
} from './config.ts';
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

/** Reads a JSON file of the store as text; throws `cannot find PATH in backupstore` if there is none. */
export const loadConfig = (store: Store, path: string): Promise<string> =>
  logged(store, ['Loading', 'Loaded'], path, () => store.read(path));

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

/** Names of a volume's backups, from the names of their config files, finished or not. */
export const backupNames = async (store: Store, volume: string): Promise<string[]> =>
  (await store.list(backupsPath(volume))).flatMap((file) => /^backup_(.+)\.cfg$/.exec(file)?.[1] ?? []);

/** Names of the volumes the store has a folder of. */
export const volumeNames = async (store: Store): Promise<string[]> => {
  const names: string[] = [];
  for (const first of await store.list(volumesPath)) {
    for (const second of await store.list(`${volumesPath}/${first}`)) {
      names.push(...(await store.list(`${volumesPath}/${first}/${second}`)));
    }
  }
  return names;
};
