import type { Behaviour } from '../environment.ts';
import type { BackupConfig, VolumeConfig } from './config.ts';
import { listBackupNames, listVolumeNames, loadBackup, loadVolume, saveVolume } from './configs.ts';
import { StoreError } from './errors.ts';
import { withStoreLock } from './lock.ts';
import { lockNotAcquiredMessage, lockTypes } from './lock-rules.ts';
import { backupConfigPath, blockPath, blocksPath, locksPath, volumeConfigPath, volumePath } from './paths.ts';
import type { Store } from './store.ts';

/** Runs work on all items, `limit` at a time, and returns the results in order. Rejects with the first failure. */
const inParallel = async <T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> => {
  const results: R[] = new Array(items.length);
  const queue = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of queue) results[index] = await work(item);
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
};

// How many files of a store are listed or removed at once. Longhorn removes blocks one by one. Here each call is slower,
// and the removal must end long before the next sync of the Backup. But on a slow store, the refresh of the lock waits
// behind all of them.
const filesAtOnce = 8;

/**
 * Returns the checksums of a volume's blocks in the store. As in Longhorn, there are none if `blocks/` cannot be listed
 * for any reason, and a folder below it that cannot be opened is skipped (deltablock.go, getBlockNamesForVolume).
 */
export const listBlockChecksums = async (store: Store, volume: string): Promise<string[]> => {
  const isStrict = store.isFixed('unlistable-blocks-are-unknown');
  const list = async (folders: string[]): Promise<string[]> => {
    const entries = await inParallel(folders, filesAtOnce, async (folder) =>
      (await store.list(folder, isStrict ? 'error' : 'empty')).map((name) => `${folder}/${name}`),
    );
    return entries.flat();
  };
  const top = list([blocksPath(volume)]);
  const files = await list(await list(isStrict ? await top : await top.catch(() => [])));
  return files.flatMap((file) => /\/(\w+)\.blk$/.exec(file)?.[1] ?? []);
};

const usedBlocks = (backups: BackupConfig[]): Set<string> =>
  new Set(backups.flatMap(({ Blocks }) => Blocks.map(({ BlockChecksum }) => BlockChecksum)));

// Longhorn only logs a block that a backup needs and the store does not list (deltablock.go, checkBlockReferenceCount).
const logUnknownBlocks = (store: Store, present: string[], backups: BackupConfig[]): void => {
  const known = new Set(present);
  for (const backup of backups)
    for (const checksum of usedBlocks([backup])) {
      if (known.has(checksum)) continue;
      known.add(checksum);
      store.log.error(`Backup ${backup.Name} refers to unknown block ${checksum}`);
    }
};

/** Removes the present blocks that no backup refers to. Throws with the names of blocks that could not be removed. */
const removeUnusedBlocks = async (
  store: Store,
  volume: string,
  present: string[],
  backups: BackupConfig[],
): Promise<void> => {
  const used = usedBlocks(backups);
  const unused = present.filter((checksum) => !used.has(checksum));
  const failures: string[] = [];
  await inParallel(unused, filesAtOnce, (checksum) =>
    store.remove(blockPath(volume, checksum)).catch(() => {
      failures.push(checksum);
    }),
  );
  // The volume's folder was removed meanwhile. On a real v1.8.2 over NFS the command then fails. Of its
  // texts, this is the one that a manager does not take for a success.
  if (unused.length > 0 && !(await store.exists(volumeConfigPath(volume)))) failures.push(...unused);
  if (failures.length > 0) throw new StoreError(`failed to delete backup blocks: [${failures.join(' ')}]`);
  store.log.info(`Retained ${present.length - unused.length} blocks for volume ${volume}`);
  store.log.info(`Removed ${unused.length} unused blocks for volume ${volume}`);
  store.log.info('GC completed');
  await saveVolume(store, {
    ...(await loadVolume(store, volume)),
    BlockCount: present.length - unused.length,
  });
};

type Target = Behaviour & { store: Store; volume: string; backup: string };

