import { z } from 'zod';
import { compressionMethods } from './decompress.ts';

// Go's encoding writes these numbers as strings, an empty map as null, and reads what is missing as nothing.
const integer = z
  .string()
  .regex(/^\d{1,15}$/, 'is no whole number in quotes')
  .transform(Number);
const labels = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});
const time = z.string().refine((text) => text === '' || !Number.isNaN(Date.parse(text)), 'is no time');
// Longhorn's own slip: these strings of volume.cfg are in quotes twice.
const unquoted = z
  .string()
  .default('')
  .transform((text) => /^"(.*)"$/.exec(text)?.[1] ?? text);
// In quotes twice in volume.cfg, once in a backup's config.
const compression = unquoted
  .transform((method) => method || 'gzip')
  .pipe(z.enum(compressionMethods, 'is no compression that Longhorn knows'));

/** `backup_NAME.cfg`; its blocks are looked at one by one, for there may be millions. */
export const backupSchema = z.object({
  Name: z.string(),
  VolumeName: z.string(),
  SnapshotName: z.string(),
  SnapshotCreatedAt: time.default(''),
  CreatedTime: time,
  Size: integer,
  Labels: labels,
  Parameters: labels,
  IsIncremental: z.boolean().default(false),
  CompressionMethod: compression,
  NewlyUploadedDataSize: integer.default(0),
  ReUploadedDataSize: integer.default(0),
  // A backup without data has no `Blocks` at all: Go's encoding leaves an empty list out.
  Blocks: z
    .array(z.unknown())
    .nullish()
    .transform((blocks) => blocks ?? []),
  SingleFile: z.object({ FilePath: z.string().default('') }).nullish(),
});

/** `volume.cfg`. */
export const volumeSchema = z.object({
  Name: z.string(),
  Size: integer,
  Labels: labels,
  CreatedTime: time,
  LastBackupName: z.string().default(''),
  LastBackupAt: time.default(''),
  BlockCount: integer,
  BackingImageName: unquoted,
  CompressionMethod: compression,
  StorageClassName: unquoted,
  DataEngine: unquoted.transform((engine) => engine || 'v1'),
});

/** `locks/NAME.lck`. */
export const lockSchema = z.object({ Name: z.string(), Type: z.int(), Acquired: z.boolean() });
