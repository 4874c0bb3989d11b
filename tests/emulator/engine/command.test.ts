import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, describe, expect, test } from 'vitest';
import { decompressFrames } from '../../../e2e/store/format/lz4/frame.ts';
import { type BackupConfig, decodeBackup, decodeVolume } from '../../../emulator/backupstore/config.ts';
import {
  backupConfigPath,
  blockPath,
  blockSize,
  checksumOf,
  locksPath,
  volumeConfigPath,
} from '../../../emulator/backupstore/paths.ts';
import { headPath, snapshotPath } from '../../../emulator/engine/replica-files.ts';
import { openTemporaryStore, type TemporaryStore } from '../support/temporary-store.ts';

let store: TemporaryStore;
beforeEach(async () => {
  store = await openTemporaryStore();
  await mkdir(store.replica);
});

const block = () => randomBytes(blockSize);
const hole = Buffer.alloc(blockSize);
const file = (path: string) => join(store.root, path);
const read = (path: string) => readFile(file(path));
const exists = (path: string) => existsSync(file(path));
const configOf = async (name: string): Promise<BackupConfig> =>
  decodeBackup(String(await read(backupConfigPath('v', name))));
const volumeConfig = async () => decodeVolume(String(await read(volumeConfigPath('v'))));
const checksums = ({ Blocks }: BackupConfig) => Blocks.map(({ BlockChecksum }) => BlockChecksum);
/** The second block of a backup, which no other has. */
const ownBlock = async (name: string) => blockPath('v', checksums(await configOf(name))[1] ?? '');
const stored = async (data: Buffer, decompress: (file: Buffer) => Buffer) =>
  checksumOf(decompress(await read(blockPath('v', checksumOf(data))))) === checksumOf(data);
const lz4 = (data: Buffer) => {
  const target = Buffer.alloc(blockSize);
  return target.subarray(0, decompressFrames(data, target));
};

/** Backs a snapshot of these blocks up. */
const create = async (n: number, blocks: Buffer[], more = {}) => {
  await writeFile(snapshotPath(store.replica, `s${n}`), Buffer.concat(blocks));
  return store.create('v', `b${n}`, { snapshot: `s${n}`, ...more });
};
/** A third backup that is being written: as the second, without blocks and without an end. */
const beginThird = async (): Promise<void> => {
  const { Blocks: _, ...unfinished } = JSON.parse(String(await read(backupConfigPath('v', 'b2'))));
  const third = { ...unfinished, Name: 'b3', CreatedTime: '' };
  await writeFile(file(backupConfigPath('v', 'b3')), JSON.stringify(third));
};

