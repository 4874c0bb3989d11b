import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import type { BackupHandle } from '../../../../e2e/suite/steps/handles.ts';
import { createThen } from '../../../../e2e/suite/steps/vocabulary.ts';
import { layOutRecordedStore, recordedVolume } from '../../../support/recorded-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { type Mutation, ofBackup, type RecordedName, recorded, stage, withStatus } from '../recordings.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
  await layOutRecordedStore(join(root, volumeFolder(recordedVolume)));
});

const volume = { name: recordedVolume, node: 'node1', size: 0 };
const handle = (name: string, label: string, from: number): BackupHandle => ({
  name,
  label,
  volume,
  snapshot: { name: 'snapshot', volume },
  since: { made: from, deleted: from },
});

// The steps on a recording, as if the scenario had just done what was recorded.
const play = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const { context, ...recordedReport } = createTestContext({
    version,
    timelines: { backups },
    root,
    ledger: await openLedger(root),
  });
  return {
    ...recordedReport,
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes this for a promise.
    then: createThen(context, async () => undefined),
    first: handle(first.name, first.label, first.from),
    second: handle(second.name, second.label, second.from),
  };
};

test('the Normal case of a real Longhorn, told; the wording is a finding', async () => {
  const { then, first, second, ended, findings } = await play('normal, v1.8.2');
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
  expect(findings).toEqual([
    {
      title: "A waiting backup's message is not the one in the document",
      detail:
        'Longhorn v1.8.2 says "Wait for backup zn-b1 to be deleted". Documented: manual test "Delete Backup Asynchronously": a message that includes "waiting for backup to be deleted". Known: status.messages.info is "Wait for backup NAME to be deleted"; the words of the document stand in no source.',
      link: 'https://github.com/longhorn/longhorn/issues/8746',
    },
  ]);
});

const { second: secondName } = recorded['normal, v1.8.2'];

test('a backup that nobody deleted cannot be judged by its deletion', async () => {
  const { then, first } = await play('normal, v1.8.2');
  await expect(then.deleted({ ...first, since: { made: 0 } })).rejects.toThrow(
    'the first backup was not deleted by a step',
  );
});

test("the document's wording is none", async () => {
  const { then, first, second, findings } = await play(
    'normal, v1.8.2',
    ofBackup(secondName, (backup) =>
      backup.status?.state === 'Pending'
        ? withStatus(backup, { messages: { info: 'waiting for backup to be deleted' } })
        : backup,
    ),
  );
  await then.heldBack(second, { first });
  expect(findings).toEqual([]);
});

test('a backup that lost the lock to the deletion it waited for fails with that explanation, and is a finding', async () => {
  const error =
    'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';
  const { then, first, second, ended, findings } = await play(
    'normal, v1.8.2',
    ofBackup(secondName, (backup) =>
      ['InProgress', 'Completed'].includes(backup.status?.state ?? '')
        ? withStatus(backup, { state: 'Error', error })
        : backup,
    ),
  );
  await expect(then.waitedAndCompleted(second, { first })).rejects.toMatchObject({
    verdict: { state: 'broken' },
  });
  expect(ended()[0]).toContain(
    'FAILED: the second backup waited for a deletion, started as soon as that backup was gone, and lost the lock',
  );
  expect(findings.map(({ title }) => title)).toEqual([
    'A waiting backup lost the lock to the deletion that it had waited for',
  ]);
});

test('another error of that backup is not taken for it', async () => {
  const { then, first, second, findings } = await play(
    'normal, v1.8.2',
    ofBackup(secondName, (backup) =>
      ['InProgress', 'Completed'].includes(backup.status?.state ?? '')
        ? withStatus(backup, { state: 'Error', error: 'no space left' })
        : backup,
    ),
  );
  await expect(then.waitedAndCompleted(second, { first })).rejects.toThrow(/no space left/);
  expect(findings).toEqual([]);
});

