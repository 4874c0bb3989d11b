import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { runStoreCommand } from '../../e2e/cli/store/run.ts';
import { backupConfigPath, blockPath } from '../../e2e/store/format/layout.ts';
import {
  backupConfig,
  checksums,
  type Files,
  layOut,
  mappings,
  soundStore,
  volumeConfig,
} from '../store/support/sound-store.ts';
import { runInProcess } from '../support/run-in-process.ts';

const config = backupConfigPath('b1');
const cfg = 'volume.cfg';
const [shared = '', own = ''] = checksums;
const block = blockPath(own);

const put = (path: string, data: Uint8Array | string) => (files: Files) => void files.set(path, data);
const flipped = (path: string, at: number) => (files: Files) => {
  const data = Buffer.from(files.get(path) as Uint8Array);
  data[at] = (data[at] as number) ^ 4;
  files.set(path, data);
};
const referringTo = (BlockChecksum: string) =>
  backupConfig('b1', {
    Blocks: mappings.b1.map((each) => (each.BlockChecksum === own ? { ...each, BlockChecksum } : each)),
  });
// A file with a hole: it has the length, and takes no room.
const huge = (path: string) => (folder: string) => truncate(join(folder, path), 2 ** 40);

type Damage = { files?: (files: Files) => void; onDisk?: (folder: string) => Promise<void> };

const damages: [what: string, damage: Damage][] = [
  ['none', {}],
  [
    'a block truncated',
    { files: (files) => put(block, (files.get(block) as Uint8Array).subarray(0, 4_000))(files) },
  ],
  ['a block of 0 bytes', { files: put(block, '') }],
  ['a block with a bit flipped', { files: flipped(block, 40) }],
  ['a block missing', { files: (files) => void files.delete(block) }],
  ['a huge block', { onDisk: huge(block) }],
  [
    "a block that holds another one's data",
    { files: (files) => put(block, files.get(blockPath(shared)) as Uint8Array)(files) },
  ],
  ['a config that refers to a block that never was', { files: put(config, referringTo('0'.repeat(64))) }],
  ['a config half-written', { files: put(config, backupConfig('b1').slice(0, 300)) }],
  ['a config of 0 bytes', { files: put(config, '') }],
  ['a config that is not JSON', { files: put(config, 'not a config') }],
  [
    'a config with a bit of its name flipped',
    { files: put(config, backupConfig('b1').replace('"b1"', '"f1"')) },
  ],
  ['a huge config', { onDisk: huge(config) }],
  ['a config missing', { files: (files) => void files.delete(config) }],
  ['volume.cfg half-written', { files: put(cfg, volumeConfig().slice(0, 100)) }],
  ['volume.cfg of 0 bytes', { files: put(cfg, '') }],
  ['volume.cfg that is not JSON', { files: put(cfg, '<?xml?>') }],
  [
    'volume.cfg that names a backup that is not there',
    { files: put(cfg, volumeConfig({ LastBackupName: 'b9' })) },
  ],
  ['volume.cfg that counts wrong', { files: put(cfg, volumeConfig({ BlockCount: 7 })) }],
  ['a huge volume.cfg', { onDisk: huge(cfg) }],
  ['volume.cfg missing', { files: (files) => void files.delete(cfg) }],
  [
    'a stale lock',
    { files: put('locks/lock-1.lck', JSON.stringify({ Name: 'lock-1', Type: 2, Acquired: true })) },
  ],
  ['a lock half-written', { files: put('locks/lock-1.lck', '{"Name":"lo') }],
  ['a stale temporary file', { files: put(`${config}.tmp.1763626743000000000`, '{"Name"') }],
];

/** What the command tells of a store with one damage, without the path of each finding, and how it ends. */
const fsck = async ({ files: change, onDisk }: Damage): Promise<{ findings: string[]; exitCode: number }> => {
  const files = soundStore();
  change?.(files);
  const { root, folder, remove } = await layOut(files);
  try {
    await onDisk?.(folder);
    const { stdout, exitCode } = await runInProcess(() => runStoreCommand(['fsck', '--json', root]));
    const { findings } = JSON.parse(stdout) as {
      findings: { severity: string; code: string; message: string }[];
    };
    return {
      findings: findings.map(({ severity, code, message }) => `${severity} ${code}: ${message}`),
      exitCode,
    };
  } finally {
    await remove();
  }
};

