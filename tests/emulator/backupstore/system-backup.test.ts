import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import { listSystemBackups, removeSystemBackup } from '../../../emulator/backupstore/system-backup.ts';
import { createLog } from '../../../emulator/log.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const root = folderOfEachTest();
const place = { version: 'v1.12.1', name: 'sys' };
const folder = `backupstore/system-backups/${place.version}/${place.name}`;
const openStore = () =>
  openFolderStore({ root: root(), url: 'nfs://store:/backups', log: createLog(() => {}) });

test('a file that cannot be removed stays, the others go, and its error is thrown', async () => {
  const store = openStore();
  await mkdir(root(folder), { recursive: true });
  await writeFile(root(folder, 'system-backup.cfg'), '{}');
  await writeFile(root(folder, 'system-backup.zip'), 'zip');
  expect(await listSystemBackups(store)).toEqual({ sys: folder });
  const refusing = {
    ...store,
    remove: (path: string) =>
      path.endsWith('.cfg') ? Promise.reject(new Error('operation not permitted')) : store.remove(path),
  };
  await expect(removeSystemBackup(refusing, place)).rejects.toThrow('operation not permitted');
  expect(await readdir(root(folder))).toEqual(['system-backup.cfg']);
  await removeSystemBackup(store, place);
  expect(await listSystemBackups(store)).toEqual({});
});
