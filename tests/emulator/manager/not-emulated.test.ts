import { expect, test } from 'vitest';
import { notEmulated } from '../../../emulator/manager/not-emulated.ts';

const wrong = (kind: string, spec: object) =>
  notEmulated({ apiVersion: 'longhorn.io/v1beta2', kind, metadata: { name: 'x' }, spec });
const size = String(64 << 20);

test.each([
  ['Volume', { size, numberOfReplicas: 3, frontend: 'blockdev', backupCompressionMethod: 'gzip' }],
  ['Volume', { size, fromBackup: 's3://b@r/p/?backup=b&volume=v' }],
  ['Volume', { size, fromBackup: 'nfs://h:/p?backup=b&nfsOptions=soft%2Ctimeo%3D1&volume=v' }],
  [
    'Backup',
    { snapshotName: 's', backupMode: 'incremental', backupBlockSize: '2097152', labels: { a: 'b' } },
  ],
  ['BackupTarget', { backupTargetURL: 'nfs://host:/path', credentialSecret: '', pollInterval: '5m0s' }],
  ['BackupTarget', { backupTargetURL: 'nfs://h:/p?nfsOptions=soft%2Ctimeo%3D1' }],
  ['BackupTarget', { backupTargetURL: 's3://bucket@region/path/', credentialSecret: 'secret' }],
  ['InstanceManager', { anything: 'goes' }],
])('%s %j is emulated', (kind, spec) => {
  expect(wrong(kind, spec)).toEqual([]);
});

test.each<[string, string, unknown]>([
  ['Volume', 'size', '1000'],
  ['Volume', 'fromBackup', 'nfs://x'],
  ['Backup', 'backupBlockSize', '4194304'],
  ['BackupTarget', 'backupTargetURL', 'azblob://c@host/path'],
  ['BackupTarget', 'backupTargetURL', 'cifs://h/p?cifsOptions=hard'],
])('%s with the %s %j is not, and is named', (kind, field, value) => {
  const text = `not emulated: ${kind} spec.${field}: ${JSON.stringify(value)}`;
  expect(wrong(kind, { [field]: value })).toEqual([text]);
});
