import type { KubernetesObject } from '../kube/cluster.ts';

/** A Longhorn volume; `spec.size` is a string of bytes, as Longhorn has it. */
export type Volume = KubernetesObject & {
  spec: {
    size: string;
    numberOfReplicas?: number;
    frontend?: string;
    backupCompressionMethod?: string;
    nodeID?: string;
    Standby?: boolean;
  };
  status?: {
    state?: string;
    robustness?: string;
    currentNodeID?: string;
    ownerID?: string;
    lastBackup?: string;
    lastBackupAt?: string;
    frontendDisabled?: boolean;
    restoreRequired?: boolean;
    restoreInitiated?: boolean;
    isStandby?: boolean;
    conditions?: Condition[] | null;
  };
};

/** A process of a volume, its engine or one of its replicas: where it is to run, and how it does. */
export type Instance = KubernetesObject & {
  spec?: { nodeID?: string; desireState?: string; failedAt?: string };
  status?: { currentState?: string; started?: boolean; conditions?: Condition[] | null };
};

/** The engine of a volume, and what it has restored from a backup. */
export type VolumeEngine = KubernetesObject & {
  status?: {
    lastRestoredBackup?: string;
    /** By the addresses of the replicas. */
    restoreStatus?: Record<string, { isRestoring?: boolean }> | null;
  };
};

/** Who wants a volume attached where; Longhorn makes one for each volume, under the volume's name. */
export type VolumeAttachment = KubernetesObject & {
  spec: { volume?: string; attachmentTickets?: Record<string, AttachmentTicket | null> };
  status?: {
    attachmentTicketStatuses?: Record<string, { satisfied?: boolean; conditions?: Condition[] | null }>;
  };
};

/** One wish in a VolumeAttachment; its key in the map must equal `id`. */
type AttachmentTicket = { id: string; type: string; nodeID: string; parameters?: Record<string, string> };

/** A snapshot of a volume, the source of a backup. */
export type Snapshot = KubernetesObject & {
  spec: { volume: string; createSnapshot: boolean; labels?: Record<string, string> | null };
  status?: {
    readyToUse?: boolean;
    /** It is to go, and cannot yet. */
    markRemoved?: boolean;
    labels?: Record<string, string> | null;
    error?: string;
  };
};

/**
 * A backup; a failed creation speaks in `status.error`, everything else in `status.messages` under the keys
 * `info` and `error`.
 */
export type Backup = KubernetesObject & {
  spec: {
    snapshotName: string;
    backupMode?: string;
    backupBlockSize?: string;
    labels?: Record<string, string> | null;
  };
  status?: BackupStatus;
};

/** The status of a backup, as far as it is used here. */
export type BackupStatus = {
  state?: string;
  progress?: number;
  error?: string;
  messages?: Record<string, string> | null;
  ownerID?: string;
  url?: string;
  /** Empty until Longhorn has read its config in the store, which is after it is Completed. */
  backupTargetName?: string;
  volumeName?: string;
  compressionMethod?: string;
  labels?: Record<string, string> | null;
  snapshotCreatedAt?: string;
  /** Bytes that it sent, for the first time and again, as a string. */
  newlyUploadDataSize?: string;
  reUploadedDataSize?: string;
  /** When Longhorn read its config last, or when it failed. */
  lastSyncedAt?: string | null;
};

/**
 * What Longhorn knows of a volume in a backup store; always found by its labels, because its name differs
 * between versions.
 */
export type BackupVolume = KubernetesObject & {
  spec?: { volumeName?: string; syncRequestedAt?: string | null };
  status?: {
    lastBackupName?: string;
    lastBackupAt?: string;
    /** Bytes, as strings. */
    size?: string;
    dataStored?: string;
    labels?: Record<string, string> | null;
    lastSyncedAt?: string | null;
  };
};

/** A backup store as Longhorn uses it; `default` always exists. */
export type BackupTarget = KubernetesObject & {
  spec: {
    backupTargetURL: string;
    credentialSecret?: string;
    pollInterval?: string;
    syncRequestedAt?: string | null;
  };
  status?: { available?: boolean; lastSyncedAt?: string | null; conditions?: Condition[] | null };
};

/** A Longhorn setting: `value` stands at the top, not in a spec. */
export type Setting = KubernetesObject & { value?: string };

/** A node as Longhorn sees it. */
export type Node = KubernetesObject & { status?: { conditions?: Condition[] } };

/** One condition of a Longhorn object. */
type Condition = { type: string; status: string; reason?: string; message?: string };
