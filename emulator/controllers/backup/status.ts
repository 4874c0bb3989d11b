import { isDeepStrictEqual } from 'node:util';
import { isConflict } from '../../kubernetes/client.ts';
import type { Backup, BackupStatus } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** The initial status of a Backup: all fields exist and are empty. */
export const newBackupStatus: BackupStatus = {
  ownerID: '',
  state: '',
  progress: 0,
  messages: null,
  url: '',
  snapshotName: '',
  snapshotCreatedAt: '',
  backupCreatedAt: '',
  backupTargetName: '',
  compressionMethod: '',
  labels: null,
  lastSyncedAt: null,
  newlyUploadDataSize: '',
  reUploadedDataSize: '',
  replicaAddress: '',
  size: '',
  volumeBackingImageName: '',
  volumeCreated: '',
  volumeName: '',
  volumeSize: '',
};

/**
 * Writes the changed fields of a Backup's status, if there are any, and returns the new Backup. Only the
 * owner writes the status, so a conflict comes from a change of the spec or the labels. The status is then
 * written again on the new version.
 */
export const updateBackupStatus = async (
  { datastore }: ManagerContext,
  backup: Backup,
  change: Partial<BackupStatus>,
): Promise<Backup> => {
  const write = (base: Backup): Promise<Backup> => {
    const status = { ...newBackupStatus, ...base.status, ...change };
    if (isDeepStrictEqual(status, base.status)) return Promise.resolve(base);
    return datastore.backups.updateStatus({ ...base, status });
  };
  try {
    return await write(backup);
  } catch (error) {
    if (!isConflict(error)) throw error;
    return write(await datastore.backups.fetch(backup.metadata.name));
  }
};
