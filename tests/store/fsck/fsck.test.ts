import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect, test, vi } from 'vitest';
import { backupConfigPath, blockPath } from '../../../e2e/store/format/layout.ts';
import { compressFrame } from '../../../emulator/backupstore/lz4.ts';
import {
  backupConfig,
  block,
  blockSize,
  check,
  checksums,
  type Files,
  mappings,
  soundStore,
  told,
  volume,
  volumeConfig,
} from '../support/sound-store.ts';

// Of the machine: blocks are compressed and hashed, and it may be busy.
vi.setConfig({ testTimeout: 60_000 });

const b1 = backupConfigPath('b1');
const b2 = backupConfigPath('b2');
// Only the first backup has the block 1, both have 0.
const [shared = '', own = '', last = ''] = checksums;

const perhapsOrphaned = `info block-orphaned: 1 block belongs to no backup, such as ${own}: 8261 bytes; a backup whose config is in progress or cannot be read may need them`;
const bytesOf = (files: Files, path: string): Buffer => Buffer.from(files.get(path) as Uint8Array);

type Damage = (files: Files) => unknown;
type Case = [what: string, damage: Damage, found: string[], more?: Parameters<typeof check>[1]];

const lock = (Type: number, Acquired = true, Name = 'lock-1') => JSON.stringify({ Name, Type, Acquired });
const put = (path: string, data: Uint8Array | string) => (files: Files) => files.set(path, data);
const drop = (path: string) => (files: Files) => files.delete(path);
const first = (change: Parameters<typeof backupConfig>[1]) => put(b1, backupConfig('b1', change));
const [one, two, three] = mappings.b1 as [
  (typeof mappings.b1)[0],
  (typeof mappings.b1)[0],
  (typeof mappings.b1)[0],
];
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

const unread = (code: string, what: string) => [
  `error ${code}: the config of backup b1 ${what}`,
  perhapsOrphaned,
];
const invalid = (what: string) => unread('config-invalid', `is not as Longhorn writes it: ${what}`);
const damaged = (code: string, what: string) => [
  `error ${code}: block ${own} ${what}; backup b1 refers to it`,
];
const sharedLost = [
  ...['b1', 'b2'].map((backup) => `error block-missing: backup ${backup} lacks 1 block, such as ${shared}`),
  'warning block-count-wrong: volume.cfg of volume vol-a counts 5 blocks, and there are 4',
];
const live = (of: string) => `info lock-live: lock lock-1 of ${of} is live: it was last written 10 s ago`;
const mismatched = (checksum: string, users: string) =>
  `error compression-mismatch: block ${checksum} is compressed with lz4 where the config says none; Longhorn cannot read it; ${users} refer to it`;
const putLock = (content: string) => put('locks/lock-1.lck', content);

