import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { backupConfigPath, blockPath, checksumOf, volumeFolder } from '../../../e2e/store/format/layout.ts';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import { mutate, randomFrom } from '../support/random.ts';
import {
  backupConfig,
  block,
  blockSize,
  check,
  checksums,
  type Files,
  linesOf,
  mappings,
  soundStore,
  volume,
  volumeConfig,
} from '../support/sound-store.ts';

const b1 = backupConfigPath('b1');
const b2 = backupConfigPath('b2');
// Only the first backup has the block 1, both have 0.
const [shared = '', own = '', last = ''] = checksums;

const bytesOf = (files: Files, path: string): Buffer => Buffer.from(files.get(path) as Uint8Array);

type Damage = (files: Files) => unknown;

const lock = (Type: number, Acquired = true, Name = 'lock-1') => JSON.stringify({ Name, Type, Acquired });
const put = (path: string, data: Uint8Array | string) => (files: Files) => files.set(path, data);
const drop = (path: string) => (files: Files) => files.delete(path);
const first = (change: Parameters<typeof backupConfig>[1]) => put(b1, backupConfig('b1', change));
const replaced = (from: string, to: string) => put(b1, backupConfig('b1').replace(from, to));
const nothing = () => {};
type Mapping = (typeof mappings.b1)[0];
const [one, two, three] = mappings.b1 as [Mapping, Mapping, Mapping];
const change = (checksum: string, mutate: (data: Buffer) => Uint8Array) => (files: Files) =>
  files.set(blockPath(checksum), mutate(bytesOf(files, blockPath(checksum))));
const flip = (at: number) => (data: Buffer) => {
  const index = at < 0 ? data.length + at : at;
  data[index] = (data[index] as number) ^ 4;
  return data;
};
const both =
  (...damages: Damage[]) =>
  (files: Files) =>
    damages.map((damage) => damage(files));

const ofSystem = 'backupstore/system-backups/v1.12.1/sys/system-backup';
const systemBackup = (change: object = {}) =>
  both(
    put(`${ofSystem}.zip`, 'an archive'),
    put(
      `${ofSystem}.cfg`,
      JSON.stringify({
        ...{ Name: 'sys', LonghornVersion: 'v1.12.1', LonghornGitCommit: 'c0ffee' },
        ...{ BackupTargetURL: 'nfs://server/store', ManagerImage: 'm', EngineImage: 'e' },
        ...{ CreatedAt: '2026-01-01T00:00:00Z', Checksum: hash('sha256', 'an archive', 'hex') },
        ...change,
      }),
    ),
  );

const ofImages = 'backupstore/backing-images';
const ofImage = `${ofImages}/backing-images/img/backing-image.cfg`;
const imageBlock = (checksum: string) => `${ofImages}/${blockPath(checksum)}`;
const shortBlock = block(2).subarray(0, 1 << 20);
const shortChecksum = checksumOf(shortBlock);
// Of 5 MiB: its last block has half the size of the others.
const image = (change: object = {}) =>
  both(
    put(imageBlock(shared), compressFrame(block(0))),
    put(imageBlock(own), compressFrame(block(1))),
    put(imageBlock(shortChecksum), compressFrame(shortBlock)),
    put(
      ofImage,
      JSON.stringify({
        ...{ Name: 'img', Size: String(5 << 20), BlockCount: '3', Checksum: '', Labels: null },
        ...{ CompressionMethod: 'lz4', CreatedTime: '2026-01-01T00:00:00Z', Secret: '', SecretNamespace: '' },
        ...{ CompleteTime: '2026-01-01T00:00:10Z', ProcessingBlocks: null },
        Blocks: [shared, own, shortChecksum].map((BlockChecksum, index) => ({
          Offset: index * blockSize,
          BlockChecksum,
        })),
        ...change,
      }),
    ),
  );

const putLock = (content: string) => put('locks/lock-1.lck', content);

