import semver from 'semver';
import { expect, test } from 'vitest';
import { type Text, wordingOf, wordings } from '../../e2e/longhorn/versions.ts';

test.for<[string, Text, string, string, 'product' | 'document' | undefined]>([
  ["the product's own", 'waits-for-deletion', 'v1.12.1', 'Wait for backup zn-b1 to be deleted', 'product'],
  ["the product's own, long ago", 'waits-for-deletion', 'v1.8.2', 'Wait for backup zn-b1 to be deleted', 'product'],
  ["a pre-release's", 'waits-for-deletion', 'v1.8.0-rc1', 'Wait for backup zn-b1 to be deleted', 'product'],
  ["the document's", 'waits-for-deletion', 'v1.12.1', 'waiting for backup to be deleted', 'document'],
  ["the document's, within more", 'waits-for-deletion', 'v1.12.1', 'still waiting for backup zn-b1 to be deleted, be patient', 'document'],
  ['none of another wait', 'waits-for-deletion', 'v1.12.1', 'Waiting for the snapshot zn-s1 to be ready', undefined],
  ['none of an older Longhorn', 'waits-for-deletion', 'v1.7.3', 'Wait for backup zn-b1 to be deleted', undefined],
  ['a snapshot that is not ready', 'waits-for-readiness', 'v1.12.1', 'Waiting for the snapshot zn-s1 to be ready', 'product'],
  ['an engine that is not ready', 'waits-for-readiness', 'v1.12.1', 'Waiting for the engine vz-n-e-0 to be ready', 'product'],
  [
    'a lock lost by a backup',
    'lock-lost-by-creation',
    'v1.9.0',
    'proxyServer=1.2.3.4:8501 failed to backup snapshot s to b: rpc error: failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later.',
    'product',
  ],
  [
    'none of a lock lost by a deletion',
    'lock-lost-by-creation',
    'v1.12.1',
    'failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup delete, please try again later',
    undefined,
  ],
])('the wording is %s', ([, text, version, message, origin]) => {
  expect(wordingOf(text, { message, version })?.origin).toBe(origin);
});

test('no message has no wording', () => {
  expect(wordingOf('waits-for-deletion', { message: undefined, version: 'v1.12.1' })).toBeUndefined();
});

test('every row names versions that exist, where it was seen, and an example that it knows', () => {
  for (const row of Object.values(wordings).flat()) {
    expect(semver.validRange(row.versions), row.seen).not.toBe(null);
    expect(row.seen).not.toBe('');
    expect(row.example).toMatch(row.pattern);
  }
});
