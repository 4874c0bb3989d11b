import { recordedObject } from '../../support/recorded.ts';

/** Objects of the recording of a recurring job on a real v1.12.1, by their kind in the datastore. */
export const recorded = (resource: string): object => {
  const object = recordedObject('recurring-job', resource);
  if (!object) throw new Error(`the recording has no ${resource}`);
  return object;
};

export const volume = (name: string, { target = 'default' } = {}) => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'Volume',
  metadata: { name, uid: `uid-of-${name}`, creationTimestamp: '2026-11-20T08:23:54Z' },
  spec: {
    size: '67108864',
    numberOfReplicas: 1,
    frontend: 'blockdev',
    accessMode: 'rwo',
    backupCompressionMethod: 'lz4',
    backupTargetName: target,
    nodeID: 'node1',
    image: 'engine',
  },
  status: {
    state: 'attached',
    robustness: 'healthy',
    currentNodeID: 'node1',
    currentImage: 'engine',
    actualSize: 4096,
    lastBackup: 'b1',
  },
});

export const backup = (
  name: string,
  { of, target = 'default', ...status }: { of: string; target?: string; [field: string]: unknown },
) => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'Backup',
  metadata: { name, labels: { 'backup-target': target, 'backup-volume': of } },
  spec: { snapshotName: `s-of-${name}`, backupMode: 'incremental', backupBlockSize: '2097152', labels: {} },
  status: { state: '', progress: 0, messages: null, labels: null, url: '', snapshotName: '', ...status },
});

export const backupVolume = (name: string, { of, target = 'default' }: { of: string; target?: string }) => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'BackupVolume',
  metadata: { name },
  spec: { volumeName: of, backupTargetName: target, syncRequestedAt: null },
  status: { lastBackupName: 'b1', size: '4096', labels: null, messages: null },
});
