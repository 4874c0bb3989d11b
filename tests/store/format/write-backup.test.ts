import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openVolumeFolderWriter } from '../../../e2e/store/drivers/folder/pod-store.ts';
import { parseBackup, parseVolume } from '../../../e2e/store/format/config.ts';
import { checksumOf } from '../../../e2e/store/format/layout.ts';
import { blockSize } from '../../../e2e/store/format/pack-block.ts';
import { sameBlocks } from '../../../e2e/store/format/random-blocks.ts';
import {
  type VolumeBlock,
  writeEarlierBackups,
  writeUnfinished,
} from '../../../e2e/store/format/write-backup.ts';
import * as emulated from '../../../emulator/backupstore/config.ts';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import { inspectBackup, listStoreVolumes } from '../../../emulator/backupstore/inspect.ts';
import { restoreBackup } from '../../../emulator/backupstore/restore.ts';
import { clocks } from '../../../emulator/clocks.ts';
import { createLog } from '../../../emulator/log.ts';
import { recordedFile } from '../../support/recorded-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { randomFrom } from '../support/random.ts';
import { created, exported, someBlocks } from '../support/written-store.ts';

let store: Awaited<ReturnType<typeof exported>>;
beforeEach(async () => {
  store = await exported();
});
afterEach(() => store.remove());

const contentOf = (size: number, blocks: readonly VolumeBlock[]): Buffer => {
  const content = Buffer.alloc(size);
  for (const { offset, data } of blocks) content.set(data, offset);
  return content;
};

/** What the emulator restores of the backup. */
const restored = async (size: number): Promise<Buffer> => {
  const image = join(store.root, 'image');
  await writeFile(image, '');
  await truncate(image, size);
  const log = createLog(() => undefined);
  await restoreBackup({
    store: openFolderStore({ root: store.root, url: 'nfs://store', log }),
    ...{ volume: 'source', backup: 'backup-1', image, clock: clocks.fast, mutant: undefined },
  });
  return readFile(image);
};

const configs = async () => ({
  volume: (await store.read('volume.cfg')).toString(),
  backup: (await store.read('backups/backup_backup-1.cfg')).toString(),
});

test.each([1, 2])(
  'a volume of random blocks is a sound store, read and restored as written (seed %i)',
  async (seed) => {
    const random = randomFrom(seed);
    const count = 1 + random(20);
    const size = count * blockSize;
    const blocks = someBlocks(random, count);
    const mappings = await store.write({ size, blocks });
    expect(mappings).toEqual(blocks.map(({ offset, data }) => ({ offset, checksum: checksumOf(data) })));
    const { size: different } = new Set(mappings.map(({ checksum }) => checksum));
    const sound = { findings: [], volumes: 1, backups: 1, blocks: different };
    expect(await store.check()).toMatchObject(sound);
    const { volume, backup } = await configs();
    expect(parseBackup(Buffer.from(backup)).config).toMatchObject({
      ...{ name: 'backup-1', volume: 'source', inProgress: false, incremental: false },
      ...{ compression: 'gzip', blocks: mappings },
    });
    const whole = { Size: size, LastBackupName: 'backup-1', DataEngine: 'v1' };
    expect(parseVolume(Buffer.from(volume)).config).toMatchObject(whole);
    // The emulator's own encoding is held to recordings of a real Longhorn: order of the fields, numbers and
    // strings in quotes, quotes twice.
    expect(emulated.encodeVolume(emulated.decodeVolume(volume))).toBe(volume);
    expect(emulated.encodeBackup(emulated.decodeBackup(backup))).toBe(backup);
    expect((await restored(size)).equals(contentOf(size, blocks))).toBe(true);
  },
);

test('the fields of the recorded store are there, and no others, with times of whole seconds', async () => {
  await store.write({ size: blockSize, blocks: [{ offset: 0, data: Buffer.alloc(blockSize, 'x') }] });
  const keys = (text: string): string[] => Object.keys(JSON.parse(text));
  const { volume, backup } = await configs();
  expect(keys(volume)).toEqual(keys(await recordedFile('volume.cfg')));
  expect(keys(backup)).toEqual(keys(await recordedFile('backups/backup_sample-a-b1.cfg')));
  expect(await store.write({ volume: 'empty', size: blockSize, blocks: [] })).toEqual([]);
  expect(created.getUTCMilliseconds()).not.toBe(0);
  expect(JSON.parse(volume)).toMatchObject({ CreatedTime: '2026-01-01T00:00:10Z' });
});

const data = Buffer.alloc(blockSize, 'x');
test.each<[string, { volume?: string; size?: number; blocks?: VolumeBlock[] }, RegExp]>([
  ['a name that Longhorn does not take', { volume: '../x' }, /takes no volume or backup of the name \.\.\/x/],
  ['a block beside its place', { blocks: [{ offset: 512, data }] }, /at 512 is none/],
])('%s is refused, and nothing comes into the store', async (_, change, message) => {
  await expect(store.write({ size: 2 * blockSize, blocks: [], ...change })).rejects.toThrow(message);
  expect(store.isThere('source')).toBe(false);
});

