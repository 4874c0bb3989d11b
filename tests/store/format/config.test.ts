import { expect, test } from 'vitest';
import { parseBackup, parseLock, parseVolume } from '../../../e2e/store/format/config.ts';
import { recordedFile } from '../../support/recorded-store.ts';
import { mutate, randomFrom } from '../support/random.ts';

const text = await recordedFile('backups/backup_sample-a-b2.cfg');
const volumeText = await recordedFile('volume.cfg');
const lockText = '{"Name":"lock-0123456789abcdef","Type":2,"Acquired":true}';
const backup = (change: object) =>
  parseBackup(Buffer.from(JSON.stringify({ ...JSON.parse(text), ...change })));

test("a real Longhorn's configs are read, that of a volume with the quotes that it has too many", () => {
  const { config } = parseBackup(Buffer.from(text));
  expect(config).toMatchObject({
    name: 'sample-a-b2',
    volume: 'sample-a',
    uploaded: { new: 1504142, again: 0 },
    labels: { VolumeRecurringJobInfo: '{}', 'longhorn.io/volume-access-mode': 'rwo' },
    parameters: { 'backup-block-size': '2097152', 'backup-mode': 'incremental' },
    singleFile: '',
  });
  expect(config?.blocks).toHaveLength(5);
  expect(parseVolume(Buffer.from(volumeText)).config).toMatchObject({
    Name: 'sample-a',
    Size: 67108864,
  });
});

test.each([
  [
    'a backup without data has no list of blocks, and one in progress no creation time',
    { Blocks: undefined, CreatedTime: '' },
    { blocks: [], inProgress: true },
  ],
  [
    'what older releases did not write has the meaning it had then',
    { CompressionMethod: undefined, Parameters: undefined, Labels: null },
    { compression: 'gzip', blockSize: 2097152, labels: {} },
  ],
  ['labels without a value are empty', { Labels: { a: null } }, { labels: { a: '' } }],
  ['a volume may have a pebibyte', { Size: String(2 ** 50) }, { size: 2 ** 50 }],
  ...['', '0', '2Mi', '2097152', '2048Ki'].map((size): [string, object, object] => [
    `the block size ${JSON.stringify(size)} is Longhorn's default`,
    { Parameters: { 'backup-block-size': size } },
    { blockSize: 2 << 20 },
  ]),
  ['a block size may have a unit', { Parameters: { 'backup-block-size': '16Mi' } }, { blockSize: 16 << 20 }],
])('%s', (_, change, read) => expect(backup(change).config).toMatchObject(read));

const noBlock = 'Blocks.0: no offset and checksum of 64 hexadecimal digits';

test.for<[string, object, string]>([
  ['a number that is none', { Size: 'many' }, 'Size: is no whole number in quotes'],
  ['a number that is too large', { Size: '9007199254740993' }, 'Size: is too large a number'],
  [
    'a block size of no unit',
    { Parameters: { 'backup-block-size': '2MB' } },
    'a backup-block-size of 2MB, where 2 MiB and 16 MiB are known',
  ],
  ['a block that is none', { Blocks: [null] }, noBlock],
  ['half an offset', { Blocks: [{ Offset: 0.5, BlockChecksum: 'a'.repeat(64) }] }, noBlock],
])('%s is named', ([, change, what]) => {
  const message = `is not as Longhorn writes it: ${what}`;
  expect(backup(change)).toEqual({ problem: { code: 'config-invalid', message } });
});

test('JSON of something else is none', () => {
  for (const parse of [parseBackup, parseVolume, parseLock])
    expect(parse(Buffer.from('[]')).problem?.code).toBe('config-invalid');
});

test('damaged in any way, a config is read or not, and never makes the parser fail; cut off, it is reported', () => {
  const random = randomFrom(1);
  const met = new Set<string>();
  for (let time = 0; time < 1_000; time += 1) {
    for (const [parse, whole] of [
      [parseBackup, text],
      [parseVolume, volumeText],
      [parseLock, lockText],
    ] as const) {
      const { config, problem } = parse(mutate(Buffer.from(whole), random).bytes);
      expect(config === undefined).toBe(problem !== undefined);
      met.add(problem?.code ?? 'read');
    }
  }
  const codes = ['config-cut-off', 'config-empty', 'config-invalid', 'config-not-json', 'read'];
  expect([...met].sort()).toEqual(codes);
  for (let end = 0; end < text.length; end += 1)
    expect(parseBackup(Buffer.from(text.slice(0, end))).problem, `${end}`).toBeDefined();
});
