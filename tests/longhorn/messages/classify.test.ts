import { describe, expect, test } from 'vitest';
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

describe('the same text is another message elsewhere', () => {
  test.for<[string, Message, string]>([
    [
      'a deletion that lost the lock',
      backup('status.messages.error', 'Error', describeFailedDeletion(lost)),
      'deletion-lost-lock, informational',
    ],
    [
      'that text of a creation',
      backup('status.error', 'Error', describeFailedDeletion(lost)),
      'unclassified',
    ],
    [
      'a creation that lost the lock',
      backup('status.error', 'Error', `failed to backup snapshot s to b: ${lock('create/restore')}`),
      'creation-lost-lock, failure',
    ],
    [
      'that text of a deletion',
      backup('status.messages.error', 'Error', describeFailedDeletion(lock('create/restore'))),
      'unclassified',
    ],
    [
      'the same in a state that it does not belong to',
      backup('status.messages.error', 'Completed', describeFailedDeletion(lost)),
      'unclassified',
    ],
    [
      'a missing snapshot, while the backup waits',
      backup('status.messages.info', 'Pending', 'Failed to get the Snapshot s'),
      'waits-for-readiness, informational',
    ],
    [
      'a missing snapshot, in the end',
      backup('status.error', 'Error', 'Failed to get the Snapshot s'),
      'creation-without-snapshot, failure',
    ],
    [
      'a key of messages that nobody knows',
      backup('status.messages.hint', 'Pending', 'Wait for backup b to be deleted'),
      'unclassified',
    ],
    [
      'what a backup says, from a snapshot',
      { ...backup('status.error', 'Error', 'Failed to get the Snapshot s'), speaker: 'Snapshot' },
      'unclassified',
    ],
  ])('%s', ([, message, expected]) => {
    expect(told(message)).toBe(expected);
  });
});

describe('what decides of a failed deletion is its cause, not the log of its process', () => {
  // A log that speaks of the other cause.
  const logged = (cause: string, log: string) =>
    describeFailedDeletion(cause).replace(', stderr ', `, stderr time="now" level=error msg="${log}"\n`);
  test.for<[string, string, string]>([
    [
      'a lost lock, a log that names a refusal',
      logged(lost, 'unlinkat /b.cfg: operation not permitted'),
      'deletion-lost-lock, informational',
    ],
    [
      'a refusal, a log that names a lock',
      logged('unlinkat /b.cfg: operation not permitted', lost),
      'deletion-denied, failure',
    ],
    [
      'a refusal by mode',
      describeFailedDeletion('unlinkat /b.cfg: permission denied'),
      'deletion-denied, failure',
    ],
    [
      'a full store',
      describeFailedDeletion('write /l.lck.tmp.1: no space left on device'),
      'deletion-without-space, failure',
    ],
    ['a cause that nobody knows', describeFailedDeletion('the dog ate it'), 'unclassified'],
    ['no cause at all', describeFailedDeletion(''), 'unclassified'],
    ['a refusal without the words around it', 'unlinkat /b.cfg: operation not permitted', 'unclassified'],
  ])('%s', ([, text, expected]) => {
    expect(told(backup('status.messages.error', 'Error', text))).toBe(expected);
  });
});

describe('a wording', () => {
  test.for<[string, string, string | undefined, string | undefined]>([
    ["is the product's own", 'v1.12.1', 'Wait for backup zn-b1 to be deleted', 'product'],
    ["is the product's own, long ago", 'v1.8.2', 'Wait for backup zn-b1 to be deleted', 'product'],
    ["is a pre-release's", 'v1.8.0-rc1', 'Wait for backup zn-b1 to be deleted', 'product'],
    ["is the document's", 'v1.12.1', 'waiting for backup to be deleted', 'document'],
    [
      "is the document's, within more",
      'v1.12.1',
      'still waiting for backup zn-b1 to be deleted, be patient',
      'document',
    ],
    ['is none of another wait', 'v1.12.1', 'Waiting for the snapshot zn-s1 to be ready', undefined],
    ['is none with something behind it', 'v1.12.1', 'Wait for backup zn-b1 to be deleted soon', undefined],
    ['is none of an older Longhorn', 'v1.7.3', 'Wait for backup zn-b1 to be deleted', undefined],
    ['is none where nothing was said', 'v1.12.1', undefined, undefined],
  ])('%s', ([, version, message, origin]) => {
    expect(wordingOf('waits-for-deletion', { message, version })?.origin).toBe(origin);
  });
});
