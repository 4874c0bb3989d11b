import type { Condition } from '../kubernetes/objects.ts';
import type { LonghornObject } from './objects.ts';

export type BackupState = '' | 'Pending' | 'InProgress' | 'Completed' | 'Error' | 'Unknown' | 'Deleting';

export type BackupStatus = {
  ownerID: string;
  state: BackupState;
  progress: number;
  messages: Record<string, string> | null;
  error?: string;
  url: string;
  snapshotName: string;
  snapshotCreatedAt: string;
  backupCreatedAt: string;
  backupTargetName: string;
  compressionMethod: string;
  labels: Record<string, string> | null;
  lastSyncedAt: string | null;
  newlyUploadDataSize: string;
  reUploadedDataSize: string;
  replicaAddress: string;
  size: string;
  volumeBackingImageName: string;
  volumeCreated: string;
  volumeName: string;
  volumeSize: string;
};

export type Backup = LonghornObject<
  {
    snapshotName?: string;
    backupMode?: string;
    backupBlockSize?: string;
    labels?: Record<string, string> | null;
    syncRequestedAt?: string | null;
  },
  BackupStatus
>;

export type BackupVolume = LonghornObject<
  { backupTargetName: string; volumeName: string; syncRequestedAt: string | null },
  {
    ownerID: string;
    createdAt: string;
    dataStored: string;
    labels: Record<string, string> | null;
    lastBackupAt: string;
    lastBackupName: string;
    lastModificationTime: string | null;
    lastSyncedAt: string | null;
    messages: Record<string, string> | null;
    size: string;
    storageClassName: string;
    backingImageChecksum: string;
    backingImageName: string;
  }
>;

export type BackupTarget = LonghornObject<
  { backupTargetURL: string; credentialSecret: string; pollInterval: string; syncRequestedAt?: string | null },
  { ownerID: string; available: boolean; conditions: Condition[] | null; lastSyncedAt: string | null }
>;