test('in a hold nothing moves; once it is over something does', async () => {
  const until =
    (at: number): Mutation =>
    (line) =>
      'object' in line && line.at > at ? undefined : line;
  const inHold = await play('held, v1.12.1', until(71));
  await inHold.then.nothingMoves(inHold, '50ms');
  expect(inHold.ended()).toEqual([
    'Then for 50ms the first backup stays Deleting, and the second backup Pending',
  ]);
  const over = await play('held, v1.12.1');
  await expect(over.then.nothingMoves(over, '50ms')).rejects.toThrow(/Completed/);
});

test('the store holds exactly the backups that it should', async () => {
  const { then, ended } = await play('normal, v1.8.2');
  const [b1, b2] = [
    handle('sample-a-b1', 'the first backup', 0),
    handle('sample-a-b2', 'the second backup', 0),
  ];
  await then.stillInStore(b1);
  await then.storeHolds(volume, [b1, b2]);
  expect(ended()).toEqual([
    'Then the store still has the config of the first backup',
    'Then the store holds the first backup and the second backup whole, and nothing else: 6 blocks, all of them referred to',
  ]);
  await rm(join(root, volumeFolder(recordedVolume), 'blocks', '54'), { recursive: true });
  await expect(then.storeHolds(volume, [b2, handle('sample-a-b3', 'the third backup', 0)])).rejects.toThrow(
    [
      "the store's folder of volume sample-a is not as expected:",
      '- backup sample-a-b3 has no config',
      '- backup sample-a-b1 still has a config',
      '- backup sample-a-b2 lacks 1 block, such as 54c6106467347cc9c3325e0d6021d421f5b8cd390c90c9cf6c71fbb2804a020f',
    ].join('\n'),
  );
  await expect(then.stillInStore(handle('gone', 'the gone backup', 0))).rejects.toThrow(
    'the store has no config of the gone backup (gone) any more; it has: ',
  );
});

const errorBecomes = (state: string) =>
  ofBackup(recorded['in error, v1.12.1'].first, (backup) =>
    backup.status?.state === 'Error' ? withStatus(backup, { state }) : backup,
  );

test('a backup goes on while the first is in Error', async () => {
  const { then, first, second, ended } = await play('in error, v1.12.1');
  await then.neverHeldBack(second, { first });
  expect(ended()).toEqual([
    'Then the second backup is never held back: it goes InProgress while the first backup is in Error, and Completed',
  ]);
});

test('where the first is Deleting again by then, nothing is proven', async () => {
  const { then, first, second } = await play('in error, v1.12.1', errorBecomes('Deleting'));
  await expect(then.neverHeldBack(second, { first })).rejects.toMatchObject({
    verdict: { state: 'not-provable' },
    message:
      'the first backup was tried again, and Deleting, before the other backup went InProgress: that took longer than the back-off of 1 min lets the Error last',
  });
});

test.each([
  [
    'by a first one that is Deleting again, nothing is proven',
    'Deleting',
    /^the first backup was tried again, and /,
  ],
  [
    'by one that is in Error, it fails',
    'Error',
    /^Expected: the second backup goes InProgress.*\nGot: +Pending \("Wait for backup/,
  ],
])('where the other is held back %s', async (_, state, message) => {
  const { first, second } = recorded['in error, v1.12.1'];
  const messages = { info: `Wait for backup ${first} to be deleted` };
  const isHeld = ofBackup(second, (backup) =>
    backup.status?.state === 'InProgress' ? withStatus(backup, { state: 'Pending', messages }) : backup,
  );
  const becomes = errorBecomes(state);
  const { then, ...pair } = await play('in error, v1.12.1', (line) => {
    const changed = becomes(line);
    return changed && isHeld(changed);
  });
  await expect(then.neverHeldBack(pair.second, { first: pair.first })).rejects.toThrow(message);
});

test('in any other state than Error, the other should not have gone on', async () => {
  const { then, first, second } = await play('in error, v1.12.1', errorBecomes('Completed'));
  await expect(then.neverHeldBack(second, { first })).rejects.toThrow(
    /^the first backup was Completed when the other backup went InProgress, not Error$/,
  );
});
