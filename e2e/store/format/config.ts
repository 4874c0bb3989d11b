import { z } from 'zod';
import { type CompressionMethod, compressionMethods } from './decompress.ts';

// Go's encoding writes these numbers as strings, an empty map as null, and reads what is missing as nothing.
export const quotedInteger = z
  .string()
  .regex(/^\d{1,16}$/, 'is no whole number in quotes')
  .transform(Number)
  .refine(Number.isSafeInteger, 'is too large a number');
const labels = z
  .record(
    z.string(),
    z
      .string()
      .nullable()
      .transform((text) => text ?? ''),
  )
  .nullish()
  .transform((map) => map ?? {});
const time = z.string().refine((text) => text === '' || !Number.isNaN(Date.parse(text)), 'is no time');
// Longhorn's own slip: these strings of volume.cfg are in quotes twice.
const unquoted = z
  .string()
  .default('')
  .transform((text) => /^"(.*)"$/.exec(text)?.[1] ?? text);
// In quotes twice in volume.cfg, once in a backup's config.
export const compression = unquoted
  .transform((method) => method || 'gzip')
  .pipe(z.enum(compressionMethods, 'is no compression that Longhorn knows'));

// One without data has no `Blocks` at all: Go's encoding leaves an empty list out.
export const mappingList = z
  .array(z.unknown())
  .nullish()
  .transform((blocks) => blocks ?? []);

/** `backup_NAME.cfg`; its blocks are looked at one by one, for there may be millions. */
const backupSchema = z.object({
  Name: z.string(),
  VolumeName: z.string(),
  SnapshotName: z.string(),
  SnapshotCreatedAt: time.default(''),
  CreatedTime: time,
  Size: quotedInteger,
  Labels: labels,
  Parameters: labels,
  IsIncremental: z.boolean().default(false),
  CompressionMethod: compression,
  NewlyUploadedDataSize: quotedInteger.default(0),
  ReUploadedDataSize: quotedInteger.default(0),
  Blocks: mappingList,
  SingleFile: z.object({ FilePath: z.string().default('') }).nullish(),
});

/** `volume.cfg`. */
const volumeSchema = z.object({
  Name: z.string(),
  Size: quotedInteger,
  Labels: labels,
  CreatedTime: time,
  LastBackupName: z.string().default(''),
  LastBackupAt: time.default(''),
  BlockCount: quotedInteger,
  BackingImageName: unquoted,
  CompressionMethod: compression,
  StorageClassName: unquoted,
  DataEngine: unquoted.transform((engine) => engine || 'v1'),
});

/** `locks/NAME.lck`. */
const lockSchema = z.object({ Name: z.string(), Type: z.int(), Acquired: z.boolean() });

/** Why a file is no config, as the end of a sentence that begins with the file. */
type Unparsed = { code: 'config-empty' | 'config-cut-off' | 'config-not-json'; message: string };

// JSON of a hundred megabytes can take a hundred times that, and minutes, to be parsed. A config's cannot: it
// is flat, it has a value for every 30 bytes or so (an offset, a checksum, the two together), and long lists
// but no long objects; labels are the longest.
const deepest = 16;
const bytesPerValue = 24;
const fewValues = 1_000;
const mostFields = 10_000;

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = [...'"\\,[]{}'].map(
  (sign) => sign.charCodeAt(0),
);

/**
 * Parses a config's JSON, whatever it is: memory stays within a small multiple of its size, and nothing
 * throws.
 */
const readJson = (bytes: Buffer): { value: unknown } | Unparsed => {
  if (bytes.length === 0) return { code: 'config-empty', message: 'is empty' };
  if (bytes[0] === 0)
    return { code: 'config-not-json', message: 'begins with a zero byte: it was never written' };
  const unlike = unlikeConfig(bytes);
  if (unlike !== undefined) return { code: 'config-not-json', message: unlike };
  const text = bytes.toString();
  try {
    return { value: JSON.parse(text) };
  } catch (error) {
    const { message } = error as Error;
    const at = / at position (\d+)/.exec(message)?.[1];
    if (
      /^(Unexpected end|Unterminated string)/.test(message) ||
      (at !== undefined && Number(at) >= text.length)
    )
      return { code: 'config-cut-off', message: `ends in the middle, after ${bytes.length} bytes` };
    return {
      code: 'config-not-json',
      message: at === undefined ? 'is no JSON' : `is no JSON from character ${Number(at) + 1} on`,
    };
  }
};

