import { z } from 'zod';

// Numbers are strings in these files, and a backup without data has no `Blocks` at all: Go's encoding leaves an empty list out.
const backupConfigSchema = z.object({
  Name: z.string(),
  VolumeName: z.string(),
  SnapshotName: z.string(),
  CreatedTime: z.string(),
  Size: z.string(),
  IsIncremental: z.boolean().default(false),
  CompressionMethod: z.string().default('gzip'),
  Blocks: z
    .array(z.object({ Offset: z.number(), BlockChecksum: z.string() }))
    .nullish()
    .transform((blocks) => blocks ?? []),
});

/** A backup's config as Longhorn writes it; one without a creation time is still being made. */
export type BackupConfig = {
  name: string;
  volume: string;
  snapshot: string;
  /** Not finished yet, or never finished. */
  inProgress: boolean;
  /** Bytes. */
  size: number;
  incremental: boolean;
  compression: string;
  blocks: { offset: number; checksum: string }[];
};

/** Reads a `backup_NAME.cfg`; an error names the file and what is wrong with it. */
export const parseBackupConfig = (text: string, path: string): BackupConfig => {
  const config = backupConfigSchema.safeParse(parseJson(text, path));
  if (!config.success) throw new Error(`${path} is no backup config: ${z.prettifyError(config.error)}`);
  const { data } = config;
  return {
    name: data.Name,
    volume: data.VolumeName,
    snapshot: data.SnapshotName,
    inProgress: data.CreatedTime === '',
    size: Number(data.Size),
    incremental: data.IsIncremental,
    compression: data.CompressionMethod,
    blocks: data.Blocks.map(({ Offset, BlockChecksum }) => ({ offset: Offset, checksum: BlockChecksum })),
  };
};

const parseJson = (text: string, path: string): unknown => {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new Error(`${path} is no JSON (${text.length} characters)`, { cause: error });
  }
};
