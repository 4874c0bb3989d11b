import { describe, expect, test } from 'vitest';
import { compare } from './compare.ts';
import { expectSame, recordedTranscript } from './conform.ts';
import type { Judged } from './describe-object.ts';
import { each, inState, isMarker, isState, moved, mutated, without } from './mutations.ts';
import { plays } from './plays.ts';
import { differences, table } from './table.ts';

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

const withStatus =
  (change: Status) =>
  (object: Judged): Judged =>
    object.status ? ({ ...object, status: { ...object.status, ...change } } as Judged) : object;
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
const ofMetadata = (change: Partial<Judged['metadata']>) =>
  each('backups', 'zn-b1', ({ metadata, ...rest }) => ({ ...rest, metadata: { ...metadata, ...change } }));
const isGone = ({ type, object }: Line) => type === 'DELETED' && object?.metadata.name === 'ze-b1';
const run = 'backup-e3bf40cba98b4ed8';

const mutations: Record<string, Record<string, Mutation>> = {
  normal: {
    'a state is another': becomes('zn-b2', 'Pending', { state: 'InProgress' }),
    'there is one more state': twice('zn-b2', 'Pending', withStatus({ state: 'Error' })),
    'a message is another': becomes('zn-b2', 'Pending', {
      messages: { info: 'Wait for backup zn-b9 to be deleted' },
    }),
    'a message is missing': becomes('zn-b2', 'Pending', { messages: {} }),
    'messages were not emptied': becomes('zn-b1', 'Deleting', { messages: null }),
    'the deletion was never wished': each('backups', 'zn-b1', (object) => {
      delete object.metadata.deletionTimestamp;
      return object;
    }),
    'the finalizer is gone': ofMetadata({ finalizers: [] }),
    'the backup never goes': (lines) => lines.filter(({ type }) => type !== 'DELETED'),
    'the owner moved': becomes('zn-b1', 'Deleting', { ownerID: 'node9' }),
    'a BackupVolume still knows what is gone': lacks(
      'backupvolumes',
      'vz-n',
      ({ status }) => status?.lastBackupName === '',
    ),
    'a volume never learns of its backup': each('volumes', 'vz-n', withStatus({ lastBackup: '' })),
    'a volume is not healthy': lacks('volumes', 'vz-n', ({ status }) => status?.robustness === 'healthy'),
    'a snapshot never gets ready': each('snapshots', 'zn-s2', withStatus({ readyToUse: false })),
    'a snapshot has another parent': each('snapshots', 'zn-s2', withStatus({ parent: 'zn-s9' })),
    'the target is not available': each('backuptargets', 'default', withStatus({ available: false })),
    'an object is not there': lacks('backups', 'zn-b2', () => true),
    'there is one more object': twice('zn-b2', 'Pending', named('zn-b3')),
  },
  'delete-error': {
    'a state is missing': without('backups', 'ze-b1', 'Error'),
    'a message stays': becomes('ze-b1', 'Deleting', { messages: { error: 'old' } }),
    'a line of the log is missing': says('ze-b1', (error) =>
      error.replace(/time=\S+ level=info msg="Removed lock[^\n]*\n/, ''),
    ),
    'status.error is set as well': becomes('ze-b1', 'Error', { error: 'failed' }),
    'something came before an action and not after it': moved(isMarker('chattr -i'), isGone),
    'an action is missing': (lines) => lines.filter((line) => !isMarker('chattr -i')(line)),
  },
  'controller-crash': {
    'a state that lived milliseconds is missing': (lines) =>
      lines.toSpliced(lines.findIndex(isState('zc-b1', 'Error')), 1),
  },
  'lock-conflict': {
    'an InProgress is not followed by Completed': without('backups', 'zl-b2', 'Completed'),
    'an error says something else': says('zl-b1', (error) => error.replaceAll('acquire', 'get')),
  },
  'recurring-job': {
    'it runs once less': lacks('recurringjobs', 'rj-e2e', ({ status }) => status?.executionCount === 2),
    'it keeps a backup too many': lacks('backups', 'backup-65cc', (of) => of.metadata.deletionTimestamp),
    'it keeps a snapshot too many': lacks(
      'snapshots',
      'rj-e2e-c-cec5',
      (of) => of.metadata.deletionTimestamp,
    ),
    'a run makes a second backup': twice(run, 'Completed', named('backup-00000000000000aa')),
  },
};

describe.each(Object.entries(mutations))('of %s it is seen that', (name, changes) => {
  test.each(Object.entries(changes))('%s', async (_, change) => {
    const recorded = await recordedTranscript(`v1.12.1/${name}`);
    expect(differences(compare(recorded, mutated(`v1.12.1/${name}`, change)))).toBeGreaterThan(0);
  });
});

test('a difference reads as a table', async () => {
  const recorded = await recordedTranscript('v1.12.1/held-crash');
  const change = { messages: { error: 'No deletion in progress' } };
  const got = mutated('v1.12.1/held-crash', becomes('ho-b3', 'Error', change));
  expect(table(compare(recorded, got))).toMatchSnapshot();
});
