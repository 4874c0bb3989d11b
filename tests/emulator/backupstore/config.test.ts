import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
} from '../../../emulator/backupstore/config.ts';
import { blockPath, volumePath } from '../../../emulator/backupstore/paths.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/recordings/store-v1.12.1/${path}`, import.meta.url), 'utf8');

describe('what Longhorn v1.12.1 wrote', () => {
  test('volume.cfg comes out byte for byte', () => {
    expect(encodeVolume(decodeVolume(recorded('volume.cfg')))).toBe(recorded('volume.cfg'));
  });

  test.each(['backup_sample-a-b1.cfg', 'backup_sample-a-b2.cfg'])('%s comes out byte for byte', (file) => {
    expect(encodeBackup(decodeBackup(recorded(`backups/${file}`)))).toBe(recorded(`backups/${file}`));
  });

  test('lies where the paths say', () => {
    const listing = recorded('listing.txt');
    const [{ BlockChecksum = '' } = {}] = decodeBackup(recorded('backups/backup_sample-a-b1.cfg')).Blocks;
    expect(volumePath('sample-a')).toBe('backupstore/volumes/8b/8e/sample-a');
    expect(listing).toContain(
      blockPath('sample-a', BlockChecksum).slice('backupstore/volumes/8b/8e/sample-a/'.length),
    );
  });
});

test('signs that Go escapes are escaped', () => {
  const volume = decodeVolume(recorded('volume.cfg'));
  expect(encodeVolume({ ...volume, Labels: { b: '<a&b>', a: '1' } })).toContain(
    String.raw`"Labels":{"a":"1","b":"\u003ca\u0026b\u003e"}`,
  );
});

test('a config without a compression method is gzip', () => {
  expect(decodeBackup('{"Name":"b"}').CompressionMethod).toBe('gzip');
  expect(decodeVolume('{"Name":"v"}').CompressionMethod).toBe('gzip');
});

test('a backup in progress has no blocks and no time', () => {
  const { Blocks: _, ...backup } = decodeBackup(recorded('backups/backup_sample-a-b1.cfg'));
  const text = encodeBackup({ ...backup, CreatedTime: '', Blocks: [] });
  expect(JSON.parse(text)).not.toHaveProperty('Blocks');
  expect(decodeBackup(text)).toMatchObject({ CreatedTime: '', Blocks: [] });
});
