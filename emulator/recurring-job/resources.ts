// The fields of Longhorn's REST resources that a recurring job reads.

export type RestResource = {
  id?: string;
  type?: string;
  links?: Record<string, string>;
  actions?: Record<string, string>;
};

export type RestCollection<T> = RestResource & { data: T[] };

export type RestBackupStatus = {
  id: string;
  snapshot: string;
  state: string;
  progress: number;
  error: string;
};

export type RestVolume = RestResource & {
  name: string;
  state: string;
  backupStatus?: RestBackupStatus[] | null;
  lastBackup?: string;
  backupTargetName: string;
};

export type RestSnapshot = {
  name: string;
  crCreationTime: string;
  /** When the snapshot was taken. Empty before that. */
  creationTime: string;
  createSnapshot: boolean;
  readyToUse: boolean;
  markRemoved: boolean;
  labels: Record<string, string> | null;
};

export type RestBackupVolume = RestResource & { name: string; volumeName: string; backupTargetName: string };

/** `created` is empty until the backup is complete. */
export type RestBackup = {
  name: string;
  state: string;
  created: string;
  snapshotName: string;
  labels: Record<string, string> | null;
};
