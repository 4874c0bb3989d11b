type Json = string | number | boolean | null | Json[] | { [key: string]: Json };

const escapes: Record<string, string> = {
  '<': '\\u003c',
  '>': '\\u003e',
  '&': '\\u0026',
  '\u2028': '\\u2028',
  '\u2029': '\\u2029',
};

/** Writes JSON byte for byte as Go's encoding/json does: compact, with the characters escaped that matter in HTML. */
const stringify = (value: Json): string =>
  JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, (sign) => escapes[sign] as string);

/** A copy with sorted keys, as Go writes a map. A struct keeps the order of its fields. */
const sortedMap = (map: Record<string, string> | null): Record<string, string> | null =>
  map && Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : 1)));

export type CompressionMethod = 'none' | 'lz4' | 'gzip';
export type BlockMapping = { Offset: number; BlockChecksum: string };

/** The content of volume.cfg, with plain numbers and strings. */
export type VolumeConfig = {
  Name: string;
  Size: number;
  Labels: Record<string, string> | null;
  CreatedTime: string;
  LastBackupName: string;
  LastBackupAt: string;
  BlockCount: number;
  BackingImageName: string;
  BackingImageChecksum: string;
  CompressionMethod: CompressionMethod;
  StorageClassName: string;
  DataEngine: string;
};

/** The content of backup_NAME.cfg, with plain numbers. CreatedTime is empty while the backup is being written. */
export type BackupConfig = {
  Name: string;
  VolumeName: string;
  SnapshotName: string;
  SnapshotCreatedAt: string;
  CreatedTime: string;
  Size: number;
  Labels: Record<string, string> | null;
  Parameters: Record<string, string> | null;
  IsIncremental: boolean;
  CompressionMethod: CompressionMethod;
  NewlyUploadedDataSize: number;
  ReUploadedDataSize: number;
  /** {} or null: both occur, and Longhorn never reads either. */
  ProcessingBlocks: Record<string, never> | null;
  Blocks: BlockMapping[];
};

// A mistake of Longhorn: these strings have the Go tag ",string", which puts a second pair of quotes around them.
const quoted = (value: string): string => JSON.stringify(value);
const unquoted = (value: unknown): string =>
  typeof value === 'string' && value !== '' ? String(JSON.parse(value)) : '';

/** Encodes volume.cfg byte for byte as Longhorn does. */
export const encodeVolume = (volume: VolumeConfig): string =>
  stringify({
    Name: volume.Name,
    Size: String(volume.Size),
    Labels: sortedMap(volume.Labels),
    CreatedTime: volume.CreatedTime,
    LastBackupName: volume.LastBackupName,
    LastBackupAt: volume.LastBackupAt,
    BlockCount: String(volume.BlockCount),
    BackingImageName: quoted(volume.BackingImageName),
    BackingImageChecksum: quoted(volume.BackingImageChecksum),
    CompressionMethod: quoted(volume.CompressionMethod),
    StorageClassName: quoted(volume.StorageClassName),
    DataEngine: quoted(volume.DataEngine),
  });

/** Decodes volume.cfg. Throws if the text is not JSON. A missing compression method means gzip, a missing engine v1. */
export const decodeVolume = (text: string): VolumeConfig => {
  const raw = JSON.parse(text);
  return {
    Name: raw.Name,
    Size: Number(raw.Size),
    Labels: raw.Labels ?? null,
    CreatedTime: raw.CreatedTime,
    LastBackupName: raw.LastBackupName,
    LastBackupAt: raw.LastBackupAt,
    BlockCount: Number(raw.BlockCount),
    BackingImageName: unquoted(raw.BackingImageName),
    BackingImageChecksum: unquoted(raw.BackingImageChecksum),
    CompressionMethod: (unquoted(raw.CompressionMethod) || 'gzip') as CompressionMethod,
    StorageClassName: unquoted(raw.StorageClassName),
    DataEngine: unquoted(raw.DataEngine) || 'v1',
  };
};

/** Encodes backup_NAME.cfg byte for byte as Longhorn does. Omits Blocks if it is empty. */
export const encodeBackup = (backup: BackupConfig): string =>
  stringify({
    Name: backup.Name,
    VolumeName: backup.VolumeName,
    SnapshotName: backup.SnapshotName,
    SnapshotCreatedAt: backup.SnapshotCreatedAt,
    CreatedTime: backup.CreatedTime,
    Size: String(backup.Size),
    Labels: sortedMap(backup.Labels),
    Parameters: sortedMap(backup.Parameters),
    IsIncremental: backup.IsIncremental,
    CompressionMethod: backup.CompressionMethod,
    NewlyUploadedDataSize: String(backup.NewlyUploadedDataSize),
    ReUploadedDataSize: String(backup.ReUploadedDataSize),
    ProcessingBlocks: backup.ProcessingBlocks,
    ...(backup.Blocks.length > 0 && { Blocks: backup.Blocks }),
    SingleFile: { FilePath: '' },
  });

/** Decodes backup_NAME.cfg. Throws if the text is not JSON. A missing compression method means gzip. */
export const decodeBackup = (text: string): BackupConfig => {
  const raw = JSON.parse(text);
  return {
    Name: raw.Name,
    VolumeName: raw.VolumeName,
    SnapshotName: raw.SnapshotName,
    SnapshotCreatedAt: raw.SnapshotCreatedAt,
    CreatedTime: raw.CreatedTime,
    Size: Number(raw.Size),
    Labels: raw.Labels ?? null,
    Parameters: raw.Parameters ?? null,
    IsIncremental: raw.IsIncremental,
    CompressionMethod: raw.CompressionMethod || 'gzip',
    NewlyUploadedDataSize: Number(raw.NewlyUploadedDataSize ?? 0),
    ReUploadedDataSize: Number(raw.ReUploadedDataSize ?? 0),
    ProcessingBlocks: raw.ProcessingBlocks ?? null,
    Blocks: raw.Blocks ?? [],
  };
};
