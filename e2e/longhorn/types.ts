import type { KubernetesObject } from '../kube/cluster.ts';

/** A Longhorn volume. `spec.size` is in bytes, as a string. */
/** What Kubernetes has of a volume, or has had at the times of the references. */
export type KubernetesStatus = {
  pvName?: string;
  namespace?: string;
  pvcName?: string;
  lastPVCRefAt?: string;
  workloadsStatus?:
    | { podName?: string; podStatus?: string; workloadName?: string; workloadType?: string }[]
    | null;
  lastPodRefAt?: string;
};

export type Volume = KubernetesObject & {
  spec: {
    size: string;
    /** That of its engine. */
    image?: string;
    numberOfReplicas?: number;
    frontend?: string;
    backupCompressionMethod?: string;
    nodeID?: string;
    Standby?: boolean;
    fromBackup?: string;
    /** The volume that it was cloned from, `vol://NAME`. */
    dataSource?: string;
    backupTargetName?: string;
    /** The tags that nodes and disks must have for its replicas. */
    nodeSelector?: string[] | null;
    diskSelector?: string[] | null;
  };
  status?: {
    state?: string;
    currentImage?: string;
    robustness?: string;
    currentNodeID?: string;
    ownerID?: string;
    /** The space that its data and its snapshots take on a disk, in bytes. */
    actualSize?: number;
    lastBackup?: string;
    lastBackupAt?: string;
    frontendDisabled?: boolean;
    restoreRequired?: boolean;
    restoreInitiated?: boolean;
    isStandby?: boolean;
    /** It is to have another size, and does not have that yet. */
    expansionRequired?: boolean;
    cloneStatus?: { state?: string };
    kubernetesStatus?: KubernetesStatus;
    conditions?: Condition[] | null;
  };
};

/** The engine or a replica of a volume: the desired node and state, and the actual state. */
export type Instance = KubernetesObject & {
  spec?: { nodeID?: string; desireState?: string; failedAt?: string };
  status?: { currentState?: string; started?: boolean; conditions?: Condition[] | null };
};

/** A replica: the folder with its data, and where its process runs. */
export type VolumeReplica = KubernetesObject & {
  spec: { nodeID: string; diskPath: string; dataDirectoryName: string };
  status?: { instanceManagerName?: string; ip?: string; storageIP?: string; port?: number };
};

/** The engine of a volume, with its restored backup. */
export type VolumeEngine = KubernetesObject & {
  spec: { nodeID: string };
  status?: {
    instanceManagerName?: string;
    lastRestoredBackup?: string;
    /** The addresses of its replicas by their names. One that is to be rebuilt is among them before its rebuild begins. */
    currentReplicaAddressMap?: Record<string, string> | null;
    /** The modes of its replicas by their names. One that is to be rebuilt is among them once its rebuild has begun. */
    replicaModeMap?: Record<string, string> | null;
    /** By the addresses of the replicas. */
    restoreStatus?: Record<string, { isRestoring?: boolean; lastRestored?: string }> | null;
    /** By the addresses of the replicas, too. */
    rebuildStatus?: Record<string, { isRebuilding?: boolean } | null> | null;
  };
};

/** The attachment tickets of a volume. Longhorn makes one VolumeAttachment per volume, with the volume's name. */
export type VolumeAttachment = KubernetesObject & {
  spec: { volume?: string; attachmentTickets?: Record<string, AttachmentTicket | null> };
  status?: {
    attachmentTicketStatuses?: Record<string, { satisfied?: boolean; conditions?: Condition[] | null }>;
  };
};

/** One ticket of a VolumeAttachment; its key in the map must equal `id`. */
type AttachmentTicket = { id: string; type: string; nodeID: string; parameters?: Record<string, string> };

/** A snapshot of a volume, the source of a backup. */
export type Snapshot = KubernetesObject & {
  spec: { volume: string; createSnapshot: boolean; labels?: Record<string, string> | null };
  status?: {
    readyToUse?: boolean;
    creationTime?: string;
    /** The snapshot is to be removed, but cannot be removed yet. */
    markRemoved?: boolean;
    /** Otherwise an engine made it for itself, such as for a rebuild. */
    userCreated?: boolean;
    labels?: Record<string, string> | null;
    error?: string;
  };
};