// Looks at nothing but brackets, commas and quotes, so that no value is made; what is no JSON may pass.
const unlikeConfig = (bytes: Buffer): string | undefined => {
  const most = fewValues + bytes.length / bytesPerValue;
  const fields = new Uint32Array(deepest + 1);
  const inObject = new Uint8Array(deepest + 1);
  let depth = 0;
  let values = 1;
  let inString = false;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (inString) {
      if (byte === backslash) at += 1;
      else if (byte === quote) inString = false;
    } else if (byte === quote) {
      inString = true;
    } else if (byte === comma) {
      values += 1;
      fields[depth] = (fields[depth] as number) + 1;
      if (inObject[depth] && (fields[depth] as number) >= mostFields)
        return `has an object of more than ${mostFields} fields, as no config does`;
    } else if (byte === openBrace || byte === openBracket) {
      values += 1;
      depth += 1;
      if (depth > deepest) return `is nested more than ${deepest} levels deep`;
      fields[depth] = 0;
      inObject[depth] = byte === openBrace ? 1 : 0;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth = Math.max(0, depth - 1);
    }
  }
  return values > most ? `holds ${values} values in ${bytes.length} bytes, as no config does` : undefined;
};

/** Why a file of the store cannot be used, as the end of a sentence that begins with the file. */
export type Unusable = Unparsed | { code: 'config-invalid'; message: string };

/** What one kind of file says, or why it says nothing. */
export type Parsed<T> = { config: T; problem?: never } | { config?: never; problem: Unusable };

/** The size of a block that no config names, in bytes. */
export const defaultBlockSize = 2 << 20;
const blockSizes = [defaultBlockSize, 16 << 20];

// A quantity of Kubernetes, in bytes (resource.ParseQuantity); backupstore, util.go, getBlockSizeFromParameters.
const units: Record<string, number> = {
  '': 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
};

const blockSizeOf = (text = ''): number | undefined => {
  if (text === '') return defaultBlockSize;
  const [, digits, unit = ''] = /^(\d+(?:\.\d*)?)([A-Za-z]*)$/.exec(text) ?? [];
  const factor = units[unit];
  if (digits === undefined || factor === undefined) return undefined;
  return Number(digits) * factor || defaultBlockSize;
};

/** Names that Longhorn takes; backupstore, util.go, ValidateName. */
export const isName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name);

/** Where a block of a backup belongs in the volume, in bytes. */
export type BlockMapping = { offset: number; checksum: string };

/**
 * A backup's config as Longhorn writes it, with plain numbers; one without a creation time is still being
 * made.
 */
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

/** Reads a file of JSON by what it has to look like. */
export const readAs = <T>(schema: z.ZodType<T>, bytes: Buffer): Parsed<T> => {
  const json = readJson(bytes);
  if (!('value' in json)) return { problem: json };
  const { success, data, error } = schema.safeParse(json.value);
  if (success) return { config: data };
  const [issue] = error.issues;
  return invalid(
    `${issue?.path.join('.') || 'its content'}: ${issue?.message.replace('Invalid input: ', '') ?? 'wrong'}`,
  );
};

const invalid = (what: string): { problem: Unusable } => ({
  problem: { code: 'config-invalid', message: `is not as Longhorn writes it: ${what}` },
});

/** Reads a `backup_NAME.cfg`. */
export const parseBackup = (bytes: Buffer): Parsed<BackupConfig> => {
  const { config: raw, problem } = readAs(backupSchema, bytes);
  if (problem) return { problem };
  const blockSize = blockSizeOf(raw.Parameters['backup-block-size']);
  if (blockSize === undefined || !blockSizes.includes(blockSize))
    return invalid(
      `a backup-block-size of ${raw.Parameters['backup-block-size']}, where 2 MiB and 16 MiB are known`,
    );
  const { blocks, problem: wrong } = readMappings(raw.Blocks);
  if (wrong) return { problem: wrong };
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
      blocks,
      singleFile: raw.SingleFile?.FilePath ?? '',
    },
  };
};

/** Reads a `volume.cfg`. */
export const parseVolume = (bytes: Buffer): Parsed<VolumeConfig> => readAs(volumeSchema, bytes);

/**
 * Reads a lock's file; its type is 1 for a backup or a restore, 2 for a deletion, and others are not known.
 */
export const parseLock = (bytes: Buffer): Parsed<Lock> => readAs(lockSchema, bytes);

type Mappings = { blocks: BlockMapping[]; problem?: never } | { blocks?: never; problem: Unusable };

/** Reads where blocks belong, as configs of backups and of backing images say it. */
export const readMappings = (raw: readonly unknown[]): Mappings => {
  const wrong = raw.findIndex((block) => !isMapping(block));
  if (wrong >= 0) return invalid(`Blocks.${wrong}: no offset and checksum of 64 hexadecimal digits`);
  return {
    blocks: (raw as RawMapping[]).map(({ Offset, BlockChecksum }) => ({
      offset: Offset,
      checksum: BlockChecksum,
    })),
  };
};

type RawMapping = { Offset: number; BlockChecksum: string };

// By hand: there are millions of them.
const isMapping = (block: unknown): block is RawMapping => {
  if (typeof block !== 'object' || block === null) return false;
  const { Offset, BlockChecksum } = block as Partial<RawMapping>;
  return (
    Number.isSafeInteger(Offset) && typeof BlockChecksum === 'string' && /^[0-9a-f]{64}$/.test(BlockChecksum)
  );
};
