import { expect, test } from 'vitest';
import { formatSize } from '../../../../emulator/ui/page/cell.ts';
import { backupColumns } from '../../../../emulator/ui/page/columns.ts';
import { streamUrl } from '../../../../emulator/ui/page/live.ts';
import {
  type BackupRecord,
  type BackupVolumeRecord,
  backupsOfBackupVolume,
} from '../../../../emulator/ui/page/records.ts';
import { parseRoute } from '../../../../emulator/ui/page/route.ts';

/** As much of a record as is looked at here. */
const record = (id: string, more: Partial<BackupRecord> = {}) => {
  const of = { volumeName: 'v', backupTargetName: 't', created: '2026-01-01T00:00:00Z' };
  const shown = { state: 'Completed', error: '', size: '67108864', blockSize: '2097152', messages: null };
  return { id, name: id, ...of, ...shown, ...more } as BackupRecord;
};
const ofV = { id: 'bv', name: 'bv', volumeName: 'v', backupTargetName: 't' } as BackupVolumeRecord;

const cell = (title: string, backup: BackupRecord) =>
  backupColumns.find((column) => column.title === title)?.cell(backup);
const isWrong = { text: 'Error', className: 'error' };

test.each<[string, Partial<BackupRecord>, object]>([
  ['Creation State', { state: 'Pending', messages: { info: 'Wait' } }, { text: 'Pending' }],
  ['Creation State', { state: 'InProgress', progress: 40 }, { text: '', progress: 40 }],
  ['Size', {}, { text: '64 Mi' }],
  ['Size', { state: 'Deleting' }, { text: '' }],
  ['Backup Block Size', { blockSize: '-1' }, isWrong],
  ['Backup Block Size', { state: 'Deleting' }, { text: '' }],
])('it shows as %s of %j the cell %j', (title, more, expected) => {
  expect(cell(title, record('b', more))).toEqual(expected);
});

test.each([
  ['1610612736', '1.5 Gi'],
  ['104962457', '100 Mi'],
  ['', '0 Bi'],
])('%s bytes are written %s', (bytes, text) => {
  expect(formatSize(bytes)).toBe(text);
});

test('the backups of a volume on its target are shown, the newest first, those without a time by their IDs', () => {
  const second = (id: string, at: string) => record(id, { created: at && `2026-01-01T00:00:0${at}Z` });
  const shown = (backups: BackupRecord[]) => backupsOfBackupVolume(backups, ofV).map(({ id }) => id);
  const others = [record('a', { volumeName: 'w' }), record('c', { backupTargetName: 'default' })];
  expect(shown([second('b1', '1'), second('b2', '2'), ...others])).toEqual(['b2', 'b1']);
  expect(shown([second('b3', ''), second('b1', ''), second('b2', '')])).toEqual(['b1', 'b2', 'b3']);
  expect(backupsOfBackupVolume([record('b1')], undefined)).toEqual([]);
});

test('a page that is not emulated is named', () => {
  expect(parseRoute('#/dashboard')).toEqual({ page: 'notEmulated', path: '/dashboard' });
});

test.each([
  ['http://localhost:8080/#/backup', 'ws://localhost:8080/v1/ws/1s/backups'],
  // Behind the API server's proxy the page has a path.
  ['https://api/services/ui:80/proxy/?a#/backup/v', 'wss://api/services/ui:80/proxy/v1/ws/1s/backups'],
])('the page %s follows %s', (page, stream) => {
  expect(streamUrl(page, 'backups')).toBe(stream);
});
