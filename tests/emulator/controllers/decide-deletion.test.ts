import { describe, expect, test } from 'vitest';
import {
  canGo,
  type DeletionRecord,
  type DeletionStep,
  decideDeletion,
  failureStatus,
  mayStart,
  removesRemoteData,
} from '../../../emulator/controllers/backup/decide-deletion.ts';
import { newStatus } from '../../../emulator/controllers/backup/status.ts';
import type { BackupState } from '../../../emulator/longhorn/objects.ts';
import type { Mutant } from '../../../emulator/mutants.ts';

const url = 'nfs://h:/p?backup=b&volume=v';
const failure = `Failed to delete the backup ${url} in the backupstore, err lock`;
const wait: DeletionStep = { do: 'wait' };
const release: DeletionStep = { do: 'release' };

test.each<[string, { inStore: boolean; record?: DeletionRecord }, DeletionStep]>([
  ['gone from the store', { inStore: false, record: { state: 'Succeeded' } }, release],
  ['gone before its command has ended', { inStore: false, record: { state: 'Deleting' } }, release],
  [
    'gone although its command has failed after that',
    { inStore: false, record: { state: 'Error', message: failure } },
    release,
  ],
  ['gone, and nobody remembers why', { inStore: false }, release],
  ['there, its command running', { inStore: true, record: { state: 'Deleting' } }, wait],
  ['there, its command having ended well', { inStore: true, record: { state: 'Succeeded' } }, wait],
  [
    'there, and nobody remembers a deletion',
    { inStore: true },
    { do: 'fail', message: 'No deletion in progress record, retry the deletion command' },
  ],
  [
    'there, its command having failed',
    { inStore: true, record: { state: 'Error', message: failure } },
    { do: 'fail', message: `Failed to delete the backup ${url} in the backupstore, err ${failure}` },
  ],
])('a backup that is %s', (_, { inStore, record }, step) => {
  expect(decideDeletion({ inStore, record, url, goesWithConfig: true })).toEqual(step);
});

test('on the fast clock a Backup stays until its command has ended', () => {
  const next = (record: DeletionRecord | undefined) =>
    decideDeletion({ inStore: false, record, url, goesWithConfig: false });
  expect(next({ state: 'Deleting' })).toEqual(wait);
  expect(next({ state: 'Succeeded' })).toEqual(release);
  expect(next({ state: 'Error', message: failure })).toEqual(release);
  expect(next(undefined)).toEqual(release);
});

test.each<[Mutant, { inStore: boolean; record?: DeletionRecord }, DeletionStep]>([
  ['deletion-never-ends', { inStore: false, record: { state: 'Succeeded' } }, wait],
  ['cfg-left-behind', { inStore: true, record: { state: 'Succeeded' } }, release],
  ['cfg-left-behind', { inStore: true, record: { state: 'Deleting' } }, wait],
  ['second-not-held', { inStore: false }, release],
  ['crash-not-noticed', { inStore: true }, wait],
  ['no-record-message-missing', { inStore: true }, { do: 'again' }],
  [
    'error-text-lost',
    { inStore: true, record: { state: 'Error', message: failure } },
    { do: 'fail', message: `Failed to delete the backup ${url} in the backupstore, err exit status 1` },
  ],
])('with the bug %s', (mutant, { inStore, record }, step) => {
  expect(decideDeletion({ inStore, record, url, goesWithConfig: true, mutant })).toEqual(step);
});

test.each<[BackupState, boolean, Mutant | undefined, boolean]>([
  ['Completed', false, undefined, true],
  ['Error', false, undefined, true],
  ['Error', true, undefined, false],
  ['Completed', false, 'never-retried', true],
  ['Error', false, 'never-retried', false],
  ['Error', true, 'retried-without-backoff', true],
])('a Backup in %s, in back-off %j, with the bug %s is deleted now: %j', (state, waiting, mutant, starts) => {
  expect(mayStart({ state, waiting, mutant })).toBe(starts);
});

test('a Backup goes with or without its volume, but for the bug finalizer-stays-without-volume', () => {
  expect([true, false].map((known) => canGo(known, undefined))).toEqual([true, true]);
  expect([true, false].map((known) => canGo(known, 'finalizer-stays-without-volume'))).toEqual([true, false]);
});

test('a failure stands in the messages, beside what is there, and nowhere else', () => {
  const before = { ...newStatus, messages: { info: 'i' } };
  expect(failureStatus('m', before, undefined)).toEqual({
    state: 'Error',
    messages: { info: 'i', error: 'm' },
  });
  expect(failureStatus('m', before, 'error-in-wrong-field')).toEqual({ state: 'Error', error: 'm' });
});

describe('the data in the store go with the backup', () => {
  const all = { customResourceOnly: false, targetAvailable: true, backupVolumeKnown: true };
  test.each([
    ['as a rule', {}, true],
    ['not when only the object is to go', { customResourceOnly: true }, false],
    ['not when the target is not available', { targetAvailable: false }, false],
    ['not before the volume is known in the store', { backupVolumeKnown: false }, false],
  ])('%s', (_, more, removes) => {
    expect(removesRemoteData({ ...all, ...more })).toBe(removes);
  });
});
