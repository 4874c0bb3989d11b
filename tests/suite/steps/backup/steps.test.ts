import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { createThen } from '../../../../e2e/suite/steps/vocabulary.ts';
import { layOutRecordedStore, recordedVolume } from '../../../support/recorded-store.ts';
import { temporaryFolder } from '../../../support/temporary-folder.ts';
import { createTestContext } from '../../../support/test-context.ts';
import { handleOf, type Mutation, type RecordedName, recorded, stage, until, whenIn } from '../recordings.ts';

let root: string;
beforeEach(async () => {
  root = await temporaryFolder();
});

const volume = { name: recordedVolume, node: 'node1', size: 0 };
const handle = (name: string, label: string, from = 0) => handleOf(name, label, { volume, from });

// The steps on a recording, as if the scenario had just done what was recorded.
const play = async (name: RecordedName, mutate?: Mutation) => {
  const { backups, first, second, version } = await stage(name, mutate);
  const { context, ...told } = createTestContext({ version, timelines: { backups }, root });
  return {
    ...told,
    // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody takes this for a promise.
    then: createThen(context, async () => undefined),
    first: handle(first.name, first.label, first.from),
    second: handle(second.name, second.label, second.from),
  };
};

const { second: secondName } = recorded['normal, v1.8.2'];

test("the Normal case of a real Longhorn, told; the wording is a finding, and the document's is none", async () => {
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
  expect(findings).toMatchObject([
    {
      title: "A waiting backup's message is not the one in the document",
      detail: expect.stringMatching(
        /^Longhorn v1.8.2 says "Wait for backup zn-b1 to be deleted"\. Documented: /,
      ),
    },
  ]);
  const messages = { info: 'waiting for backup to be deleted' };
  const documented = await play('normal, v1.8.2', whenIn(secondName, 'Pending', { messages }));
  await documented.then.heldBack(second, { first });
  expect(documented.findings).toEqual([]);
  await expect(then.deleted({ ...first, since: { made: 0 } })).rejects.toThrow('was not deleted by a step');
});

const lost =
  'failed to backup snapshot: failed to acquire lock backupstore/l.lck when performing backup create/restore, please try again later';
const lostToDeletion =
  / FAILED: the second backup waited for a deletion, started as soon as that backup was gone, and lost the lock/;

test.each([
  ['that lost the lock to the deletion it waited for', lost, lostToDeletion, 1],
  ['with another error, which is not taken for such a one,', 'no space left', /no space left/, 0],
])('a backup %s fails, and the first is a finding', async (_, error, told, count) => {
  const broken = whenIn(secondName, 'InProgress|Completed', { state: 'Error', error });
  const { then, first, second, ended, findings } = await play('normal, v1.8.2', broken);
  const waited = then.waitedAndCompleted(second, { first });
  await expect(waited).rejects.toMatchObject({ verdict: { state: 'broken' } });
  expect(ended()[0]).toMatch(told);
  expect(findings).toHaveLength(count);
});

test('in a hold nothing moves; once it is over something does', async () => {
  const inHold = await play('held, v1.12.1', until(71));
  await inHold.then.nothingMoves(inHold, '50ms');
  expect(inHold.ended()).toEqual([
    'Then for 50ms the first backup stays Deleting, and the second backup Pending',
  ]);
  const over = await play('held, v1.12.1');
  await expect(over.then.nothingMoves(over, '50ms')).rejects.toThrow(/Completed/);
});

test('the store holds exactly the backups that it should, or besides what nobody needs', async () => {
  const folder = join(root, volumeFolder(recordedVolume));
  await layOutRecordedStore(folder);
  const { then, ended } = await play('normal, v1.8.2');
  const of = (number: number) => handle(`sample-a-b${number}`, `the backup ${number}`);
  await then.stillInStore(of(1));
  await then.storeHolds(volume, [of(1), of(2)]);
  await mkdir(join(folder, 'blocks/00/00'), { recursive: true });
  await writeFile(join(folder, 'blocks/00/00', `${'0'.repeat(64)}.blk`), 'data');
  await then.storeHolds(volume, [of(2)], { besides: true });
  expect(ended()).toEqual([
    'Then the store still has the config of the backup 1',
    'Then the store holds the backup 1 and the backup 2 whole, and nothing else: 6 blocks, all of them referred to',
    'Then the store holds the backup 2 whole: 7 blocks, none of its own missing',
  ]);
  for (const each of ['00', '54']) await rm(join(folder, 'blocks', each), { recursive: true });
  const lacks = /- backup sample-a-b2 lacks 1 block, such as 54c6106467347cc9c3325e0d6021d421f5b8cd/;
  const wrong = "the store's folder of volume sample-a is not as expected:\n";
  const [exactly, besides] = await Promise.all(
    [then.storeHolds(volume, [of(2), of(3)]), then.storeHolds(volume, [of(2)], { besides: true })].map(
      (each) => each.catch(({ message }: Error) => message),
    ),
  );
  expect(exactly).toMatch(lacks);
  expect(exactly).toContain(
    `${wrong}- backup sample-a-b3 has no config\n- backup sample-a-b1 still has a config\n`,
  );
  expect(besides).toMatch(new RegExp(`^${wrong}${lacks.source}\\w+$`));
  await expect(then.stillInStore(handle('gone', 'the gone backup'))).rejects.toThrow(
    'the store has no config of the gone backup (gone) any more; it has: ',
  );
});

const { first: firstInError, second: secondInError } = recorded['in error, v1.12.1'];
const info = `Wait for backup ${firstInError} to be deleted`;
const held = whenIn(secondInError, 'InProgress', { state: 'Pending', messages: { info } });
const asItIs: Mutation = (line) => line;
const tooLong = 'that took longer than the back-off of 1 min lets the Error last';

test.each<[string, string, Mutation, string]>([
  [
    'goes on while the first is in Error',
    'Error',
    asItIs,
    'it goes InProgress while the first backup is in Error',
  ],
  ['goes on when the first is Deleting again proves nothing', 'Deleting', asItIs, tooLong],
  [
    'goes on in any other state has failed',
    'Completed',
    asItIs,
    'was Completed when the other backup went InPr',
  ],
  ['is held back by a retry proves nothing', 'Deleting', held, ': the first backup was tried again, and '],
  ['is held back by one in Error has failed', 'Error', held, '\nGot:      Pending ("Wait for backup'],
])('a backup that %s', async (_, state, mutate, told) => {
  const becomes = whenIn(firstInError, 'Error', { state });
  const { then, first, second, ended } = await play('in error, v1.12.1', (line) => {
    const changed = becomes(line);
    return changed && mutate(changed);
  });
  const error: unknown = await then.neverHeldBack(second, { first }).catch((thrown: unknown) => thrown);
  expect(ended()[0]).toContain(told);
  if (state === 'Deleting') expect(error).toMatchObject({ verdict: { state: 'not-provable' } });
  else expect(error === undefined).toBe(state === 'Error' && mutate === asItIs);
});
