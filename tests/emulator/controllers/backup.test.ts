import { expect, test } from 'vitest';
import { createBackoff, createRetryCounter } from '../../../emulator/controllers/backup/backoff.ts';
import {
  type CreationStep,
  decideCreation,
  isFinal,
  type Surroundings,
} from '../../../emulator/controllers/backup/decide-creation.ts';
import {
  type DeletionRecord,
  type DeletionStep,
  decideDeletion,
  removesRemoteData,
} from '../../../emulator/controllers/backup/decide-deletion.ts';
import type { BackupState } from '../../../emulator/longhorn/objects.ts';

const states: BackupState[] = ['', 'Pending', 'InProgress', 'Completed', 'Error', 'Unknown', 'Deleting'];
const ready: Surroundings = {
  ...{ ticketSatisfied: true, volumeAttached: true, volume: 'v' },
  ...{ snapshot: { ready: true }, snapshotName: 's', others: [] },
};
const held = {
  others: [
    { name: 'a', state: 'Completed' as const },
    { name: 'b', state: 'Deleting' as const },
  ],
};
const wait = (info: string, giveUp?: string): CreationStep => ({
  do: 'wait',
  info,
  ...(giveUp && { giveUp }),
});
const notReady = wait(
  'Waiting for the snapshot s to be ready',
  'Failed waiting for the snapshot s to be ready',
);

test.each<[string, Partial<Surroundings>, CreationStep]>([
  ['with all there', {}, { do: 'start' }],
  [
    'before its volume is attached for it',
    { ticketSatisfied: false },
    { do: 'retry', reason: expect.stringContaining('waiting for attachment') },
  ],
  [
    'with a volume that is not attached',
    { volumeAttached: false },
    wait('Waiting for the engine v-e-0 to be ready', 'Failed waiting for the engine v-e-0 to be ready'),
  ],
  [
    'without its snapshot',
    { snapshot: undefined },
    wait('Failed to get the Snapshot s', 'Failed to get the Snapshot s'),
  ],
  ['with a snapshot that is not ready', { snapshot: { ready: false } }, notReady],
  ['while another is Deleting', held, wait('Wait for backup b to be deleted')],
  [
    'while another is Deleting, but its snapshot is not ready',
    { ...held, snapshot: { ready: false } },
    notReady,
  ],
])('a new backup %s', (_, around, step) => {
  expect(decideCreation({ ...ready, ...around })).toEqual(step);
});

test('only another that is Deleting holds a backup back; four states are final', () => {
  const holds = (state: BackupState) =>
    decideCreation({ ...ready, others: [{ name: 'b', state }] }).do === 'wait';
  expect(states.filter(holds)).toEqual(['Deleting']);
  expect(states.filter(isFinal)).toEqual(['Completed', 'Error', 'Unknown', 'Deleting']);
});

const url = 'nfs://h:/p?backup=b&volume=v';
const failure = `Failed to delete the backup ${url} in the backupstore, err lock`;
const failed: DeletionRecord = { state: 'Error', message: failure };
const [waits, release]: [DeletionStep, DeletionStep] = [{ do: 'wait' }, { do: 'release' }];
const fail = (message: string): DeletionStep => ({ do: 'fail', message });
const noRecord = fail('No deletion in progress record, retry the deletion command');
const err = (text: string) => fail(`Failed to delete the backup ${url} in the backupstore, err ${text}`);

// What becomes of a deletion by what its manager remembers: nothing, a command that runs, one that ended well,
// and one that failed.
test.each<[string, { inStore: boolean; goesWithConfig?: boolean }, DeletionStep[]]>([
  ['gone from the store', { inStore: false }, [release, release, release, release]],
  [
    'gone, on the fast clock, which waits for the end of the command',
    { inStore: false, goesWithConfig: false },
    [release, waits, release, release],
  ],
  ['still in the store', { inStore: true }, [noRecord, waits, waits, err(failure)]],
])('a backup whose deletion was asked for and that is %s', (_, how, steps) => {
  const records: (DeletionRecord | undefined)[] = [
    undefined,
    { state: 'Deleting' },
    { state: 'Succeeded' },
    failed,
  ];
  expect(records.map((record) => decideDeletion({ record, url, goesWithConfig: true, ...how }))).toEqual(
    steps,
  );
});

test.each([
  ['as a rule', {}, true],
  ['not when only the object is to go', { customResourceOnly: true }, false],
  ['not when the target is not available', { targetAvailable: false }, false],
  ['not before the volume is known in the store', { backupVolumeKnown: false }, false],
])('the data in the store go with the backup %s', (_, more, removes) => {
  const all = { customResourceOnly: false, targetAvailable: true, backupVolumeKnown: true };
  expect(removesRemoteData({ ...all, ...more })).toBe(removes);
});

test('the wait of each name doubles with each step up to its most, and starts over when forgotten or left alone', () => {
  let now = 0;
  const backoff = createBackoff({ min: 60, max: 300 }, () => now);
  expect(backoff.isWaiting('b')).toBe(false);
  const waitsFor = (delay: number) => {
    backoff.next('b');
    now += delay - 1;
    const before = [backoff.isWaiting('b'), backoff.isWaiting('a')];
    now += 1;
    return [...before, backoff.isWaiting('b')];
  };
  for (const delay of [60, 120, 240, 300, 300]) expect(waitsFor(delay)).toEqual([true, false, false]);
  now += 601;
  expect(waitsFor(60)).toEqual([true, false, false]);
  backoff.next('b');
  backoff.forget('b');
  expect([backoff.isWaiting('b'), ...waitsFor(60)]).toEqual([false, true, false, false]);
});

test('tries count up, and anew after a while or when forgotten', () => {
  let now = 0;
  const tries = createRetryCounter(100, () => now);
  expect([tries.raise('b'), tries.raise('b'), tries.raise('a')]).toEqual([1, 2, 1]);
  now += 100;
  expect([tries.raise('b'), tries.raise('b')]).toEqual([1, 2]);
  tries.forget('b');
  expect(tries.raise('b')).toBe(1);
});
