import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import type { DeniedBlock } from '../../../../e2e/suite/steps/deletion/deletion.ts';
import type { BackupHandle, VolumeHandle } from '../../../../e2e/suite/steps/handles.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { layOutRecordedStore, recordedVolume } from '../../../support/recorded-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { aTarget, createTestContext } from '../../../support/test-context.ts';
import { handleOf, type Mutation, type RecordedName, recorded, stage, until, whenIn } from '../recordings.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await layOutRecordedStore(join(root, volumeFolder(recordedVolume)));
});

const volume: VolumeHandle = { name: recordedVolume, target: aTarget, node: 'node1', size: 0 };
const handle = (name: string, label: string, from = 0) => handleOf(name, label, { volume, from });

// The steps on a recording, as if the scenario had just done what was recorded.
const setUp = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const ledger = await openLedger(root);
  const { context, ...recordedReport } = createTestContext({ version, timelines: { backups }, root, ledger });
  volume.target = await context.own.first(async () => aTarget);
  return {
    ...recordedReport,
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes this for a promise.
    then: bindSteps(context).then,
    first: handle(first.name, first.label, first.from),
    second: handle(second.name, second.label, second.from),
  };
};

test('the Normal case of a real Longhorn, reported; the wording is a finding', async () => {
  const { then, first, second, ended, findings } = await setUp('normal, v1.8.2');
  await then.deleting(first);
  await then.heldBack(second, { first });
  await then.deleted(first);
  await then.waitedAndCompleted(second, { first });
  expect(ended()).toEqual([
    'Then the first backup is Deleting',
    'Then the second backup is Pending and says that it waits for the first backup to be deleted: "Wait for backup zn-b1 to be deleted"',
    'Then the first backup goes Deleting, and is gone',
    'Then the second backup goes Pending, InProgress, Completed, and was never InProgress while the first backup was Deleting',
  ]);
  expect(findings).toMatchObject([
    {
      code: 'waiting-message-wording',
      detail: expect.stringContaining('"Wait for backup zn-b1 to be deleted"'),
    },
  ]);
});

const { second: secondName } = recorded['normal, v1.8.2'];

test("the document's wording is none; a backup that nobody deleted cannot be judged by its deletion", async () => {
  const messages = { info: 'waiting for backup to be deleted' };
  const { then, first, second, findings } = await setUp(
    'normal, v1.8.2',
    whenIn(secondName, 'Pending', { messages }),
  );
  await then.heldBack(second, { first });
  expect(findings).toEqual([]);
  await expect(then.deleted({ ...first, since: { made: 0 } })).rejects.toThrow(
    'the first backup was not deleted by a step',
  );
});

test.each([
  [
    'that lost the lock to the deletion it waited for fails with that explanation, and is a finding',
    'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later',
    / FAILED: the second backup waited for a deletion, started as soon as that backup was gone, and lost the lock/,
    ['waiting-backup-loses-lock'],
  ],
  ['with another error is not taken for one that lost the lock', 'no space left', /no space left/, []],
])('a backup %s', async (_, error, message, codes) => {
  const { then, first, second, ended, findings } = await setUp(
    'normal, v1.8.2',
    whenIn(secondName, 'InProgress|Completed', { state: 'Error', error }),
  );
  await expect(then.waitedAndCompleted(second, { first })).rejects.toMatchObject({
    verdict: { state: 'broken' },
  });
  expect(ended()[0]).toMatch(message);
  expect(findings.map(({ code }) => code)).toEqual(codes);
});

test('in a hold nothing moves; once it is over something does', async () => {
  const inHold = await setUp('held, v1.12.1', until(71));
  await inHold.then.nothingMoves(inHold, '50ms');
  expect(inHold.ended()).toEqual([
    'Then for 50ms the first backup stays Deleting, and the second backup Pending',
  ]);
  const over = await setUp('held, v1.12.1');
  await expect(over.then.nothingMoves(over, '50ms')).rejects.toThrow(/Completed/);
});