const cases: Record<string, Damage | [Damage, Parameters<typeof check>[1]]> = {
  'a config of 0 bytes': put(b1, ''),
  'a config cut off in the middle': put(b1, backupConfig('b1').slice(0, 300)),
  'a config that is no JSON': put(b1, 'This is not a config'),
  'a config of zero bytes': put(b1, new Uint8Array(700)),
  'a config with a wrong type': replaced('"IsIncremental":false', '"IsIncremental":"no"'),
  'a config without a field': replaced('"SnapshotName"', '"Snapshot"'),
  'a config with an unknown compression': replaced('"lz4"', '"zip"'),
  'a config with an unknown block size': first({ Parameters: { 'backup-block-size': '4096' } }),
  'a config with half a checksum': replaced(own, own.slice(32)),
  'a config of nothing but brackets': put(b1, '['.repeat(100_000)),
  'a config of very many values': put(b1, `[${'0,'.repeat(100_000)}0]`),
  'a config of very many labels': first({
    Labels: Object.fromEntries(Array.from({ length: 10_001 }, (_, number) => [`label number ${number}`, ''])),
  }),
  'a huge config': [nothing, { onDisk: (folder) => truncate(join(folder, b1), 300 << 20) }],
  'a huge volume.cfg': [nothing, { onDisk: (folder) => truncate(join(folder, 'volume.cfg'), 2 ** 40) }],
  'a config with the name of another': first({ Name: 'b2' }),
  'a config beside its folder': both(put('backup_b3.cfg', backupConfig('b2', { Name: 'b3' }))),
  'a volume whose size is no multiple of the block size': both(
    put('volume.cfg', volumeConfig({ Size: 26 << 20 })),
    put(b2, backupConfig('b2', { Parameters: { 'backup-block-size': '16Mi' }, Blocks: [], Size: 0 })),
  ),
  'a config of another volume': first({ VolumeName: 'vol-b' }),
  'volume.cfg is missing': drop('volume.cfg'),
  'volume.cfg is cut off': put('volume.cfg', volumeConfig().slice(0, -10)),
  'volume.cfg has another name': put('volume.cfg', volumeConfig({ Name: 'vol-b' })),
  'volume.cfg has an impossible size': put('volume.cfg', volumeConfig({ Size: 33_554_433 })),
  'volume.cfg counts wrong': put('volume.cfg', volumeConfig({ BlockCount: 7 })),
  'the last backup is none': put('volume.cfg', volumeConfig({ LastBackupName: 'b3' })),
  'a volume in the wrong folder': (files) => {
    for (const [path, data] of [...files]) {
      files.delete(path);
      files.set(`backupstore/volumes/00/11/${volume}/${path}`, data);
    }
  },
  'a block that two backups need is lost': drop(blockPath(shared)),
  'a block is a link': put(blockPath(shared), `-> ${own}.blk`),
  'a block is a folder': both(drop(blockPath(shared)), put(`${blockPath(shared)}/`, '')),
  'a block is empty': put(blockPath(shared), ''),
  'a block is cut off': change(own, (data) => data.subarray(0, data.length - 9)),
  'a bit of a block has flipped': change(own, flip(40)),
  "a bit of a block's header has flipped": change(own, flip(5)),
  "a bit of a block's magic number has flipped": change(own, flip(0)),
  "a bit of a block's checksum has flipped": change(own, flip(-1)),
  'a block with the data of another': (files) => files.set(blockPath(own), bytesOf(files, blockPath(shared))),
  'a block with less data': put(blockPath(own), compressFrame(block(1).subarray(1))),
  'a block with more data': put(blockPath(own), compressFrame(Buffer.concat([block(1), Buffer.alloc(1)]))),
  'a block with bytes behind its end': change(own, (data) => Buffer.concat([data, Buffer.alloc(7)])),
  'a block that is too large to be one': [
    nothing,
    { onDisk: (folder) => truncate(join(folder, blockPath(own)), 2 ** 40) },
  ],
  'a block compressed with the other method': put(blockPath(own), gzipSync(block(1))),
  'a block that is not compressed': put(blockPath(own), block(1)),
  'a block compressed where the config says none': first({ CompressionMethod: 'none' }),
  'a block in the wrong folder': (files) => {
    files.set(`blocks/00/00/${own}.blk`, bytesOf(files, blockPath(own)));
    files.delete(blockPath(own));
  },
  'a block with an impossible name': put('blocks/ab/cd/abcdef.blk', 'x'),
  'the config went, its blocks stayed': drop(b1),
  'a damaged block that nobody needs': both(drop(b1), change(own, flip(40))),
  'an offset between two blocks': first({ Blocks: [one, { ...two, Offset: 1 }, three] }),
  'an offset behind the end': first({ Blocks: [one, two, { ...three, Offset: 32 << 20 }] }),
  'an offset before the beginning': first({ Blocks: [{ ...one, Offset: -blockSize }, two, three] }),
  'an offset twice': first({ Blocks: [one, two, { ...three, Offset: two.Offset }] }),
  'offsets out of order': first({ Blocks: [two, one, three] }),
  'a backup of another size': first({ Size: blockSize }),
  'a backup that was never finished': first({ CreatedTime: '', Blocks: [] }),
  'a backup in progress': both(first({ CreatedTime: '', Blocks: [] }), putLock(lock(1))),
  'a backup that went while it is being deleted': both(drop(b2), putLock(lock(2))),
  'an expired lock': [putLock(lock(2)), { later: 151 }],
  'a lock that was not acquired': putLock(lock(1, false)),
  'a lock from the future': [putLock(lock(1)), { later: -3600 }],
  'a lock without a type': putLock('{"Name":"lock-1","Acquired":true}'),
  'an empty lock': putLock(''),
  'a lock of an unknown type': putLock(lock(7)),
  'a lock with another name': [putLock(lock(1, true, 'lock-2')), { later: 1000 }],
  'a temporary file': put(`${b1}.tmp.1763626743000000000`, 'half'),
  'a temporary file while something is uploaded': both(
    put(`${blockPath(own)}.tmp.1763626743000000000`, 'half'),
    putLock(lock(1)),
  ),
  'a stranger': put('core', 'x'),
  'a stranger among the configs': put('backups/notes.txt', 'x'),
  'a folder of a stranger': both(put('lost+found/a', 'x'), put('lost+found/b/c', 'x')),
  'strangers above the volumes': both(
    put('backupstore/volumes/README', ''),
    put('backupstore/volumes/zz/11/x', ''),
    put('backupstore/x', ''),
  ),
  'empty folders': both(put('locks/', ''), put('blocks/00/11/', ''), put('backupstore/volumes/00/', '')),
  'a link to somewhere': put('backups/backup_b3.cfg', '-> /etc/passwd'),
  'a link in place of a volume': put('backupstore/volumes/00/11/vol-b', '-> /etc'),
  'a system backup and a backing image': both(systemBackup(), image()),
  'a system backup whose archive is another': both(systemBackup(), put(`${ofSystem}.zip`, 'other')),
  'a system backup without its archive': both(systemBackup(), drop(`${ofSystem}.zip`)),
  'a system backup without its config': [both(systemBackup(), drop(`${ofSystem}.cfg`)), { later: 1000 }],
  'a system backup that is being uploaded': both(systemBackup(), drop(`${ofSystem}.cfg`)),
  'a system backup of another version': systemBackup({ LonghornVersion: 'v1.8.2' }),
  'a system backup whose config is cut off': both(systemBackup(), put(`${ofSystem}.cfg`, '{"Name":"s')),
  'a stranger among the system backups': put('backupstore/system-backups/v1.12.1/notes.txt', 'x'),
  'a backing image that lacks a block': both(image(), drop(imageBlock(shortChecksum))),
  'a backing image with a damaged block': both(image(), put(imageBlock(own), compressFrame(block(3)))),
  'a backing image whose last block is too short': image({ Size: String(6 << 20) }),
  'a backing image with an offset behind its end': image({ Size: String(4 << 20) }),
  'a backing image that counts wrong': image({ BlockCount: '7' }),
  'a backing image with the name of another': image({ Name: 'other' }),
  'a backing image that was never finished': image({ CompleteTime: '' }),
  'a backing image in progress': both(
    image({ CompleteTime: '' }),
    put(`${volumeFolder('BACKINGIMAGE')}/locks/lock-1.lck`, lock(1)),
  ),
  'a backing image without a size': image({ Size: '0', BlockCount: '0', Blocks: undefined }),
  'the config of a backing image went': both(image(), drop(ofImage)),
};

