import { expect, test } from 'vitest';
import { notEmulated } from '../../../emulator/manager/not-emulated.ts';

const object = (kind: string, spec: object) => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind,
  metadata: { name: 'x' },
  spec,
});

test.each([
  [
    'Volume',
    {
      size: String(64 << 20),
      numberOfReplicas: 3,
      frontend: 'blockdev',
      backupCompressionMethod: 'gzip',
      dataEngine: 'v1',
    },
  ],
  [
    'Volume',
    {
      size: String(64 << 20),
      encrypted: false,
      fromBackup: '',
      staleReplicaTimeout: 0,
      replicaAutoBalance: 'ignored',
    },
  ],
  [
    'Backup',
    { snapshotName: 's', backupMode: 'incremental', backupBlockSize: '2097152', labels: { a: 'b' } },
  ],
  ['BackupTarget', { backupTargetURL: 'nfs://host:/path', credentialSecret: '', pollInterval: '5m0s' }],
  ['Backup', { snapshotName: 's', backupMode: 'full' }],
  ['Volume', { size: String(64 << 20), disableFrontend: true }],
  ['BackupTarget', { backupTargetURL: 's3://bucket@region/path/', credentialSecret: 'secret' }],
  ['Volume', { size: String(64 << 20), fromBackup: 's3://b@r/p/?backup=b&volume=v' }],
  ['BackupTarget', { backupTargetURL: '' }],
  ['InstanceManager', { anything: 'goes' }],
])('%s %j is emulated', (kind, spec) => {
  expect(notEmulated(object(kind, spec))).toEqual([]);
});

test.each([
  ['Volume', { frontend: 'iscsi' }, 'not emulated: Volume spec.frontend: "iscsi"'],
  ['Volume', { size: '1000' }, 'not emulated: Volume spec.size: "1000"'],
  ['Volume', { fromBackup: 'nfs://x' }, 'not emulated: Volume spec.fromBackup: "nfs://x"'],
  ['Volume', { encrypted: true }, 'not emulated: Volume spec.encrypted: true'],
  ['Backup', { backupBlockSize: '16777216' }, 'not emulated: Backup spec.backupBlockSize: "16777216"'],
  [
    'BackupTarget',
    { backupTargetURL: 'cifs://host/path' },
    'not emulated: BackupTarget spec.backupTargetURL: "cifs://host/path"',
  ],
  [
    'BackupTarget',
    { backupTargetURL: 'nfs://h:/p?nfsOptions=hard' },
    'not emulated: BackupTarget spec.backupTargetURL: "nfs://h:/p?nfsOptions=hard"',
  ],
])('%s %j is not, and is named', (kind, spec, text) => {
  expect(notEmulated(object(kind, spec))).toEqual([text]);
});
