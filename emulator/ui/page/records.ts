// The fields of the API's resources that the page uses.

export type BackupVolumeRecord = {
  id: string;
  name: string;
  volumeName: string;
  backupTargetName: string;
  size: string;
  lastBackupName: string;
  lastBackupAt: string;
  created: string;
  messages: Record<string, string> | null;
};

export type BackupTargetRecord = {
  id: string;
  name: string;
  backupTargetURL: string;
  credentialSecret: string;
  pollInterval: string;
  available: boolean;
  message: string;
};

export type JobRecord = {
  id: string;
  name: string;
  task: string;
  cron: string;
  retain: number;
  concurrency: number;
  groups: string[] | null;
  labels: Record<string, string> | null;
  parameters: Record<string, string> | null;
};

export type VolumeRecord = {
  id: string;
  name: string;
  state: string;
  size: string;
  standby: boolean;
  backupBlockSize: string;
  backupStatus: { snapshot: string }[];
};

export type SystemBackupRecord = {
  id: string;
  name: string;
  version: string;
  state: string;
  createdAt: string;
  error: string;
};

export type SystemRestoreRecord = Omit<SystemBackupRecord, 'version'> & { systemBackup: string };

export type BackupRecord = {
  id: string;
  name: string;
  state: string;
  progress: number;
  error: string;
  url: string;
  created: string;
  volumeName: string;
  backupTargetName: string;
  backupMode: string;
  blockSize: string;
  snapshotName: string;
  snapshotCreated: string;
  size: string;
  newlyUploadDataSize: string;
  reUploadedDataSize: string;
  labels: Record<string, string> | null;
  messages: Record<string, string> | null;
};

/**
 * The backups of a backup volume, the newest first. Backups without a time stay in the order of their IDs.
 * Empty if the backup volume is unknown.
 */
export const backupsOfBackupVolume = (
  backups: BackupRecord[],
  backupVolume: BackupVolumeRecord | undefined,
): BackupRecord[] =>
  backups
    .filter(
      ({ volumeName, backupTargetName }) =>
        volumeName === backupVolume?.volumeName && backupTargetName === backupVolume.backupTargetName,
    )
    .sort((a, b) => (a.id < b.id ? -1 : 1))
    .sort((a, b) => Date.parse(b.created) - Date.parse(a.created));
