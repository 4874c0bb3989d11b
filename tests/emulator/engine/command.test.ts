import { randomBytes } from 'node:crypto';
import { access, mkdir, readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  type BackupConfig,
  type CompressionMethod,
  decodeBackup,
  decodeVolume,
} from '../../../emulator/backupstore/config.ts';
import {
  backupConfigPath,
  backupsPath,
  blockPath,
  blockSize,
  checksumOf,
  lockPath,
  locksPath,
  volumeConfigPath,
} from '../../../emulator/backupstore/paths.ts';
import { snapshotFile } from '../../../emulator/engine/replica-files.ts';
import { decompressFrame } from '../support/lz4-decode.ts';
import { keepFile, openTemporaryStore, type TemporaryStore } from '../support/temporary-store.ts';

const recordedConfig = JSON.parse(
  await readFile(
    new URL('../../../fixtures/recordings/store-v1.12.1/backups/backup_sample-a-b1.cfg', import.meta.url),
    'utf8',
  ),
);

let store: TemporaryStore;
beforeEach(async () => {
  store = await openTemporaryStore();
  await mkdir(store.replica);
});
afterEach(() => store.close());

const block = () => randomBytes(blockSize);
const hole = Buffer.alloc(blockSize);
const snapshot = (name: string, blocks: Buffer[]) =>
  writeFile(snapshotFile(store.replica, name), Buffer.concat(blocks));
const read = (path: string) => readFile(join(store.root, path));
const backupConfig = async (name: string): Promise<BackupConfig> =>
  decodeBackup(String(await read(backupConfigPath('v', name))));
const volumeConfig = async () => decodeVolume(String(await read(volumeConfigPath('v'))));
const exists = (path: string) =>
  access(join(store.root, path)).then(
    () => true,
    () => false,
  );
/** Puts a lock into the volume's folder, as an upload (1) or a deletion (2) has it. */
const putLock = async (type: 1 | 2): Promise<string> => {
  const path = join(store.root, lockPath('v', 'lock-x'));
  await mkdir(join(store.root, locksPath('v')), { recursive: true });
  await writeFile(path, `{"Name":"lock-x","Type":${type},"Acquired":true}`);
  return path;
};
/** A third backup that is being written: as the second, without blocks and without an end. */
const beginThird = async (): Promise<void> => {
  const { Blocks: _, ...unfinished } = JSON.parse(String(await read(backupConfigPath('v', 'b2'))));
  await writeFile(
    join(store.root, backupConfigPath('v', 'b3')),
    JSON.stringify({ ...unfinished, Name: 'b3', CreatedTime: '' }),
  );
};
const checksums = ({ Blocks }: BackupConfig) => Blocks.map(({ BlockChecksum }) => BlockChecksum);

