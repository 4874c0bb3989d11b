import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
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
