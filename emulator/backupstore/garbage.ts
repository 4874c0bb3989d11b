import type { BackupConfig } from './config.ts';
import { loadVolume, saveVolume } from './configs.ts';
import { StoreError } from './errors.ts';
import { inParallel } from './in-parallel.ts';
import { blockPath, blocksPath, volumeConfigPath } from './paths.ts';
import type { Store } from './store.ts';

// Longhorn goes one by one; here each call costs more, and all of them are to end long before the next look at the Backup.
const atOnce = 64;

/** Checksums of the blocks that the store has of a volume. */
export const blockNames = async (store: Store, volume: string): Promise<string[]> => {
  const list = async (folders: string[]): Promise<string[]> => {
    const entries = await inParallel(folders, atOnce, async (folder) => (await store.list(folder)).map((name) => `${folder}/${name}`));
    return entries.flat();
  };
  const files = await list(await list(await list([blocksPath(volume)])));
  return files.flatMap((file) => /\/(\w+)\.blk$/.exec(file)?.[1] ?? []);
};

/** Removes those of the blocks present that no backup refers to; throws with the names of those that would not go. */
export const removeUnusedBlocks = async (store: Store, volume: string, present: string[], backups: BackupConfig[]): Promise<void> => {
  const used = new Set(backups.flatMap(({ Blocks }) => Blocks.map(({ BlockChecksum }) => BlockChecksum)));
  const unused = present.filter((checksum) => !used.has(checksum));
  const failures: string[] = [];
  await inParallel(unused, atOnce, (checksum) =>
    store.remove(blockPath(volume, checksum)).catch(() => {
      failures.push(checksum);
    }),
  );
  // The folder of the volume was removed meanwhile. Seen on a real v1.8.2, over NFS: the command fails then; of its texts this is the one that a
  // manager does not take for a success.
  if (unused.length > 0 && !(await store.exists(volumeConfigPath(volume)))) failures.push(...unused);
  if (failures.length > 0) throw new StoreError(`failed to delete backup blocks: [${failures.join(' ')}]`);
  store.log.info(`Removed ${unused.length} unused blocks for volume ${volume}`);
  await saveVolume(store, { ...(await loadVolume(store, volume)), BlockCount: present.length - unused.length });
};