/**
 * A backup. The error of a failed creation is in `status.error`; all other messages are in `status.messages`, under
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

/** The fields of a backup's status that the suite uses. */
export type BackupStatus = {
  state?: string;
  progress?: number;
  /** In bytes: those of the blocks that the backup refers to. */
  size?: string;
  error?: string;
  messages?: Record<string, string> | null;
  ownerID?: string;
  /** The address of the replica that uploads it, `tcp://IP:PORT`. */
  replicaAddress?: string;
  url?: string;
  /** Empty until Longhorn has read the backup's config from the store, after the backup is Completed. */
  backupTargetName?: string;
  volumeName?: string;
  /** In bytes, as a string. */
  volumeSize?: string;
  compressionMethod?: string;
  labels?: Record<string, string> | null;
  snapshotCreatedAt?: string;
  /** Empty until Longhorn has read the backup's config from the store. */
  backupCreatedAt?: string;
  /** The size of the uploaded data in bytes, as strings: new data, and data that was uploaded before. */
  newlyUploadDataSize?: string;
  reUploadedDataSize?: string;
  /** When Longhorn last read the backup's config, or when the backup failed. */
  lastSyncedAt?: string | null;
};

/** Longhorn's object for a volume in a backup store. Find it by its labels: its name differs between versions. */
export type BackupVolume = KubernetesObject & {
  spec?: { volumeName?: string; syncRequestedAt?: string | null };
  status?: {
    lastBackupName?: string;
    lastBackupAt?: string;
    /** In bytes, as strings. */
    size?: string;
    dataStored?: string;
    labels?: Record<string, string> | null;
    lastSyncedAt?: string | null;
    /** Errors of listing or reading what the store has of the volume, by kind. */
    messages?: Record<string, string> | null;
  };
};

/** A backup store that Longhorn uses. `default` always exists. */
export type BackupTarget = KubernetesObject & {
  spec: {
    backupTargetURL: string;
    credentialSecret?: string;
    pollInterval?: string;
    syncRequestedAt?: string | null;
  };
  status?: { available?: boolean; lastSyncedAt?: string | null; conditions?: Condition[] | null };
};

/** A backup of Longhorn's own objects, in the store of the default backup target. */
export type SystemBackup = KubernetesObject & {
  spec?: { volumeBackupPolicy?: string };
  status?: {
    ownerID?: string;
    state?: string;
    version?: string;
    createdAt?: string | null;
    conditions?: Condition[] | null;
  };
};

/** A restore of a system backup. */
export type SystemRestore = KubernetesObject & {
  spec?: { systemBackup: string };
  status?: { state?: string; conditions?: Condition[] | null };
};

/** A Longhorn setting. `value` is a top-level field; there is no `spec`. */
export type Setting = KubernetesObject & { value?: string };

/** A node of the cluster, as a Longhorn object. */
export type Node = KubernetesObject & {
  spec: {
    allowScheduling?: boolean;
    tags?: string[] | null;
    disks?: Record<string, { tags?: string[] | null; storageReserved?: number }>;
  };
  status?: {
    conditions?: Condition[] | null;
    diskStatus?: Record<string, Disk | null> | null;
  };
};

type Disk = { conditions?: Condition[] | null; storageAvailable?: number; diskPath?: string };

/** The process that runs engines and replicas on a node. */
export type InstanceManager = KubernetesObject & {
  spec: { nodeID: string; dataEngine?: string };
  status?: { currentState?: string; conditions?: Condition[] | null };
};

/** An engine as it is on the nodes. */
export type EngineImage = KubernetesObject & {
  spec?: { image?: string };
  status?: {
    state?: string;
    nodeDeploymentMap?: Record<string, boolean> | null;
    conditions?: Condition[] | null;
  };
};

type Condition = { type: string; status: string; reason?: string; message?: string };
