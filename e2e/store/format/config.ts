import { z } from 'zod';
import { type CompressionMethod, compressionMethods } from './decompress.ts';

// Longhorn writes these numbers as strings. Go's encoder writes an empty map as null.
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
// Longhorn writes these strings of volume.cfg with doubled quotes, by mistake.
const unquoted = z
  .string()
  .default('')
  .transform((text) => /^"(.*)"$/.exec(text)?.[1] ?? text);
// With doubled quotes in volume.cfg, with single ones in the config of a backup.
export const compression = unquoted
  .transform((method) => method || 'gzip')
  .pipe(z.enum(compressionMethods, 'is no compression that Longhorn knows'));

// Go's encoder omits an empty list, so a backup without data has no `Blocks`.
export const mappingList = z
  .array(z.unknown())
  .nullish()
  .transform((blocks) => blocks ?? []);

/** `backup_NAME.cfg`. Its blocks have a separate parser, because there may be millions. */
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

/** Why a file is no config. The message follows the name of the file in a sentence. */
type Unparsed = { code: 'config-empty' | 'config-cut-off' | 'config-not-json'; message: string };

// Parsing 100 MB of hostile JSON can take minutes and 100 times the memory. A config is flat and has long lists but
// no long objects, except labels. It has one value for about 30 bytes (an offset, a checksum, or their object).
const deepest = 16;
const bytesPerValue = 24;
const fewValues = 1_000;
const mostFields = 10_000;

const [quote, backslash, comma, openBracket, closeBracket, openBrace, closeBrace] = [...'"\\,[]{}'].map(
  (sign) => sign.charCodeAt(0),
);

/** Parses the JSON of a config. Memory is limited to a small multiple of the file's size, and it never throws. */
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

// Scans only brackets, commas and quotes, so that no values are created. It does not detect all invalid JSON.
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

/** Why a file of the store cannot be used. The message follows the name of the file in a sentence. */
type Unusable = Unparsed | { code: 'config-invalid'; message: string };

/** The content of a file, or why it has none. */
export type Parsed<T> = { config: T; problem?: never } | { config?: never; problem: Unusable };

/** The block size if a config does not name one, in bytes. */
export const defaultBlockSize = 2 << 20;
const blockSizes = [defaultBlockSize, 16 << 20];

// Units of a Kubernetes quantity (resource.ParseQuantity), in bytes. Longhorn parses the block size this way
// (backupstore, util.go, getBlockSizeFromParameters).
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

/** Whether Longhorn accepts a name (backupstore, util.go, ValidateName). */
export const isValidName = (name: string): boolean => /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/.test(name);

/** A block of a backup, and its offset in the volume, in bytes. */
export type BlockMapping = { offset: number; checksum: string };

/** The config of a backup as Longhorn writes it, with plain numbers. Without a creation time it is in progress. */
export type BackupConfig = {
  name: string;
  volume: string;
  snapshot: string;
  snapshotCreated: string;
  created: string;
  /** The backup is not finished, or never was. */
  inProgress: boolean;
  /** In bytes. */
  size: number;
  /** In bytes. */
  blockSize: number;
  incremental: boolean;
  compression: CompressionMethod;
  /** In bytes, compressed. */
  uploaded: { new: number; again: number };
  labels: Record<string, string>;
  parameters: Record<string, string>;
  blocks: BlockMapping[];
  /** The path of the data if they are in one file instead of blocks. Empty for backups of volumes. */
  singleFile: string;
};

export type VolumeConfig = z.output<typeof volumeSchema>;
type Lock = z.output<typeof lockSchema>;

/** Parses a JSON file with a schema. */
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

/** Parses a `backup_NAME.cfg`. */
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

/** Parses a `volume.cfg`. */
export const parseVolume = (bytes: Buffer): Parsed<VolumeConfig> => readAs(volumeSchema, bytes);

/** Parses a lock file. Type 1 is a backup or restore, type 2 a deletion; other types are unknown. */
export const parseLock = (bytes: Buffer): Parsed<Lock> => readAs(lockSchema, bytes);

type Mappings = { blocks: BlockMapping[]; problem?: never } | { blocks?: never; problem: Unusable };

/** Parses the block list of a config of a backup or backing image. */
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

// Without zod, because there are millions of blocks.
const isMapping = (block: unknown): block is RawMapping => {
  if (typeof block !== 'object' || block === null) return false;
  const { Offset, BlockChecksum } = block as Partial<RawMapping>;
  return (
    Number.isSafeInteger(Offset) && typeof BlockChecksum === 'string' && /^[0-9a-f]{64}$/.test(BlockChecksum)
  );
};
