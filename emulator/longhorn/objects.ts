import type { ApiObject, Condition } from '../kubernetes/objects.ts';

// The fields that the emulator reads or writes, with their names in longhorn.io/v1beta2. Sizes are strings,
// as in Longhorn.

/** An object of Longhorn. */
export type LonghornObject<Spec, Status> = ApiObject & { spec: Spec; status?: Status };

/** What Kubernetes has of a volume, or has had at the times of the references. */
export type KubernetesStatus = {
  pvName: string;
  pvStatus: string;
  namespace: string;
  pvcName: string;
  lastPVCRefAt: string;
  workloadsStatus: { podName: string; podStatus: string; workloadName: string; workloadType: string }[];
  lastPodRefAt: string;
};

export type Volume = LonghornObject<
  {
    size: string;
    numberOfReplicas: number;
    frontend: string;
    accessMode: string;
    backupCompressionMethod: 'none' | 'lz4' | 'gzip';
    backupTargetName: string;
    /** URL of the backup that a new volume is restored from. */
    fromBackup?: string;
    unmapMarkSnapChainRemoved?: string;
    freezeFilesystemForSnapshot?: string;
    snapshotMaxCount?: number;
    snapshotMaxSize?: string;
    /** The volume whose data it gets, `vol://NAME`, or the snapshot, `snap://NAME/SNAPSHOT`. */
    dataSource?: string;
    /** Whether the volume should follow the backups of the volume in fromBackup. */
    Standby?: boolean;
    /** Whether the recurring jobs of that volume are restored with it; `ignored`: as the setting says. */
    restoreVolumeRecurringJob?: string;
    nodeID: string;
    backupBlockSize?: string;
    /** Attach the volume without a device. */
    disableFrontend?: boolean;
    encrypted?: boolean;
    image: string;
    nodeSelector?: string[];
    diskSelector?: string[];
    staleReplicaTimeout?: number;
    dataEngine?: string;
  },
  {
    ownerID: string;
    state: '' | 'creating' | 'attached' | 'detached' | 'attaching' | 'detaching' | 'deleting';
    robustness: '' | 'healthy' | 'degraded' | 'unknown' | 'faulted';
    currentNodeID: string;
    currentImage: string;
    actualSize: number;
    lastBackup: string;
    lastBackupAt: string;
    conditions: Condition[] | null;
    frontendDisabled: boolean;
    restoreRequired: boolean;
    restoreInitiated: boolean;
    /** Whether the volume still follows those backups. */
    isStandby: boolean;
    /** Whether it is to be larger than it is. */
    expansionRequired: boolean;
    cloneStatus?: { state: string };
    kubernetesStatus?: KubernetesStatus;
  }
>;

/** Only restored volumes have one. */
export type VolumeEngine = LonghornObject<
  { volumeName: string; nodeID: string },
  {
    ownerID: string;
    currentState: 'running';
    /** The addresses of the replicas by their names. */
    currentReplicaAddressMap?: Record<string, string>;
    replicaModeMap?: Record<string, 'RW' | 'WO'>;
    lastRestoredBackup: string;
    /** By the address of the replica. */
    restoreStatus: Record<string, { isRestoring: boolean; lastRestored: string }>;
    /** By the address of the replica, too. */
    rebuildStatus?: Record<string, { isRebuilding: boolean }>;
  }
>;

export type AttachmentTicket = {
  id: string;
  type:
    | 'longhorn-api'
    | 'snapshot-controller'
    | 'volume-clone-controller'
    | 'backup-controller'
    | 'volume-restore-controller'
    | (string & {});
  nodeID: string;
  parameters?: Record<string, string>;
  generation?: number;
};

export type AttachmentTicketStatus = {
  id: string;
  satisfied: boolean;
  generation: number;
  conditions: Condition[];
};

export type VolumeAttachment = LonghornObject<
  { volume: string; attachmentTickets?: Record<string, AttachmentTicket> },
  { attachmentTicketStatuses: Record<string, AttachmentTicketStatus> }
>;

export type Replica = LonghornObject<
  { volumeName: string; nodeID: string; diskPath: string; dataDirectoryName: string; volumeSize: string },
  { ownerID: string; currentState: 'running' | 'stopped' | 'error'; ip: string; port: number }
>;

export type Snapshot = LonghornObject<
  { volume: string; createSnapshot: boolean; labels?: Record<string, string> | null },
  {
    ownerID: string;
    parent: string;
    children: Record<string, boolean> | null;
    creationTime: string;
    requestedTime: string;
    readyToUse: boolean;
    restoreSize: number;
    size: number;
    userCreated: boolean;
    markRemoved: boolean;
    checksum: string;
    labels: Record<string, string> | null;
    error?: string;
  }
>;

export type Setting = ApiObject & { value: string; status?: { applied: boolean } };

