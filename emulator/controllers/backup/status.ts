import { isDeepStrictEqual } from 'node:util';
import { isConflict } from '../../kubernetes/client.ts';
import type { Backup, BackupStatus } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** The status a Backup begins with: every field there, and empty. */
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
 * Writes what changed of a Backup's status, nothing if nothing did, and gives the Backup as it is then. A
 * conflict comes from somebody's change of its spec or labels, never of its status, which is its owner's
 * alone: so it is written again on top of that.
 */
export const updateStatus = async (
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
