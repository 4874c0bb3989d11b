import { expect, test } from 'vitest';
import {
  type CreationStep,
  decideCreation,
  endsCreation,
  isFinal,
  type Surroundings,
} from '../../../emulator/controllers/backup/decide-creation.ts';
import type { BackupState } from '../../../emulator/longhorn/objects.ts';
import type { Mutant } from '../../../emulator/mutants.ts';

const ready: Surroundings = {
  ticketSatisfied: true,
  volumeAttached: true,
  volume: 'v',
  snapshot: { ready: true },
  snapshotName: 's',
  others: [],
};
const held: Surroundings = {
  ...ready,
  others: [
    { name: 'a', state: 'Completed' },
    { name: 'b', state: 'Deleting' },
  ],
};

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
    {
      do: 'wait',
      info: 'Waiting for the engine v-e-0 to be ready',
      giveUp: 'Failed waiting for the engine v-e-0 to be ready',
    },
  ],
  [
    'without its snapshot',
    { snapshot: undefined },
    { do: 'wait', info: 'Failed to get the Snapshot s', giveUp: 'Failed to get the Snapshot s' },
  ],
  [
    'with a snapshot that is not ready',
    { snapshot: { ready: false } },
    {
      do: 'wait',
      info: 'Waiting for the snapshot s to be ready',
      giveUp: 'Failed waiting for the snapshot s to be ready',
    },
  ],
  ['while another is Deleting', held, { do: 'wait', info: 'Wait for backup b to be deleted' }],
  [
    'while another is Deleting, but its snapshot is not ready: that comes first',
    { ...held, snapshot: { ready: false } },
    expect.objectContaining({ info: 'Waiting for the snapshot s to be ready' }),
  ],
])('a new backup %s', (_, around, step) => {
  expect(decideCreation({ ...ready, ...around })).toEqual(step);
});

test.each<BackupState>(['', 'Pending', 'InProgress', 'Completed', 'Error', 'Unknown'])(
  'another in state %j holds nobody back',
  (state) => {
    expect(decideCreation({ ...ready, others: [{ name: 'b', state }] })).toEqual({ do: 'start' });
  },
);

test('with the bug held-by-error it waits for one in Error too, and only then', () => {
  const other = (state: BackupState) =>
    decideCreation({ ...ready, others: [{ name: 'b', state }] }, 'held-by-error');
  expect(other('Error')).toEqual({ do: 'wait', info: 'Wait for backup b to be deleted' });
  expect(other('Completed')).toEqual({ do: 'start' });
});

test.each<[string, string, Mutant | undefined, boolean]>([
  [
    'lost its lock',
    'failed to acquire lock x.lck when performing backup create/restore, please try again later',
    undefined,
    true,
  ],
  ['had no engine', 'connection refused', undefined, true],
  ['lost its lock', 'failed to acquire lock x.lck when performing', 'lost-lock-retried-creation', false],
  ['had no engine', 'connection refused', 'lost-lock-retried-creation', true],
])('an upload that %s: %j (bug: %s) ends its Backup: %j', (_, text, mutant, ends) => {
  expect(endsCreation(new Error(text), mutant)).toBe(ends);
});

test('with the bug second-not-held it does not wait', () => {
  expect(decideCreation(held, 'second-not-held')).toEqual({ do: 'start' });
});

test('with the bug message-missing it waits and does not say for what', () => {
  expect(decideCreation(held, 'message-missing')).toEqual({ do: 'wait', info: undefined });
});

test('four states are final', () => {
  const states: BackupState[] = ['', 'Pending', 'InProgress', 'Completed', 'Error', 'Unknown', 'Deleting'];
  expect(states.filter(isFinal)).toEqual(['Completed', 'Error', 'Unknown', 'Deleting']);
});