describe('backup create', () => {
  test('writes the blocks that hold something, by their checksums', async () => {
    const [a, b] = [block(), block()];
    await snapshot('s1', [a, hole, b, a]);
    expect(await store.create('v', 'b1', { snapshot: 's1' })).toMatchObject({ code: 0 });
    const config = await backupConfig('b1');
    expect(config.Blocks).toEqual([
      { Offset: 0, BlockChecksum: checksumOf(a) },
      { Offset: 2 * blockSize, BlockChecksum: checksumOf(b) },
      { Offset: 3 * blockSize, BlockChecksum: checksumOf(a) },
    ]);
    expect(config).toMatchObject({
      Size: 3 * blockSize,
      IsIncremental: false,
      SnapshotName: 's1',
      VolumeName: 'v',
    });
    // Two files for three blocks: those alike are one. The size is that of what was sent, compressed.
    expect(await volumeConfig()).toMatchObject({ BlockCount: 2, LastBackupName: 'b1', Size: 16 << 20 });
    const files = await Promise.all([a, b].map((data) => read(blockPath('v', checksumOf(data)))));
    expect(config.NewlyUploadedDataSize).toBe(files.reduce((sum, file) => sum + file.length, 0));
    expect(files.map((file) => checksumOf(decompressFrame(file, blockSize)))).toEqual([
      checksumOf(a),
      checksumOf(b),
    ]);
  });

  test('has the fields of a config that Longhorn wrote, in their order', async () => {
    await snapshot('s1', [block()]);
    await store.create('v', 'b1', { snapshot: 's1' });
    const config = JSON.parse(String(await read(backupConfigPath('v', 'b1'))));
    expect(Object.keys(config)).toEqual(Object.keys(recordedConfig));
    expect(Object.entries(config).map(([key, value]) => [key, typeof value])).toEqual(
      Object.entries(recordedConfig).map(([key, value]) => [key, typeof value]),
    );
    expect(config).toMatchObject({ Labels: recordedConfig.Labels, Parameters: recordedConfig.Parameters });
    expect(config.ProcessingBlocks).toEqual({});
  });

  test('sends only what changed since the last backup, and keeps the rest', async () => {
    const [a, b, c] = [block(), block(), block()];
    await snapshot('s1', [a, b, a]);
    await store.create('v', 'b1', { snapshot: 's1' });
    await snapshot('s2', [a, c, hole, b]);
    await store.create('v', 'b2', { snapshot: 's2' });
    const config = await backupConfig('b2');
    // A block that became all zeros is a block like others: left out, the old one would stay.
    expect(checksums(config)).toEqual([a, c, hole, b].map(checksumOf));
    expect(config).toMatchObject({ IsIncremental: true, ProcessingBlocks: null });
    expect((await volumeConfig()).BlockCount).toBe(4);
    expect(config.NewlyUploadedDataSize).toBeLessThan(blockSize + 20_000);
  });

  test("is full again without the last backup's snapshot", async () => {
    await snapshot('s1', [block()]);
    await store.create('v', 'b1', { snapshot: 's1' });
    await snapshot('s2', [block()]);
    await rm(snapshotFile(store.replica, 's1'));
    await store.create('v', 'b2', { snapshot: 's2' });
    expect(await backupConfig('b2')).toMatchObject({ IsIncremental: false });
  });

  test('in full mode sends all of it, also what the store has', async () => {
    const [a, b] = [block(), block()];
    await snapshot('s1', [a, b]);
    await store.create('v', 'b1', { snapshot: 's1' });
    await writeFile(join(store.root, blockPath('v', checksumOf(a))), 'spoiled');
    await snapshot('s2', [a, b, a]);
    await store.create('v', 'b2', { snapshot: 's2', mode: 'full' });
    const config = await backupConfig('b2');
    expect(config).toMatchObject({ IsIncremental: false, NewlyUploadedDataSize: 0, Size: 3 * blockSize });
    expect(config.ReUploadedDataSize).toBe((await backupConfig('b1')).NewlyUploadedDataSize);
    expect(checksumOf(decompressFrame(await read(blockPath('v', checksumOf(a))), blockSize))).toBe(
      checksumOf(a),
    );
    expect((await volumeConfig()).BlockCount).toBe(2);
  });

  test('compresses with gzip where the volume does', async () => {
    const a = block();
    await snapshot('s1', [a]);
    await store.create('v', 'b1', { snapshot: 's1', method: 'gzip' });
    expect(gunzipSync(await read(blockPath('v', checksumOf(a)))).equals(a)).toBe(true);
    expect(await backupConfig('b1')).toMatchObject({ CompressionMethod: 'gzip' });
  });

  test('says that it is ready before it writes anything, and writes nothing if it is not told to', async () => {
    await snapshot('s1', [block()]);
    expect(await store.create('v', 'b1', { snapshot: 's1', told: false })).toMatchObject({
      code: 0,
      stdout: '{"ready":true}\n',
    });
    expect(await exists('backupstore')).toBe(false);
  });

  test('says that it has started, and how far it is', async () => {
    await snapshot('s1', Array.from({ length: 8 }, block));
    const { stdout } = await store.create('v', 'b1', { snapshot: 's1' });
    const [, first, ...rest] = stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(first).toEqual({ started: true });
    expect(rest.map(({ progress }) => progress)).toEqual([11, 23, 35, 47, 59, 71, 83, 95]);
  });

  test('gives up for good while a deletion holds its lock', async () => {
    await snapshot('s1', [block()]);
    await putLock(2);
    const { code, stdout } = await store.create('v', 'b1', { snapshot: 's1' });
    expect(code).toBe(1);
    expect(stdout).toMatch(
      /^{"ready":true}\nfailed to acquire lock backupstore\/volumes\/\S+\/v\/locks\/lock-[0-9a-f]{16}\.lck when performing backup create\/restore, please try again later\n$/,
    );
    expect(await readdir(join(store.root, locksPath('v')))).toEqual(['lock-x.lck']);
  });
});

