import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { classify, wordingOf } from '../../../e2e/longhorn/messages/classify.ts';
import { deletionCause, describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import { readLogLine } from '../../../e2e/longhorn/messages/log-line.ts';
import type { Field, Message } from '../../../e2e/longhorn/messages/row.ts';

const backup = (field: Field, state: string, text: string): Message => ({
  ...{ speaker: 'Backup', field, state, text },
});
const lock = (operation: string) =>
  `failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup ${operation}, please try again later`;
const lost = lock('delete');
const lockLost = 'creation-lost-lock';
const lostCreation = lock('create/restore');

const failed = (text: string, state = 'Error') => backup('status.messages.error', state, text);
const deleting = (cause: string, state?: string) => failed(describeFailedDeletion(cause), state);
const creating = (text: string) => backup('status.error', 'Error', text);
const waits = 'Wait for backup b to be deleted';
const missing = 'Failed to get the Snapshot s';
const refused = 'unlinkat /b.cfg: operation not permitted';
// A log that speaks of the other cause.
const logged = (cause: string, log: string) =>
  describeFailedDeletion(cause).replace(', stderr ', `, stderr time="now" level=error msg="${log}"\n`);

test.for<[string, Message, string]>([
  ['a deletion that lost the lock', deleting(lost), 'deletion-lost-lock'],
  ['that text of a creation', creating(describeFailedDeletion(lost)), 'unclassified'],
  ['a creation that lost it', creating(`failed to backup snapshot s to b: ${lostCreation}`), lockLost],
  ['that text of a deletion', deleting(lostCreation), 'unclassified'],
  ['in a state that it does not belong to', deleting(lost, 'Completed'), 'unclassified'],
  ['a missing snapshot, in the end', creating(missing), 'creation-without-snapshot'],
  ['that while it waits', backup('status.messages.info', 'Pending', missing), 'waits-for-readiness'],
  ['a key that nobody knows', backup('status.messages.hint', 'Pending', waits), 'unclassified'],
  ['from a snapshot', { ...creating(missing), speaker: 'Snapshot' }, 'unclassified'],
  ['a lost lock, a log that names a refusal', failed(logged(lost, refused)), 'deletion-lost-lock'],
  ['a refusal, a log that names a lock', failed(logged(refused, lost)), 'deletion-denied'],
  ['a cause that nobody knows', deleting('the dog ate it'), 'unclassified'],
  ['no cause at all', deleting(''), 'unclassified'],
  ['a refusal without the words around it', failed(refused), 'unclassified'],
])('what a text is by its place and its cause: %s', ([, message, expected]) => {
  const found = classify(message, 'v1.12.1');
  expect(found.class === 'unclassified' ? 'unclassified' : found.id).toBe(expected);
});

test.for<[string, string | undefined, string | undefined]>([
  ['v1.12.1', waits, 'product'],
  ['v1.8.0-rc1', waits, 'product'],
  ['v1.12.1', 'still waiting for backup b to be deleted, wait', 'document'],
  ['v1.12.1', 'Waiting for the snapshot zn-s1 to be ready', undefined],
  ['v1.12.1', `${waits} soon`, undefined],
  ['v1.7.3', waits, undefined],
  ['v1.12.1', undefined, undefined],
])('in %s the wording of "%s" is the %s\'s', ([version, message, origin]) => {
  expect(wordingOf('waits-for-deletion', { message, version })?.origin).toBe(origin);
});

const message = describeFailedDeletion(refused);
const once = message.replace(/^(Failed to delete the backup \S+ in the backupstore, err )\1/, '$1');

test.for<[string, string, string | undefined]>([
  ['what the command printed, where the text is not doubled', once, refused],
  ['without the log', logged(refused, 'failed, stderr too'), refused],
  ['the log where nothing was printed', logged('', 'no'), 'time="now" level=error msg="no"'],
  ['a signal, whatever was logged', message.replace('exit status 1', 'signal: killed'), 'signal: killed'],
  ['all of it where no command was run', once.replace(/error deleting.*/s, 'panic: oh'), 'panic: oh'],
  ['nothing of another text', refused, undefined],
])('the cause of a failed deletion is %s', ([, text, cause]) => {
  expect(once).not.toBe(message);
  expect(deletionCause(text)).toBe(cause);
});

test('a line is its message, with its error behind it', () => {
  const line = String.raw`time="2026-11-20T08:26:11.777387471Z" level=warning msg="Created \"it\" all" func=f file="volume.go:542" error="no [a] on \"b\"" job=rj`;
  expect(readLogLine('job', line)).toEqual({
    time: '2026-11-20T08:26:11.777387471Z',
    message: { speaker: 'job', field: 'log warning', state: '', text: 'Created "it" all: no [a] on "b"' },
  });
  for (const other of ['', '# pod rj-29919394-hrnvt', 'ySelector file="util.go:118"', 'panic: oh'])
    expect(readLogLine('job', other)).toBeUndefined();
});

test('a line that was cut off, and what only Go escapes, is read', () => {
  const textOf = (message: string) => readLogLine('job', `time="t" level=error msg=${message}`)?.message.text;
  expect([
    textOf('"no \\"end'),
    textOf('"no end\\'),
    textOf(String.raw`"\x1b[1m \v\\x41 \a" x=y`),
    textOf('"a" error="b'),
  ]).toEqual(['no \\"end', 'no end\\', '\u001b[1m \u000b\\x41 \u0007', 'a: b']);
});

const logs = ['recurring-job', 'recurring-job-faulty-cleanup'];

test.each(logs)('every line of the log of %s is read and known, but where it was cut', (name) => {
  const log = new URL(`../../../fixtures/recordings/longhorn-v1.12.1/${name}.log`, import.meta.url);
  const lines = readFileSync(log, 'utf8').split('\n');
  const unknown = lines.filter((line, index) => {
    // The recorder kept the last 4 kB or so of a pod's log: the first line of some is the end of one.
    if (line === '' || line.startsWith('# pod ') || lines[index - 1]?.startsWith('# pod ')) return false;
    const read = readLogLine('job', line);
    return read === undefined || classify(read.message, 'v1.12.1').class === 'unclassified';
  });
  expect(unknown).toEqual([]);
});
