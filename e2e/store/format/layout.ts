import { hash } from 'node:crypto';

/** The folder below the export in which Longhorn keeps everything; its name is fixed. */
export const storeFolder = 'backupstore';

/** Where the volumes are, `backupstore/volumes/8b/8e/sample-a`. */
export const volumesFolder = `${storeFolder}/volumes`;

/**
 * The folder of a volume in a store, relative to the export: `backupstore/volumes/8b/8e/sample-a`.
 * The two levels are the first bytes of the SHA-512 of the volume's name; backupstore, config.go.
 */
export const volumeFolder = (volume: string): string => {
  const digits = hash('sha512', volume, 'hex');
  return `${volumesFolder}/${digits.slice(0, 2)}/${digits.slice(2, 4)}/${volume}`;
};

/** A backup's config, relative to its volume's folder. */
export const backupConfigPath = (backup: string): string => `backups/backup_${backup}.cfg`;

/**
 * A block's checksum: the first 64 of the 128 hexadecimal digits of the SHA-512 of its data, uncompressed.
 */
export const checksumOf = (data: Uint8Array): string => hash('sha512', data, 'hex').slice(0, 64);

/** A block's file, relative to its volume's folder. */
export const blockPath = (checksum: string): string =>
  `blocks/${checksum.slice(0, 2)}/${checksum.slice(2, 4)}/${checksum}.blk`;

/** What a file in a volume's folder is, by its path alone. */
export type StoreFile =
  | { kind: 'volume-config' }
  | { kind: 'backup-config'; backup: string }
  | { kind: 'block'; checksum: string; misplaced: boolean }
  | { kind: 'lock'; lock: string }
  | { kind: 'temporary' }
  | { kind: 'unknown' };

/**
 * Reads the path of a file, relative to its volume's folder; a file being written (`.tmp.` in its name) is
 * temporary.
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

/** Whether Longhorn makes a folder of this path, relative to its volume's folder. */
export const isKnownFolder = (path: string): boolean =>
  /^(backups|locks|blocks(\/[0-9a-f]{2}){0,2})$/.test(path);
