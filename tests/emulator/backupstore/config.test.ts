import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import {
  decodeBackup,
  decodeVolume,
  encodeBackup,
  encodeVolume,
} from '../../../emulator/backupstore/config.ts';
import { blockPath, volumePath } from '../../../emulator/backupstore/paths.ts';

const recorded = (path: string): string =>
  readFileSync(new URL(`../../../fixtures/recordings/store-v1.12.1/${path}`, import.meta.url), 'utf8');

const first = recorded('backups/backup_sample-a-b1.cfg');

test('what Longhorn v1.12.1 wrote comes out byte for byte, and lies where the paths say', () => {
  expect(encodeVolume(decodeVolume(recorded('volume.cfg')))).toBe(recorded('volume.cfg'));
  for (const text of [first, recorded('backups/backup_sample-a-b2.cfg')])
    expect(encodeBackup(decodeBackup(text))).toBe(text);
  const [{ BlockChecksum = '' } = {}] = decodeBackup(first).Blocks;
  expect(volumePath('sample-a')).toBe('backupstore/volumes/8b/8e/sample-a');
  const block = blockPath('sample-a', BlockChecksum).slice('backupstore/volumes/8b/8e/sample-a/'.length);
  expect(recorded('listing.txt')).toContain(block);
});

test('signs that Go escapes are escaped', () => {
  const volume = decodeVolume(recorded('volume.cfg'));
  expect(encodeVolume({ ...volume, Labels: { b: '<a&b>', a: '1' } })).toContain(
    String.raw`"Labels":{"a":"1","b":"\u003ca\u0026b\u003e"}`,
  );
});

test('a backup in progress has no blocks and no time', () => {
  const text = encodeBackup({ ...decodeBackup(first), CreatedTime: '', Blocks: [] });
  expect(JSON.parse(text)).not.toHaveProperty('Blocks');
  expect(decodeBackup(text)).toMatchObject({ CreatedTime: '', Blocks: [] });
});