test('the store holds exactly the backups that it should, or besides what nobody needs', async () => {
  const { then, ended, findings } = await setUp('normal, v1.8.2');
  const [b1, b2, b3] = ['first', 'second', 'third'].map((which, index) =>
    handle(`sample-a-b${index + 1}`, `the ${which} backup`),
  ) as [BackupHandle, BackupHandle, BackupHandle];
  await then.stillInStore(b1);
  await then.storeHolds(volume, [b1, b2]);
  const blocks = join(root, volumeFolder(recordedVolume), 'blocks');
  await mkdir(join(blocks, '00/00'), { recursive: true });
  await writeFile(join(blocks, '00/00', `${'0'.repeat(64)}.blk`), 'data');
  await then.storeHolds(volume, [b2], { ignoreOthers: true });
  expect(ended()).toEqual([
    'Then the store still has the config of the first backup',
    'Then the store holds the first backup and the second backup whole, and nothing else: 6 blocks, all of them referred to',
    'Then the store holds the second backup whole: 7 blocks, none of its own missing',
  ]);
  await rm(join(blocks, '00'), { recursive: true });
  // Whose config was taken away is named by volume.cfg, and has blocks; any other must not be missed.
  const config = join(root, volumeFolder(recordedVolume), 'backups/backup_sample-a-b2.cfg');
  const taken = await readFile(config);
  await rm(config);
  await then.storeHolds(volume, [b1], { ignoreOthers: true, lostConfigOf: b2 });
  const missed = 'names sample-a-b2 as the last backup, which has no config';
  for (const lostConfigOf of [undefined, b3])
    await expect(
      then.storeHolds(volume, [b1], { ignoreOthers: true, ...(lostConfigOf && { lostConfigOf }) }),
    ).rejects.toThrow(missed);
  expect(findings).toEqual([]);
  await then.storeHolds(volume, [b1], { ignoreOthers: true, deletionsAtOnce: true });
  expect(findings.map(({ code }) => code)).toEqual(['deletions-undo-each-other']);
  await writeFile(config, taken);
  await rm(join(blocks, '54'), { recursive: true });
  const lacks =
    '- backup sample-a-b2 lacks 1 block, such as 54c6106467347cc9c3325e0d6021d421f5b8cd390c90c9cf6c71fbb2804a020f';
  const wrong = "the store's folder of volume sample-a is not as expected:\n";
  await expect(then.storeHolds(volume, [b2, b3])).rejects.toThrow(
    `${wrong}- backup sample-a-b3 has no config\n- backup sample-a-b1 still has a config\n${lacks}`,
  );
  await expect(then.storeHolds(volume, [b2], { ignoreOthers: true })).rejects.toThrow(
    expect.objectContaining({ message: `${wrong}${lacks}` }),
  );
  await expect(then.stillInStore(handle('gone', 'the gone backup'))).rejects.toThrow(
    'the store has no config of the gone backup (gone) any more; it has: ',
  );
});

test('a block that could not be removed is left, and nothing else', async () => {
  const { then } = await setUp('normal, v1.8.2');
  const [b1, b2] = ['sample-a-b1', 'sample-a-b2'].map((name) => handle(name, name)) as [
    BackupHandle,
    BackupHandle,
  ];
  const left = { checksum: '0'.repeat(64) } as DeniedBlock;
  const judge = (...beside: BackupHandle[]) => then.blockLeft(left, volume, beside);
  await expect(judge(b1, b2)).rejects.toThrow(`- block ${left.checksum} is not left`);
  const leave = async (checksum: string): Promise<void> => {
    const folder = join(root, volumeFolder(recordedVolume), 'blocks/00/00');
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, `${checksum}.blk`), 'data');
  };
  await leave(left.checksum);
  await judge(b1, b2);
  await expect(judge(b2)).rejects.toThrow('- backup sample-a-b1 still has a config');
  await leave('0'.repeat(63).concat('1'));
  await expect(judge(b1, b2)).rejects.toThrow(`- block ${left.checksum} is not left`);
});

const { first: firstInError, second: secondInError } = recorded['in error, v1.12.1'];
const held = whenIn(secondInError, 'InProgress', {
  state: 'Pending',
  messages: { info: `Wait for backup ${firstInError} to be deleted` },
});
const wentOn = /is never held back: it goes InProgress while the first backup is in Error, and Completed$/;
const again =
  /: the first backup was tried again, and Deleting, before .*: that took longer than the back-off/;
const other = /: the first backup was Completed when the other backup went InProgress, not Error$/;
const waited = /: Expected: the second backup goes InProgress.*\nGot: +Pending \("Wait for backup/;

// Nothing is proven by a first one that is Deleting again.
test.each([
  ['goes on', 'Error', wentOn],
  ['goes on', 'Deleting', again],
  ['goes on', 'Completed', other],
  ['is held back', 'Deleting', again],
  ['is held back', 'Error', waited],
])('a backup that %s where the first is %s', async (what, state, message) => {
  const becomes = whenIn(firstInError, 'Error', { state });
  const { then, first, second, ended } = await setUp('in error, v1.12.1', (line) => {
    const changed = becomes(line);
    return changed && what === 'goes on' ? changed : changed && held(changed);
  });
  const error: unknown = await then.neverHeldBack(second, { first }).catch((thrown: unknown) => thrown);
  expect(ended()[0]).toMatch(message);
  if (state === 'Deleting') expect(error).toMatchObject({ verdict: { state: 'not-provable' } });
});