type Disk = {
  type: string;
  path: string;
  allowScheduling: boolean;
  storageReserved: number;
  tags?: string[];
};

export type DiskStatus = {
  diskName: string;
  diskPath: string;
  filesystemType: string;
  conditions: Condition[];
  storageAvailable: number;
  storageMaximum: number;
  storageScheduled: number;
};

export type Node = LonghornObject<
  {
    name: string;
    allowScheduling: boolean;
    evictionRequested?: boolean;
    tags?: string[];
    disks: Record<string, Disk>;
  },
  {
    conditions: Condition[] | null;
    diskStatus: Record<string, DiskStatus> | null;
    region: string;
    zone: string;
  }
>;

export type EngineImage = LonghornObject<
  { image: string },
  {
    ownerID: string;
    state: 'deploying' | 'deployed';
    incompatible: boolean;
    nodeDeploymentMap: Record<string, boolean>;
    version: string;
  }
>;

export type InstanceManager = LonghornObject<
  { nodeID: string; image: string; type: string; dataEngine: string },
  { ownerID: string; currentState: 'running' | 'stopped'; ip: string }
>;

export type Pod = ApiObject & {
  spec: { nodeName?: string; volumes?: { persistentVolumeClaim?: { claimName: string } }[] };
  status?: { phase?: string; podIP?: string };
};
export type KubernetesNode = ApiObject & {
  spec?: { unschedulable?: boolean };
  status?: { conditions?: { type: string; status: string }[] };
};

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
  {
    backupTargetURL: string;
    credentialSecret: string;
    pollInterval?: string;
    syncRequestedAt?: string | null;
  },
  { ownerID: string; available: boolean; conditions: Condition[] | null; lastSyncedAt: string | null }
>;

export type SystemBackup = LonghornObject<
  { volumeBackupPolicy?: string },
  {
    ownerID: string;
    version: string;
    gitCommit: string;
    managerImage: string;
    state:
      | ''
      | 'Syncing'
      | 'CreatingVolumeBackups'
      | 'CreatingBackingImageBackups'
      | 'Generating'
      | 'Uploading'
      | 'Ready'
      | 'Error'
      | 'Deleting';
    conditions: Condition[] | null;
    createdAt: string | null;
    lastSyncedAt: string | null;
  }
>;

export type SystemRestore = LonghornObject<
  { systemBackup: string },
  {
    ownerID: string;
    state: '' | 'Pending' | 'Downloading' | 'Unpacking' | 'Restoring' | 'Completed' | 'Error';
    sourceURL: string;
    conditions: Condition[] | null;
  }
>;

export type RecurringJob = LonghornObject<
  {
    name?: string;
    groups?: string[] | null;
    task: string;
    cron: string;
    retain: number;
    retentionPolicy?: string;
    retainAge?: string;
    concurrency: number;
    labels?: Record<string, string> | null;
    parameters?: Record<string, string> | null;
  },
  { ownerID: string; executionCount?: number }
>;

/** A Kubernetes CronJob. Only the controller of recurring jobs writes it. */
export type CronJob = ApiObject & { spec: object };

export type ConfigMap = ApiObject & { data?: Record<string, string> };

export type StorageClass = ApiObject & {
  provisioner: string;
  reclaimPolicy?: string;
  parameters?: Record<string, string>;
};

export type PersistentVolume = ApiObject & {
  spec: {
    csi?: { driver: string; volumeHandle: string };
    claimRef?: { namespace: string; name: string };
    storageClassName?: string;
  };
  status?: { phase?: string };
};

export type VolumeSnapshotClass = ApiObject & { driver: string; parameters?: Record<string, string> };

export type VolumeSnapshotContent = ApiObject & {
  spec: {
    driver: string;
    deletionPolicy: 'Delete' | 'Retain';
    source: { volumeHandle?: string; snapshotHandle?: string };
    volumeSnapshotClassName?: string;
    volumeSnapshotRef: { name: string; namespace: string; uid?: string };
  };
  status?: {
    snapshotHandle?: string;
    readyToUse?: boolean;
    /** In nanoseconds. */
    creationTime?: number;
    restoreSize?: number;
    error?: { time?: string; message?: string };
  };
};

export type PersistentVolumeClaim = ApiObject & {
  spec: {
    storageClassName?: string;
    volumeName?: string;
    dataSource?: { kind: string; name: string };
    resources: { requests: { storage: string } };
  };
};

/** A VolumeAttachment of Kubernetes. */
export type KubernetesAttachment = ApiObject & {
  spec: { attacher: string; nodeName: string; source: { persistentVolumeName?: string } };
  status?: { attached: boolean };
};

/** A Kubernetes Job. Only the controller of system restores makes one. */
export type RolloutJob = ApiObject & { spec: object };
