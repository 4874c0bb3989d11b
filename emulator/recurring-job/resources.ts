// What of Longhorn's REST resources a recurring job reads.

export type Resource = {
  id?: string;
  type?: string;
  links?: Record<string, string>;
  actions?: Record<string, string>;
};

export type Collection<T> = Resource & { data: T[] };

export type BackupStatus = { id: string; snapshot: string; state: string; progress: number; error: string };

export type Volume = Resource & {
  name: string;
  state: string;
  controllers?: unknown[] | null;
  backupStatus?: BackupStatus[] | null;
  lastBackup?: string;
  backupTargetName: string;
};

export type Snapshot = {
  name: string;
  crCreationTime: string;
  /** When it was taken; empty until then. */
  creationTime: string;
  createSnapshot: boolean;
  readyToUse: boolean;
  labels: Record<string, string> | null;
};

export type BackupVolume = Resource & { name: string; volumeName: string; backupTargetName: string };

/** Created is empty until it is complete. */
export type Backup = {
  name: string;
  created: string;
  snapshotName: string;
  labels: Record<string, string> | null;
};
