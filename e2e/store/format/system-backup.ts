import { z } from 'zod';
import { type Parsed, readAs } from './config.ts';
import { storeFolder } from './layout.ts';

/** Where the system backups are: `backupstore/system-backups/v1.12.1/NAME/`; backupstore, system_backup.go. */
export const systemBackupsFolder = `${storeFolder}/system-backups`;

const schema = z.object({
  Name: z.string(),
  LonghornVersion: z.string(),
  Checksum: z.string(),
});

/** What the config of a system backup says; its checksum is the SHA-256 of the archive, in hexadecimal digits. */
export type SystemBackupConfig = z.output<typeof schema>;

/** Reads a `system-backup.cfg`. */
export const parseSystemBackup = (bytes: Buffer): Parsed<SystemBackupConfig> => readAs(schema, bytes);
