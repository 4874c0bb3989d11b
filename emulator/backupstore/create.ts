import type { BackupConfig, BlockMapping } from './config.ts';
import { loadBackup, loadVolume, saveBackup, saveVolume } from './configs.ts';
import { Panic, StoreError } from './errors.ts';
import { formatRfc3339 } from './inspect.ts';
import { withStoreLock } from './lock.ts';
import { lockTypes } from './lock-rules.ts';
import { backupConfigPath, blockSizeOf, volumeConfigPath } from './paths.ts';
import { listBlockChecksums } from './remove.ts';
import { isFullBackup, type Upload, uploadBlocks } from './upload-blocks.ts';

/** The blocks of an incremental backup in order of their offsets: the last backup's, with the changed ones replaced. */
const mergeBlocks = (last: BlockMapping[], changed: BlockMapping[]): BlockMapping[] => {
  const byOffset = new Map([...last, ...changed].map((block) => [block.Offset, block]));
  return [...byOffset.values()].sort((a, b) => a.Offset - b.Offset);
};

const findLastBackup = async ({ store, volume, snapshot, hasSnapshot }: Upload, name: string) => {
  if (name === '') return undefined;
  try {
    const last = await loadBackup(store, volume, name);
    return last.SnapshotName !== snapshot && hasSnapshot(last.SnapshotName) ? last : undefined;
  } catch (error) {
    store.log.info(`Cannot find previous backup ${name} in backupstore`, { error });
    return undefined;
  }
};

const skipsReading = ({ mutant, snapshotCreatedAt }: Upload, last: BackupConfig | undefined): boolean =>
  mutant === 'older-snapshot-not-read' &&
  last !== undefined &&
  Date.parse(snapshotCreatedAt) < Date.parse(last.SnapshotCreatedAt);

const emptyBackup = ({ backup, volume, compressionMethod }: Upload): BackupConfig => ({
  Name: backup,
  VolumeName: volume,
  SnapshotName: '',
  SnapshotCreatedAt: '',
  CreatedTime: '',
  Size: 0,
  Labels: null,
  Parameters: null,
  IsIncremental: false,
  CompressionMethod: compressionMethod,
  NewlyUploadedDataSize: 0,
  ReUploadedDataSize: 0,
  ProcessingBlocks: null,
  Blocks: [],
});

/**
 * Backs up a snapshot under a backup lock. Writes volume.cfg if it is new, a config marked as in progress,
 * the blocks that changed since the last backup, and the finished config. Calls onStarted after it wrote the
 * config in progress. Throws Longhorn's texts.
 */
export const createBackup = (upload: Upload): Promise<void> =>
  withStoreLock({ ...upload, type: lockTypes.backup }, async () => {
    const { store, volume, labels, parameters } = upload;
    // Longhorn writes the time of the upload (longhorn-engine, pkg/backup/main.go).
    const snapshotCreatedAt = store.isFixed('backup-has-time-of-its-upload')
      ? upload.snapshotCreatedAt
      : formatRfc3339(new Date());
    if (!(await store.exists(volumeConfigPath(volume)))) {
      await saveVolume(store, {
        Name: volume,
        Size: upload.volumeSize,
        Labels: labels,
        CreatedTime: formatRfc3339(new Date()),
        LastBackupName: '',
        LastBackupAt: '',
        BlockCount: 0,
        BackingImageName: '',
        BackingImageChecksum: '',
        CompressionMethod: upload.compressionMethod,
        StorageClassName: upload.storageClassName ?? '',
        DataEngine: 'v1',
      });
    }
    const config = await loadVolume(store, volume).catch((error) => {
      if (store.isFixed('unread-volume-cfg-ends-replica')) throw error;
      // Longhorn's code that logs this failure reads the volume's name through a nil pointer (deltablock.go).
      throw new Panic('runtime error: invalid memory address or nil pointer dereference', { cause: error });
    });
    const request = { ...upload, compressionMethod: config.CompressionMethod };
    const last = isFullBackup(request) ? undefined : await findLastBackup(request, config.LastBackupName);
    await saveBackup(store, emptyBackup(request));
    upload.onStarted();
    const { changed, uploaded, uploadedAgain, newBlocks } = await uploadBlocks(
      skipsReading(request, last) ? { ...request, volumeSize: 0 } : request,
      last,
    ).catch((error: Error) => {
      upload.onFailed?.(error);
      throw error;
    });
    const isFixed = store.isFixed('upload-outlives-its-lock');
    if (isFixed && !(await store.exists(backupConfigPath(volume, upload.backup))))
      throw new StoreError(`backup ${upload.backup} was removed during its upload`);
    const Blocks = last ? mergeBlocks(last.Blocks, changed) : changed;
    await saveBackup(store, {
      ...emptyBackup(request),
      SnapshotName: upload.snapshot,
      SnapshotCreatedAt: snapshotCreatedAt,
      CreatedTime: formatRfc3339(new Date()),
      Size: Blocks.length * blockSizeOf(parameters),
      Labels: labels,
      Parameters: parameters,
      IsIncremental: last !== undefined,
      NewlyUploadedDataSize: uploaded,
      ReUploadedDataSize: uploadedAgain,
      ProcessingBlocks: last ? null : {},
      Blocks,
    });
    const current = await loadVolume(store, volume);
    const isOvertaken =
      store.isFixed('last-to-end-is-last-backup') &&
      Date.parse(current.LastBackupAt) > Date.parse(snapshotCreatedAt);
    await saveVolume(store, {
      ...current,
      Size: store.isFixed('growth-during-upload-cuts-restores')
        ? Math.max(current.Size, upload.volumeSize)
        : upload.volumeSize,
      Labels: labels,
      ...(!isOvertaken && { LastBackupName: upload.backup, LastBackupAt: snapshotCreatedAt }),
      BlockCount: store.isFixed('upload-miscounts-blocks')
        ? (await listBlockChecksums(store, volume)).length
        : current.BlockCount + newBlocks,
    });
  });
