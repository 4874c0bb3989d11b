import { parseLock } from './format/config.ts';
import { classify, volumeFolder } from './format/layout.ts';
import type { StoreSource } from './format/source.ts';
import { readConfig, sizeLimits } from './fsck/read-config.ts';

/** A lock as its file says; of type 1 for a backup or a restore, 2 for a deletion. One that is not acquired only asks for the volume. */
export type VolumeLock = { name: string; type: number; acquired: boolean };

/** Reads the locks in a volume's folder; passes over one that goes while it is looked at, and one that cannot be read, as Longhorn does. */
export const listLocks = async (source: StoreSource, volume: string): Promise<VolumeLock[]> => {
  const folder = volumeFolder(volume);
  const locks: VolumeLock[] = [];
  for await (const entry of source.walk(`${folder}/locks`, 1)) {
    const file = classify(entry.path.slice(folder.length + 1));
    if (file.kind !== 'lock') continue;
    const { config } = await readConfig(source, entry, { parse: parseLock, limit: sizeLimits.lock, what: `lock ${file.lock}` });
    if (config) locks.push({ name: file.lock, type: config.Type, acquired: config.Acquired });
  }
  return locks;
};
