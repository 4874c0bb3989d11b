import { type BlockMapping, isValidName } from './config.ts';
import { backupConfigPath, blockPath } from './layout.ts';
import { blockSize, packBlock } from './pack-block.ts';

/** The oldest supported Longhorn. Its configs state neither compression nor block size. */
export type OldLonghorn = 'v1.0';

/** How many nodes may use a volume at once, in Longhorn's terms: one (`rwo`) or several (`rwx`). */
export type AccessMode = 'rwo' | 'rwx';

/** The data for the configs of the only backup of a volume. Sizes are in bytes. */
type WrittenBackup = {
  volume: string;
  backup: string;
  /** The size of the volume. */
  size: number;
  created: Date;
  blocks: readonly BlockMapping[];
  /** The old Longhorn whose format to write. Missing for the current format. */
  by?: OldLonghorn;
  accessMode?: AccessMode;
  /** The number of different blocks, and the bytes that they take as stored. */
  stored: { blocks: number; bytes: number };
};

// In whole seconds, as Longhorn writes it.
const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

// Longhorn writes these strings of volume.cfg with doubled quotes, by mistake (backupstore, backupstore.go).
const twice = (text: string): string => JSON.stringify(text);

// The label of the volume. Without it Longhorn assumes `rwo`.
const labelsOf = ({ accessMode = 'rwo' }: WrittenBackup) => ({
  'longhorn.io/volume-access-mode': accessMode,
});

const snapshotOf = (backup: string): string => `${backup}-snapshot`;

/** The text of `volume.cfg`. Fields, order and types are those of backupstore's Volume (backupstore.go). */
const volumeConfigText = (written: WrittenBackup): string => {
  const { volume, backup, size, created, stored, by } = written;
  return JSON.stringify({
    Name: volume,
    Size: String(size),
    ...(!by && { Labels: labelsOf(written) }),
    CreatedTime: time(created),
    LastBackupName: backup,
    LastBackupAt: time(created),
    BlockCount: String(stored.blocks),
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
  const { volume, backup, created, blocks, stored, by } = written;
  return JSON.stringify({
    Name: backup,
    VolumeName: volume,
    SnapshotName: snapshotOf(backup),
    SnapshotCreatedAt: time(created),
    CreatedTime: time(created),
    Size: String(blocks.length * blockSize),
    Labels: by ? {} : labelsOf(written),
    ...(!by && { Parameters: { 'backup-block-size': String(blockSize), 'backup-mode': 'full' } }),
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

/** A file to write. The path is relative to the volume's folder. */
export type NewFile = { path: string; bytes: Uint8Array };

/** Writes some files. They are stored when it returns. */
export type PutFiles = (files: readonly NewFile[]) => Promise<void>;

/** A volume's folder that is being written to a store. */
export type VolumeFolderWriter = {
  put: PutFiles;
  /** Makes all files visible to Longhorn in one step, so that it never sees only some of them. */
  publish(): Promise<void>;
};

/** Starts writing the folder of a volume that a store does not have yet. */
export type WriteStore = (volume: string) => VolumeFolderWriter;

/** A block of a volume, and its offset in bytes. */
export type VolumeBlock = { offset: number; data: Uint8Array };

// How many blocks are in memory at once. Larger batches also need fewer calls of `put`, each of which has a fixed
// cost.
const atOnce = 32;

/**
 * Writes a volume's folder with one full backup in Longhorn's format: first the blocks, then the configs. `blocks`
 * must be whole blocks of 2 MiB with ascending offsets. Missing blocks mean zeros. Returns the offset and checksum of
 * each block.
 */
export const writeBackup = async (
  put: PutFiles,
  {
    blocks,
    ...about
  }: Pick<WrittenBackup, 'volume' | 'backup' | 'size' | 'created' | 'by' | 'accessMode'> & {
    blocks: Iterable<VolumeBlock>;
  },
): Promise<BlockMapping[]> => {
  const { volume, backup, size } = about;
  for (const name of [volume, backup])
    if (!isValidName(name)) throw new Error(`Longhorn takes no volume or backup of the name ${name}`);
  if (size <= 0 || size % blockSize !== 0)
    throw new Error(`a volume of ${size} bytes cannot be restored: they are no whole blocks of ${blockSize}`);
  const mappings: BlockMapping[] = [];
  const known = new Set<string>();
  let bytes = 0;

  for (const some of inBatches(checked(blocks, size), atOnce)) {
    const packed = await Promise.all(
      some.map(async ({ offset, data }) => ({ offset, ...(await packBlock(data)) })),
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

  const written = { ...about, blocks: mappings, stored: { blocks: known.size, bytes } };
  await put([
    { path: backupConfigPath(backup), bytes: Buffer.from(backupConfigText(written)) },
    { path: 'volume.cfg', bytes: Buffer.from(volumeConfigText(written)) },
  ]);
  return mappings;
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
