import { createHash } from 'node:crypto';

const sha512 = (data: Uint8Array | string): string => createHash('sha512').update(data).digest('hex');

/** Default size of a backup's blocks, in bytes. */
export const blockSize = 2 * 1024 * 1024;

/** Size of a backup's blocks in bytes, from its parameters. */
export const blockSizeOf = (parameters: Record<string, string> | null): number =>
  Number(parameters?.['backup-block-size'] || blockSize);

/** Checksum that identifies a block: the first 64 of 128 hexadecimal digits of the SHA-512 of its uncompressed data. */
export const checksumOf = (block: Uint8Array): string => sha512(block).slice(0, 64);

export const volumesPath = 'backupstore/volumes';

/** Folder of a volume below the export. Two levels of folders keep each folder short. */
export const volumePath = (volume: string): string => {
  const hash = sha512(volume);
  return `${volumesPath}/${hash.slice(0, 2)}/${hash.slice(2, 4)}/${volume}`;
};

export const volumeConfigPath = (volume: string): string => `${volumePath(volume)}/volume.cfg`;
export const backupsPath = (volume: string): string => `${volumePath(volume)}/backups`;
export const backupConfigPath = (volume: string, backup: string): string =>
  `${backupsPath(volume)}/backup_${backup}.cfg`;
export const blocksPath = (volume: string): string => `${volumePath(volume)}/blocks`;
export const blockPath = (volume: string, checksum: string): string =>
  `${blocksPath(volume)}/${checksum.slice(0, 2)}/${checksum.slice(2, 4)}/${checksum}.blk`;
export const locksPath = (volume: string): string => `${volumePath(volume)}/locks`;
export const lockPath = (volume: string, lock: string): string => `${locksPath(volume)}/${lock}.lck`;
