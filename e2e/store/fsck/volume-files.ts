import { isValidName } from '../format/config.ts';
import { classifyStoreFile, isKnownFolder } from '../format/layout.ts';
import type { StoreEntry, StoreSource } from '../format/source.ts';
import type { Findings } from './findings.ts';
import { walkFiles } from './walk-files.ts';

/** The files of one volume in a store, by kind. */
export type VolumeFiles = {
  /** The path, starting with the store's folder. */
  folder: string;
  volumeConfig: StoreEntry | undefined;
  /** By the name that is part of the file name. */
  backups: Map<string, StoreEntry>;
  locks: Map<string, StoreEntry>;
  /** Sizes in bytes, by checksum. Only blocks where Longhorn looks for them. */
  blocks: Map<string, number>;
  temporary: StoreEntry[];
};

// blocks/da/65/CHECKSUM.blk
const deepest = 4;

/** Lists a volume's folder. Foreign and unreadable entries become findings. */
export const listVolume = async (
  source: StoreSource,
  folder: string,
  findings: Findings,
): Promise<VolumeFiles> => {
  const files: VolumeFiles = {
    folder,
    volumeConfig: undefined,
    backups: new Map(),
    locks: new Map(),
    blocks: new Map(),
    temporary: [],
  };
  const take = (entry: StoreEntry, path: string) => sort(files, { entry, path, findings });
  await walkFiles(source, folder, { depth: deepest, findings, isKnownFolder, take });
  return { ...files, backups: byName(files.backups), locks: byName(files.locks) };
};

// Sources list in any order. Findings must have a fixed order.
const byName = <T>(map: Map<string, T>): Map<string, T> =>
  new Map([...map].sort(([a], [b]) => (a < b ? -1 : 1)));

const sort = (
  files: VolumeFiles,
  { entry, path, findings }: { entry: StoreEntry; path: string; findings: Findings },
): void => {
  const file = classifyStoreFile(path);
  const foreign = () => findings.add('foreign-file', entry.path, `${path} is no file of Longhorn's`);
  if (file.kind === 'volume-config') files.volumeConfig = entry;
  else if (file.kind === 'temporary') files.temporary.push(entry);
  else if (file.kind === 'backup-config')
    isValidName(file.backup) ? files.backups.set(file.backup, entry) : foreign();
  else if (file.kind === 'lock') isValidName(file.lock) ? files.locks.set(file.lock, entry) : foreign();
  else if (file.kind === 'unknown' && /(?:^|\/)backup_[^/]+\.cfg$/.test(path))
    findings.add(
      'backup-misplaced',
      entry.path,
      `${path} is a backup's config that is not in backups/: Longhorn does not see that backup`,
    );
  else if (file.kind === 'unknown') foreign();
  else if (file.misplaced)
    findings.add('block-misplaced', entry.path, `block ${path} is not where its name says`);
  else files.blocks.set(file.checksum, entry.size);
};
