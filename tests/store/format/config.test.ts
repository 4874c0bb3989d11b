import { describe, expect, test } from 'vitest';
import { parseBackup, parseLock, parseVolume } from '../../../e2e/store/format/config.ts';
import { recordedFile } from '../../support/recorded-store.ts';
import { mutate, randomFrom } from '../support/random.ts';

const text = await recordedFile('backups/backup_sample-a-b2.cfg');
const volumeText = await recordedFile('volume.cfg');
const backup = (change: object) =>
  parseBackup(Buffer.from(JSON.stringify({ ...JSON.parse(text), ...change })));

test("a real Longhorn's config of a backup is read", () => {
  expect(parseBackup(Buffer.from(text)).config).toEqual({
    name: 'sample-a-b2',
    volume: 'sample-a',
    snapshot: 'sample-a-s2',
    snapshotCreated: '2026-11-20T08:25:40Z',
    created: '2026-11-20T08:25:43Z',
    inProgress: false,
    size: 10485760,
    blockSize: 2097152,
    incremental: true,
    compression: 'lz4',
    uploaded: { new: 1504142, again: 0 },
    labels: { VolumeRecurringJobInfo: '{}', 'longhorn.io/volume-access-mode': 'rwo' },
    parameters: { 'backup-block-size': '2097152', 'backup-mode': 'incremental' },
    blocks: [
      { offset: 0, checksum: 'da650e4c5543d3de69cf998677abaf9784dd28d03553e3c0d9500a9893acb0f0' },
      { offset: 2097152, checksum: '54c6106467347cc9c3325e0d6021d421f5b8cd390c90c9cf6c71fbb2804a020f' },
      { offset: 4194304, checksum: '32d252e439d8cc7c87856dac55cc302cfe20075a57879b62d06525a7110146b2' },
      { offset: 10485760, checksum: 'a10e83ffd54b6811a3781a28cbaf4437e36bdf7291e59d34add89e1f311566fa' },
      { offset: 25165824, checksum: 'd7f5ad21929352bab2d432e2ba4530534c1e433b3a30eb99b4e5cd102fc99987' },
    ],
    singleFile: '',
  });
});

test("a real Longhorn's config of a volume is read, with the quotes that it has too many", () => {
  expect(parseVolume(Buffer.from(volumeText)).config).toMatchObject({
    Name: 'sample-a',
    Size: 67108864,
    BlockCount: 6,
    LastBackupName: 'sample-a-b2',
    BackingImageName: '',
    CompressionMethod: 'lz4',
    DataEngine: 'v1',
  });
});

test('a backup without data has no list of blocks, and one in progress no creation time', () => {
  expect(backup({ Blocks: undefined, CreatedTime: '' }).config).toMatchObject({
    blocks: [],
    inProgress: true,
  });
});

test('what older releases did not write has the meaning it had then', () => {
  expect(backup({ CompressionMethod: undefined, Parameters: undefined, Labels: null }).config).toMatchObject({
    compression: 'gzip',
    blockSize: 2097152,
    labels: {},
  });
});

test('a backup in large blocks', () => {
  expect(backup({ Parameters: { 'backup-block-size': '16777216' } }).config).toMatchObject({
    blockSize: 16777216,
  });
});

test.for<[string, object, string]>([
  ['a missing field', { SnapshotName: undefined }, 'SnapshotName: expected string, received undefined'],
  ['a number that is none', { Size: 'many' }, 'Size: is no whole number in quotes'],
  ['a number without quotes', { Size: 1 }, 'Size: expected string, received number'],
  ['a time that is none', { CreatedTime: 'yesterday' }, 'CreatedTime: is no time'],
  ['a list that is none', { Blocks: {} }, 'Blocks: expected array, received object'],
  ['a block that is none', { Blocks: [null] }, 'Blocks.0: no offset and checksum of 64 hexadecimal digits'],
  [
    'half an offset',
    { Blocks: [{ Offset: 0.5, BlockChecksum: 'a'.repeat(64) }] },
    'Blocks.0: no offset and checksum of 64 hexadecimal digits',
  ],
])('%s is named', ([, change, what]) => {
  expect(backup(change)).toEqual({
    problem: { code: 'config-invalid', message: `is not as Longhorn writes it: ${what}` },
  });
});

test.for([
  ['an empty file', '', 'config-empty'],
  ['half a file', text.slice(0, 100), 'config-cut-off'],
  ['text', 'not JSON', 'config-not-json'],
  ['JSON of something else', '[]', 'config-invalid'],
  ['null', 'null', 'config-invalid'],
  ['a deep nest, whole', `${'['.repeat(5000)}${']'.repeat(5000)}`, 'config-not-json'],
] as const)('%s is none', ([, content, code]) => {
  for (const parse of [parseBackup, parseVolume, parseLock])
    expect(parse(Buffer.from(content)).problem?.code).toBe(code);
});

// Of the machine: these are seconds of work, and it may be busy.
const timeout = 60_000;

describe('damaged in any way', () => {
  test('a config is read or not, and never makes the parser fail', { timeout }, () => {
    const random = randomFrom(1);
    const met = new Set<string>();
    for (let time = 0; time < 2_000; time += 1) {
      for (const [parse, whole] of [
        [parseBackup, text],
        [parseVolume, volumeText],
        [parseLock, '{"Name":"lock-0123456789abcdef","Type":2,"Acquired":true}'],
      ] as const) {
        const { bytes } = mutate(Buffer.from(whole), random);
        const { config, problem } = parse(bytes);
        expect(config === undefined).toBe(problem !== undefined);
        met.add(problem?.code ?? 'read');
      }
    }
    expect([...met].sort()).toEqual([
      'config-cut-off',
      'config-empty',
      'config-invalid',
      'config-not-json',
      'read',
    ]);
  });

  test('every way to cut a config off is told', () => {
    for (let end = 0; end < text.length; end += 1)
      expect(parseBackup(Buffer.from(text.slice(0, end))).problem, `${end}`).toBeDefined();
  });
});
