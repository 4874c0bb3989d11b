import type { Behaviour } from '../environment.ts';
import type { BackupConfig, VolumeConfig } from './config.ts';
import { backupNames, loadBackup, loadVolume, saveVolume, volumeNames } from './configs.ts';
import { StoreError } from './errors.ts';
import { blockNames, removeUnusedBlocks } from './garbage.ts';
import { underLock } from './lock.ts';
import { lockTypes } from './lock-rules.ts';
import { backupConfigPath, volumeConfigPath, volumePath } from './paths.ts';
import type { Store } from './store.ts';

type Target = Behaviour & { store: Store; volume: string; backup: string };

/** The newest backup by the time of its snapshot, the one a volume.cfg names as its last. */
const latestBackup = (backups: BackupConfig[]): BackupConfig | undefined =>
  backups.toSorted((a, b) => Date.parse(b.SnapshotCreatedAt) - Date.parse(a.SnapshotCreatedAt))[0];

// Undefined where a config cannot be read or is not finished: then nobody knows which blocks are in use, and all stay.
const loadAll = async ({ store, volume, mutant }: Target, names: string[]): Promise<BackupConfig[] | undefined> => {
  const backups: BackupConfig[] = [];
  for (const name of names) {
    try {
      const backup = await loadBackup(store, volume, name);
      if (backup.CreatedTime === '') {
        if (mutant === 'lock-ignored') continue;
        store.log.info('Found in progress backup, skip block deletion', { backup: name });
        return undefined;
      }
      backups.push(backup);
    } catch (error) {
      store.log.warning('Failed to load backup, skip block deletion', { backup: name, error });
      return undefined;
    }
  }
  return backups;
};

const sameNames = (a: string[], b: string[]): boolean => a.toSorted().join('\n') === b.toSorted().join('\n');

const loadVolumeOfBackup = async (store: Store, volume: string): Promise<VolumeConfig> => {
  try {
    return await loadVolume(store, volume);
  } catch (error) {
    throw new StoreError(`cannot find volume in backupstore: ${(error as Error).message}`);
  }
};

/**
 * Deletes a backup in Longhorn's own order: under a deletion lock first its config, which an immutable one ends at once, then the blocks
 * that no other backup of the volume refers to. Throws Longhorn's texts; what was removed before stays removed.
 */
export const removeBackup = (target: Target): Promise<void> =>
  underLock({ ...target, type: lockTypes.deletion }, async () => {
    const { store, volume, backup, mutant } = target;
    await loadBackup(store, volume, backup).catch((error) => store.log.warning('Failed to load to be deleted backup', { error }));
    if (mutant === 'cfg-left-behind') return;
    await store.remove(backupConfigPath(volume, backup));
    store.log.info('Removed backup for volume', { backup, volume });

    const config = await loadVolumeOfBackup(store, volume);
    store.log.info('GC started');
    const names = await backupNames(store, volume);
    const present = await blockNames(store, volume);
    const backups = await loadAll(target, names);
    if (config.LastBackupName === backup) {
      // Not knowing the newest, Longhorn names none: the next backup is then a full one.
      const last = backups && latestBackup(backups);
      await saveVolume(store, { ...config, LastBackupName: last?.Name ?? '', LastBackupAt: last?.SnapshotCreatedAt ?? '' });
    }
    if (!sameNames(names, await backupNames(store, volume))) {
      store.log.info('Found new backups for volume, skip block deletion');
      return;
    }
    if (backups && mutant !== 'blocks-left-behind') await removeUnusedBlocks(store, volume, present, backups);
    store.log.info('GC completed');
  });

/** Deletes everything the store has of a volume, under a deletion lock; a volume it does not have is no error. */
export const removeVolume = async (target: Omit<Target, 'backup'>): Promise<void> => {
  const { store, volume } = target;
  if (!(await volumeNames(store)).includes(volume)) return;
  await underLock({ ...target, type: lockTypes.deletion }, async () => {
    await store.remove(volumeConfigPath(volume));
    await store.remove(volumePath(volume));
  });
};
