import { z } from 'zod';
import { type Parsed, readAs } from './config.ts';
import { storeFolder } from './layout.ts';

/**
 * The folder of system backups. One is in `backupstore/system-backups/v1.12.1/NAME/` (backupstore, system_backup.go).
 */
export const systemBackupsFolder = `${storeFolder}/system-backups`;

const schema = z.object({
  Name: z.string(),
  LonghornVersion: z.string(),
  Checksum: z.string(),
});

/** The config of a system backup. `Checksum` is the SHA-256 of the archive in hexadecimal. */
export type SystemBackupConfig = z.output<typeof schema>;

/** Parses a `system-backup.cfg`. */
export const parseSystemBackup = (bytes: Buffer): Parsed<SystemBackupConfig> => readAs(schema, bytes);