const cases: Case[] = [
  ['a config of 0 bytes', put(b1, ''), unread('config-empty', 'is empty')],
  [
    'a config cut off in the middle',
    put(b1, backupConfig('b1').slice(0, 300)),
    unread('config-cut-off', 'ends in the middle, after 300 bytes'),
  ],
  ['a config that is no JSON', put(b1, 'This is not a config'), unread('config-not-json', 'is no JSON')],
  [
    'a config of zero bytes',
    put(b1, new Uint8Array(700)),
    unread('config-not-json', 'begins with a zero byte: it was never written'),
  ],
  [
    'a config with a wrong type',
    put(b1, backupConfig('b1').replace('"IsIncremental":false', '"IsIncremental":"no"')),
    invalid('IsIncremental: expected boolean, received string'),
  ],
  [
    'a config without a field',
    put(b1, backupConfig('b1').replace('"SnapshotName"', '"Snapshot"')),
    invalid('SnapshotName: expected string, received undefined'),
  ],
  [
    'a config with an unknown compression',
    put(b1, backupConfig('b1').replace('"lz4"', '"zip"')),
    invalid('CompressionMethod: is no compression that Longhorn knows'),
  ],
  [
    'a config with an unknown block size',
    first({ Parameters: { 'backup-block-size': '4096' } }),
    invalid('a backup-block-size of 4096, where 2 MiB and 16 MiB are known'),
  ],
  [
    'a config with half a checksum',
    put(b1, backupConfig('b1').replace(own, own.slice(32))),
    invalid('Blocks.1: no offset and checksum of 64 hexadecimal digits'),
  ],
  [
    'a config of nothing but brackets',
    put(b1, '['.repeat(100_000)),
    unread('config-not-json', 'is nested more than 16 levels deep'),
  ],
  [
    'a config of very many values',
    put(b1, `[${'0,'.repeat(100_000)}0]`),
    unread('config-not-json', 'holds 100002 values in 200003 bytes, as no config does'),
  ],
  [
    'a config of very many labels',
    first({
      Labels: Object.fromEntries(
        Array.from({ length: 10_001 }, (_, number) => [`a label with the number ${number}`, '']),
      ),
    }),
    unread('config-not-json', 'has an object of more than 10000 fields, as no config does'),
  ],
  [
    'a huge config',
    () => {},
    unread('config-too-large', 'is too large to be one: 314572800 bytes'),
    { onDisk: (folder) => truncate(join(folder, b1), 300 << 20) },
  ],
  [
    'a huge volume.cfg',
    () => {},
    ['error config-too-large: volume.cfg of volume vol-a is too large to be one: 1099511627776 bytes'],
    { onDisk: (folder) => truncate(join(folder, 'volume.cfg'), 2 ** 40) },
  ],
  [
    'a config with the name of another',
    first({ Name: 'b2' }),
    ['error config-wrong-name: the config of backup b1 calls it b2'],
  ],
  [
    'a config of another volume',
    first({ VolumeName: 'vol-b' }),
    ['error config-wrong-volume: backup b1 lies with volume vol-a and says that it is of vol-b'],
  ],
  [
    'volume.cfg is missing',
    drop('volume.cfg'),
    ['error volume-config-missing: volume vol-a has no volume.cfg, so Longhorn cannot find it'],
  ],
  [
    'volume.cfg is cut off',
    put('volume.cfg', volumeConfig().slice(0, -10)),
    ['error config-cut-off: volume.cfg of volume vol-a ends in the middle, after 286 bytes'],
  ],
  [
    'volume.cfg has another name',
    put('volume.cfg', volumeConfig({ Name: 'vol-b' })),
    ['error volume-wrong-name: volume.cfg of volume vol-a calls it vol-b'],
  ],
  [
    'volume.cfg has an impossible size',
    put('volume.cfg', volumeConfig({ Size: 33_554_433 })),
    [
      'error config-invalid: volume.cfg of volume vol-a has a size of 33554433, no multiple of 2 MiB, with which Longhorn restores nothing',
    ],
  ],
  [
    'volume.cfg counts wrong',
    put('volume.cfg', volumeConfig({ BlockCount: 7 })),
    ['warning block-count-wrong: volume.cfg of volume vol-a counts 7 blocks, and there are 5'],
  ],
  [
    'the last backup is none',
    put('volume.cfg', volumeConfig({ LastBackupName: 'b3' })),
    [
      'warning last-backup-missing: volume.cfg of volume vol-a names b3 as the last backup, which has no config: the next one will be full',
    ],
  ],
  [
    'a volume in the wrong folder',
    (files) => {
      for (const [path, data] of [...files]) {
        files.delete(path);
        files.set(`backupstore/volumes/00/11/${volume}/${path}`, data);
      }
    },
    ['error volume-misplaced: volume vol-a is not where Longhorn looks for it, 97/f6/vol-a'],
  ],
  ['a block that two backups need is lost', drop(blockPath(shared)), sharedLost],
  [
    'a block is a link',
    put(blockPath(shared), `-> ${own}.blk`),
    [...sharedLost, `warning symbolic-link: ${blockPath(shared)} is a symbolic link, which was not followed`],
  ],
  [
    'a block is a folder',
    both(drop(blockPath(shared)), put(`${blockPath(shared)}/`, '')),
    [...sharedLost, `warning foreign-file: ${blockPath(shared)}/ is no folder of Longhorn's`],
  ],
  [
    'a block is empty',
    put(blockPath(shared), ''),
    [`error block-empty: block ${shared} is empty; backups b1, b2 refer to it`],
  ],
  [
    'a block is cut off',
    change(own, (data) => data.subarray(0, data.length - 9)),
    damaged('block-cut-off', 'ends within a block'),
  ],
  [
    'a bit of a block has flipped',
    change(own, flip(40)),
    damaged('block-corrupt', 'has literals beyond its end'),
  ],
  [
    "a bit of a block's header has flipped",
    change(own, flip(5)),
    damaged('block-corrupt', 'has a header that its checksum denies'),
  ],
  [
    "a bit of a block's magic number has flipped",
    change(own, flip(0)),
    damaged('block-corrupt', 'is no LZ4 frame'),
  ],
  [
    "a bit of a block's checksum has flipped",
    change(own, flip(-1)),
    damaged('block-corrupt', 'has a content that its checksum denies'),
  ],
  [
    'a block with the data of another',
    (files) => files.set(blockPath(own), bytesOf(files, blockPath(shared))),
    damaged('block-wrong-checksum', 'holds other data than its name says'),
  ],
  [
    'a block with less data',
    put(blockPath(own), compressFrame(block(1).subarray(1))),
    damaged('block-wrong-size', 'holds 2097151 bytes of data instead of 2097152'),
  ],
  [
    'a block with more data',
    put(blockPath(own), compressFrame(Buffer.concat([block(1), Buffer.alloc(1)]))),
    damaged('block-wrong-size', 'holds more than 2097152 bytes'),
  ],
  [
    'a block with bytes behind its end',
    change(own, (data) => Buffer.concat([data, Buffer.alloc(7)])),
    damaged('block-corrupt', 'is followed by 7 bytes that are no frame'),
  ],
  [
    'a block that is too large to be one',
    () => {},
    damaged('block-too-large', 'is too large to be one: 1099511627776 bytes on disk'),
    { onDisk: (folder) => truncate(join(folder, blockPath(own)), 2 ** 40) },
  ],
  [
    'a block compressed with the other method',
    put(blockPath(own), gzipSync(block(1))),
    [
      `warning compression-differs: block ${own} is compressed with gzip where the config says lz4; Longhorn reads it all the same; backup b1 refers to it`,
    ],
  ],
  [
    'a block that is not compressed',
    put(blockPath(own), block(1)),
    damaged('compression-mismatch', 'is not compressed where the config says lz4; Longhorn cannot read it'),
  ],
  [
    'a block compressed where the config says none',
    first({ CompressionMethod: 'none' }),
    [
      mismatched(shared, 'backups b1, b2'),
      mismatched(last, 'backups b1, b2'),
      mismatched(own, 'backup b1').replace(/refer to it$/, 'refers to it'),
    ],
  ],
  [
    'a block in the wrong folder',
    (files) => {
      files.set(`blocks/00/00/${own}.blk`, bytesOf(files, blockPath(own)));
      files.delete(blockPath(own));
    },
    [
      `error block-missing: backup b1 lacks 1 block, such as ${own}`,
      `warning block-misplaced: block blocks/00/00/${own}.blk is not where its name says`,
      'warning block-count-wrong: volume.cfg of volume vol-a counts 5 blocks, and there are 4',
    ],
  ],
  [
    'a block with an impossible name',
    put('blocks/da/65/nothing.blk', 'x'),
    ['warning block-misplaced: block blocks/da/65/nothing.blk is not where its name says'],
  ],
  [
    'the config went, its blocks stayed',
    drop(b1),
    [`warning block-orphaned: 1 block belongs to no backup, such as ${own}: 8261 bytes`],
  ],
  [
    'a damaged block that nobody needs',
    both(drop(b1), change(own, flip(40))),
    [
      `warning block-orphaned: 1 block belongs to no backup, such as ${own}: 8261 bytes`,
      `warning block-corrupt: block ${own} has literals beyond its end; no backup that can be read refers to it`,
    ],
  ],
  [
    'an offset between two blocks',
    first({ Blocks: [one, { ...two, Offset: 1 }, three] }),
    [
      'error offset-not-aligned: backup b1 has blocks at offsets that are no multiple of their size, 2097152: 1 offset, such as 1',
    ],
  ],
  [
    'an offset behind the end',
    first({ Blocks: [one, two, { ...three, Offset: 32 << 20 }] }),
    [
      'error offset-out-of-range: backup b1 has blocks outside of its volume, which has 33554432 bytes: 1 offset, such as 33554432',
    ],
  ],
  [
    'an offset before the beginning',
    first({ Blocks: [{ ...one, Offset: -blockSize }, two, three] }),
    [
      'error offset-out-of-range: backup b1 has blocks outside of its volume, which has 33554432 bytes: 1 offset, such as -2097152',
    ],
  ],
  [
    'an offset twice',
    first({ Blocks: [one, two, { ...three, Offset: two.Offset }] }),
    ['error offset-duplicate: backup b1 has several blocks for one place: 1 offset, such as 2097152'],
  ],
  [
    'offsets out of order',
    first({ Blocks: [two, one, three] }),
    [
      'error offsets-unsorted: backup b1 does not have its blocks in order, which the next backup takes for granted: 1 offset, such as 0',
    ],
  ],
  [
    'a backup of another size',
    first({ Size: blockSize }),
    ['warning backup-size-wrong: backup b1 says that it has 2097152 bytes; its 3 blocks have 6291456'],
  ],
  [
    'a backup that was never finished',
    first({ CreatedTime: '', Blocks: [] }),
    [
      'warning backup-in-progress: backup b1 was never finished: its config has no creation time, and while it is there Longhorn removes no block of the volume',
      perhapsOrphaned,
    ],
  ],
  [
    'a backup in progress',
    both(first({ CreatedTime: '', Blocks: [] }), putLock(lock(1))),
    [live('a backup or restore'), 'info backup-in-progress: backup b1 is in progress', perhapsOrphaned],
  ],
  [
    'a backup that went while it is being deleted',
    both(drop(b2), putLock(lock(2))),
    [
      live('a deletion'),
      'info last-backup-missing: volume.cfg of volume vol-a names b2 as the last backup, which has no config: the next one will be full',
      'info block-orphaned: 2 blocks belong to no backup, such as b4a3b524d7e5c52c2c47e536433482f621f7291fa1f2adc60d58880a4f492047: 16522 bytes',
    ],
  ],
  [
    'an expired lock',
    putLock(lock(2)),
    [
      'warning lock-expired: lock lock-1 of a deletion has expired: it was last written 151 s ago, and counts for 150 s',
    ],
    { later: 151 },
  ],
  ['a lock that was not acquired', putLock(lock(1, false)), [live('a backup or restore, not acquired,')]],
  [
    'a lock from the future',
    putLock(lock(1)),
    [
      'warning lock-from-the-future: lock lock-1 of a backup or restore is dated 3600 s ahead, and counts until 150 s after that',
    ],
    { later: -3600 },
  ],
  [
    'a lock without a type',
    putLock('{"Name":"lock-1","Acquired":true}'),
    [
      'warning lock-unreadable: lock lock-1 is not as Longhorn writes it: Type: expected number, received undefined, so Longhorn passes it over',
    ],
  ],
  [
    'an empty lock',
    putLock(''),
    ['warning lock-unreadable: lock lock-1 is empty, so Longhorn passes it over'],
  ],
  [
    'a lock of an unknown type',
    putLock(lock(7)),
    [
      'warning lock-unknown-type: lock lock-1 has the unknown type 7: while it lives, nothing else is done with the volume',
      live('an unknown type'),
    ],
  ],
  [
    'a lock with another name',
    putLock(lock(1, true, 'lock-2')),
    [
      'warning lock-wrong-name: lock lock-1 calls itself lock-2',
      'warning lock-expired: lock lock-1 of a backup or restore has expired: it was last written 1000 s ago, and counts for 150 s',
    ],
    { later: 1000 },
  ],
  [
    'a temporary file',
    put(`${b1}.tmp.1763626743000000000`, 'half'),
    [
      'warning temporary-file: backups/backup_b1.cfg.tmp.1763626743000000000 is a temporary file, last written 10 s ago',
    ],
  ],
  [
    'a temporary file while something is uploaded',
    both(put(`${blockPath(own)}.tmp.1763626743000000000`, 'half'), putLock(lock(1))),
    [
      live('a backup or restore'),
      `info temporary-file: ${blockPath(own)}.tmp.1763626743000000000 is a temporary file, last written 10 s ago`,
    ],
  ],
  ['a stranger', put('core', 'x'), ["warning foreign-file: core is no file of Longhorn's"]],
  [
    'a stranger among the configs',
    put('backups/notes.txt', 'x'),
    ["warning foreign-file: backups/notes.txt is no file of Longhorn's"],
  ],
  [
    'a folder of a stranger',
    both(put('lost+found/a', 'x'), put('lost+found/b/c', 'x')),
    ["warning foreign-file: lost+found/ is no folder of Longhorn's"],
  ],
  [
    'strangers above the volumes',
    both(
      put('backupstore/volumes/README', ''),
      put('backupstore/volumes/zz/11/x', ''),
      put('backupstore/x', ''),
    ),
    [
      "warning foreign-file: x is nothing of Longhorn's",
      "warning foreign-file: volumes/README is nothing of Longhorn's",
      "warning foreign-file: volumes/zz is nothing of Longhorn's",
    ],
  ],
  [
    'empty folders',
    both(put('locks/', ''), put('blocks/00/11/', ''), put('backupstore/volumes/00/', '')),
    [
      'info empty-folder: volumes/00/ is empty',
      'info empty-folder: locks/ is empty',
      'info empty-folder: blocks/00/11/ is empty',
    ],
  ],
  [
    'a link to somewhere',
    put('backups/backup_b3.cfg', '-> /etc/passwd'),
    ['warning symbolic-link: backups/backup_b3.cfg is a symbolic link, which was not followed'],
  ],
  [
    'a link in place of a volume',
    put('backupstore/volumes/00/11/vol-b', '-> /etc'),
    ['warning symbolic-link: volumes/00/11/vol-b is a symbolic link, which was not followed'],
  ],
  [
    'what else Longhorn keeps',
    both(
      put('backupstore/system-backups/v1/s/system-backup.cfg', '{}'),
      put('backupstore/backing-images/i/backing-image.cfg', '{}'),
    ),
    [
      "info not-checked: backing-images/ is left alone: 1 file of Longhorn's that are no backups of volumes",
      "info not-checked: system-backups/ is left alone: 1 file of Longhorn's that are no backups of volumes",
    ],
  ],
];

test.for(cases)('%s', async ([, damage, found, more]) => {
  const files = soundStore();
  damage(files);
  expect(told(await check(files, more)).sort()).toEqual(found.toSorted());
});