describe('backup rm', () => {
  const shared = block();
  beforeEach(async () => {
    await snapshot('s1', [shared, block()]);
    await store.create('v', 'b1', { snapshot: 's1' });
    await snapshot('s2', [shared, block()]);
    await store.create('v', 'b2', { snapshot: 's2' });
  });
  const remove = (name: string, options = {}) => store.run(['backup', 'rm', store.url('v', name)], options);

  test('removes the config and the blocks nobody else has', async () => {
    const [, own = ''] = checksums(await backupConfig('b1'));
    expect(await remove('b1')).toMatchObject({ code: 0, stdout: '' });
    expect(await exists(backupConfigPath('v', 'b1'))).toBe(false);
    expect(await exists(blockPath('v', own))).toBe(false);
    expect(await exists(blockPath('v', checksumOf(shared)))).toBe(true);
    expect(await volumeConfig()).toMatchObject({ BlockCount: 2, LastBackupName: 'b2' });
    expect(await exists(locksPath('v'))).toBe(false);
  });

  test('makes the next newest the last backup', async () => {
    await remove('b2');
    expect(await volumeConfig()).toMatchObject({
      LastBackupName: 'b1',
      LastBackupAt: '2026-01-01T00:00:01Z',
    });
  });

  test('of the last one leaves volume.cfg, without a last backup', async () => {
    await remove('b1');
    await remove('b2');
    expect(await volumeConfig()).toMatchObject({ BlockCount: 0, LastBackupName: '', LastBackupAt: '' });
    expect(await readdir(join(store.root, 'backupstore/volumes'), { recursive: true })).toHaveLength(4);
  });

  test('stops at a config that cannot be removed, with nothing else touched', async () => {
    const path = join(store.root, backupConfigPath('v', 'b1'));
    const before = checksums(await backupConfig('b1'));
    const letGo = await keepFile(path);
    const { code, stdout, stderr } = await remove('b1');
    await letGo();
    expect(code).toBe(1);
    expect(stdout).toMatch(new RegExp(`^unlinkat ${path}: (operation not permitted|permission denied)\n$`));
    expect(stderr).toMatch(/^time="\S+" level=info msg=/);
    expect(await Promise.all(before.map((checksum) => exists(blockPath('v', checksum))))).toEqual([
      true,
      true,
    ]);
    expect(await exists(locksPath('v'))).toBe(false);
  });

  test('keeps all blocks while a backup is being written', async () => {
    const [, own = ''] = checksums(await backupConfig('b1'));
    await beginThird();
    expect(await remove('b1')).toMatchObject({ code: 0 });
    expect(await exists(blockPath('v', own))).toBe(true);
  });

  test.each([
    ['held', 0, 1],
    ['expired', 2, 0],
  ])("with an upload's lock that is %s", async (_, age, code) => {
    const path = await putLock(1);
    const touched = Date.now() / 1_000 - age;
    await utimes(path, touched, touched);
    expect(await remove('b1')).toMatchObject({ code });
    expect(await exists(backupConfigPath('v', 'b1'))).toBe(code === 1);
  });

  test('with the bug blocks-left-behind it removes the config alone', async () => {
    const [, own = ''] = checksums(await backupConfig('b1'));
    expect(await remove('b1', { mutant: 'blocks-left-behind' })).toMatchObject({ code: 0 });
    expect(await exists(backupConfigPath('v', 'b1'))).toBe(false);
    expect(await exists(blockPath('v', own))).toBe(true);
  });

  test('with the bug lock-ignored it removes blocks from under an upload', async () => {
    const sent = checksumOf(block());
    await beginThird();
    await mkdir(dirname(join(store.root, blockPath('v', sent))), { recursive: true });
    await writeFile(join(store.root, blockPath('v', sent)), 'sent');
    await putLock(1);
    expect(await remove('b1')).toMatchObject({ code: 1 });
    expect(await remove('b1', { mutant: 'lock-ignored' })).toMatchObject({ code: 0 });
    expect(await exists(blockPath('v', sent))).toBe(false);
  });

  test('of a whole volume leaves nothing of it', async () => {
    expect(await store.run(['backup', 'rm', '--volume', 'v', 'nfs://server:/export'])).toMatchObject({
      code: 0,
    });
    expect(await exists('backupstore/volumes')).toBe(false);
  });

  test('with the bug cfg-left-behind it says that all went well, and has removed nothing', async () => {
    expect(await remove('b1', { mutant: 'cfg-left-behind' })).toMatchObject({ code: 0 });
    expect(await readdir(join(store.root, backupsPath('v')))).toEqual(['backup_b1.cfg', 'backup_b2.cfg']);
  });
});

