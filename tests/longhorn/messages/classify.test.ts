import { expect, test } from 'vitest';
import { classify, wordingOf } from '../../../e2e/longhorn/messages/classify.ts';
import { describeFailedDeletion } from '../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Field, Message } from '../../../e2e/longhorn/messages/row.ts';

const backup = (field: Field, state: string, text: string): Message => ({
  speaker: 'Backup',
  field,
  state,
  text,
});
const told = (message: Message, version = 'v1.12.1'): string => {
  const found = classify(message, version);
  return found.class === 'unclassified' ? 'unclassified' : `${found.id}, ${found.class}`;
};

const lock = (operation: string) =>
  `failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup ${operation}, please try again later`;
const lost = lock('delete');

const deleting = (text: string, state = 'Error') =>
  backup('status.messages.error', state, describeFailedDeletion(text));
const creating = (text: string) => backup('status.error', 'Error', text);
const missing = 'Failed to get the Snapshot s';

test.for<[string, Message, string]>([
  ['a deletion that lost the lock', deleting(lost), 'deletion-lost-lock, informational'],
  ['that text of a creation', creating(describeFailedDeletion(lost)), 'unclassified'],
  [
    'a creation that lost the lock',
    creating(`failed to backup snapshot s to b: ${lock('create/restore')}`),
    'creation-lost-lock, failure',
  ],
  ['that text of a deletion', deleting(lock('create/restore')), 'unclassified'],
  ['the same in a state that it does not belong to', deleting(lost, 'Completed'), 'unclassified'],
  [
    'a missing snapshot, while the backup waits',
    backup('status.messages.info', 'Pending', missing),
    'waits-for-readiness, informational',
  ],
  ['a missing snapshot, in the end', creating(missing), 'creation-without-snapshot, failure'],
  [
    'a key of messages that nobody knows',
    backup('status.messages.hint', 'Pending', 'Wait for backup b to be deleted'),
    'unclassified',
  ],
  ['what a backup says, from a snapshot', { ...creating(missing), speaker: 'Snapshot' }, 'unclassified'],
])('the same text is another message elsewhere: %s', ([, message, expected]) => {
  expect(told(message)).toBe(expected);
});

// A log that speaks of the other cause.
const logged = (cause: string, log: string) =>
  describeFailedDeletion(cause).replace(', stderr ', `, stderr time="now" level=error msg="${log}"\n`);
const refused = 'unlinkat /b.cfg: operation not permitted';
const full = 'write /l.lck.tmp.1: no space left on device';

test.for<[string, string, string]>([
  ['a lost lock, a log that names a refusal', logged(lost, refused), 'deletion-lost-lock, informational'],
  ['a refusal, a log that names a lock', logged(refused, lost), 'deletion-denied, failure'],
  ['a refusal by mode', describeFailedDeletion('unlinkat /b: permission denied'), 'deletion-denied, failure'],
  ['a full store', describeFailedDeletion(full), 'deletion-without-space, failure'],
  ['a cause that nobody knows', describeFailedDeletion('the dog ate it'), 'unclassified'],
  ['no cause at all', describeFailedDeletion(''), 'unclassified'],
  ['a refusal without the words around it', refused, 'unclassified'],
])('what decides of a failed deletion is its cause, not the log of its process: %s', ([, text, expected]) => {
  expect(told(backup('status.messages.error', 'Error', text))).toBe(expected);
});

const waits = 'Wait for backup zn-b1 to be deleted';

test.for<[string, string, string | undefined, string | undefined]>([
  ["is the product's own", 'v1.12.1', waits, 'product'],
  ["is the product's own, long ago", 'v1.8.2', waits, 'product'],
  ["is a pre-release's", 'v1.8.0-rc1', waits, 'product'],
  ["is the document's", 'v1.12.1', 'waiting for backup to be deleted', 'document'],
  ["is the document's, within more", 'v1.12.1', 'still waiting for backup b to be deleted, wait', 'document'],
  ['is none of another wait', 'v1.12.1', 'Waiting for the snapshot zn-s1 to be ready', undefined],
  ['is none with something behind it', 'v1.12.1', `${waits} soon`, undefined],
  ['is none of an older Longhorn', 'v1.7.3', waits, undefined],
  ['is none where nothing was said', 'v1.12.1', undefined, undefined],
])('a wording %s', ([, version, message, origin]) => {
  expect(wordingOf('waits-for-deletion', { message, version })?.origin).toBe(origin);
});
