import { expect, test } from 'vitest';
import { type Lock, lockTypes, preventsAcquisition } from '../../../emulator/backupstore/lock-rules.ts';

const { backup, deletion } = lockTypes;
const lock = (more: Partial<Lock>): Lock => ({
  Name: 'lock-b',
  Type: backup,
  Acquired: false,
  serverTime: 1_000,
  ...more,
});
const at = { now: 2_000, expiry: 150_000 };

test.each([backup, deletion])('a lock of its own kind, %i, never blocks', (Type) => {
  expect(preventsAcquisition(lock({ Name: 'lock-a', Type, Acquired: true }), lock({ Type }), at)).toBe(false);
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
  expect(preventsAcquisition(lock({ Type: deletion, ...other }), lock({}), at)).toBe(expected);
});
