import { expect, test } from 'vitest';
import { describeBackup } from '../../e2e/longhorn/backup-state.ts';
import type { BackupStatus } from '../../e2e/longhorn/types.ts';

test.for<[BackupStatus | undefined, string]>([
  [undefined, 'new'],
  [{ state: '', progress: 0, messages: null }, 'new'],
  [{ state: 'InProgress' }, 'InProgress 0 %'],
  [{ state: 'InProgress', progress: 21, messages: { info: 'Wait' } }, 'InProgress 21 % ("Wait")'],
  [{ state: 'Error', error: '', messages: { error: 'no' } }, 'Error (messages.error "no")'],
  [{ state: 'Error', error: 'no lock', messages: {} }, 'Error (error "no lock")'],
  [{ state: 'Paused' }, 'Paused'],
])('a backup with %j reads as %s', ([status, line]) => {
  const backup = { metadata: { name: 'b' }, spec: { snapshotName: 's' }, ...(status && { status }) };
  expect(describeBackup(backup)).toBe(line);
});
