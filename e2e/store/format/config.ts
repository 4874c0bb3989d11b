import type { z } from 'zod';
import { backupSchema, lockSchema, volumeSchema } from './config-schemas.ts';
import type { CompressionMethod } from './decompress.ts';
import { readJson, type Unparsed } from './json.ts';

/** Why a file of the store cannot be used, as the end of a sentence that begins with the file. */
export type Unusable = Unparsed | { code: 'config-invalid'; message: string };

/** What one kind of file says, or why it says nothing. */
export type Parsed<T> = { config: T; problem?: never } | { config?: never; problem: Unusable };

const defaultBlockSize = 2 << 20;
const blockSizes = [defaultBlockSize, 16 << 20];

/** Names that Longhorn takes; backupstore, util.go, ValidateName. */
export const isName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name);

/** Where a block of a backup belongs in the volume, in bytes. */
export type BlockMapping = { offset: number; checksum: string };

/** A backup's config as Longhorn writes it, with plain numbers; one without a creation time is still being made. */
export type BackupConfig = {
  name: string;
  volume: string;
  snapshot: string;
  snapshotCreated: string;
  created: string;
  /** Not finished yet, or never finished. */
  inProgress: boolean;
  /** Bytes. */
  size: number;
  /** Bytes. */
  blockSize: number;
  incremental: boolean;
  compression: CompressionMethod;
  /** Bytes, compressed. */
  uploaded: { new: number; again: number };
  labels: Record<string, string>;
  parameters: Record<string, string>;
  blocks: BlockMapping[];
  /** The backup's data are in one file instead of blocks; empty for those of volumes. */
  singleFile: string;
};

export type VolumeConfig = z.output<typeof volumeSchema>;
export type Lock = z.output<typeof lockSchema>;

const parse = <T>(schema: z.ZodType<T>, bytes: Buffer): Parsed<T> => {
  const json = readJson(bytes);
  if (!('value' in json)) return { problem: json };
  const { success, data, error } = schema.safeParse(json.value);
  if (success) return { config: data };
  const [issue] = error.issues;
  return invalid(`${issue?.path.join('.') || 'its content'}: ${issue?.message.replace('Invalid input: ', '') ?? 'wrong'}`);
};

const invalid = (what: string): { problem: Unusable } => ({
  problem: { code: 'config-invalid', message: `is not as Longhorn writes it: ${what}` },
});

/** Reads a `backup_NAME.cfg`. */
export const parseBackup = (bytes: Buffer): Parsed<BackupConfig> => {
  const { config: raw, problem } = parse(backupSchema, bytes);
  if (problem) return { problem };
  const blockSize = Number(raw.Parameters['backup-block-size'] ?? defaultBlockSize);
  if (!blockSizes.includes(blockSize))
    return invalid(`a backup-block-size of ${raw.Parameters['backup-block-size']}, where 2 MiB and 16 MiB are known`);
  const wrong = raw.Blocks.findIndex((block) => !isMapping(block));
  if (wrong >= 0) return invalid(`Blocks.${wrong}: no offset and checksum of 64 hexadecimal digits`);
  return {
    config: {
      name: raw.Name,
      volume: raw.VolumeName,
      snapshot: raw.SnapshotName,
      snapshotCreated: raw.SnapshotCreatedAt,
      created: raw.CreatedTime,
      inProgress: raw.CreatedTime === '',
      size: raw.Size,
      blockSize,
      incremental: raw.IsIncremental,
      compression: raw.CompressionMethod,
      uploaded: { new: raw.NewlyUploadedDataSize, again: raw.ReUploadedDataSize },
      labels: raw.Labels,
      parameters: raw.Parameters,
      blocks: (raw.Blocks as RawMapping[]).map(({ Offset, BlockChecksum }) => ({ offset: Offset, checksum: BlockChecksum })),
      singleFile: raw.SingleFile?.FilePath ?? '',
    },
  };
};

/** Reads a `volume.cfg`. */
export const parseVolume = (bytes: Buffer): Parsed<VolumeConfig> => parse(volumeSchema, bytes);

/** Reads a lock's file; its type is 1 for a backup or a restore, 2 for a deletion, and others are not known. */
export const parseLock = (bytes: Buffer): Parsed<Lock> => parse(lockSchema, bytes);

type RawMapping = { Offset: number; BlockChecksum: string };

// By hand: there are millions of them.
const isMapping = (block: unknown): block is RawMapping => {
  if (typeof block !== 'object' || block === null) return false;
  const { Offset, BlockChecksum } = block as Partial<RawMapping>;
  return Number.isSafeInteger(Offset) && typeof BlockChecksum === 'string' && /^[0-9a-f]{64}$/.test(BlockChecksum);
};