/** The backup with the newest snapshot. A volume.cfg names it as the last one. */
const latestBackup = (backups: BackupConfig[]): BackupConfig | undefined =>
  backups.toSorted((a, b) => Date.parse(b.SnapshotCreatedAt) - Date.parse(a.SnapshotCreatedAt))[0];

// Undefined if a config cannot be read or is not finished. Then the blocks in use are unknown, and all stay.
const loadAll = async (
  { store, volume, mutant }: Target,
  names: string[],
): Promise<BackupConfig[] | undefined> => {
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

// A fix that Longhorn lacks: while the config of another backup cannot be read, its blocks are unknown.
// Nothing may be removed yet.
const failIfUnreadable = async ({ store, volume, backup }: Target): Promise<void> => {
  for (const name of await listBackupNames(store, volume))
    if (name !== backup)
      await loadBackup(store, volume, name).catch(() => {
        throw new StoreError(lockNotAcquiredMessage(`${locksPath(volume)}/${name}.lck`, lockTypes.deletion));
      });
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
 * Deletes a backup in Longhorn's order, under a deletion lock: first its config, then the blocks that no
 * other backup of the volume refers to. An immutable config ends the deletion at once. Throws Longhorn's
 * texts. Files removed before an error stay removed.
 */
export const removeBackup = (target: Target): Promise<void> =>
  withStoreLock({ ...target, type: lockTypes.deletion }, async () => {
    const { store, volume, backup, mutant } = target;
    await loadBackup(store, volume, backup).catch((error) =>
      store.log.warning('Failed to load to be deleted backup', { error }),
    );
    if (mutant === 'cfg-left-behind') return;
    const onListFailure = store.isFixed('deletion-destroys-other-backups') ? 'error' : 'empty';
    if (store.isFixed('config-removed-without-volume-cfg')) await loadVolumeOfBackup(store, volume);
    if (onListFailure === 'error') await listBackupNames(store, volume, onListFailure);
    if (store.isFixed('unlistable-blocks-are-unknown')) await listBlockChecksums(store, volume);
    if (store.isFixed('unreadable-neighbour-keeps-blocks')) await failIfUnreadable(target);
    await store.remove(backupConfigPath(volume, backup));
    store.log.info('Removed backup for volume', { backup, volume });

    const config = await loadVolumeOfBackup(store, volume);
    store.log.info('GC started');
    // Empty if `backups/` cannot be listed. Then no block counts as used, and all are removed.
    const names = await listBackupNames(store, volume, onListFailure);
    const present = await listBlockChecksums(store, volume);
    const backups = await loadAll(target, names);
    logUnknownBlocks(store, present, backups ?? []);
    if (config.LastBackupName === backup) {
      // If the newest backup is unknown, Longhorn records none. The next backup is then a full one.
      const last = backups && latestBackup(backups);
      if (store.isFixed('deletion-brings-backup-volume-back')) await loadVolumeOfBackup(store, volume);
      await saveVolume(store, {
        ...config,
        LastBackupName: last?.Name ?? '',
        LastBackupAt: last?.SnapshotCreatedAt ?? '',
      });
    }
    // If both listings fail, they are equal, and Longhorn continues.
    if (!sameNames(names, await listBackupNames(store, volume, onListFailure))) {
      store.log.info('Found new backups for volume, skip block deletion');
      return;
    }
    if (backups && mutant !== 'blocks-left-behind') await removeUnusedBlocks(store, volume, present, backups);
  });

/**
 * Deletes everything of a volume from the store, under a deletion lock. Does nothing if the store does not
 * have the volume.
 */
export const removeVolumeFromStore = async (target: Omit<Target, 'backup'>): Promise<void> => {
  const { store, volume } = target;
  if (!(await listVolumeNames(store)).includes(volume)) return;
  await withStoreLock({ ...target, type: lockTypes.deletion }, async () => {
    // Longhorn removes volume.cfg last (backupstore.go, removeVolume). A running deletion of a backup may
    // then write it again.
    await store.remove(volumeConfigPath(volume));
    await store.remove(`${volumePath(volume)}/`);
  });
};