const shortened = (text: string): string =>
  text
    .replace(/\b([0-9a-f]{8})[0-9a-f]{56}\b/g, '$1…')
    .replace(/last written \d+ s ago/, 'last written N s ago');

/**
 * What fsck tells of each damage, and how it ends: each has a finding of its own, and an exit code that tells
 * it from what can be lived with.
 */
const told = `
| none | sound | 0 |
| a block truncated | error block-cut-off: block aaa9e7ba… ends within a block; backup b1 refers to it | 1 |
| a block of 0 bytes | error block-empty: block aaa9e7ba… is empty; backup b1 refers to it | 1 |
| a block with a bit flipped | error block-corrupt: block aaa9e7ba… has literals beyond its end; backup b1 refers to it | 1 |
| a block missing | error block-missing: backup b1 lacks 1 block, such as aaa9e7ba…<br>warning block-count-wrong: volume.cfg of volume vol-a counts 5 blocks, and there are 4 | 1 |
| a huge block | error block-too-large: block aaa9e7ba… is too large to be one: 1099511627776 bytes on disk; backup b1 refers to it | 1 |
| a block that holds another one's data | error block-wrong-checksum: block aaa9e7ba… holds other data than its name says; backup b1 refers to it | 1 |
| a config that refers to a block that never was | error block-missing: backup b1 lacks 1 block, such as 00000000…<br>warning block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes | 1 |
| a config half-written | error config-cut-off: the config of backup b1 ends in the middle, after 300 bytes<br>info block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes; a backup whose config is in progress or cannot be read may need them | 1 |
| a config of 0 bytes | error config-empty: the config of backup b1 is empty<br>info block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes; a backup whose config is in progress or cannot be read may need them | 1 |
| a config that is not JSON | error config-not-json: the config of backup b1 is no JSON<br>info block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes; a backup whose config is in progress or cannot be read may need them | 1 |
| a config with a bit of its name flipped | error config-wrong-name: the config of backup b1 calls it f1 | 1 |
| a huge config | error config-too-large: the config of backup b1 is too large to be one: 1099511627776 bytes<br>info block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes; a backup whose config is in progress or cannot be read may need them | 1 |
| a config missing | warning block-orphaned: 1 block belongs to no backup, such as aaa9e7ba…: 8261 bytes | 0 |
| volume.cfg half-written | error config-cut-off: volume.cfg of volume vol-a ends in the middle, after 100 bytes | 1 |
| volume.cfg of 0 bytes | error config-empty: volume.cfg of volume vol-a is empty | 1 |
| volume.cfg that is not JSON | error config-not-json: volume.cfg of volume vol-a is no JSON | 1 |
| volume.cfg that names a backup that is not there | warning last-backup-missing: volume.cfg of volume vol-a names b9 as the last backup, which has no config: the next one will be full | 0 |
| volume.cfg that counts wrong | warning block-count-wrong: volume.cfg of volume vol-a counts 7 blocks, and there are 5 | 0 |
| a huge volume.cfg | error config-too-large: volume.cfg of volume vol-a is too large to be one: 1099511627776 bytes | 1 |
| volume.cfg missing | error volume-config-missing: volume vol-a has no volume.cfg, so Longhorn cannot find it | 1 |
| a stale lock | warning lock-expired: lock lock-1 of a deletion has expired: it was last written N s ago, and counts for 150 s | 0 |
| a lock half-written | warning lock-unreadable: lock lock-1 ends in the middle, after 11 bytes, so Longhorn passes it over | 0 |
| a stale temporary file | warning temporary-file: backups/backup_b1.cfg.tmp.1763626743000000000 is a temporary file, last written N s ago | 0 |
`
  .trim()
  .split('\n');

test('every damage has a row', () => {
  expect(told.map((row) => row.split(' | ')[0])).toEqual(damages.map(([what]) => `| ${what}`));
});

test.each(damages)('%s', async (what, damage) => {
  const { findings, exitCode } = await fsck(damage);
  expect(`| ${what} | ${shortened(findings.join('<br>')) || 'sound'} | ${exitCode} |`).toBe(
    told.find((row) => row.startsWith(`| ${what} |`)),
  );
});
