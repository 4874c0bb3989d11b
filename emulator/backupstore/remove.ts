import type { Behaviour } from '../environment.ts';
import type { BackupConfig, VolumeConfig } from './config.ts';
import { backupNames, loadBackup, loadVolume, saveVolume, volumeNames } from './configs.ts';
import { StoreError } from './errors.ts';
import { underLock } from './lock.ts';
import { lockTypes, notAcquired } from './lock-rules.ts';
import { backupConfigPath, blockPath, blocksPath, locksPath, volumeConfigPath, volumePath } from './paths.ts';
import type { Store } from './store.ts';

/**
 * Runs work on all items, so many at once, and gives the results in their order; the first failure rejects.
 */
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

// Longhorn goes one by one; here each call costs more, and all of them are to end long before the next look
// at the Backup.
const atOnce = 64;

/**
 * Checksums of the blocks that the store has of a volume: none if `blocks/` cannot be listed, whatever the
 * reason, and none of a folder below it that cannot be opened (deltablock.go, getBlockNamesForVolume).
 */
export const blockNames = async (store: Store, volume: string): Promise<string[]> => {
  const isStrict = store.isFixed('unlistable-blocks-are-unknown');
  const list = async (folders: string[]): Promise<string[]> => {
    const entries = await inParallel(folders, atOnce, async (folder) =>
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

// All that Longhorn does about a block that a backup needs and the store does not show (deltablock.go,
// checkBlockReferenceCount).
const tellUnknownBlocks = (store: Store, present: string[], backups: BackupConfig[]): void => {
  const known = new Set(present);
  for (const backup of backups)
    for (const checksum of usedBlocks([backup])) {
      if (known.has(checksum)) continue;
      known.add(checksum);
      store.log.error(`Backup ${backup.Name} refers to unknown block ${checksum}`);
    }
};

/**
 * Removes those of the blocks present that no backup refers to; throws with the names of those that would not
 * go.
 */
const removeUnusedBlocks = async (
  store: Store,
  volume: string,
  present: string[],
  backups: BackupConfig[],
): Promise<void> => {
  const used = usedBlocks(backups);
  const unused = present.filter((checksum) => !used.has(checksum));
  const failures: string[] = [];
  await inParallel(unused, atOnce, (checksum) =>
    store.remove(blockPath(volume, checksum)).catch(() => {
      failures.push(checksum);
    }),
  );
  // The folder of the volume was removed meanwhile. Seen on a real v1.8.2, over NFS: the command fails then;
  // of its texts this is the one that a manager does not take for a success.
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

/** The newest backup by the time of its snapshot, the one a volume.cfg names as its last. */
const latestBackup = (backups: BackupConfig[]): BackupConfig | undefined =>
  backups.toSorted((a, b) => Date.parse(b.SnapshotCreatedAt) - Date.parse(a.SnapshotCreatedAt))[0];

// Undefined where a config cannot be read or is not finished: then nobody knows which blocks are in use, and
// all stay.
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

// What Longhorn does not do: without knowing what the others need, nothing is to be removed yet.
const giveWayToUnreadable = async ({ store, volume, backup }: Target): Promise<void> => {
  for (const name of await backupNames(store, volume))
    if (name !== backup)
      await loadBackup(store, volume, name).catch(() => {
        throw new StoreError(notAcquired(`${locksPath(volume)}/${name}.lck`, lockTypes.deletion));
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
 * Deletes a backup in Longhorn's own order: under a deletion lock first its config, which an immutable one
 * ends at once, then the blocks that no other backup of the volume refers to. Throws Longhorn's texts; what
 * was removed before stays removed.
 */
export const removeBackup = (target: Target): Promise<void> =>
  underLock({ ...target, type: lockTypes.deletion }, async () => {
    const { store, volume, backup, mutant } = target;
    await loadBackup(store, volume, backup).catch((error) =>
      store.log.warning('Failed to load to be deleted backup', { error }),
    );
    if (mutant === 'cfg-left-behind') return;
    const namesFailed = store.isFixed('deletion-destroys-other-backups') ? 'error' : 'empty';
    if (store.isFixed('config-removed-without-volume-cfg')) await loadVolumeOfBackup(store, volume);
    if (namesFailed === 'error') await backupNames(store, volume, namesFailed);
    if (store.isFixed('unlistable-blocks-are-unknown')) await blockNames(store, volume);
    if (store.isFixed('unreadable-neighbour-keeps-blocks')) await giveWayToUnreadable(target);
    await store.remove(backupConfigPath(volume, backup));
    store.log.info('Removed backup for volume', { backup, volume });

    const config = await loadVolumeOfBackup(store, volume);
    store.log.info('GC started');
    // Empty where `backups/` cannot be listed: then no block is in use, and all of them go.
    const names = await backupNames(store, volume, namesFailed);
    const present = await blockNames(store, volume);
    const backups = await loadAll(target, names);
    tellUnknownBlocks(store, present, backups ?? []);
    if (config.LastBackupName === backup) {
      // Not knowing the newest, Longhorn names none: the next backup is then a full one.
      const last = backups && latestBackup(backups);
      await saveVolume(store, {
        ...config,
        LastBackupName: last?.Name ?? '',
        LastBackupAt: last?.SnapshotCreatedAt ?? '',
      });
    }
    // Failed twice, the listings are alike, and Longhorn goes on.
    if (!sameNames(names, await backupNames(store, volume, namesFailed))) {
      store.log.info('Found new backups for volume, skip block deletion');
      return;
    }
    if (backups && mutant !== 'blocks-left-behind') await removeUnusedBlocks(store, volume, present, backups);
  });

/**
 * Deletes everything the store has of a volume, under a deletion lock; a volume it does not have is no error.
 */
export const removeVolumeFromStore = async (target: Omit<Target, 'backup'>): Promise<void> => {
  const { store, volume } = target;
  if (!(await volumeNames(store)).includes(volume)) return;
  await underLock({ ...target, type: lockTypes.deletion }, async () => {
    // In Longhorn last (backupstore.go, removeVolume): a deletion of a backup under way may then write it anew.
    await store.remove(volumeConfigPath(volume));
    await store.remove(`${volumePath(volume)}/`);
  });
};
