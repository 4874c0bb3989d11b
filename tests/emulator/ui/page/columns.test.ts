import { describe, expect, test } from 'vitest';
import { formatSize } from '../../../../emulator/ui/page/cell.ts';
import {
  backupColumns,
  backupMenu,
  backupVolumeColumns,
  backupVolumeMenu,
  deletionQuestion,
} from '../../../../emulator/ui/page/columns.ts';
import type { BackupRecord } from '../../../../emulator/ui/page/records.ts';
import { record, volumeRecord } from './support.ts';

const cell = (title: string, backup: BackupRecord) =>
  backupColumns.find((column) => column.title === title)?.cell(backup);
const deletionError = { error: 'Failed to delete the backup' };

describe('the table of backups', () => {
  test('has the columns of Longhorn v1.12', () => {
    expect(backupColumns.map(({ title }) => title)).toEqual([
      'ID',
      'Volume',
      'Creation State',
      'Backup Mode',
      'Backup Block Size',
      'Backup Target',
      'Snapshot Name',
      'Size',
      'Re-Uploaded Data Size',
      'Newly Uploaded Data Size',
      'PV/PVC',
      'Workload/Pod',
      'Snapshot Created',
      'Labels',
    ]);
  });

  test.each([
    [{ state: 'Deleting' }, { text: 'Deleting' }],
    [{ state: 'Pending', messages: { info: 'Wait for backup b to be deleted' } }, { text: 'Pending' }],
    [
      { state: 'InProgress', progress: 40 },
      { text: '', progress: 40 },
    ],
    [
      { state: 'Error', messages: deletionError },
      { text: 'Error', className: 'error', tooltip: '' },
    ],
    [
      { state: 'Error', error: 'locked' },
      { text: 'Error', className: 'error', tooltip: 'locked' },
    ],
  ])('shows the state of %j', (more, expected) => {
    expect(cell('Creation State', record('b', more))).toEqual(expected);
  });

  test('warns before the name of the volume of what failed, and of that alone', () => {
    expect(cell('Volume', record('b', { messages: deletionError }))).toEqual({
      text: 'v',
      warning: true,
      tooltip: deletionError.error,
    });
    expect(cell('Volume', record('b', { messages: { info: 'Wait' } }))).toEqual({ text: 'v' });
  });

  test('shows sizes of what is complete', () => {
    expect(cell('Backup Block Size', record('b'))).toEqual({ text: '2 Mi' });
    expect(cell('Backup Block Size', record('b', { blockSize: '-1' }))).toEqual({
      text: 'Error',
      className: 'error',
    });
    expect(cell('Size', record('b'))).toEqual({ text: '64 Mi' });
    for (const title of ['Backup Block Size', 'Size', 'Newly Uploaded Data Size']) {
      expect(cell(title, record('b', { state: 'Deleting' }))).toEqual({ text: '' });
    }
  });

  test('lets nothing be done with what failed or has no URL but to delete it', () => {
    const disabled = (more: Partial<BackupRecord>) =>
      backupMenu(record('b', more)).map((item) => `${item.name} ${!item.disabled}`);
    expect(disabled({})).toEqual(['Delete true', 'Restore true', 'Get URL true']);
    expect(disabled({ url: '' })).toEqual(['Delete true', 'Restore false', 'Get URL false']);
    expect(disabled({ messages: deletionError })).toEqual(['Delete true', 'Restore false', 'Get URL false']);
  });

  test('asks before a deletion', () => {
    expect(deletionQuestion(record('b')).title).toBe('Are you sure you want to delete backup b ?');
  });
});

describe('the table of backup volumes', () => {
  const name = (more = {}) => backupVolumeColumns[0]?.cell(volumeRecord('bv', more));

  test('leads to the backups of each', () => {
    expect(name()).toEqual({ text: 'v', href: '#/backup/v?field=name&keyword=bv' });
    expect(name({ messages: deletionError })).toMatchObject({ warning: true, tooltip: deletionError.error });
  });

  test('offers a restore only of what has a backup', () => {
    const enabled = (more = {}) =>
      backupVolumeMenu(volumeRecord('bv', more)).filter(({ disabled }) => !disabled).length;
    expect([enabled(), enabled({ lastBackupName: '' }), enabled({ messages: deletionError })]).toEqual([
      4, 2, 2,
    ]);
  });
});

test.each([
  ['0', '0 Bi'],
  ['1023', '1023 Bi'],
  ['1024', '1 Ki'],
  ['1610612736', '1.5 Gi'],
  ['67109472', '64 Mi'],
  ['104962457', '100 Mi'],
  ['', '0 Bi'],
])('%s bytes are written %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});
