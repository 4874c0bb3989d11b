import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import type { Store } from '../../../emulator/backupstore/store.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const openIn = async (): Promise<{ root: string; stores: [Store, Store] }> => {
  const root = await temporaryFolder();
  const log = { info: () => {}, warning: () => {}, error: () => {}, debug: () => {} };
  const open = () => openFolderStore({ root, url: 'nfs://host:/store', log: log as never });
  return { root, stores: [open(), open()] };
};

test('who writes into a folder that others empty and remove at the same time makes it again', async () => {
  const { root, stores } = await openIn();
  const turns = Array.from({ length: 300 }, (_, turn) => turn);
  const atWork = stores.map(async (store, index) => {
    for (const turn of turns) {
      const path = `backupstore/volumes/1c/da/v1/locks/lock-${index}-${turn}.lck`;
      await store.write(path, String(turn));
      expect(await readFile(join(root, path), 'utf8')).toBe(String(turn));
      await store.remove(path);
    }
  });
  await Promise.all(atWork);
});
