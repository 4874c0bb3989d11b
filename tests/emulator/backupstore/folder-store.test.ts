import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import { type Lock, lockTypes, preventsAcquisition } from '../../../emulator/backupstore/lock-rules.ts';
import { createLog } from '../../../emulator/log.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

test('who writes into a folder that others empty and remove at the same time makes it again', async () => {
  const root = await temporaryFolder();
  const log = createLog(() => undefined);
  const atWork = [0, 1].map(async (index) => {
    const store = openFolderStore({ root, url: 'nfs://host:/store', log });
    for (let turn = 0; turn < 300; turn += 1) {
      const path = `backupstore/volumes/1c/da/v1/locks/lock-${index}-${turn}.lck`;
      await store.write(path, String(turn));
      expect(await readFile(join(root, path), 'utf8')).toBe(String(turn));
      await store.remove(path);
    }
  });
  await Promise.all(atWork);
});

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
