import { expect, test } from 'vitest';
import {
  expiredBackups,
  expiredSnapshots,
  unfinishedSnapshot,
} from '../../../emulator/recurring-job/retention.ts';

const at = (minute: number): string => `2026-01-01T00:0${minute}:00Z`;
const backup = (name: string, created: string, job?: string) => ({
  ...{ name, created, snapshotName: '' },
  labels: job ? { RecurringJob: job } : null,
});
const snapshot = (name: string, minute: number, more = {}) => ({
  ...{ name, crCreationTime: at(minute), creationTime: at(minute), createSnapshot: true, readyToUse: true },
  labels: { RecurringJob: 'rj' } as Record<string, string> | null,
  ...more,
});

test('the backups a job cleans up are those it made, but for the newest, oldest first', () => {
  const ofOthers = [backup('manual', at(1)), backup('other', at(0), 'other-job')];
  const own = [backup('new', at(3), 'rj'), backup('old', at(1), 'rj'), backup('older', at(0), 'rj')];
  const backups = [...own, ...ofOthers, backup('never completed', '', 'rj')];
  expect(expiredBackups(backups, { job: 'rj', retention: { retain: 1 }, mutant: undefined })).toEqual([
    'older',
    'old',
  ]);
});

const snapshots = [
  ...[snapshot('a', 0), snapshot('b', 1), snapshot('run', 2)],
  snapshot('manual', 0, { labels: null }),
];
test.each([
  ['backups need only what is needed, whatever is retained', {}, ['a']],
  ['snapshot-delete is about those of anybody', { task: 'snapshot-delete', needed: [] }, ['a', 'manual']],
  ['backup-force-create is as backup', { task: 'backup-force-create', needed: ['run'] }, ['a', 'b']],
])('of the snapshots that a job cleans up: %s', (_, more, expected) => {
  const rule = {
    job: 'rj',
    task: 'backup',
    retention: { retain: 2 },
    onlyLastBackups: true,
    needed: ['run', 'b'],
  };
  expect(expiredSnapshots(snapshots, { ...rule, ...more })).toEqual(expected);
});

test('a snapshot that an earlier run asked for is gone on with if it is its own, the newest, and not taken', () => {
  const requested = (more = {}) => snapshot('asked', 1, { creationTime: '', ...more });
  expect(unfinishedSnapshot([snapshot('taken', 0), requested()], 'rj')).toBe('asked');
  expect(unfinishedSnapshot([snapshot('taken', 2), requested()], 'rj')).toBe(undefined);
  expect(unfinishedSnapshot([requested()], 'other')).toBe(undefined);
  expect(unfinishedSnapshot([requested({ createSnapshot: false })], 'rj')).toBe(undefined);
});
