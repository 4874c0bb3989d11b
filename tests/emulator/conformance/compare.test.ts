import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseRecording, type RecordedLine } from '../../../e2e/history/recording.ts';
import { compare } from './compare.ts';
import { expectSame, recordedTranscript } from './conform.ts';
import type { Judged } from './describe-object.ts';
import { scripts } from './scripts.ts';
import { type Transcript, transcriptOf } from './transcript.ts';

test.each(Object.keys(scripts))('a recording is the same as itself, and in order: %s', async (name) => {
  const recorded = await recordedTranscript(name);
  expect(() => expectSame(name, recorded, recorded)).not.toThrow();
  expect(recorded.length).toBeGreaterThan(10);
});

test.each([
  ['v1.12.1/normal', 'v1.8.2/normal'],
  ['v1.8.2/delete-error', 'v1.12.1/delete-error'],
])('%s shows the same as %s: only what luck decides is left out', async (one, other) => {
  const [recorded, got] = [await recordedTranscript(one), await recordedTranscript(other)];
  expect(() => expectSame(one, recorded, got)).not.toThrow();
});

type Line = RecordedLine & { marker?: string; type?: string; resource?: string; object?: Judged };
type Mutation = (lines: Line[]) => Line[];

/** Reads a recording, lets a function change its lines, and gives its transcript. */
const mutated = (name: string, change: Mutation): Transcript => {
  const file = new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.ndjson`, import.meta.url);
  const { header, lines } = parseRecording(readFileSync(file, 'utf8'));
  return transcriptOf({ header, lines: change(lines as Line[]) });
};

const isBackup = (name: string, state: string) => (line: Line) =>
  line.resource === 'backups' && line.object?.metadata.name === name && line.object.status?.state === state;
/** With other lines in the place of some. */
const instead =
  (is: (line: Line) => boolean, of: (line: Line) => object[]): Mutation =>
  (lines) =>
    lines.flatMap((line) => (is(line) ? (of(line) as Line[]) : [line]));
const lacks = (is: (line: Line) => boolean): Mutation => instead(is, () => []);
/** Changes the status of a backup's events in a state. */
const becomes = (name: string, state: string, change: (status: Record<string, unknown>) => object) =>
  instead(isBackup(name, state), ({ object, ...line }) => [
    { ...line, object: { ...object, status: { ...object?.status, ...change(object?.status ?? {}) } } },
  ]);
/** With the same of another backup behind each event of one in a state. */
const twice = (name: string, state: string, other: string) =>
  instead(isBackup(name, state), (line) => [
    line,
    { ...line, object: { ...line.object, metadata: { ...line.object?.metadata, name: other } } },
  ]);

test.each<[what: string, recording: string, Mutation]>([
  ['a state is another', 'normal', becomes('zn-b2', 'Pending', () => ({ state: 'InProgress' }))],
  ['the backup never goes', 'normal', lacks(({ type }) => type === 'DELETED')],
  [
    'a BackupVolume still knows what is gone',
    'normal',
    lacks(({ resource, object }) => resource === 'backupvolumes' && object?.status?.lastBackupName === ''),
  ],
  ['there is one more object', 'normal', twice('zn-b2', 'Pending', 'zn-b3')],
  [
    'a line of the log is missing',
    'delete-error',
    becomes('ze-b1', 'Error', ({ messages }) => {
      const { error } = messages as { error: string };
      return { messages: { error: error.replace(/time=\S+ level=info msg="Removed lock[^\n]*\n/, '') } };
    }),
  ],
  [
    'something came before an action and not after it',
    'delete-error',
    (lines) => {
      const heal = lines.find(({ marker }) => marker?.startsWith('chattr -i')) as Line;
      const rest = lines.filter((line) => line !== heal);
      const end = rest.findIndex(
        ({ type, object }) => type === 'DELETED' && object?.metadata.name === 'ze-b1',
      );
      return rest.toSpliced(end + 1, 0, heal);
    },
  ],
  [
    'a state that lived milliseconds is missing',
    'controller-crash',
    (lines) => lines.toSpliced(lines.findIndex(isBackup('zc-b1', 'Error')), 1),
  ],
  ['an InProgress is not followed by Completed', 'lock-conflict', lacks(isBackup('zl-b2', 'Completed'))],
  [
    'a run makes a second backup',
    'recurring-job',
    twice('backup-e3bf40cba98b4ed8', 'Completed', 'backup-00000000000000aa'),
  ],
])('it is seen that %s', async (_, name, change) => {
  expect(compare(await recordedTranscript(`v1.12.1/${name}`), mutated(name, change))).not.toEqual([]);
});

test('a difference is reported with its object, its time, and the fields that differ', async () => {
  const recorded = await recordedTranscript('v1.12.1/held-crash');
  const change = { messages: { error: 'No deletion in progress' } };
  const differs = becomes('ho-b3', 'Error', () => change);
  const got = mutated('held-crash', differs);
  expect(compare(recorded, got).join('\n')).toBe(`backups ho-b3, state 1 after "manager killed" (25.9 s):
  messages.error recorded: No deletion in progress record, retry the deletion command
                 emulator: No deletion in progress`);
});
