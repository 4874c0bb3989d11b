import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { expectSame, recordedTranscript } from './conform.ts';
import type { Judged } from './describe-object.ts';
import { each, inState, isMarker, isState, moved, mutated, without } from './mutations.ts';
import { plays } from './plays.ts';

test.each(Object.keys(plays))('a recording is the same as itself, and in order: %s', async (name) => {
  const recorded = await recordedTranscript(name);
  expect(() => expectSame(name, recorded, recorded)).not.toThrow();
  expect(recorded.length).toBeGreaterThan(10);
});

test.each([
  ['v1.12.1/normal', 'v1.8.2/normal'],
  ['v1.8.2/delete-error', 'v1.12.1/delete-error'],
])('%s tells the same as %s: only what luck decides is left out', async (one, other) => {
  const [recorded, got] = [await recordedTranscript(one), await recordedTranscript(other)];
  expect(() => expectSame(one, recorded, got)).not.toThrow();
});

type Mutation = Parameters<typeof mutated>[1];
type Line = Parameters<Mutation>[0][number];
type Status = Record<string, unknown>;

const becomes = (name: string, state: string, change: Status): Mutation =>
  inState('backups', name, state, () => change);
const says = (name: string, change: (error: string) => string): Mutation =>
  inState('backups', name, 'Error', ({ messages }) => ({
    messages: { error: change((messages as { error: string }).error) },
  }));
/** Without the events of an object that fit. */
const lacks = (kind: string, name: string, is: (object: Judged) => unknown): Mutation =>
  each(kind, name, (object) => (is(object) ? undefined : object));
/** With one more event behind each of a backup in a state. */
const twice =
  (name: string, state: string, change: (object: Judged) => Judged): Mutation =>
  (lines) =>
    lines.flatMap((line) =>
      isState(name, state)(line)
        ? [line, { ...line, object: change(line.object as Judged) } as Line]
        : [line],
    );
const named =
  (name: string) =>
  (object: Judged): Judged => ({ ...object, metadata: { ...object.metadata, name } });
const isGone = ({ type, object }: Line) => type === 'DELETED' && object?.metadata.name === 'ze-b1';
const run = 'backup-e3bf40cba98b4ed8';

const mutations: Record<string, Record<string, Mutation>> = {
  normal: {
    'a state is another': becomes('zn-b2', 'Pending', { state: 'InProgress' }),
    'a message is another': becomes('zn-b2', 'Pending', {
      messages: { info: 'Wait for backup zn-b9 to be deleted' },
    }),
    'the backup never goes': (lines) => lines.filter(({ type }) => type !== 'DELETED'),
    'a BackupVolume still knows what is gone': lacks(
      'backupvolumes',
      'vz-n',
      ({ status }) => status?.lastBackupName === '',
    ),
    'there is one more object': twice('zn-b2', 'Pending', named('zn-b3')),
  },
  'delete-error': {
    'a state is missing': without('backups', 'ze-b1', 'Error'),
    'a line of the log is missing': says('ze-b1', (error) =>
      error.replace(/time=\S+ level=info msg="Removed lock[^\n]*\n/, ''),
    ),
    'something came before an action and not after it': moved(isMarker('chattr -i'), isGone),
  },
  'controller-crash': {
    'a state that lived milliseconds is missing': (lines) =>
      lines.toSpliced(lines.findIndex(isState('zc-b1', 'Error')), 1),
  },
  'lock-conflict': {
    'an InProgress is not followed by Completed': without('backups', 'zl-b2', 'Completed'),
  },
  'recurring-job': {
    'a run makes a second backup': twice(run, 'Completed', named('backup-00000000000000aa')),
  },
};

describe.each(Object.entries(mutations))('of %s it is seen that', (name, changes) => {
  test.each(Object.entries(changes))('%s', async (_, change) => {
    const recorded = await recordedTranscript(`v1.12.1/${name}`);
    expect(compare(recorded, mutated(`v1.12.1/${name}`, change))).not.toEqual([]);
  });
});

test('a difference is told with its object, its time, and the fields that differ', async () => {
  const recorded = await recordedTranscript('v1.12.1/held-crash');
  const change = { messages: { error: 'No deletion in progress' } };
  const got = mutated('v1.12.1/held-crash', becomes('ho-b3', 'Error', change));
  expect(compare(recorded, got).join('\n')).toBe(`backups ho-b3, state 1 after "manager killed" (25.9 s):
  messages.error recorded: No deletion in progress record, retry the deletion command
                 emulator: No deletion in progress`);
});
