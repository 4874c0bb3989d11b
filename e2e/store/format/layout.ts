import { hash } from 'node:crypto';

/** Longhorn's folder inside the export. Its name is fixed. */
export const storeFolder = 'backupstore';

/** The folder of all volumes. A volume is in `backupstore/volumes/8b/8e/sample-a`. */
export const volumesFolder = `${storeFolder}/volumes`;

/**
 * The folder of a volume in a store, relative to the export: `backupstore/volumes/8b/8e/sample-a`. The two levels are
 * the first bytes of the SHA-512 of the volume's name (backupstore, config.go).
 */
export const volumeFolder = (volume: string): string => {
  const digits = hash('sha512', volume, 'hex');
  return `${volumesFolder}/${digits.slice(0, 2)}/${digits.slice(2, 4)}/${volume}`;
};

/** The path of a backup's config, relative to the volume's folder. */
export const backupConfigPath = (backup: string): string => `backups/backup_${backup}.cfg`;

/** The checksum of a block: the first 64 of the 128 hexadecimal digits of the SHA-512 of its uncompressed data. */
export const checksumOf = (data: Uint8Array): string => hash('sha512', data, 'hex').slice(0, 64);

/** The path of a block's file, relative to the volume's folder. */
export const blockPath = (checksum: string): string =>
  `blocks/${checksum.slice(0, 2)}/${checksum.slice(2, 4)}/${checksum}.blk`;

/** The path of a lock inside its volume's folder. */
export const lockFilePath = (name: string): string => `locks/${name}.lck`;

/** The kind of a file in a volume's folder, from its path. */
type StoreFile =
  | { kind: 'volume-config' }
  | { kind: 'backup-config'; backup: string }
  | { kind: 'block'; checksum: string; misplaced: boolean }
  | { kind: 'lock'; lock: string }
  | { kind: 'temporary' }
  | { kind: 'unknown' };

/**
 * Classifies a file by its path, relative to the volume's folder. `.tmp.` in the name means that it is still being
 * written.
 */
export const classifyStoreFile = (path: string): StoreFile => {
  if (/\.tmp\.\d+$/.test(path)) return { kind: 'temporary' };
  if (path === 'volume.cfg') return { kind: 'volume-config' };
  const backup = /^backups\/backup_([^/]+)\.cfg$/.exec(path)?.[1];
  if (backup !== undefined) return { kind: 'backup-config', backup };
  const checksum = /^blocks\/(?:[^/]+\/)*([^/]+)\.blk$/.exec(path)?.[1];
  if (checksum !== undefined)
    return {
      kind: 'block',
      checksum,
      misplaced: path !== blockPath(checksum) || !/^[0-9a-f]{64}$/.test(checksum),
    };
  const lock = /^locks\/([^/]+)\.lck$/.exec(path)?.[1];
  if (lock !== undefined) return { kind: 'lock', lock };
  return { kind: 'unknown' };
};

/** Whether Longhorn creates a folder with this path, relative to the volume's folder. */
export const isKnownFolder = (path: string): boolean =>
  /^(backups|locks|blocks(\/[0-9a-f]{2}){0,2})$/.test(path);
