import { describe, expect, test } from 'vitest';
import {
  type DeletionRecord,
  type DeletionStep,
  decideDeletion,
  removesRemoteData,
} from '../../../emulator/controllers/backup/decide-deletion.ts';
import type { Mutant } from '../../../emulator/mutants.ts';

const url = 'nfs://h:/p?backup=b&volume=v';
const failure = `Failed to delete the backup ${url} in the backupstore, err lock`;
const wait: DeletionStep = { do: 'wait' };
const release: DeletionStep = { do: 'release' };

test.each<[string, { inStore: boolean; record?: DeletionRecord }, DeletionStep]>([
  ['gone from the store', { inStore: false, record: { state: 'Succeeded' } }, release],
  ['gone before its command has ended', { inStore: false, record: { state: 'Deleting' } }, release],
  ['gone although its command has failed after that', { inStore: false, record: { state: 'Error', message: failure } }, release],
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
  expect(decideDeletion({ inStore, record, url })).toEqual(step);
});

test.each<[Mutant, { inStore: boolean; record?: DeletionRecord }, DeletionStep]>([
  ['deletion-never-ends', { inStore: false, record: { state: 'Succeeded' } }, wait],
  ['cfg-left-behind', { inStore: true, record: { state: 'Succeeded' } }, release],
  ['cfg-left-behind', { inStore: true, record: { state: 'Deleting' } }, wait],
  ['second-not-held', { inStore: false }, release],
])('with the bug %s', (mutant, { inStore, record }, step) => {
  expect(decideDeletion({ inStore, record, url, mutant })).toEqual(step);
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
