import { encodeBackupURL } from '../../backupstore/url.ts';
import type { TargetClient } from '../../engine/target-client.ts';
import type { Backup, BackupStatus, BackupTarget } from '../../longhorn/objects.ts';
import { timestamp } from '../../manager/context.ts';

/** What the store says of a backup, undefined if it has no finished one of that name; once an upload is complete that is the truth. */
export const fromStore = async (
  client: TargetClient,
  backup: Backup,
  target: BackupTarget,
  volumeName: string,
): Promise<Partial<BackupStatus> | undefined> => {
  const found = await client.inspect(
    encodeBackupURL({ url: target.spec.backupTargetURL, volume: volumeName, backup: backup.metadata.name }),
  );
  if (found === undefined || found === 'inProgress') return undefined;
  const { VolumeRecurringJobInfo: _, ...own } = found.Labels ?? {};
  return {
    state: 'Completed',
    backupTargetName: target.metadata.name,
    url: found.URL,
    snapshotName: found.SnapshotName,
    snapshotCreatedAt: found.SnapshotCreated,
    backupCreatedAt: found.Created,
    size: found.Size,
    labels: own,
    messages: found.Messages,
    volumeName: found.VolumeName,
    volumeSize: found.VolumeSize,
    volumeCreated: found.VolumeCreated,
    volumeBackingImageName: found.VolumeBackingImageName,
    compressionMethod: found.CompressionMethod,
    newlyUploadDataSize: found.NewlyUploadedDataSize,
    reUploadedDataSize: found.ReUploadedDataSize,
    lastSyncedAt: timestamp(),
  };
};
