import { describe, expect, test } from 'vitest';
import {
  blocks,
  encodeLock,
  type Lock,
  lockTypes,
  notAcquired,
} from '../../../emulator/backupstore/lock-rules.ts';
import type { Mutant } from '../../../emulator/mutants.ts';

const { backup, deletion } = lockTypes;
const lock = (more: Partial<Lock>): Lock => ({
  Name: 'lock-b',
  Type: backup,
  Acquired: false,
  serverTime: 1_000,
  ...more,
});
const at = { now: 2_000, expiry: 150_000 };

describe('a lock of its own kind never blocks', () => {
  test.each([backup, deletion])('type %i', (Type) => {
    expect(blocks(lock({ Name: 'lock-a', Type, Acquired: true }), lock({ Type }), at)).toBe(false);
  });
});

test.each<[string, Partial<Lock>, boolean]>([
  ['acquired, though younger', { Acquired: true, serverTime: 1_500 }, true],
  ['asked for earlier', { serverTime: 999 }, true],
  ['asked for later', { serverTime: 1_001 }, false],
  ['of the same time with an earlier name', { Name: 'lock-a' }, true],
  ['of the same time with a later name', { Name: 'lock-c' }, false],
  ['acquired, at the end of its life', { Acquired: true, serverTime: at.now - at.expiry }, true],
  ['acquired, but expired', { Acquired: true, serverTime: at.now - at.expiry - 1 }, false],
])('a lock of the other kind, %s', (_, other, expected) => {
  expect(blocks(lock({ Type: deletion, ...other }), lock({}), at)).toBe(expected);
});

test.each<[Mutant, Partial<Lock>, Partial<Lock>, boolean]>([
  ['lock-never-expires', { Type: deletion, Acquired: true, serverTime: at.now - at.expiry - 1 }, {}, true],
  ['same-type-locks-conflict', { Name: 'lock-a', Acquired: true }, {}, true],
  ['same-type-locks-conflict', { Acquired: true }, {}, false],
  ['lock-ignored', { Name: 'lock-a', Acquired: true }, { Type: deletion }, false],
  ['lock-ignored', { Type: deletion, Acquired: true }, {}, true],
])('with the bug %s the lock %j blocks %j: %j', (mutant, other, own, expected) => {
  expect(blocks(lock(other), lock(own), { ...at, mutant })).toBe(expected);
});

test('its file is what Longhorn writes', () => {
  expect(encodeLock({ Name: 'lock-0123456789abcdef', Type: 2, Acquired: true })).toBe(
    '{"Name":"lock-0123456789abcdef","Type":2,"Acquired":true}',
  );
});

test('its texts are those of the recordings', () => {
  expect(notAcquired('backupstore/volumes/0c/d3/vz-l/locks/lock-1.lck', deletion)).toBe(
    'failed to acquire lock backupstore/volumes/0c/d3/vz-l/locks/lock-1.lck when performing backup delete, please try again later',
  );
  expect(notAcquired('p', backup)).toBe(
    'failed to acquire lock p when performing backup create/restore, please try again later',
  );
});
