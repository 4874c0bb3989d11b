import type { ApiObject } from '../kubernetes/objects.ts';

type Accepts = readonly unknown[] | ((value: unknown) => boolean) | 'any';

const anything: Accepts = 'any';
const ignoredSetting = ['ignored'];

/**
 * Fields of a spec that the emulator knows. The values are those that it implements, or that need no change
 * of its behaviour.
 */
const accepted: Record<string, Record<string, Accepts>> = {
  Volume: {
    size: (value) => Number(value) > 0 && Number(value) % (2 * 1024 * 1024) === 0,
    numberOfReplicas: anything,
    frontend: ['blockdev', ''],
    Standby: [true, false],
    restoreVolumeRecurringJob: ['ignored', 'enabled', 'disabled', ''],
    accessMode: ['rwo'],
    backupCompressionMethod: ['none', 'lz4', 'gzip'],
    backupTargetName: (value) => value !== '',
    backupBlockSize: ['', '0', '2097152', '16777216'],
    fromBackup: (value) =>
      value === '' ||
      /^(nfs|cifs|s3):\/\/[^?]+\?backup=[^&]+(&nfsOptions=[^&]*)?&volume=[^&]+$/.test(String(value)),
    dataSource: (value) => value === '' || /^(vol:\/\/[^/]+|snap:\/\/[^/]+\/[^/]+)$/.test(String(value)),
    snapshotMaxCount: (value) => Number(value) >= 2 && Number(value) <= 250,
    snapshotMaxSize: anything,
    unmapMarkSnapChainRemoved: ['ignored', 'enabled', 'disabled'],
    freezeFilesystemForSnapshot: ['ignored', 'enabled', 'disabled'],
    dataEngine: ['v1'],
    nodeID: anything,
    disableFrontend: [true, false],
    encrypted: [true, false],
    image: anything,
    lastAttachedBy: anything,
    // The replica is on the node of the attachment in any case.
    dataLocality: ['disabled', 'strict-local'],
    replicaAutoBalance: ignoredSetting,
    snapshotDataIntegrity: ignoredSetting,
    staleReplicaTimeout: anything,
    diskSelector: anything,
    nodeSelector: anything,
  },
  Snapshot: { volume: anything, createSnapshot: [true, false], labels: anything },
  Backup: {
    snapshotName: anything,
    backupMode: ['', 'incremental', 'full'],
    backupBlockSize: ['', '0', '2097152', '16777216'],
    labels: anything,
    syncRequestedAt: anything,
  },
  BackupTarget: {
    backupTargetURL: (value) =>
      value === '' || /^(nfs|cifs|s3):\/\/[^?]*(\?nfsOptions=[^&]*)?$/.test(String(value)),
    credentialSecret: anything,
    pollInterval: anything,
    syncRequestedAt: anything,
  },
  RecurringJob: {
    name: anything,
    groups: anything,
    task: [
      ...['backup', 'backup-force-create', 'snapshot', 'snapshot-force-create', 'snapshot-delete'],
      'snapshot-cleanup',
      'filesystem-trim',
      'system-backup',
    ],
    cron: anything,
    retain: anything,
    // Before v1.13 Longhorn has no such fields, and takes no notice of them.
    retentionPolicy: anything,
    retainAge: anything,
    concurrency: anything,
    labels: anything,
    parameters: (value) =>
      Object.keys(value ?? {}).every((key) => ['full-backup-interval', 'volume-backup-policy'].includes(key)),
  },
};

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || value === '' || value === false || value === 0;

const accepts = (rule: Accepts | undefined, value: unknown): boolean => {
  // An unknown field is accepted with its zero value.
  if (rule === undefined) return isNothing(value);
  if (rule === 'any') return true;
  return typeof rule === 'function' ? rule(value) : rule.includes(value);
};

/**
 * Returns one message for each field of an object's spec that is not emulated. Empty for kinds that users do not write.
 */
export const notEmulated = (object: ApiObject & { spec?: object }): string[] => {
  const fields = accepted[object.kind];
  if (!fields) return [];
  return Object.entries(object.spec ?? {})
    .filter(([field, value]) => !accepts(fields[field], value))
    .map(([field, value]) => `not emulated: ${object.kind} spec.${field}: ${JSON.stringify(value)}`);
};
