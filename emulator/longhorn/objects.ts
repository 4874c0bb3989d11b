import type { ApiObject, Condition } from '../kubernetes/objects.ts';

export type * from './backups.ts';
export type * from './recurring-jobs.ts';

// The fields that the emulator reads or writes, by the names of longhorn.io/v1beta2. Sizes are strings, as there.

export type LonghornObject<Spec, Status> = ApiObject & { spec: Spec; status?: Status };

export type Volume = LonghornObject<
  {
    size: string;
    numberOfReplicas: number;
    frontend: string;
    accessMode: string;
    backupCompressionMethod: 'none' | 'lz4' | 'gzip';
    backupTargetName: string;
    /** URL of the backup a new volume begins with. */
    fromBackup?: string;
    nodeID: string;
    /** Attached without a device. */
    disableFrontend?: boolean;
    image: string;
  },
  {
    ownerID: string;
    state: '' | 'creating' | 'attached' | 'detached' | 'attaching' | 'detaching' | 'deleting';
    robustness: '' | 'healthy' | 'unknown' | 'faulted';
    currentNodeID: string;
    currentImage: string;
    actualSize: number;
    lastBackup: string;
    lastBackupAt: string;
    conditions: Condition[] | null;
    frontendDisabled: boolean;
    restoreRequired: boolean;
    restoreInitiated: boolean;
  }
>;

export type AttachmentTicket = {
  id: string;
  type: 'longhorn-api' | 'snapshot-controller' | 'backup-controller' | 'volume-restore-controller' | (string & {});
  nodeID: string;
  parameters?: Record<string, string>;
  generation?: number;
};

export type AttachmentTicketStatus = { id: string; satisfied: boolean; generation: number; conditions: Condition[] };

export type VolumeAttachment = LonghornObject<
  { volume: string; attachmentTickets?: Record<string, AttachmentTicket> },
  { attachmentTicketStatuses: Record<string, AttachmentTicketStatus> }
>;

export type Replica = LonghornObject<
  { volumeName: string; nodeID: string; diskPath: string; dataDirectoryName: string; volumeSize: string },
  { ownerID: string; currentState: 'running' | 'stopped' | 'error' }
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

export type Disk = { type: string; path: string; allowScheduling: boolean; storageReserved: number };

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
  { name: string; allowScheduling: boolean; disks: Record<string, Disk> },
  { conditions: Condition[] | null; diskStatus: Record<string, DiskStatus> | null; region: string; zone: string }
>;

export type EngineImage = LonghornObject<
  { image: string },
  { ownerID: string; state: 'deploying' | 'deployed'; incompatible: boolean; nodeDeploymentMap: Record<string, boolean>; version: string }
>;

export type InstanceManager = LonghornObject<
  { nodeID: string; image: string; type: string; dataEngine: string },
  { ownerID: string; currentState: 'running' | 'stopped'; ip: string }
>;

export type Pod = ApiObject & { spec: { nodeName?: string }; status?: { phase?: string; podIP?: string } };
export type KubernetesNode = ApiObject & { status?: { conditions?: { type: string; status: string }[] } };
