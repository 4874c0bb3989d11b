import { expect, test } from 'vitest';
import type { Snapshot } from '../../../../e2e/longhorn/types.ts';
import type { JobRun } from '../../../../e2e/suite/steps/job/job.ts';
import {
  failsToRemoveLabels,
  isReadyAndKept,
  wrongInSnapshots,
} from '../../../../e2e/suite/steps/job-tasks/tasks.ts';

const run: JobRun = { label: 'the first run', job: 'j-1', scheduled: false, makes: true, from: 0 };
const snapshot = (name: string, status: Snapshot['status'], metadata = {}): Snapshot => ({
  metadata: { name, ...metadata },
  spec: { volume: 'v', createSnapshot: true },
  ...(status && { status }),
});

test('a run that takes snapshots takes one, with the labels of its job, and makes no backup', () => {
  const how = { job: 'j', labels: { a: 'b' } };
  const right = snapshot('s', { readyToUse: true, labels: { a: 'b', RecurringJob: 'j' } });
  expect(wrongInSnapshots({ run, snapshots: [right], backups: [] }, how)).toEqual([]);
  expect(wrongInSnapshots({ run, snapshots: [], backups: [] }, how)).toEqual([
    'the first run took 0 snapshots, not 1',
  ]);
  const backup = { metadata: { name: 'b' }, spec: { snapshotName: 's' } };
  const wrong = snapshot('s', { readyToUse: true, labels: { RecurringJob: 'j' } });
  expect(wrongInSnapshots({ run, snapshots: [wrong], backups: [backup] }, how)).toEqual([
    'the first run made 1 backups, and is to make none',
    'snapshot s has a: no such label, not b',
  ]);
});

test('a snapshot that is to go, or is not ready, does not stay', () => {
  expect(isReadyAndKept(snapshot('s', { readyToUse: true }))).toBe(true);
  expect(isReadyAndKept(snapshot('s', { readyToUse: true }, { deletionTimestamp: 'now' }))).toBe(false);
  expect(isReadyAndKept(snapshot('s', { readyToUse: false }))).toBe(false);
  expect(isReadyAndKept(undefined)).toBe(false);
});

test('a manager says of which job it could not take the labels off', () => {
  const version = 'v1.12.1';
  const log = [
    'time="2026-11-26T20:23:47.6Z" level=info msg="Cleaning up recurring job-group j-1 for v-2" node=node3',
    'time="2026-11-26T20:23:47.7Z" level=warning msg="Failed to sync Longhorn recurring job" RecurringJob=longhorn-system/j-1 controller=longhorn-recurring-job error="failed to sync recurring job longhorn-system/j-1: failed to cleanup recurring job label j-1 in Volumes and PVCs: Operation cannot be fulfilled on volumes.longhorn.io \\"v-2\\": the object has been modified; please apply your changes to the latest version and try again" node=node3',
  ];
  expect(failsToRemoveLabels(log.join('\n'), { job: 'j-1', version })).toBe(true);
  expect(failsToRemoveLabels(log.join('\n'), { job: 'j-2', version })).toBe(false);
  expect(failsToRemoveLabels(log[0] ?? '', { job: 'j-1', version })).toBe(false);
});
