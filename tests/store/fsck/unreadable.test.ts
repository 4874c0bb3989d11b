import { expect, test, vi } from 'vitest';
import { blockPath, volumeFolder } from '../../../e2e/store/format/layout.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../../../e2e/store/format/source.ts';
import { checkStore } from '../../../e2e/store/fsck/fsck.ts';
import { verifySample } from '../../../e2e/store/fsck/verify-sample.ts';
import { checksums, type Files, soundStore, told, volume } from '../support/sound-store.ts';

// Of the machine: blocks are compressed and hashed, and it may be busy.
vi.setConfig({ testTimeout: 60_000 });

// A store in memory, of which some files cannot be read: root may read any on a disk.
const failing = (files: Files, fail: Record<string, Unreadable>, others: StoreEntry[] = []): StoreSource => ({
  async *walk(folder, depth) {
    if (depth === 3)
      yield* volumeFolder(volume)
        .split('/')
        .slice(2)
        .map(
          (_, level, all): StoreEntry => ({
            path: `backupstore/volumes/${all.slice(0, level + 1).join('/')}`,
            kind: 'folder',
            size: 0,
            changedAt: 0,
          }),
        );
    if (depth < 4) return;
    for (const [path, data] of files)
      yield { path: `${folder}/${path}`, kind: 'file', size: data.length, changedAt: 0 };
    yield* others;
  },
  read: async (path) => {
    const name = path.slice(volumeFolder(volume).length + 1);
    const error = fail[name];
    if (error) throw error;
    return Buffer.from(files.get(name) as Uint8Array);
  },
});

const look = async (source: StoreSource) =>
  told(await checkStore(source, { now: 0, verify: verifySample(source, 1 << 30) }));
const denied = new Unreadable('permission denied', { gone: false });
const gone = new Unreadable('no such file or directory', { gone: true });
const block = blockPath(checksums[0] as string);

test('the store in memory is sound as it is', async () => {
  expect(await look(failing(soundStore(), {}))).toEqual([]);
});

test.for<[string, Record<string, Unreadable>, string[]]>([
  [
    'a config may not be read',
    { 'backups/backup_b1.cfg': denied },
    [
      'error file-unreadable: the config of backup b1 cannot be read: permission denied',
      expect.stringMatching(/^info block-orphaned/),
    ],
  ],
  [
    'a config goes meanwhile',
    { 'backups/backup_b1.cfg': gone },
    [
      'warning changed-meanwhile: the config of backup b1 went away while the store was being read',
      expect.stringMatching(/^info block-orphaned/),
    ],
  ],
  [
    'volume.cfg may not be read',
    { 'volume.cfg': denied },
    ['error file-unreadable: volume.cfg of volume vol-a cannot be read: permission denied'],
  ],
  [
    'a block may not be read',
    { [block]: denied },
    [
      `error block-unreadable: block ${checksums[0]} cannot be read: permission denied; backups b1, b2 refer to it`,
    ],
  ],
  [
    'a block goes meanwhile',
    { [block]: gone },
    [
      `error changed-meanwhile: block ${checksums[0]} went away while the store was being read; backups b1, b2 refer to it`,
    ],
  ],
])('%s', async ([, fail, found]) => {
  expect(await look(failing(soundStore(), fail))).toEqual(found);
});

test('a folder may not be looked at', async () => {
  const path = `${volumeFolder(volume)}/locks`;
  const entries: StoreEntry[] = [
    { path, kind: 'folder', size: 0, changedAt: 0 },
    { path, kind: 'unreadable', size: 0, changedAt: 0, reason: 'permission denied' },
  ];
  expect(await look(failing(soundStore(), {}, entries))).toEqual([
    'error folder-unreadable: locks cannot be looked at: permission denied',
  ]);
});

test('something that is neither file nor folder', async () => {
  const path = `${volumeFolder(volume)}/backups/backup_b3.cfg`;
  expect(await look(failing(soundStore(), {}, [{ path, kind: 'special', size: 0, changedAt: 0 }]))).toEqual([
    'warning special-file: backups/backup_b3.cfg is neither a file nor a folder',
  ]);
});

test('a store that fails altogether is no finding', async () => {
  const source: StoreSource = {
    ...failing(soundStore(), {}),
    read: () => Promise.reject(new Error('the stream broke')),
  };
  await expect(look(source)).rejects.toThrow('the stream broke');
});