describe('backup restore', () => {
  const [a, b] = [block(), block()];
  const image = () => join(store.root, '..', 'restored.img');
  const restore = () => store.run(['backup', 'restore', store.url('v', 'b1'), '--to', image()]);
  const size = 16 << 20;
  beforeEach(async () => {
    await snapshot('s1', [a, hole, b]);
    await writeFile(image(), '');
    await truncate(image(), size);
  });

  test.each<CompressionMethod>(['none', 'lz4', 'gzip'])(
    'of one compressed by %s gives its data',
    async (method) => {
      await store.create('v', 'b1', { snapshot: 's1', method });
      expect(await restore()).toMatchObject({ code: 0, stdout: '' });
      expect(
        (await readFile(image())).equals(Buffer.concat([a, hole, b, Buffer.alloc(size - 3 * blockSize)])),
      ).toBe(true);
      expect(await exists(locksPath('v'))).toBe(false);
    },
  );

  test.each<[string, () => Promise<unknown>, RegExp]>([
    [
      'an unknown backup',
      () => rm(join(store.root, backupConfigPath('v', 'b1'))),
      /^cannot find \S+\/backup_b1\.cfg in backupstore\n$/,
    ],
    [
      'another size',
      () => truncate(image(), 2 * size),
      /^not emulated: a volume of 33554432 bytes from a backup of one of 16777216\n$/,
    ],
    [
      'a damaged block',
      () => writeFile(join(store.root, blockPath('v', checksumOf(b))), hole),
      /^failed to decompress and verify block (\S+) with checksum [0-9a-f]{64}: decompression verification failed for block \1: checksum verification failed for block\n$/,
    ],
    [
      'a missing block',
      () => rm(join(store.root, blockPath('v', checksumOf(a)))),
      /: failed after 3 attempts: failed to read block \S+: open \S+\.blk: no such file or directory\n$/,
    ],
    [
      "a deletion's lock",
      () => putLock(2),
      /when performing backup create\/restore, please try again later\n$/,
    ],
  ])('with %s fails and says why', async (_, harm, text) => {
    await store.create('v', 'b1', { snapshot: 's1', method: 'none' });
    await harm();
    const { code, stdout } = await restore();
    expect(code).toBe(1);
    expect(stdout).toMatch(text);
  });
});

describe('looking into the store', () => {
  beforeEach(async () => {
    await snapshot('s1', [block()]);
    await store.create('v', 'b1', { snapshot: 's1' });
  });

  test('backup inspect', async () => {
    const { stdout } = await store.run(['backup', 'inspect', store.url('v', 'b1')]);
    expect(JSON.parse(stdout)).toMatchObject({
      Name: 'b1',
      URL: 'nfs://server:/export?backup=b1&volume=v',
      SnapshotName: 's1',
      Size: String(blockSize),
      VolumeSize: String(16 << 20),
      Messages: null,
    });
  });

  test.each([
    [
      'a backup that is not there',
      'v',
      'b2',
      /^cannot find backupstore\/volumes\/\S+\/v\/backups\/backup_b2\.cfg in backupstore\n$/,
    ],
    [
      'a volume that is not there',
      'w',
      'b1',
      /^cannot find backupstore\/volumes\/\S+\/w\/volume\.cfg in backupstore\n$/,
    ],
  ])('backup inspect of %s', async (_, volume, backup, text) => {
    const { code, stdout } = await store.run(['backup', 'inspect', store.url(volume, backup)]);
    expect(code).toBe(1);
    expect(stdout).toMatch(text);
  });

  test('backup inspect of one in progress', async () => {
    await writeFile(
      join(store.root, backupConfigPath('v', 'b2')),
      '{"Name":"b2","VolumeName":"v","CreatedTime":""}',
    );
    const { code, stdout } = await store.run(['backup', 'inspect', store.url('v', 'b2')]);
    expect({ code, stdout }).toEqual({ code: 1, stdout: 'backup b2 is still in progress\n' });
  });

  test('backup ls', async () => {
    expect(
      JSON.parse((await store.run(['backup', 'ls', '--volume-only', 'nfs://server:/export'])).stdout),
    ).toEqual({
      v: { Messages: {} },
    });
    const { stdout } = await store.run(['backup', 'ls', '--volume', 'v', 'nfs://server:/export']);
    expect(JSON.parse(stdout)).toEqual({ v: { Messages: {}, Backups: { b1: {} } } });
  });

  test('backup inspect-volume', async () => {
    const { stdout } = await store.run(['backup', 'inspect-volume', 'nfs://server:/export?volume=v']);
    expect(JSON.parse(stdout)).toMatchObject({
      Name: 'v',
      LastBackupName: 'b1',
      DataStored: String(blockSize),
    });
  });

  test.each([[['snapshot', 'ls']], [['backup', 'restore']], [[]]])(
    'longhorn %j is not emulated, and says so',
    async (args) => {
      const { code, stdout } = await store.run(args);
      expect(code).toBe(1);
      expect(stdout).toMatch(/^not emulated: longhorn/);
    },
  );
});
