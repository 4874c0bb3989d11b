import { expect, test } from 'vitest';
import { backupsOf } from '../../../../emulator/ui/page/records.ts';
import { record, volumeRecord } from './support.ts';

test('only the backups of the volume on its target are shown, the newest first', () => {
  const backups = [
    record('b1', { created: '2026-01-01T00:00:01Z' }),
    record('b2', { created: '2026-01-01T00:00:02Z' }),
    record('other-volume', { volumeName: 'w' }),
    record('other-target', { backupTargetName: 'default' }),
  ];
  expect(backupsOf(backups, volumeRecord('bv')).map(({ id }) => id)).toEqual(['b2', 'b1']);
});

test('those without a time have the order of their IDs', () => {
  const backups = ['b3', 'b1', 'b2'].map((id) => record(id, { created: '' }));
  expect(backupsOf(backups, volumeRecord('bv')).map(({ id }) => id)).toEqual(['b1', 'b2', 'b3']);
});

test('a backup volume that is not known has none', () => {
  expect(backupsOf([record('b1')], undefined)).toEqual([]);
});
