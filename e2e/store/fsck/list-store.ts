import { backingImageLocks } from '../format/backing-image.ts';
import {
  type BackupConfig,
  isValidName,
  parseBackup,
  parseVolume,
  type VolumeConfig,
} from '../format/config.ts';
import { classifyStoreFile } from '../format/layout.ts';
import type { StoreEntry, StoreSource } from '../format/source.ts';
import { collectFindings } from './findings.ts';
import { listVolumes } from './fsck.ts';
import { readConfig, sizeLimits } from './read-config.ts';

/** A config of the store, or why it cannot be read. */
export type ListedConfig<T> =
  | { path: string; config: T; problem?: never }
  | { path: string; config?: never; problem: string };

/** A volume of a store as its configs describe it. Blocks are not read. */
type ListedVolume = ListedConfig<VolumeConfig> & {
  name: string;
  folder: string;
  /** By name. Each config is read on demand, because it may be large. */
  backups: { name: string; read: () => Promise<ListedConfig<BackupConfig>> }[];
};

/** Lists the volumes of a store, in order. Damage in the store does not make it throw. */
export const listStore = async function* (source: StoreSource): AsyncGenerator<ListedVolume> {
  for (const folder of await listVolumes(source, collectFindings({ keep: 0 }))) {
    if (folder.endsWith(`/${backingImageLocks}`)) continue;
    let volumeConfig: StoreEntry | undefined;
    const backups = new Map<string, StoreEntry>();
    for await (const entry of source.walk(folder, 2)) {
      if (entry.kind !== 'file') continue;
      const file = classifyStoreFile(entry.path.slice(folder.length + 1));
      if (file.kind === 'volume-config') volumeConfig = entry;
      if (file.kind === 'backup-config' && isValidName(file.backup)) backups.set(file.backup, entry);
    }
    const name = folder.slice(folder.lastIndexOf('/') + 1);
    const path = `${folder}/volume.cfg`;
    const config: ListedConfig<VolumeConfig> = volumeConfig
      ? await read(source, volumeConfig, { parse: parseVolume, limit: sizeLimits.volume, what: 'volume.cfg' })
      : { path, problem: 'volume.cfg is missing' };
    yield {
      ...config,
      name,
      folder,
      backups: [...backups]
        .sort(([a], [b]) => (a < b ? -1 : 1))
        .map(([backup, entry]) => ({
          name: backup,
          read: () =>
            read(source, entry, {
              parse: parseBackup,
              limit: sizeLimits.backup,
              what: `the config of backup ${backup}`,
            }),
        })),
    };
  }
};

const read = async <T>(
  ...[source, entry, reading]: Parameters<typeof readConfig<T>>
): Promise<ListedConfig<T>> => {
  const { config, problem } = await readConfig<T>(source, entry, reading);
  return problem ? { path: entry.path, problem: problem.message } : { path: entry.path, config };
};
