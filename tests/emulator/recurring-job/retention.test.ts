import { describe, expect, test } from 'vitest';
import {
  expiredBackups,
  expiredSnapshots,
  unfinishedSnapshot,
} from '../../../emulator/recurring-job/retention.ts';

const at = (minute: number): string => `2026-01-01T00:${String(minute).padStart(2, '0')}:00Z`;
const backup = (name: string, minute: number | undefined, job: string | undefined = 'rj') => ({
  name,
  created: minute === undefined ? '' : at(minute),
  snapshotName: '',
  labels: job ? { RecurringJob: job } : null,
});
const manual = (name: string, minute: number) => ({ ...backup(name, minute), labels: null });
const snapshot = (name: string, minute: number, more = {}) => ({
  name,
  crCreationTime: at(minute),
  creationTime: at(minute),
  createSnapshot: true,
  readyToUse: true,
  labels: { RecurringJob: 'rj' } as Record<string, string> | null,
  ...more,
});

describe('the backups a job cleans up', () => {
  const backups = [
    backup('new', 3),
    manual('manual', 1),
    backup('old', 1),
    backup('older', 0),
    backup('other', 0, 'other-job'),
  ];
  const rule = { job: 'rj', retain: 1, mutant: undefined };

  test('are those it made, but for the newest, oldest first', () => {
    expect(expiredBackups(backups, rule)).toEqual(['older', 'old']);
    expect(expiredBackups(backups, { ...rule, retain: 2 })).toEqual(['older']);
    expect(expiredBackups(backups, { ...rule, retain: 7 })).toEqual([]);
  });

  test('are none that was never completed', () => {
    expect(expiredBackups([...backups, backup('failed', undefined)], rule)).toEqual(['older', 'old']);
  });

  test.each([
    ['retain-ignored', []],
    ['retain-off-by-one', ['older']],
    ['cleans-up-manual-backups', ['older', 'other', 'manual', 'old']],
  ] as const)('with the bug %s are others', (mutant, expected) => {
    expect(expiredBackups(backups, { ...rule, mutant })).toEqual(expected);
  });
});

describe('the snapshots a job cleans up', () => {
  const snapshots = [
    snapshot('a', 0),
    snapshot('b', 1),
    snapshot('run', 2),
    snapshot('manual', 0, { labels: null }),
  ];
  const rule = { job: 'rj', task: 'backup', retain: 2, onlyLastBackups: true, needed: ['run', 'b'] };

  test.each([
    ['backups need only what is needed, whatever is retained', {}, ['a']],
    ['backups may keep as many snapshots as backups', { onlyLastBackups: false, needed: [] }, ['a']],
    ['snapshots are retained', { task: 'snapshot', needed: [] }, ['a']],
    ['snapshot-delete is about those of anybody', { task: 'snapshot-delete', needed: [] }, ['a', 'manual']],
    ['backup-force-create is as backup', { task: 'backup-force-create', needed: ['run'] }, ['a', 'b']],
  ])('%s', (_, more, expected) => {
    expect(expiredSnapshots(snapshots, { ...rule, ...more })).toEqual(expected);
  });
});

describe('a snapshot that an earlier run asked for', () => {
  test('is gone on with if it is the newest and not taken', () => {
    expect(unfinishedSnapshot([snapshot('taken', 0), snapshot('asked', 1, { creationTime: '' })], 'rj')).toBe(
      'asked',
    );
    expect(unfinishedSnapshot([snapshot('taken', 2), snapshot('asked', 1, { creationTime: '' })], 'rj')).toBe(
      undefined,
    );
  });

  test("is not somebody else's", () => {
    expect(unfinishedSnapshot([snapshot('asked', 1, { creationTime: '' })], 'other')).toBe(undefined);
    expect(
      unfinishedSnapshot([snapshot('asked', 1, { creationTime: '', createSnapshot: false })], 'rj'),
    ).toBe(undefined);
  });
});
