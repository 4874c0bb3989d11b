import { type BlockMapping, isValidName } from './config.ts';
import { backupConfigPath, blockPath } from './layout.ts';
import { blockSize, packBlock } from './pack-block.ts';

/** The oldest supported Longhorn. Its configs state neither compression nor block size. */
export type OldLonghorn = 'v1.0';

/** How many nodes may use a volume at once, in Longhorn's terms: one (`rwo`) or several (`rwx`). */
export type AccessMode = 'rwo' | 'rwx';

/** The data for the configs of the last backup of a volume. Sizes are in bytes. */
type WrittenBackup = {
  volume: string;
  backup: string;
  /** The size of the volume. */
  size: number;
  created: Date;
  blocks: readonly BlockMapping[];
  /** The old Longhorn whose format to write. Missing for the current format. */
  by?: OldLonghorn;
  accessMode?: AccessMode | undefined;
  /** Whether the backup has no labels at all. */
  unlabelled?: boolean;
  /** Whether the volume is encrypted, by its config. Its data are not. */
  encrypted?: boolean;
  /** The recurring jobs of the volume, in Longhorn's JSON. */
  jobs?: string | undefined;
  /** When the volume's folder was made, and the number of its other blocks. Missing for a volume's first backup. */
  earlier?: { created: Date; blocks: number };
  /** The block size that the backup's config states, whatever size its blocks have. */
  stated?: string;
  /** The number of different blocks, and the bytes that they take as stored. */
  stored: { blocks: number; bytes: number };
};

// In whole seconds, as Longhorn writes it.
const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

// Longhorn writes these strings of volume.cfg with doubled quotes, by mistake (backupstore, backupstore.go).
const twice = (text: string): string => JSON.stringify(text);

// The label of the volume. Without it Longhorn assumes `rwo`.
const labelsOf = ({ accessMode = 'rwo' }: Pick<WrittenBackup, 'accessMode'>) => ({
  'longhorn.io/volume-access-mode': accessMode,
});

// The labels of a backup. An old Longhorn wrote `null` for a backup without labels (longhorn-engine v1.0.2,
// pkg/backup/main.go, DoBackupCreate).
const backupLabelsOf = ({ by, unlabelled = false, accessMode }: WrittenBackup) => {
  if (unlabelled) return null;
  return by ? {} : labelsOf({ accessMode });
};

const snapshotOf = (backup: string): string => `${backup}-snapshot`;

/** The text of `volume.cfg`. Fields, order and types are those of backupstore's Volume (backupstore.go). */
const volumeConfigText = (written: WrittenVolume): string => {
  const { volume, backup, size, created, stored, by, encrypted, jobs } = written;
  const { earlier = { created, blocks: 0 } } = written;
  return JSON.stringify({
    Name: volume,
    Size: String(size),
    ...(!by && {
      Labels: {
        ...labelsOf(written),
        ...(encrypted && { 'volume-encrypted': 'enabled' }),
        ...(jobs && { VolumeRecurringJobInfo: jobs }),
      },
    }),
    CreatedTime: time(earlier.created),
    LastBackupName: backup,
    LastBackupAt: time(created),
    BlockCount: String(earlier.blocks + stored.blocks),
    ...(!by && {
      BackingImageName: twice(''),
      BackingImageChecksum: twice(''),
      CompressionMethod: twice('gzip'),
      StorageClassName: twice(''),
      DataEngine: twice('v1'),
    }),
  });
};

/**
 * The text of `backup_NAME.cfg` for a full backup. Fields, order and types are those of backupstore's Backup
 * (backupstore.go).
 */
const backupConfigText = (written: WrittenBackup): string => {
  const { volume, backup, created, blocks, stored, by, stated = String(blockSize) } = written;
  return JSON.stringify({
    Name: backup,
    VolumeName: volume,
    SnapshotName: snapshotOf(backup),
    SnapshotCreatedAt: time(created),
    CreatedTime: time(created),
    Size: String(blocks.length * blockSize),
    Labels: backupLabelsOf(written),
    ...(!by && { Parameters: { 'backup-block-size': stated, 'backup-mode': 'full' } }),
    IsIncremental: false,
    ...(!by && {
      CompressionMethod: 'gzip',
      NewlyUploadedDataSize: String(stored.bytes),
      ReUploadedDataSize: '0',
      ProcessingBlocks: {},
    }),
    // Go's encoder omits an empty list.
    ...(blocks.length > 0 && {
      Blocks: blocks.map(({ offset, checksum }) => ({ Offset: offset, BlockChecksum: checksum })),
    }),
    SingleFile: { FilePath: '' },
  });
};

/** The data for the config of a volume. */
type WrittenVolume = Omit<WrittenBackup, 'blocks' | 'stated' | 'unlabelled' | 'stored'> & {
  stored: Pick<WrittenBackup['stored'], 'blocks'>;
};

/** A file to write. The path is relative to the volume's folder. */
export type NewFile = { path: string; bytes: Uint8Array };

/** Writes some files. They are stored when it returns. */
type PutFiles = (files: readonly NewFile[]) => Promise<void>;

const backupConfigFile = (written: WrittenBackup): NewFile => ({
  path: backupConfigPath(written.backup),
  bytes: Buffer.from(backupConfigText(written)),
});

