import type { BlockMapping } from './config.ts';
import { blockSize } from './pack-block.ts';

/** What the configs of a volume's only backup say; sizes are in bytes. */
export type WrittenBackup = {
  volume: string;
  backup: string;
  /** Of the volume. */
  size: number;
  created: Date;
  blocks: readonly BlockMapping[];
  /** How many different blocks there are, and how much they take as they are stored. */
  stored: { blocks: number; bytes: number };
};

// By whole seconds, as Longhorn's own.
const time = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

// Longhorn's own slip: these strings of volume.cfg are in quotes twice (backupstore, backupstore.go).
const twice = (text: string): string => JSON.stringify(text);

// Of the volume that was backed up; without it Longhorn takes this one for granted.
const labels = { 'longhorn.io/volume-access-mode': 'rwo' };

const snapshotOf = (backup: string): string => `${backup}-snapshot`;

/** Writes `volume.cfg`: fields, order and types are those that backupstore's Volume has (backupstore.go). */
export const volumeConfigText = ({ volume, backup, size, created, stored }: WrittenBackup): string =>
  JSON.stringify({
    Name: volume,
    Size: String(size),
    Labels: labels,
    CreatedTime: time(created),
    LastBackupName: backup,
    LastBackupAt: time(created),
    BlockCount: String(stored.blocks),
    BackingImageName: twice(''),
    BackingImageChecksum: twice(''),
    CompressionMethod: twice('gzip'),
    StorageClassName: twice(''),
    DataEngine: twice('v1'),
  });

/** Writes `backup_NAME.cfg` of a full backup: fields, order and types are those that backupstore's Backup has (backupstore.go). */
export const backupConfigText = ({ volume, backup, created, blocks, stored }: WrittenBackup): string =>
  JSON.stringify({
    Name: backup,
    VolumeName: volume,
    SnapshotName: snapshotOf(backup),
    SnapshotCreatedAt: time(created),
    CreatedTime: time(created),
    Size: String(blocks.length * blockSize),
    Labels: labels,
    Parameters: { 'backup-block-size': String(blockSize), 'backup-mode': 'full' },
    IsIncremental: false,
    CompressionMethod: 'gzip',
    NewlyUploadedDataSize: String(stored.bytes),
    ReUploadedDataSize: '0',
    ProcessingBlocks: {},
    // Go's encoding leaves an empty list out.
    ...(blocks.length > 0 && { Blocks: blocks.map(({ offset, checksum }) => ({ Offset: offset, BlockChecksum: checksum })) }),
    SingleFile: { FilePath: '' },
  });
