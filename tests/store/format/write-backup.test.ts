import { mkdtemp, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parseBackup, parseVolume } from '../../../e2e/store/format/config.ts';
import { checksumOf } from '../../../e2e/store/format/layout.ts';
import { blockSize } from '../../../e2e/store/format/pack-block.ts';
import { randomBlocks } from '../../../e2e/store/format/random-blocks.ts';
import type { VolumeBlock } from '../../../e2e/store/format/write-backup.ts';
import {
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
} from '../../../emulator/backupstore/config.ts';
import { openFolderStore } from '../../../emulator/backupstore/folder-store.ts';
import { restoreBackup } from '../../../emulator/backupstore/restore.ts';
import { readBehaviour } from '../../../emulator/environment.ts';
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

const restored = async (size: number): Promise<Buffer> => {
  const folder = await mkdtemp(join(tmpdir(), 'corral-image-'));
  const image = join(folder, 'image');
  try {
    await writeFile(image, '');
    await truncate(image, size);
    const log = { info: () => {}, warning: () => {}, error: () => {} } as unknown as Parameters<
      typeof openFolderStore
    >[0]['log'];
    const opened = openFolderStore({ root: store.root, url: 'nfs://store', log });
    await restoreBackup({
      store: opened,
      volume: 'source',
      backup: 'backup-1',
      image,
      ...readBehaviour({ CORRAL_EMULATOR_CLOCK: 'fast' }),
    });
    return await readFile(image);
  } finally {
    await rm(folder, { recursive: true });
  }
};

describe.each([1, 2, 3, 4, 5, 6])('a volume of random blocks (seed %i)', (seed) => {
  const random = randomFrom(seed);
  const count = 1 + random(20);
  const size = count * blockSize;
  const blocks = someBlocks(random, count);

  test('is a sound store, and what was written is what is read', async () => {
    const mappings = await store.write({ size, blocks });
    expect(mappings).toEqual(blocks.map(({ offset, data }) => ({ offset, checksum: checksumOf(data) })));
    const { findings, volumes, backups, blocks: files } = await store.check();
    expect(findings).toEqual([]);
    expect({ volumes, backups, files }).toEqual({
      volumes: 1,
      backups: 1,
      files: new Set(mappings.map(({ checksum }) => checksum)).size,
    });
    const { config } = parseBackup(await store.read('backups/backup_backup-1.cfg'));
    expect(config).toMatchObject({
      name: 'backup-1',
      volume: 'source',
      inProgress: false,
      incremental: false,
      compression: 'gzip',
      blocks: mappings,
    });
    expect(parseVolume(await store.read('volume.cfg')).config).toMatchObject({
      Size: size,
      LastBackupName: 'backup-1',
      DataEngine: 'v1',
    });
  });

  test('is restored by the emulator, byte for byte', async () => {
    await store.write({ size, blocks });
    expect((await restored(size)).equals(contentOf(size, blocks))).toBe(true);
  });

  // The emulator's own encoding is held to recordings of a real Longhorn: order of the fields, numbers and
  // strings in quotes, quotes twice.
  test("has configs that are Longhorn's to the byte", async () => {
    await store.write({ size, blocks });
    const volume = (await store.read('volume.cfg')).toString();
    const backup = (await store.read('backups/backup_backup-1.cfg')).toString();
    expect(encodeVolume(decodeVolume(volume))).toBe(volume);
    expect(encodeBackup(decodeBackup(backup))).toBe(backup);
  });
});

test('the fields of the recorded store are there, and no others', async () => {
  await store.write({ size: blockSize, blocks: [{ offset: 0, data: Buffer.alloc(blockSize, 'x') }] });
  const recorded = new URL('../../../fixtures/recordings/store-v1.12.1/', import.meta.url);
  const keys = (text: Buffer | string): string[] => Object.keys(JSON.parse(text.toString()));
  expect(keys(await store.read('volume.cfg'))).toEqual(keys(await readFile(new URL('volume.cfg', recorded))));
  expect(keys(await store.read('backups/backup_backup-1.cfg'))).toEqual(
    keys(await readFile(new URL('backups/backup_sample-a-b1.cfg', recorded))),
  );
});

test('a volume full of random blocks is sound, of blocks that are all different, and small', async () => {
  const size = 5 * blockSize;
  const mappings = await store.write({ size, blocks: randomBlocks(size) });
  expect(mappings.map(({ offset }) => offset)).toEqual(
    Array.from({ length: 5 }, (_, index) => index * blockSize),
  );
  expect(new Set(mappings.map(({ checksum }) => checksum)).size).toBe(5);
  const { findings, bytes } = await store.check();
  expect(findings).toEqual([]);
  expect(bytes).toBeLessThan(size / 25);
});

test('times are whole seconds, as backupstore writes them', async () => {
  await store.write({ size: blockSize, blocks: [] });
  expect(created.getUTCMilliseconds()).not.toBe(0);
  expect(JSON.parse((await store.read('volume.cfg')).toString())).toMatchObject({
    CreatedTime: '2026-01-01T00:00:10Z',
  });
});

const data = Buffer.alloc(blockSize, 'x');
test.each<[string, { volume?: string; size?: number; blocks?: VolumeBlock[] }, RegExp]>([
  ['a volume that is no whole blocks', { size: blockSize + 1 }, /cannot be restored/],
  ['a volume of no size', { size: 0 }, /cannot be restored/],
  ['a name that Longhorn does not take', { volume: '../x' }, /takes no volume or backup of the name \.\.\/x/],
  ['a block beside its place', { blocks: [{ offset: 512, data }] }, /at 512 is none/],
  ['a block behind the end', { blocks: [{ offset: 2 * blockSize, data }] }, /is none of a volume/],
  ['half a block', { blocks: [{ offset: 0, data: data.subarray(1) }] }, /a block of 2097151 bytes/],
  ['blocks out of order', { blocks: [blockSize, 0].map((offset) => ({ offset, data })) }, /from 4194304 on/],
  ['one place twice', { blocks: [0, 0].map((offset) => ({ offset, data })) }, /from 2097152 on/],
])('%s is refused, and nothing comes into the store', async (_, change, message) => {
  await expect(store.write({ size: 2 * blockSize, blocks: [], ...change })).rejects.toThrow(message);
  expect(await store.isThere('source')).toBe(false);
});
