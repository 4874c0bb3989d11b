import { expect, test } from 'vitest';
import { createBackoff, createRetryCounter } from '../../../emulator/controllers/backup/backoff.ts';
import {
  type CreationStep,
  decideCreation,
  endsCreation,
  isFinal,
  type Surroundings,
} from '../../../emulator/controllers/backup/decide-creation.ts';
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

test('only another that is Deleting holds a backup back, but for the bugs about that', () => {
  const holding = (mutant?: Mutant) =>
    states.filter(
      (state) => decideCreation({ ...ready, others: [{ name: 'b', state }] }, mutant).do === 'wait',
    );
  expect(holding()).toEqual(['Deleting']);
  expect(holding('held-by-error')).toEqual(['Error', 'Deleting']);
  expect(holding('second-not-held')).toEqual([]);
  const silent = decideCreation({ ...ready, ...held }, 'message-missing');
  expect(silent).toEqual({ do: 'wait', info: undefined });
});

test('any failure of its upload ends a Backup, but for the bug lost-lock-retried-creation; four states are final', () => {
  const locked = 'failed to acquire lock x.lck when performing backup create/restore, please try again later';
  const ends = (mutant?: Mutant) =>
    [locked, 'connection refused'].map((text) => endsCreation(new Error(text), mutant));
  expect([ends(), ends('lost-lock-retried-creation')]).toEqual([
    [true, true],
    [false, true],
  ]);
  expect(states.filter(isFinal)).toEqual(['Completed', 'Error', 'Unknown', 'Deleting']);
});

const url = 'nfs://h:/p?backup=b&volume=v';
const failure = `Failed to delete the backup ${url} in the backupstore, err lock`;
const failed: DeletionRecord = { state: 'Error', message: failure };
const [waits, release]: DeletionStep[] = [{ do: 'wait' }, { do: 'release' }];
const fail = (message: string): DeletionStep => ({ do: 'fail', message });
const noRecord = fail('No deletion in progress record, retry the deletion command');
const err = (text: string) => fail(`Failed to delete the backup ${url} in the backupstore, err ${text}`);

// What becomes of a deletion by what its manager remembers: nothing, a command that runs, one that ended well,
// and one that failed.
test.each<
  [string, { inStore: boolean; goesWithConfig?: boolean; mutant?: Mutant }, (DeletionStep | undefined)[]]
>([
  ['gone from the store', { inStore: false }, [release, release, release, release]],
  [
    'gone, on the fast clock, which waits for the end of the command',
    { inStore: false, goesWithConfig: false },
    [release, waits, release, release],
  ],
  ['still in the store', { inStore: true }, [noRecord, waits, waits, err(failure)]],
  [
    'gone, with the bug deletion-never-ends',
    { inStore: false, mutant: 'deletion-never-ends' },
    [waits, waits, waits, waits],
  ],
  [
    'in the store, with the bug cfg-left-behind',
    { inStore: true, mutant: 'cfg-left-behind' },
    [noRecord, waits, release, err(failure)],
  ],
  [
    'in the store, with the bug crash-not-noticed',
    { inStore: true, mutant: 'crash-not-noticed' },
    [waits, waits, waits, err(failure)],
  ],
  [
    'in the store, with the bug no-record-message-missing',
    { inStore: true, mutant: 'no-record-message-missing' },
    [{ do: 'again' }, waits, waits, err(failure)],
  ],
  [
    'in the store, with the bug error-text-lost',
    { inStore: true, mutant: 'error-text-lost' },
    [noRecord, waits, waits, err('exit status 1')],
  ],
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
  const goes = (mutant?: Mutant) => [true, false].map((known) => canGo(known, mutant));
  expect([goes(), goes('finalizer-stays-without-volume')]).toEqual([
    [true, true],
    [true, false],
  ]);
});

test('a failure stands in the messages, beside what is there, and nowhere else', () => {
  const before = { ...newStatus, messages: { info: 'i' } };
  const messages = { info: 'i', error: 'm' };
  expect(failureStatus('m', before, undefined)).toEqual({ state: 'Error', messages });
  expect(failureStatus('m', before, 'error-in-wrong-field')).toEqual({ state: 'Error', error: 'm' });
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