// What is found of each, in any order; what the blocks are called is not in there.
const found = Object.fromEntries(
  readFileSync(new URL('fsck.txt', import.meta.url), 'utf8')
    .replaceAll('{own}', own)
    .replaceAll('{shared}', shared)
    .replaceAll('{last}', last)
    .replaceAll('{third}', checksums[3] ?? '')
    .split(/^# /m)
    .slice(1)
    .map((text) => text.trimEnd().split('\n'))
    .map(([what = '', ...lines]) => [what, lines]),
);

test('what is found is written down for each damage, and for nothing else', () =>
  expect(Object.keys(found)).toEqual(Object.keys(cases)));

test.for(Object.entries(cases))('%s', async ([what, damage]) => {
  const files = soundStore();
  const [harm, more] = Array.isArray(damage) ? damage : [damage];
  harm(files);
  expect(linesOf(await check(files, more)).sort()).toEqual(found[what]);
});

test('a store damaged anywhere is checked to its end', async () => {
  const random = randomFrom(1);
  for (let time = 0; time < 16; time += 1) {
    const files = soundStore((['lz4', 'gzip', 'none'] as const)[random(3)]);
    const what = [1, 2].map(() => {
      const [path, data] = [...files][random(files.size)] as [string, Uint8Array | string];
      const { what, bytes } = mutate(Buffer.from(data), random);
      files.set(path, bytes);
      return `${path}: ${what}`;
    });
    const found = await check(files);
    expect(found, what.join('; ')).toMatchObject({ volumes: 1 });
    // Only a few bytes of a config may change without it being seen: those of names, labels and times.
    const inBlock = what.find((each) => /^blocks/.test(each));
    if (inBlock !== undefined)
      expect(linesOf(found).join('\n'), inBlock).toMatch(
        /^(error|warning) (block-|backup-|config-|compression-)/m,
      );
  }
});