const volumeConfigFile = (written: WrittenVolume): NewFile => ({
  path: 'volume.cfg',
  bytes: Buffer.from(volumeConfigText(written)),
});

/** Writes files into a volume's folder of a store. The configs must be put in the order in which they are to appear. */
export type VolumeFolderWriter = {
  put: PutFiles;
  /**
   * Makes what was put visible to Longhorn: all of it in one step if the volume is new (but in a bucket), otherwise the
   * blocks first, then the configs. More can be put and published after that.
   */
  publish(): Promise<void>;
};

/** Starts writing into the folder of a volume. */
export type WriteStore = (volume: string) => VolumeFolderWriter;

/** A block of a volume, and its offset in bytes. */
export type VolumeBlock = { offset: number; data: Uint8Array };

// How many blocks are in memory at once. Larger batches also need fewer calls of `put`, each of which has a fixed cost.
const atOnce = 32;

/**
 * Writes a full backup into a volume's folder in Longhorn's format: first the blocks, then the configs. `blocks`
 * must be whole blocks of 2 MiB with ascending offsets. Missing blocks mean zeros. Returns the offset and checksum of
 * each block.
 */
export const writeBackup = async (
  put: PutFiles,
  { blocks, ...about }: Omit<WrittenBackup, 'blocks' | 'stored'> & { blocks: Iterable<VolumeBlock> },
): Promise<BlockMapping[]> => {
  const { volume, backup, size } = about;
  for (const name of [volume, backup])
    if (!isValidName(name)) throw new Error(`Longhorn takes no volume or backup of the name ${name}`);
  if (size <= 0 || size % blockSize !== 0)
    throw new Error(`a volume of ${size} bytes cannot be restored: they are no whole blocks of ${blockSize}`);
  const mappings: BlockMapping[] = [];
  const known = new Set<string>();
  let bytes = 0;
  const packs = new WeakMap<Uint8Array, ReturnType<typeof packBlock>>();
  // The same block is compressed only once.
  const pack = (data: Uint8Array) => {
    const packed = packs.get(data) ?? packBlock(data);
    packs.set(data, packed);
    return packed;
  };

  for (const some of inBatches(checked(blocks, size), atOnce)) {
    const packed = await Promise.all(
      some.map(async ({ offset, data }) => ({ offset, ...(await pack(data)) })),
    );
    const files: NewFile[] = [];
    for (const { offset, checksum, bytes: content } of packed) {
      mappings.push({ offset, checksum });
      if (known.has(checksum)) continue;
      known.add(checksum);
      bytes += content.length;
      files.push({ path: blockPath(checksum), bytes: content });
    }
    if (files.length > 0) await put(files);
  }

  const written: WrittenBackup = { ...about, blocks: mappings, stored: { blocks: known.size, bytes } };
  await put([backupConfigFile(written), volumeConfigFile(written)]);
  return mappings;
};

/** Writes the configs of earlier backups with the blocks of one that is in the store. */
export const writeEarlierBackups = (
  put: PutFiles,
  about: Pick<WrittenBackup, 'volume' | 'size' | 'created' | 'blocks'>,
  backups: readonly string[],
): Promise<void> => {
  const stored = { blocks: 0, bytes: 0 };
  return put(backups.map((backup) => backupConfigFile({ ...about, backup, stored })));
};

/** Writes the config of a volume whose last backup is in the store. */
export const writeVolumeConfig = (put: PutFiles, written: WrittenVolume): Promise<void> =>
  put([volumeConfigFile(written)]);

/**
 * Writes what an upload writes before its blocks: the config of a volume without backups, and that of an unfinished
 * backup (backupstore, deltablock.go, CreateDeltaBlockBackup and performBackup).
 */
export const writeUnfinished = (
  put: PutFiles,
  { volume, backup, size, created }: Pick<WrittenBackup, 'volume' | 'backup' | 'size' | 'created'>,
): Promise<void> => {
  const begun = { volume, backup, size, created, blocks: [], stored: { blocks: 0, bytes: 0 } };
  const unfinished = {
    ...JSON.parse(backupConfigText(begun)),
    ...{ SnapshotName: '', SnapshotCreatedAt: '', CreatedTime: '', Labels: null, Parameters: null },
    ProcessingBlocks: null,
  };
  const empty = { ...JSON.parse(volumeConfigText(begun)), LastBackupName: '', LastBackupAt: '' };
  return put([
    { path: 'volume.cfg', bytes: Buffer.from(JSON.stringify(empty)) },
    { path: backupConfigPath(backup), bytes: Buffer.from(JSON.stringify(unfinished)) },
  ]);
};

const checked = function* (blocks: Iterable<VolumeBlock>, size: number): Generator<VolumeBlock> {
  let free = 0;
  for (const block of blocks) {
    const { offset, data } = block;
    const fits =
      data.length === blockSize && offset % blockSize === 0 && offset >= free && offset + blockSize <= size;
    if (!fits)
      throw new Error(
        `a block of ${data.length} bytes at ${offset} is none of a volume of ${size} bytes, from ${free} on`,
      );
    free = offset + blockSize;
    yield block;
  }
};

const inBatches = function* <T>(items: Iterable<T>, most: number): Generator<T[]> {
  let batch: T[] = [];
  for (const item of items) {
    batch.push(item);
    if (batch.length < most) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
};
