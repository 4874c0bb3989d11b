import { expect, test } from 'vitest';
import { parseBackupConfig } from '../../e2e/backupstore/config.ts';
import { inspect, type VolumeContents } from '../../e2e/backupstore/inspection.ts';
import { blockPath } from '../../e2e/backupstore/layout.ts';
import { parseListing } from '../../e2e/backupstore/store.ts';
import { recordedFile } from '../support/recorded-store.ts';

const files = parseListing(await recordedFile('listing.txt'));
const configs = await Promise.all(
  ['backups/backup_sample-a-b1.cfg', 'backups/backup_sample-a-b2.cfg'].map(async (path) =>
    parseBackupConfig(await recordedFile(path), path),
  ),
);
const [first, second] = configs as [(typeof configs)[0], (typeof configs)[0]];
const whole: VolumeContents = { files, configs };

const firstOnly = '1701a63a185d14d5bfecdbed52abfa72f83ce73e79fef145397c2910e9728d3b';
const shared = 'da650e4c5543d3de69cf998677abaf9784dd28d03553e3c0d9500a9893acb0f0';
const without = (...paths: string[]) => new Map([...files].filter(([path]) => !paths.includes(path)));

test("a real Longhorn's folder is sound", () => {
  expect(inspect(whole)).toEqual({ backups: ['sample-a-b1', 'sample-a-b2'], blocks: 6, locks: [], problems: [] });
});

test('after a whole deletion of the first backup it still is', () => {
  const after = { files: without('backups/backup_sample-a-b1.cfg', blockPath(firstOnly)), configs: [second] };
  expect(inspect(after)).toMatchObject({ backups: ['sample-a-b2'], blocks: 5, problems: [] });
});

test('a lock is told of', () => {
  expect(inspect({ ...whole, files: new Map([...files, ['locks/lock-0123456789abcdef.lck', 57]]) })).toMatchObject({
    locks: ['lock-0123456789abcdef'],
    problems: [],
  });
});

test('an empty folder is sound', () => {
  expect(inspect({ files: new Map(), configs: [] })).toEqual({ backups: [], blocks: 0, locks: [], problems: [] });
});

test.for<[string, VolumeContents, string[]]>([
  [
    'a block that two backups need is lost',
    { ...whole, files: without(blockPath(shared)) },
    [`backup sample-a-b1 lacks 1 block, such as ${shared}`, `backup sample-a-b2 lacks 1 block, such as ${shared}`],
  ],
  [
    'the config went, its blocks stayed',
    { files: without('backups/backup_sample-a-b1.cfg'), configs: [second] },
    [`1 block belongs to no backup, such as ${firstOnly}`],
  ],
  [
    'the only config went, all blocks stayed',
    { files: without('backups/backup_sample-a-b1.cfg', 'backups/backup_sample-a-b2.cfg'), configs: [] },
    [`6 blocks belong to no backup, such as ${firstOnly}`],
  ],
  [
    'a block lies in the wrong folder',
    { ...whole, files: new Map([...without(blockPath(firstOnly)), [`blocks/00/00/${firstOnly}.blk`, 8293]]) },
    [`backup sample-a-b1 lacks 1 block, such as ${firstOnly}`, `block blocks/00/00/${firstOnly}.blk is not where its name says`],
  ],
  ['a block is empty', { ...whole, files: new Map([...files, [blockPath(shared), 0]]) }, [`block ${blockPath(shared)} is empty`]],
  [
    'a backup was never finished',
    { ...whole, configs: [{ ...first, inProgress: true }, second] },
    ['backup sample-a-b1 was never finished: its config has no creation time'],
  ],
  [
    'a config has the name of another',
    { ...whole, configs: [{ ...first, name: 'other' }, second] },
    ['the config of other has another file name'],
  ],
  ['the config of the volume is lost', { ...whole, files: without('volume.cfg') }, ['volume.cfg is missing']],
  ['there is a stranger', { ...whole, files: new Map([...files, ['core', 1]]) }, ["core is no file of Longhorn's"]],
])('%s', ([, contents, problems]) => {
  expect(inspect(contents).problems).toEqual(problems);
});
