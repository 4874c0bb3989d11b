import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { findMount } from '../../e2e/store/drivers/mounts.ts';
import { blockPath } from '../../e2e/store/format/layout.ts';
import { backupConfig, checksums, layOut, soundStore } from '../store/support/sound-store.ts';
import { runInProcess } from '../support/run-in-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const store = (...args: string[]) => runInProcess(() => runStoreCommand(args));

let sound: Awaited<ReturnType<typeof layOut>>;
let damaged: Awaited<ReturnType<typeof layOut>>;
beforeAll(async () => {
  sound = await layOut(soundStore());
  const files = soundStore();
  files.delete(blockPath(checksums[1] as string));
  files.set('backups/backup_b2.cfg', '{"Name":"b2"');
  files.set('backups/backup_\u001b[31mred.cfg', '');
  damaged = await layOut(files);
  return () => Promise.all([sound.remove(), damaged.remove()]);
});

test('fsck of a sound store', async () => {
  const { stdout, ...ended } = await store('fsck', sound.root);
  expect(ended).toEqual({ stderr: '', exitCode: 0 });
  expect(stdout.replace(sound.root, 'ROOT')).toMatch(
    /^ROOT is sound; 1 volume, 2 backups, 5 blocks \(\d+(\.\d)? KiB on disk\), 0 system backups, 0 backing images, all looked into in \d+\.\d s$/,
  );
});

test('fsck of a damaged one: every finding a line, nothing of it speaks to the terminal, exit code 1', async () => {
  const { stdout, stderr, exitCode } = await store('fsck', '--quick', join(damaged.root, 'backupstore'));
  const volume = 'backupstore/volumes/97/f6/vol-a';
  expect(stdout.split('\n')).toEqual([
    `error    block-missing: backup b1 lacks 1 block, such as ${checksums[1]} (${volume}/backups/backup_b1.cfg)`,
    `error    config-cut-off: the config of backup b2 ends in the middle, after 12 bytes (${volume}/backups/backup_b2.cfg)`,
    `warning  foreign-file: backups/backup_\\u{1b}[31mred.cfg is no file of Longhorn's (${volume}/backups/backup_\\u{1b}[31mred.cfg)`,
    `warning  block-count-wrong: volume.cfg of volume vol-a counts 5 blocks, and there are 4 (${volume}/volume.cfg)`,
    expect.stringContaining('info     block-orphaned: 2 blocks belong to no backup, such as '),
    expect.stringMatching(
      /backupstore is damaged: 2 errors, 2 warnings, 1 to know; 1 volume, 2 backups, 4 blocks \(.* on disk\), 0 system backups, 0 backing images, their data not looked into$/,
    ),
  ]);
  expect({ stderr, exitCode }).toEqual({ stderr: '', exitCode: 1 });
});

test('fsck of one with nothing but a warning is no failure; as JSON', async () => {
  const { root, remove } = await layOut(soundStore().set('locks/lock-1.lck', '{"Name":"lo'));
  const { stdout, exitCode } = await store('fsck', '--output', 'json', root);
  await remove();
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({
    ...{ store: root, sound: true, counts: { error: 0, warning: 1, info: 0 }, volumes: 1, blocks: 5 },
    findings: [{ code: 'lock-unreadable', severity: 'warning', path: expect.stringMatching(/lock-1\.lck$/) }],
  });
});

test('ls', async () => {
  expect((await store('ls', sound.root)).stdout.split('\n')).toEqual([
    'VOLUME   VOLUME SIZE   BACKUP   STATE       SIZE    BLOCKS   MODE          CREATED                SNAPSHOT',
    'vol-a    32 MiB        b1       Completed   6 MiB   3        full          2026-01-01T00:00:10Z   snap-b1',
    'vol-a    32 MiB        b2       Completed   8 MiB   4        incremental   2026-01-01T00:00:10Z   snap-b2',
  ]);
  const { volumes } = JSON.parse((await store('ls', '--output', 'json', damaged.root)).stdout);
  const second = { name: 'b2', state: 'Unreadable', problem: expect.stringContaining('ends in the middle') };
  const backups = [{ name: 'b1', state: 'Completed' }, second];
  expect(volumes).toMatchObject([{ name: 'vol-a', size: 32 << 20, backups }]);
});

test('show', async () => {
  expect((await store('show', sound.root, 'vol-a')).stdout).toContain('\nLast backup: b2\n');
  expect((await store('show', sound.root, 'vol-a/b2')).stdout).toContain(
    '\nBlocks: 4 of 2 MiB, 4 different\n',
  );
  expect(JSON.parse((await store('show', '--output', 'json', sound.root, 'b1')).stdout)).toMatchObject({
    ...{ kind: 'backup', name: 'b1', blocks: [{ offset: 0 }, {}, {}], compression: 'lz4' },
  });
  const twin = backupConfig('b1', { Name: 'vol-a' });
  const { root, remove } = await layOut(soundStore().set('backups/backup_vol-a.cfg', twin));
  const { stderr } = await store('show', root, 'vol-a');
  await remove();
  expect(stderr).toBe('store: vol-a is the name of volume vol-a and of backup vol-a/vol-a: name it so');
});

test('what is no store, and what is in none, is reported in one line', async () => {
  const folder = await temporaryFolder();
  await symlink(sound.root, join(folder, 'backupstore'));
  const none = `store: ${folder} holds no backup store: in it there is neither a folder backupstore nor a folder volumes`;
  expect(await store('fsck', folder)).toEqual({ stdout: '', stderr: none, exitCode: 3 });
  expect((await store('show', sound.root, 'b9')).stderr).toBe(
    `store: ${sound.root} has no volume and no backup named b9: see npx corral store ls ${sound.root}`,
  );
  expect((await store('show', damaged.root, 'b2')).stderr).toMatch(
    /^store: the config of backup b2 ends in the middle, after 12 bytes \(/,
  );
});

test('a mounted share is found by its URL, and a folder in it', () => {
  const mounts = [
    '22 1 0:20 / / rw - ext4 /dev/sda1 rw',
    '97 22 0:51 / /mnt/with\\040space rw,relatime shared:1 - nfs4 nas.local:/opt ro,vers=4.2',
    '98 22 0:52 /inner /mnt/inner ro - nfs4 nas.local:/export ro',
    '99 22 0:53 / /mnt/share ro - cifs //nas.local/backups ro,vers=3.1.1,soft',
  ].join('\n');
  const find = (path: string, host = 'nas.local') =>
    findMount(mounts, { types: /^nfs4?$/, share: `${host}:${path}` });
  expect(find('/opt')).toBe('/mnt/with space');
  expect(find('/opt/backups/')).toBe('/mnt/with space/backups');
  expect(find('/export/inner/store')).toBe('/mnt/inner/store');
  expect(find('/option')).toBeUndefined();
  expect(find('/opt', 'other')).toBeUndefined();
  expect(find('/backups', '//nas.local')).toBeUndefined();
  expect(findMount(mounts, { types: /^cifs$/, share: '//nas.local/backups/a' })).toBe('/mnt/share/a');
});
