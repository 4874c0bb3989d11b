import { expect, test } from 'vitest';
import { blockPath, volumeFolder, volumesFolder } from '../../../e2e/store/format/layout.ts';
import { type StoreEntry, type StoreSource, Unreadable } from '../../../e2e/store/format/source.ts';
import { checkStore } from '../../../e2e/store/fsck/fsck.ts';
import { verifySample } from '../../../e2e/store/fsck/verify-sample.ts';
import { checksums, linesOf, soundStore, volume } from '../support/sound-store.ts';

const files = soundStore();
const entry = (path: string, more: Partial<StoreEntry> = {}) =>
  ({ path, kind: 'file', size: 0, changedAt: 0, ...more }) as StoreEntry;

// A store in memory, of which some files cannot be read: root may read any on a disk.
const failing = (fail: Record<string, Error>, others: StoreEntry[] = []): StoreSource => ({
  async *walk(folder) {
    const names = volumeFolder(volume).split('/');
    if (folder === volumesFolder)
      for (const level of [3, 4, 5]) yield entry(names.slice(0, level).join('/'), { kind: 'folder' });
    if (folder !== volumeFolder(volume)) return;
    for (const [path, data] of files) yield entry(`${folder}/${path}`, { size: data.length });
    yield* others;
  },
  read: async (path) => {
    const name = path.slice(volumeFolder(volume).length + 1);
    if (fail[name]) throw fail[name];
    return Buffer.from(files.get(name) as Uint8Array);
  },
});

const look = async (fail: Record<string, Error>, others: StoreEntry[] = []) => {
  const source = failing(fail, others);
  return linesOf(await checkStore(source, { now: 0, verify: verifySample(source, 1 << 30) }));
};
const denied = new Unreadable('permission denied', { gone: false });
const gone = new Unreadable('no such file or directory', { gone: true });
const block = blockPath(checksums[0] as string);
const orphaned = expect.stringMatching(/^info block-orphaned/);

test('a config or a block may not be read, or goes meanwhile', async () => {
  const config = 'error file-unreadable: the config of backup b1 cannot be read: permission denied';
  expect(await look({ 'backups/backup_b1.cfg': denied })).toEqual([config, orphaned]);
  for (const [error, found] of [
    [denied, `block-unreadable: block ${checksums[0]} cannot be read: permission denied`],
    [gone, `changed-meanwhile: block ${checksums[0]} went away while the store was being read`],
  ] as const)
    expect(await look({ [block]: error })).toEqual([`error ${found}; backups b1, b2 refer to it`]);
});

test('a folder may not be looked at, and something is neither file nor folder', async () => {
  const path = `${volumeFolder(volume)}/locks`;
  const reason = 'permission denied';
  const locks = [entry(path, { kind: 'folder' }), entry(path, { kind: 'unreadable', reason })];
  const config = entry(`${volumeFolder(volume)}/backups/backup_b3.cfg`, { kind: 'special' });
  expect(await look({}, [...locks, config])).toEqual([
    'error folder-unreadable: locks cannot be looked at: permission denied',
    'warning special-file: backups/backup_b3.cfg is neither a file nor a folder',
  ]);
});

test('a store that fails altogether is no finding', async () => {
  await expect(look({ 'volume.cfg': new Error('the stream broke') })).rejects.toThrow('the stream broke');
});
