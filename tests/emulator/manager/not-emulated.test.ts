import { expect, test } from 'vitest';
import { notEmulated } from '../../../emulator/manager/not-emulated.ts';

const wrong = (kind: string, spec: object) =>
  notEmulated({ apiVersion: 'longhorn.io/v1beta2', kind, metadata: { name: 'x' }, spec });

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
