import { defaultTargetName } from '../modelled-on.ts';
import {
  conditions,
  flag,
  integer,
  mapOf,
  nullableText,
  object,
  openObject,
  type Schema,
  text,
  textList,
  textMap,
} from './schema.ts';

/** One of Longhorn's custom resources. A Setting has a value instead of a spec. */
export type ServedKind = {
  kind: string;
  shortNames: string[];
  spec?: Schema;
  status: Schema;
  value?: Schema;
};

// Specs that users write allow unknown fields, so that the emulator can report them instead of the API server
// pruning them. The other fields are closed. The defaults are those of Longhorn's webhook.
const volumeKinds: ServedKind[] = [
  {
    kind: 'Volume',
    shortNames: ['lhv'],
    spec: openObject(
      {
        size: text(),
        numberOfReplicas: integer(),
        frontend: text({ default: 'blockdev' }),
        accessMode: text({ default: 'rwo' }),
        backupCompressionMethod: text({ default: 'lz4' }),
        backupBlockSize: text({ default: '2097152' }),
        backupTargetName: text({ default: defaultTargetName }),
        dataEngine: text(),
        fromBackup: text({ default: '' }),
        dataSource: text({ default: '' }),
        unmapMarkSnapChainRemoved: text({ default: 'ignored' }),
        freezeFilesystemForSnapshot: text({ default: 'ignored' }),
        snapshotMaxCount: integer({ default: 250 }),
        snapshotMaxSize: text({ default: '0' }),
        Standby: flag(),
        restoreVolumeRecurringJob: text({ default: 'ignored' }),
        nodeID: text({ default: '' }),
        disableFrontend: flag(),
        encrypted: flag(),
        image: text({ default: '' }),
      },
      ['size'],
    ),
    status: object({
      ownerID: text(),
      state: text(),
      robustness: text(),
      currentNodeID: text(),
      currentImage: text(),
      actualSize: integer(),
      lastBackup: text(),
      lastBackupAt: text(),
      frontendDisabled: flag(),
      restoreRequired: flag(),
      restoreInitiated: flag(),
      isStandby: flag(),
      expansionRequired: flag(),
      cloneStatus: object({ state: text() }),
      kubernetesStatus: openObject({}),
      conditions,
    }),
  },
  {
    kind: 'Engine',
    shortNames: ['lhe'],
    spec: object({ volumeName: text(), nodeID: text() }),
    status: object({
      ownerID: text(),
      currentState: text(),
      lastRestoredBackup: text(),
      restoreStatus: mapOf(object({ isRestoring: flag(), lastRestored: text() })),
      rebuildStatus: mapOf(object({ isRebuilding: flag() })),
      currentReplicaAddressMap: textMap,
      replicaModeMap: textMap,
    }),
  },
  {
    kind: 'VolumeAttachment',
    shortNames: ['lhva'],
    spec: object({
      volume: text(),
      attachmentTickets: mapOf(
        object({ id: text(), type: text(), nodeID: text(), generation: integer(), parameters: textMap }, [
          'id',
          'type',
          'nodeID',
        ]),
      ),
    }),
    status: object({
      attachmentTicketStatuses: mapOf(
        object({ id: text(), satisfied: flag(), generation: integer(), conditions }),
      ),
    }),
  },
  {
    kind: 'Replica',
    shortNames: ['lhr'],
    spec: object({
      volumeName: text(),
      nodeID: text(),
      diskPath: text(),
      dataDirectoryName: text(),
      volumeSize: text(),
    }),
    status: object({ ownerID: text(), currentState: text(), ip: text(), port: integer() }),
  },
  {
    kind: 'Snapshot',
    shortNames: ['lhsnap'],
    spec: openObject({ volume: text(), createSnapshot: flag(), labels: textMap }, ['volume']),
    status: object({
      ownerID: text(),
      parent: text(),
      children: { type: 'object', additionalProperties: flag(), nullable: true },
      creationTime: text(),
      requestedTime: text(),
      readyToUse: flag(),
      restoreSize: integer(),
      size: integer(),
      userCreated: flag(),
      markRemoved: flag(),
      checksum: text(),
      labels: textMap,
      error: text(),
    }),
  },
];

