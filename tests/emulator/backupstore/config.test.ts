import { readFileSync } from 'node:fs';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import {
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
} from '../../../emulator/backupstore/config.ts';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import { blockPath, volumePath } from '../../../emulator/backupstore/paths.ts';
import { listSystemBackups, removeSystemBackup } from '../../../emulator/backupstore/system-backup.ts';
import { decodeBackupURL, encodeBackupURL } from '../../../emulator/backupstore/url.ts';
import { createLog } from '../../../emulator/log.ts';
import { folderOfEachTest } from '../../support/temporary-folder.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/recordings/store-v1.12.1/${path}`, import.meta.url), 'utf8');

const first = recorded('backups/backup_sample-a-b1.cfg');

test('what Longhorn v1.12.1 wrote comes out byte for byte, and lies where the paths say', () => {
  expect(encodeVolume(decodeVolume(recorded('volume.cfg')))).toBe(recorded('volume.cfg'));
  for (const text of [first, recorded('backups/backup_sample-a-b2.cfg')])
    expect(encodeBackup(decodeBackup(text))).toBe(text);
  const [{ BlockChecksum = '' } = {}] = decodeBackup(first).Blocks;
  expect(volumePath('sample-a')).toBe('backupstore/volumes/8b/8e/sample-a');
  const block = blockPath('sample-a', BlockChecksum).slice('backupstore/volumes/8b/8e/sample-a/'.length);
  expect(recorded('listing.txt')).toContain(block);
});

test('signs that Go escapes are escaped', () => {
  const volume = decodeVolume(recorded('volume.cfg'));
  expect(encodeVolume({ ...volume, Labels: { b: '<a&b>', a: '1' } })).toContain(
    String.raw`"Labels":{"a":"1","b":"\u003ca\u0026b\u003e"}`,
  );
});

test('a backup in progress has no blocks and no time', () => {
  const text = encodeBackup({ ...decodeBackup(first), CreatedTime: '', Blocks: [] });
  expect(JSON.parse(text)).not.toHaveProperty('Blocks');
  expect(decodeBackup(text)).toMatchObject({ CreatedTime: '', Blocks: [] });
});

test.each([
  ['nfs://h:/p', 'nfs://h:/p?backup=b&volume=v'],
  ['nfs://h:/p?nfsOptions=soft%2Ctimeo%3D1', 'nfs://h:/p?backup=b&nfsOptions=soft%2Ctimeo%3D1&volume=v'],
])('the URL of a backup on %s, and what it is made of', (url, encoded) => {
  const parts = { url, volume: 'v', backup: 'b' };
  expect(encodeBackupURL(parts)).toBe(encoded);
  expect(decodeBackupURL(encoded)).toEqual(parts);
  expect(decodeBackupURL(url)).toEqual({ url, volume: '', backup: '' });
});

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
