import { expect, test } from 'vitest';
import { parseBackupConfig } from '../../e2e/backupstore/config.ts';
import { recordedFile } from '../support/recorded-store.ts';

const path = 'backups/backup_sample-a-b2.cfg';
const text = await recordedFile(path);

test("a real Longhorn's config is read", () => {
  expect(parseBackupConfig(text, path)).toEqual({
    name: 'sample-a-b2',
    volume: 'sample-a',
    snapshot: 'sample-a-s2',
    inProgress: false,
    size: 10485760,
    incremental: true,
    compression: 'lz4',
    blocks: [
      { offset: 0, checksum: 'da650e4c5543d3de69cf998677abaf9784dd28d03553e3c0d9500a9893acb0f0' },
      { offset: 2097152, checksum: '54c6106467347cc9c3325e0d6021d421f5b8cd390c90c9cf6c71fbb2804a020f' },
      { offset: 4194304, checksum: '32d252e439d8cc7c87856dac55cc302cfe20075a57879b62d06525a7110146b2' },
      { offset: 10485760, checksum: 'a10e83ffd54b6811a3781a28cbaf4437e36bdf7291e59d34add89e1f311566fa' },
      { offset: 25165824, checksum: 'd7f5ad21929352bab2d432e2ba4530534c1e433b3a30eb99b4e5cd102fc99987' },
    ],
  });
});

test('a backup without data has no list of blocks, and one in progress no creation time', () => {
  const { Blocks, ...config } = JSON.parse(text);
  expect(Blocks).toHaveLength(5);
  expect(parseBackupConfig(JSON.stringify({ ...config, CreatedTime: '' }), path)).toMatchObject({ blocks: [], inProgress: true });
});

test('what is missing is named, with the file', () => {
  const { SnapshotName, ...config } = JSON.parse(text);
  expect(SnapshotName).toBe('sample-a-s2');
  expect(() => parseBackupConfig(JSON.stringify(config), path)).toThrow(/backup_sample-a-b2\.cfg is no backup config: .*SnapshotName/s);
});

test('a config cut off in the middle is named', () => {
  expect(() => parseBackupConfig(text.slice(0, 100), path)).toThrow('backups/backup_sample-a-b2.cfg is no JSON (100 characters)');
});