test('files of any bytes come whole, none is where Longhorn looks before all are, and nothing is left beside them', async () => {
  const contents = [
    Buffer.alloc(0),
    Buffer.from('\n\n\0\r\n'),
    Buffer.from('end .\n5 volume.cfg\n'),
    Buffer.alloc(3 << 20, '\x80\xff\n'),
  ];
  const { put, publish } = store.open('source');
  await put(contents.map((bytes, index) => ({ path: `blocks/aa/bb/${index}`, bytes })));
  expect(store.isThere('source')).toBe(false);
  await publish();
  expect(store.isThere('source')).toBe(true);
  expect(await readdir(store.root)).toEqual(['backupstore']);
  for (const [index, bytes] of contents.entries())
    expect(bytes.equals(await store.read(`blocks/aa/bb/${index}`)), `${index}`).toBe(true);
});

test('an upload that has begun is listed and unfinished, and its end comes into the same folder', async () => {
  const upload = { volume: 'source', backup: 'backup-1', size: 4 * blockSize, created };
  const { put, publish } = store.open('source');
  await writeUnfinished(put, upload);
  await publish();
  const log = createLog(() => undefined);
  const opened = openFolderStore({ root: store.root, url: 'nfs://store', log });
  const listing = await listStoreVolumes(opened, { volumeOnly: false });
  expect(Object.keys(listing.source?.Backups ?? {})).toEqual(['backup-1']);
  await expect(inspectBackup(opened, 'source', 'backup-1')).rejects.toThrow(/still in progress/);
  const begun = await configs();
  expect(emulated.encodeVolume(emulated.decodeVolume(begun.volume))).toBe(begun.volume);
  expect(emulated.encodeBackup(emulated.decodeBackup(begun.backup))).toBe(begun.backup);

  const blocks = someBlocks(randomFrom(4), 4);
  await store.write({ size: upload.size, blocks });
  expect(await store.check()).toMatchObject({ findings: [], volumes: 1, backups: 1 });
  expect(await readdir(store.root)).toEqual(['backupstore']);
  expect((await restored(upload.size)).equals(contentOf(upload.size, blocks))).toBe(true);
});

test('earlier backups with the blocks of the first are sound, and take no space', async () => {
  const blocks = [...sameBlocks(3 * blockSize)];
  const size = 4 * blockSize;
  const mappings = await store.write({ size, blocks });
  expect(new Set(mappings.map(({ checksum }) => checksum)).size).toBe(1);
  const { put, publish } = store.open('source');
  const before = new Date(created.getTime() - 1000);
  await writeEarlierBackups(put, { volume: 'source', size, created: before, blocks: mappings }, [
    'backup-2',
    'backup-3',
  ]);
  await publish();
  expect(await store.check()).toMatchObject({ findings: [], volumes: 1, backups: 3, blocks: 1 });
  expect((await restored(size)).equals(contentOf(size, blocks))).toBe(true);
});

test('a second backup of a volume comes beside the first', async () => {
  const size = 4 * blockSize;
  const first = await store.write({ size, blocks: someBlocks(randomFrom(5), 4) });
  const earlier = { created, blocks: new Set(first.map(({ checksum }) => checksum)).size };
  const data = Buffer.alloc(blockSize, 'none of the others');
  const later = new Date('2026-01-01T00:01:00Z');
  const next = { backup: 'backup-2', size, blocks: [{ offset: 0, data }], created: later };
  await store.write({ ...next, earlier });
  expect(await store.check()).toMatchObject({ findings: [], volumes: 1, backups: 2 });
  expect(JSON.parse((await configs()).volume)).toMatchObject({
    ...{ CreatedTime: '2026-01-01T00:00:10Z', LastBackupName: 'backup-2' },
    ...{ LastBackupAt: '2026-01-01T00:01:00Z', BlockCount: String(earlier.blocks + 1) },
  });
});

test.each([
  ['its first line', () => 3],
  ['its last line', (length: number) => length - 6],
])('a stream that lacks %s is an error', async (_, keep) => {
  const whole = stubCluster();
  const exec: typeof whole.exec = (pod, command, { stdin, ...rest } = {}) => {
    const bytes = stdin as Buffer;
    return whole.exec(pod, command, { ...rest, stdin: bytes.subarray(0, keep(bytes.length)) });
  };
  const pod = { namespace: 'store', name: 'backupstore' };
  const { put } = openVolumeFolderWriter(
    { cluster: { ...whole, exec }, pod, root: store.root },
    { volume: 'source' },
  );
  const files = [{ path: 'blocks/aa/bb/1', bytes: Buffer.alloc(9_000) }];
  await expect(put(files)).rejects.toThrow(/ended before its last line/);
});

// The fields of its structs: longhorn-engine v1.0.x, vendor/github.com/longhorn/backupstore/backupstore.go.
test('what an old Longhorn wrote says less, and is sound and restored all the same', async () => {
  const size = 4 * blockSize;
  const blocks = someBlocks(randomFrom(3), 4);
  await store.write({ size, blocks, by: 'v1.0' });
  const { volume, backup } = await configs();
  expect(Object.keys(JSON.parse(volume))).toEqual(
    'Name Size CreatedTime LastBackupName LastBackupAt BlockCount'.split(' '),
  );
  expect(Object.keys(JSON.parse(backup))).toEqual(
    'Name VolumeName SnapshotName SnapshotCreatedAt CreatedTime Size Labels IsIncremental Blocks SingleFile'.split(
      ' ',
    ),
  );
  expect(await store.check()).toMatchObject({ findings: [], backups: 1 });
  expect((await restored(size)).equals(contentOf(size, blocks))).toBe(true);
});
