import { type BlockMapping, isName } from './config.ts';
import { backupConfigPath, blockPath } from './layout.ts';
import { blockSize, packBlock } from './pack-block.ts';

/** The oldest Longhorn, whose configs say neither how blocks are compressed nor how large they are. */
export type OldLonghorn = 'v1.0';

/** Who may use a volume at once, as Longhorn calls it: one node, or several. */
export type AccessMode = 'rwo' | 'rwx';

/** What the configs of a volume's only backup say; sizes are in bytes. */
type WrittenBackup = {
  volume: string;
  backup: string;
  /** Of the volume. */
  size: number;
  created: Date;
  blocks: readonly BlockMapping[];
  /** The Longhorn that writes it, where that is no new one. */
  by?: OldLonghorn;
  accessMode?: AccessMode;
  /** How many different blocks there are, and how much they take as they are stored. */
  stored: { blocks: number; bytes: number };
};

// By whole seconds, as Longhorn's own.
const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

// Longhorn's own slip: these strings of volume.cfg are in quotes twice (backupstore, backupstore.go).
const twice = (text: string): string => JSON.stringify(text);

// Of the volume that was backed up; without it Longhorn takes this one for granted.
const labelsOf = ({ accessMode = 'rwo' }: WrittenBackup) => ({
  'longhorn.io/volume-access-mode': accessMode,
});

const snapshotOf = (backup: string): string => `${backup}-snapshot`;

/** Writes `volume.cfg`: fields, order and types are those that backupstore's Volume has (backupstore.go). */
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
 * Writes `backup_NAME.cfg` of a full backup: fields, order and types are those that backupstore's Backup has
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
    // Go's encoding leaves an empty list out.
    ...(blocks.length > 0 && {
      Blocks: blocks.map(({ offset, checksum }) => ({ Offset: offset, BlockChecksum: checksum })),
    }),
    SingleFile: { FilePath: '' },
  });
};

/** A file to be written, by its path in the volume's folder. */
export type NewFile = { path: string; bytes: Uint8Array };

/** Where files go, some at a time; they lie there when it returns. */
export type PutFiles = (files: readonly NewFile[]) => Promise<void>;

/** Files on their way into a volume's folder of a store. */
export type Incoming = {
  put: PutFiles;
  /** Brings all of them to where Longhorn looks for them, in one step: it never sees a part of them. */
  publish(): Promise<void>;
};

/** Opens the way into the folder of a volume that a store knows nothing of. */
export type WriteStore = (volume: string) => Incoming;

/** A block of a volume: where it is, in bytes, and what is in it. */
export type VolumeBlock = { offset: number; data: Uint8Array };

// So much is in memory at once, in blocks; each call of `put` has a cost of its own as well.
const atOnce = 32;

/**
 * Writes a volume's folder of a backup store with one full backup in it, in Longhorn's format: the blocks,
 * then what refers to them. `blocks` come by ascending offsets, whole blocks of 2 MiB; where the volume has
 * none, it holds zeros. Returns where each block belongs.
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
    if (!isName(name)) throw new Error(`Longhorn takes no volume or backup of the name ${name}`);
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
