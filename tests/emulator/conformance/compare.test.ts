import { expect, test } from 'vitest';
import { compare } from './compare.ts';
import { expectSame, recordedTranscript } from './conform.ts';
import type { Judged } from './describe-object.ts';
import { each, inState, isMarker, isState, moved, mutated, without } from './mutations.ts';
import { plays } from './plays.ts';
import { differences, table } from './table.ts';

const names = Object.keys(plays);

test.each(names)('a recording is the same as itself, and in order: %s', async (name) => {
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

const finalizerGone = (object: Judged): Judged => ({
  ...object,
  metadata: { ...object.metadata, finalizers: [] },
});
const notWished = ({ metadata: { deletionTimestamp: _, ...metadata }, ...rest }: Judged): Judged => ({
  ...rest,
  metadata,
});
const withStatus =
  (change: Record<string, unknown>) =>
  (object: Judged): Judged =>
    object.status ? ({ ...object, status: { ...object.status, ...change } } as Judged) : object;

type Mutation = Parameters<typeof mutated>[1];

test.each<[string, string, Mutation]>([
  ['a state is another', 'normal', inState('backups', 'zn-b2', 'Pending', () => ({ state: 'InProgress' }))],
  ['a state is missing', 'delete-error', without('backups', 'ze-b1', 'Error')],
  [
    'a state that lived milliseconds is missing',
    'controller-crash',
    (lines) =>
      lines.filter(
        (line, index) =>
          !(isState('zc-b1', 'Error')(line) && index === lines.findIndex(isState('zc-b1', 'Error'))),
      ),
  ],
  [
    'there is one more state',
    'normal',
    (lines) =>
      lines.flatMap((line) =>
        isState('zn-b2', 'Pending')(line)
          ? [line, { ...line, object: withStatus({ state: 'Error' })(line.object as Judged) } as typeof line]
          : [line],
      ),
  ],
  ['an InProgress is not followed by Completed', 'lock-conflict', without('backups', 'zl-b2', 'Completed')],
  [
    'a message is another',
    'normal',
    inState('backups', 'zn-b2', 'Pending', () => ({
      messages: { info: 'Wait for backup zn-b9 to be deleted' },
    })),
  ],
  ['a message is missing', 'normal', inState('backups', 'zn-b2', 'Pending', () => ({ messages: {} }))],
  [
    'a message stays',
    'delete-error',
    inState('backups', 'ze-b1', 'Deleting', () => ({ messages: { error: 'old' } })),
  ],
  [
    'messages were not emptied',
    'normal',
    inState('backups', 'zn-b1', 'Deleting', () => ({ messages: null })),
  ],
  [
    'an error says something else',
    'lock-conflict',
    inState('backups', 'zl-b1', 'Error', ({ messages }) => ({
      messages: { error: (messages as { error: string }).error.replaceAll('acquire', 'get') },
    })),
  ],
  [
    'a line of the log is missing',
    'delete-error',
    inState('backups', 'ze-b1', 'Error', ({ messages }) => ({
      messages: {
        error: (messages as { error: string }).error.replace(
          /time=\S+ level=info msg="Removed lock[^\n]*\n/,
          '',
        ),
      },
    })),
  ],
  [
    'status.error is set as well',
    'delete-error',
    inState('backups', 'ze-b1', 'Error', () => ({ error: 'failed' })),
  ],
  ['the deletion was never wished', 'normal', each('backups', 'zn-b1', notWished)],
  ['the finalizer is gone', 'normal', each('backups', 'zn-b1', finalizerGone)],
  ['the backup never goes', 'normal', (lines) => lines.filter(({ type }) => type !== 'DELETED')],
  ['the owner moved', 'normal', inState('backups', 'zn-b1', 'Deleting', () => ({ ownerID: 'node9' }))],
  [
    'a BackupVolume still knows what is gone',
    'normal',
    each('backupvolumes', 'vz-n', (object) => (object.status?.lastBackupName === '' ? undefined : object)),
  ],
  ['a volume never learns of its backup', 'normal', each('volumes', 'vz-n', withStatus({ lastBackup: '' }))],
  [
    'a volume is not healthy',
    'normal',
    each('volumes', 'vz-n', (object) => (object.status?.robustness === 'healthy' ? undefined : object)),
  ],
  ['a snapshot never gets ready', 'normal', each('snapshots', 'zn-s2', withStatus({ readyToUse: false }))],
  ['a snapshot has another parent', 'normal', each('snapshots', 'zn-s2', withStatus({ parent: 'zn-s9' }))],
  [
    'the target is not available',
    'normal',
    each('backuptargets', 'default', withStatus({ available: false })),
  ],
  ['an object is not there', 'normal', each('backups', 'zn-b2', () => undefined)],
  [
    'there is one more object',
    'normal',
    (lines) =>
      lines.flatMap((line) =>
        isState('zn-b2', 'Pending')(line)
          ? [
              line,
              {
                ...line,
                object: { ...line.object, metadata: { ...line.object?.metadata, name: 'zn-b3' } },
              } as typeof line,
            ]
          : [line],
      ),
  ],
  [
    'something came before an action and not after it',
    'delete-error',
    moved(
      isMarker('chattr -i'),
      ({ type, object }) => type === 'DELETED' && object?.metadata.name === 'ze-b1',
    ),
  ],
  ['an action is missing', 'delete-error', (lines) => lines.filter((line) => !isMarker('chattr -i')(line))],
  [
    'a recurring job runs once less',
    'recurring-job',
    each('recurringjobs', 'rj-e2e', (object) => (object.status?.executionCount === 2 ? undefined : object)),
  ],
  [
    'a recurring job keeps a backup too many',
    'recurring-job',
    each('backups', 'backup-65cc', (object) => (object.metadata.deletionTimestamp ? undefined : object)),
  ],
  [
    'a recurring job keeps a snapshot too many',
    'recurring-job',
    each('snapshots', 'rj-e2e-c-cec5', (object) => (object.metadata.deletionTimestamp ? undefined : object)),
  ],
  [
    'a run makes a second backup',
    'recurring-job',
    (lines) =>
      lines.flatMap((line) =>
        isState('backup-e3bf40cba98b4ed8', 'Completed')(line)
          ? [
              line,
              {
                ...line,
                object: {
                  ...line.object,
                  metadata: { ...line.object?.metadata, name: 'backup-00000000000000aa' },
                },
              } as typeof line,
            ]
          : [line],
      ),
  ],
])('it is seen that %s', async (_, name, change) => {
  const recorded = await recordedTranscript(`v1.12.1/${name}`);
  expect(differences(compare(recorded, mutated(`v1.12.1/${name}`, change)))).toBeGreaterThan(0);
});

test('a difference reads as a table', async () => {
  const recorded = await recordedTranscript('v1.12.1/held-crash');
  const got = mutated(
    'v1.12.1/held-crash',
    inState('backups', 'ho-b3', 'Error', () => ({ messages: { error: 'No deletion in progress' } })),
  );
  expect(table(compare(recorded, got))).toMatchSnapshot();
});
