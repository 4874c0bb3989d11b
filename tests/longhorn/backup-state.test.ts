import { expect, test } from 'vitest';
import { backupState, describeBackup } from '../../e2e/longhorn/backup-state.ts';
import type { Backup, BackupStatus } from '../../e2e/longhorn/types.ts';

const backup = (status?: BackupStatus): Backup => ({
  metadata: { name: 'b' },
  spec: { snapshotName: 's' },
  ...(status && { status }),
});

test.for<[string, BackupStatus | undefined, string]>([
  ['a backup without a status', undefined, 'new'],
  ['one whose state is empty', { state: '', progress: 0, messages: null }, 'new'],
  ['one under way', { state: 'InProgress', progress: 40 }, 'InProgress 40 %'],
  ['one with no progress yet', { state: 'InProgress' }, 'InProgress 0 %'],
  [
    'a waiting one',
    { state: 'Pending', messages: { info: 'Wait for backup a to be deleted' } },
    'Pending ("Wait for backup a to be deleted")',
  ],
  [
    'a failed deletion, whose error is empty',
    { state: 'Error', error: '', messages: { error: 'no' } },
    'Error (messages.error "no")',
  ],
  ['a failed creation', { state: 'Error', error: 'no lock', messages: {} }, 'Error (error "no lock")'],
  [
    'one under way that still says what it waited for',
    { state: 'InProgress', progress: 21, messages: { info: 'Wait' } },
    'InProgress 21 % ("Wait")',
  ],
  ['a state that nobody knows', { state: 'Paused' }, 'Paused'],
])('%s reads as', ([, status, line]) => {
  expect(describeBackup(backup(status))).toBe(line);
});

test('a status that was never written is the state of a new backup', () => {
  expect([backupState(backup()), backupState(backup({ state: 'Deleting' }))]).toEqual(['', 'Deleting']);
});
