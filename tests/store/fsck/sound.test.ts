import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { podSource, runInStore } from '../../../e2e/store/drivers/folder/pod-store.ts';
import { folderSource } from '../../../e2e/store/format/folder-source.ts';
import { blockPath, checksumOf } from '../../../e2e/store/format/layout.ts';
import type { StoreSource } from '../../../e2e/store/format/source.ts';
import { openBlockPool } from '../../../e2e/store/fsck/block-pool.ts';
import { checkStore } from '../../../e2e/store/fsck/fsck.ts';
import { verifySample } from '../../../e2e/store/fsck/verify-sample.ts';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import { snapshotPath } from '../../../emulator/engine/replica-files.ts';
import { openTemporaryStore } from '../../emulator/support/temporary-store.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import {
  backupConfig,
  block,
  check,
  checksums,
  layOut,
  linesOf,
  now,
  soundStore,
  volume,
  volumeConfig,
} from '../support/sound-store.ts';

const nothing = { findings: [], counts: { error: 0, warning: 0, info: 0 }, leftOut: {} };

const openPool = (source: StoreSource, threads: number) => {
  const pool = openBlockPool({ source, threads });
  onTestFinished(() => pool.close());
  return pool;
};

test.for(['lz4', 'gzip', 'none'] as const)('a sound store with %s has no findings', async (method) => {
  const bytes = expect.any(Number);
  const counted = { volumes: 1, backups: 2, systemBackups: 0, backingImages: 0, blocks: 5, bytes };
  expect(await check(soundStore(method), { whole: true })).toEqual({ ...nothing, ...counted });
});

test('a file that is removed while a mount has it open is no finding, one with a similar name is', async () => {
  const files = new Map(soundStore('none'));
  files.set('locks/.nfs00000000000401bf00000004', '');
  files.set('.nfs0401bf', '');
  expect(linesOf(await check(files))).toEqual(["warning foreign-file: .nfs0401bf is no file of Longhorn's"]);
});

test('a backup in blocks of 16 MiB has none', async () => {
  const large = Buffer.concat(Array.from({ length: 8 }, (_, number) => block(number)));
  const checksum = checksumOf(large);
  // As the library of Longhorn writes it, in blocks of 4 MiB; here in frames of one block each.
  const parts = [0, 1, 2, 3].map((part) => compressFrame(large.subarray(part << 22, (part + 1) << 22)));
  const Blocks = [{ Offset: 0, BlockChecksum: checksum }];
  const Parameters = { 'backup-block-size': String(16 << 20) };
  const config = backupConfig('b1', { Blocks, Parameters, Size: 16 << 20 });
  const files = new Map<string, Uint8Array | string>([
    ['volume.cfg', volumeConfig({ BlockCount: 1, LastBackupName: 'b1' })],
    ['backups/backup_b1.cfg', config],
    [blockPath(checksum), Buffer.concat(parts)],
  ]);
  expect(linesOf(await check(files))).toEqual([]);
  files.set('backups/backup_b1.cfg', config.replace(`size":"${16 << 20}`, `size":"${2 << 20}`));
  expect(linesOf(await check(files))).toEqual([
    `error block-wrong-size: block ${checksum} holds more than 2097152 bytes; backup b1 refers to it`,
    'warning backup-size-wrong: backup b1 says that it has 16777216 bytes; its 1 block have 2097152',
  ]);
});

test('what the emulator writes has none, after backups and after a deletion', async () => {
  const store = await openTemporaryStore();
  await mkdir(store.replica, { recursive: true });
  for (const [name, blocks] of [
    ['b1', [0, 1, 2]],
    ['b2', [0, 3, 2, 4]],
    ['b3', [5, 3]],
  ] as const) {
    await writeFile(snapshotPath(store.replica, `snap-${name}`), Buffer.concat(blocks.map(block)));
    expect(await store.create(volume, name, { snapshot: `snap-${name}` })).toMatchObject({ code: 0 });
  }
  const source = folderSource(join(store.root, 'backupstore'));
  const { verify } = openPool(source, 1);
  const look = () => checkStore(source, { now: Date.now(), verify });
  expect(await look()).toMatchObject({ ...nothing, backups: 3 });
  expect(await store.run(['backup', 'rm', store.url(volume, 'b1')])).toMatchObject({ code: 0 });
  expect(await look()).toMatchObject({ ...nothing, backups: 2 });
});

test('threads find what one reader finds, and so does a pod', async () => {
  const files = soundStore();
  for (const checksum of checksums.slice(0, 3)) files.set(blockPath(checksum), Buffer.from('damaged'));
  files.delete(blockPath(checksums[4] as string));
  const { root, folder, remove } = await layOut(files);
  onTestFinished(remove);
  await writeFile(join(folder, 'a file\nwith a line break'), '');
  const source = folderSource(join(root, 'backupstore'));
  const here = { now: now + 10_000 };
  const sorted = async (from: StoreSource, verify = verifySample(from, 1 << 30)) => {
    const found = await checkStore(from, { ...here, verify });
    return { ...found, findings: found.findings.map((each) => JSON.stringify(each)).sort() };
  };
  const found = await sorted(source, openPool(source, 2).verify);
  expect(found.counts).toEqual({ error: 4, warning: 2, info: 0 });
  expect(await sorted(source)).toEqual(found);
  const pod = { namespace: 'corral-store', name: 'backupstore' };
  expect(await sorted(podSource(runInStore({ cluster: stubCluster(), pod }), { root }))).toEqual(found);
});