describe('backup create', () => {
  test('writes the blocks that hold something by their checksums, later what changed, in full mode all', async () => {
    const [a, b, c] = [block(), block(), block()];
    const { code, stdout } = await create(1, [a, hole, b, a]);
    expect([code, stdout.split('\n').slice(0, 2)]).toEqual([0, ['{"ready":true}', '{"started":true}']]);
    const progress = [...stdout.matchAll(/"progress":(\d+)/g)].map(([, at]) => Number(at));
    expect(progress).toEqual([11, 23, 35, 47, 59, 71, 83, 95]);
    const first = await configOf('b1');
    expect(first).toMatchObject({
      ...{ Size: 3 * blockSize, IsIncremental: false, SnapshotName: 's1', VolumeName: 'v' },
      Blocks: [
        { Offset: 0, BlockChecksum: checksumOf(a) },
        { Offset: 2 * blockSize, BlockChecksum: checksumOf(b) },
        { Offset: 3 * blockSize, BlockChecksum: checksumOf(a) },
      ],
    });
    // Two files for three blocks: those alike are one. The size is that of what was sent, compressed.
    expect(await volumeConfig()).toMatchObject({ BlockCount: 2, LastBackupName: 'b1', Size: 16 << 20 });
    const files = await Promise.all([a, b].map((data) => read(blockPath('v', checksumOf(data)))));
    expect(first.NewlyUploadedDataSize).toBe(files.reduce((sum, { length }) => sum + length, 0));
    expect([await stored(a, lz4), await stored(b, lz4)]).toEqual([true, true]);
    const raw = JSON.parse(String(await read(backupConfigPath('v', 'b1'))));
    const recorded = '../../../fixtures/recordings/store-v1.12.1/backups/backup_sample-a-b1.cfg';
    const real = JSON.parse(await readFile(new URL(recorded, import.meta.url), 'utf8'));
    const types = (config: object) => Object.entries(config).map(([key, value]) => [key, typeof value]);
    expect(types(raw)).toEqual(types(real));
    const { Labels, Parameters } = real;
    expect(raw).toMatchObject({ Labels, Parameters, ProcessingBlocks: {} });

    // A block that became all zeros is a block like others: left out, the old one would stay.
    await create(2, [a, c, hole, b]);
    const second = await configOf('b2');
    expect(checksums(second)).toEqual([a, c, hole, b].map(checksumOf));
    expect(second).toMatchObject({ IsIncremental: true, ProcessingBlocks: null });
    expect((await volumeConfig()).BlockCount).toBe(4);
    expect(second.NewlyUploadedDataSize).toBeLessThan(blockSize + 20_000);

    await writeFile(file(blockPath('v', checksumOf(a))), 'spoiled');
    await create(3, [a, b, a], { mode: 'full' });
    const full = { IsIncremental: false, NewlyUploadedDataSize: 0, Size: 3 * blockSize };
    expect(await configOf('b3')).toMatchObject({ ...full, ReUploadedDataSize: first.NewlyUploadedDataSize });
    expect(await stored(a, lz4)).toBe(true);
  });

  // longhorn-engine, pkg/replica/replica.go, UnmapAt.
  test('lacks what was discarded in the head, if what is discarded goes from its snapshot too', async () => {
    const [a, b] = [block(), block()];
    await writeFile(headPath(store.replica), Buffer.concat([a, hole]));
    await create(1, [a, b]);
    await create(2, [a, b], { isTrimmed: true });
    expect(checksums(await configOf('b1'))).toEqual([checksumOf(a), checksumOf(b)]);
    expect(checksums(await configOf('b2'))).toEqual([checksumOf(a), checksumOf(hole)]);
  });
});

describe('backup rm', () => {
  const shared = block();
  beforeEach(async () => {
    await create(1, [shared, block()]);
    await create(2, [shared, block()]);
  });
  const remove = (name: string) => store.run(['backup', 'rm', store.url('v', name)]);

  test('removes the config and the blocks nobody else has; of the last one volume.cfg is left', async () => {
    const own = await ownBlock('b2');
    expect(await remove('b2')).toMatchObject({ code: 0, stdout: '' });
    expect([backupConfigPath('v', 'b2'), own, locksPath('v')].filter(exists)).toEqual([]);
    expect(exists(blockPath('v', checksumOf(shared)))).toBe(true);
    const last = { LastBackupName: 'b1', LastBackupAt: (await configOf('b1')).SnapshotCreatedAt };
    expect(await volumeConfig()).toMatchObject({ BlockCount: 2, ...last });
    await remove('b1');
    expect(await volumeConfig()).toMatchObject({ BlockCount: 0, LastBackupName: '', LastBackupAt: '' });
    expect(await readdir(file('backupstore/volumes'), { recursive: true })).toHaveLength(4);
    const all = await store.run(['backup', 'rm', '--volume', 'v', 'nfs://server:/export']);
    expect([all.code, exists('backupstore/volumes')]).toEqual([0, false]);
  });

  test('keeps all blocks while a backup is being written', async () => {
    const own = await ownBlock('b1');
    await beginThird();
    expect((await remove('b1')).code).toBe(0);
    expect(exists(own)).toBe(true);
  });
});

// How data are restored, and what a damaged store does to that, the scenarios and the store matrix judge.
test('a restore into a smaller image is refused, and says of which kind it was', async () => {
  const image = join(store.root, '..', 'restored.img');
  await writeFile(image, '');
  await truncate(image, 8 << 20);
  await create(1, [block()]);
  await create(2, [block()]);
  const said = async (...more: string[]) => {
    const args = ['backup', 'restore', store.url('v', 'b2'), '--to', image, ...more];
    const { code, stdout } = await store.run(args);
    return [code, stdout];
  };
  expect(await said()).toEqual([
    1,
    expect.stringMatching(
      /^failed to restore backup data \S+ to snapshot file volume-snap-\S+\.img: rpc error: code = Unknown desc = error starting backup restore: error initiating full backup restore: not emulated: a volume of 8388608 bytes from a backup of one of 16777216\n$/,
    ),
  ]);
  expect(await said('--last', 'b1')).toEqual([
    1,
    expect.stringContaining('error initiating incremental backup restore: not emulated'),
  ]);
});