const backupKinds: ServedKind[] = [
  {
    kind: 'Backup',
    shortNames: ['lhb'],
    spec: openObject({
      snapshotName: text(),
      backupMode: text({ default: 'incremental' }),
      backupBlockSize: text({ default: '2097152' }),
      labels: textMap,
      syncRequestedAt: nullableText,
    }),
    status: object({
      ownerID: text(),
      state: text(),
      progress: integer(),
      messages: textMap,
      error: text(),
      url: text(),
      snapshotName: text(),
      snapshotCreatedAt: text(),
      backupCreatedAt: text(),
      backupTargetName: text(),
      compressionMethod: text(),
      labels: textMap,
      lastSyncedAt: nullableText,
      newlyUploadDataSize: text(),
      reUploadedDataSize: text(),
      replicaAddress: text(),
      size: text(),
      volumeBackingImageName: text(),
      volumeCreated: text(),
      volumeName: text(),
      volumeSize: text(),
    }),
  },
  {
    kind: 'BackupVolume',
    shortNames: ['lhbv'],
    spec: object({ backupTargetName: text(), volumeName: text(), syncRequestedAt: nullableText }),
    status: object({
      ownerID: text(),
      createdAt: text(),
      dataStored: text(),
      labels: textMap,
      lastBackupAt: text(),
      lastBackupName: text(),
      lastModificationTime: nullableText,
      lastSyncedAt: nullableText,
      messages: textMap,
      size: text(),
      storageClassName: text(),
      backingImageChecksum: text(),
      backingImageName: text(),
    }),
  },
  {
    kind: 'BackupTarget',
    shortNames: ['lhbt'],
    spec: openObject({
      backupTargetURL: text({ default: '' }),
      credentialSecret: text({ default: '' }),
      pollInterval: text(),
      syncRequestedAt: nullableText,
    }),
    status: object({ ownerID: text(), available: flag(), conditions, lastSyncedAt: nullableText }),
  },
  {
    kind: 'SystemBackup',
    shortNames: ['lhsb'],
    spec: openObject({ volumeBackupPolicy: text() }),
    status: object({
      ownerID: text(),
      version: text(),
      gitCommit: text(),
      managerImage: text(),
      state: text(),
      conditions,
      createdAt: nullableText,
      lastSyncedAt: nullableText,
    }),
  },
  {
    kind: 'SystemRestore',
    shortNames: ['lhsr'],
    spec: openObject({ systemBackup: text() }),
    status: object({ ownerID: text(), state: text(), sourceURL: text(), conditions }),
  },
];

const nodeKinds: ServedKind[] = [
  {
    kind: 'Setting',
    shortNames: ['lhs'],
    value: text(),
    status: object({ applied: flag() }),
  },
  {
    kind: 'Node',
    shortNames: ['lhn'],
    spec: object({
      name: text(),
      allowScheduling: flag(),
      evictionRequested: flag(),
      tags: textList,
      disks: mapOf(
        object({
          type: text(),
          path: text(),
          allowScheduling: flag(),
          storageReserved: integer(),
          tags: textList,
        }),
      ),
    }),
    status: object({
      region: text(),
      zone: text(),
      conditions,
      diskStatus: mapOf(
        object({
          diskName: text(),
          diskPath: text(),
          filesystemType: text(),
          conditions,
          storageAvailable: integer(),
          storageMaximum: integer(),
          storageScheduled: integer(),
        }),
      ),
    }),
  },
  {
    kind: 'EngineImage',
    shortNames: ['lhei'],
    spec: object({ image: text() }),
    status: object({
      ownerID: text(),
      state: text(),
      incompatible: flag(),
      version: text(),
      nodeDeploymentMap: { type: 'object', additionalProperties: flag(), nullable: true },
    }),
  },
  {
    kind: 'InstanceManager',
    shortNames: ['lhim'],
    spec: object({ nodeID: text(), image: text(), type: text(), dataEngine: text() }),
    status: object({ ownerID: text(), currentState: text(), ip: text() }),
  },
];

// Longhorn's webhook sets spec.name. Here readers of the object handle a missing one.
const recurringJobKind: ServedKind = {
  kind: 'RecurringJob',
  shortNames: ['lhrj'],
  spec: openObject({
    name: text(),
    groups: { type: 'array', items: text(), default: [] },
    task: text(),
    cron: text(),
    retain: integer({ default: 1 }),
    retentionPolicy: text(),
    retainAge: text(),
    concurrency: integer({ default: 1 }),
    labels: { ...textMap, default: {} },
    parameters: { ...textMap, default: {} },
  }),
  status: object({ ownerID: text(), executionCount: integer() }),
};

export const servedKinds: readonly ServedKind[] = [
  ...volumeKinds,
  ...backupKinds,
  ...nodeKinds,
  recurringJobKind,
];

/** The name of a kind in URLs. */
export const pluralOf = ({ kind }: ServedKind): string => `${kind.toLowerCase()}s`;
