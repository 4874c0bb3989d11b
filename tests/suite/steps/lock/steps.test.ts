import { mkdir, utimes, writeFile } from 'node:fs/promises';
import { beforeEach, expect, test } from 'vitest';
import { openLedger } from '../../../../e2e/faults/ledger.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import type { Timeline } from '../../../../e2e/history/timeline.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import type { VolumeHandle } from '../../../../e2e/suite/steps/handles.ts';
import { InconclusiveError } from '../../../../e2e/suite/steps/judging.ts';
import { bindSteps } from '../../../../e2e/suite/steps/subjects.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { folderOfEachTest } from '../../../support/temporary-folder.ts';
import { aTarget, createTestContext } from '../../../support/test-context.ts';
import { handleOf, type Mutation, replay } from '../recordings.ts';

const volume: VolumeHandle = { name: 'vz-l', target: aTarget, node: 'node1', size: 0 };
const handle = (name: string, label: string, from = 0) => handleOf(name, label, { volume, from });
const root = folderOfEachTest();
const folder = (...path: string[]) => root(volumeFolder(volume.name), 'locks', ...path);
beforeEach(() => mkdir(folder(), { recursive: true }));

// The steps on a history, as if the scenario had just done what is in there; the store is a folder of this
// machine.
const setUp = async (backups: Timeline<Backup> = replayTimeline('backups'), changed: object = {}) => {
  const { context, ...recorded } = createTestContext({
    ...{ cluster: stubCluster({ hurried: true }), clocks: { ...longhornClocks, ...changed } },
    ...{ timelines: { backups }, root: root(), ledger: await openLedger(root()) },
  });
  volume.target = await context.own.first(async () => aTarget);
  return {
    ...{ ...recorded, expected: context.expected },
    found: () => recorded.findings.map(({ code }) => code),
    ...bindSteps(context),
  };
};

const conflict = async (mutate?: Mutation) => {
  const replayed = await replay('longhorn-v1.12.1/lock-conflict', mutate);
  const first = handle('zl-b1', 'the first backup', replayed.sequenceAt('b2 in progress, delete b1'));
  const second = handle('zl-b2', 'the second backup', replayed.sequenceAt('given'));
  return { backups: replayed.timeline<Backup>('backups'), first, second };
};

const ofUpload = { name: 'lock-7b7a1bf65efd4c7f', of: 'a backup' } as const;

test('the conflict of a real Longhorn, reported; what the document has otherwise is a finding', async () => {
  const { backups, first, second } = await conflict();
  const { then, ended, found } = await setUp(backups);
  await then.uploading(second);
  await then.lostLock(first, ofUpload);
  await then.undisturbed(second);
  await then.resolvedByItself(first);
  expect(ended()).toEqual([
    'Then the second backup is InProgress',
    'Then the first backup goes Deleting, and Error with the text on a lock in status.messages, which is informational: it names lock-e6f1deeb42c94eda; what stood in the way is lock-7b7a1bf65efd4c7f',
    'Then the second backup goes InProgress and Completed, undisturbed',
    'Then the first backup goes Deleting again by itself, after 55 s to 1 min 40 s, and is gone in the end: tried again after 1 min 18 s',
  ]);
  expect(found()).toEqual(['lock-file-of-its-own', 'lock-message-doubled', 'lock-message-full-stop']);
});

const tooEarly =
  /^the second backup was uploaded before the deletion looked for locks.*not brought about\n\n/;

test.each([
  ['to an upload under way has failed', 45, true, 'broken', /^/],
  ['to a foreign lock has failed', 70, false, 'broken', /^/],
  ['to one that has ended proves nothing', 70, true, 'not-provable', tooEarly],
])('a deletion that loses no lock %s', async (_, gone, isUpload, state, reason) => {
  // Gone without an Error, while the upload of the second backup lasts or right after it has ended.
  const { backups, first, second } = await conflict((line) => {
    if (!('object' in line) || line.object.metadata.name !== 'zl-b1' || line.at < 50) return line;
    return line.type === 'DELETED' ? { ...line, at: gone } : undefined;
  });
  const { then } = await setUp(backups);
  const lost = then.lostLock(first, { ...ofUpload, ...(isUpload && { holder: second }) });
  await expect(lost).rejects.toMatchObject({ verdict: { state }, message: expect.stringMatching(reason) });
});

const outside = /^the deletion of the first backup was tried again after 1 min 18 s\n/;
const never = /^timed out after 200 ms \(the expectation: a back-off .*: Deleting was not reached/;

test.each([
  ['too early', { deletionBackoff: 120_000 }, outside],
  ['too late', { deletionBackoff: 6_000, resync: 5_000 }, outside],
  // The window closes 10 s after a back-off and a resync.
  ['not at all, which is known as soon as the time is over', { deletionBackoff: 100, resync: -9_900 }, never],
])('a deletion that is tried again %s fails', async (when, clocks, message) => {
  const { backups, first } = await conflict((line) =>
    when.startsWith('not') && 'object' in line && line.at > 100 ? undefined : line,
  );
  const { then } = await setUp(backups, clocks);
  await expect(then.resolvedByItself(first)).rejects.toThrow(message);
});

test('a volume is locked by a lock of a backup that is acquired', async () => {
  const write = (name: string, content: string) => writeFile(folder(name), content);
  const holder = handle('b', 'the second backup');
  const { then } = await setUp();
  const none = 'no backup has acquired a lock on volume vz-l; its locks: none';
  await expect(then.storeLocked(holder)).rejects.toThrow(none);
  const { then: tooLate } = await setUp(history([1_000, { state: 'Completed' }]));
  await expect(tooLate.storeLocked(holder)).rejects.toThrow(
    new InconclusiveError('the second backup was Completed before its lock was looked at'),
  );
  await write('lock-2.lck', '{"Name":"lock-2","Type":2,"Acquired":true}');
  await write('lock-3.lck', '{"Name":"lock-3","Type":1,"Acquired":false}');
  await write('lock-4.lck', 'no lock');
  await write('lock-5.lck.tmp.1', '{"Name":"lock-5","Type":1,"Acquired":true}');
  await expect(then.storeLocked(holder)).rejects.toThrow(
    /its locks: (lock-2 \(type 2, acquired\)|lock-3 \(type 1, not acquired\)), (lock-2|lock-3) \([^)]*\)$/,
  );
  await write('lock-1.lck', '{"Name":"lock-1","Type":1,"Acquired":true}');
  expect(await then.storeLocked(holder)).toEqual({ name: 'lock-1', of: 'a backup', holder });
  const of = 'a deletion';
  expect(await then.storeLocked(holder, { of })).toEqual({ name: 'lock-2', of, holder });
});

type Status = NonNullable<Backup['status']>;
const error = `failed to backup snapshot s to b: failed to acquire lock ${volumeFolder(volume.name)}/locks/lock-9.lck when performing backup create/restore, please try again later`;
const [fresh, lost, again] = [{ state: '' }, { state: 'Error', error }, { state: 'InProgress' }];
const backup = (status: Status, version = 0): Backup => {
  const metadata = { name: 'b', uid: 'u', resourceVersion: `${version}` };
  return { metadata, spec: { snapshotName: 's' }, status };
};
// How long ago, in ms.
const history = (...events: [ago: number, status: Status][]) => {
  const timeline = replayTimeline<Backup>('backups');
  for (const [index, [ago, status]] of events.entries())
    timeline.push({ kind: 'modified', at: Date.now() - ago, object: backup(status, index) });
  return timeline;
};
const made = handle('b', 'the second backup');
const fast = { deletionBackoff: 100, resync: 100 };

test('a creation that meets a foreign lock fails for good; that is expected, and a finding', async () => {
  const backups = history([200_000, fresh], [199_000, lost]);
  const { given, then, ended, expected, found } = await setUp(backups, fast);
  const lock = await given.foreignLock(volume, { of: 'a deletion' });
  await then.creationLostLock(made, lock);
  await then.neverTriedAgain(made);
  expect(expected).toEqual([{ id: 'creation-lost-lock', of: 'b' }]);
  expect(ended()).toEqual([
    `Given a foreign lock of a deletion on the volume: ${lock.name}`,
    `Then the second backup goes Error with the text on a lock in status.error, which is a failure: it names lock-9; what stood in the way is ${lock.name}`,
    'Then the second backup is not tried again: it has stayed in Error',
  ]);
  expect(found()).toEqual(['lost-lock-ends-a-creation']);
});

test('it is watched for as long as a deletion would have waited, which on these clocks is 10.2 s', async () => {
  const judging = async (backups: ReturnType<typeof history>) =>
    (await setUp(backups, fast)).then.neverTriedAgain(made);
  const start = Date.now();
  await judging(history([11_000, fresh], [9_900, lost]));
  expect(Date.now() - start).toBeGreaterThanOrEqual(295);
  const before = history([20_000, fresh], [19_000, lost], [5_000, again]);
  await expect(judging(before)).rejects.toThrow(/InProgress/);
  const backups = history([11_000, fresh], [9_000, lost]);
  const { then } = await setUp(backups, fast);
  const judged = then.neverTriedAgain(made);
  backups.push({ kind: 'modified', at: Date.now(), object: backup(again, 9) });
  await expect(judged).rejects.toThrow(/InProgress/);
});

const written = (ago: number, { name }: { name: string }) => {
  const past = new Date(Date.now() - ago);
  return utimes(folder(`${name}.lck`), past, past);
};

test('a foreign lock of a backup lets another backup complete; once it has expired that proves nothing', async () => {
  const { given, then, found } = await setUp(history([1_000, fresh], [500, { state: 'Completed' }]));
  const lock = await given.foreignLock(volume, { of: 'a backup' });
  await then.completedBeside(made, lock);
  expect(found()).toEqual(['backups-share-a-lock']);
  await written(200_000, lock);
  await expect(then.completedBeside(made, lock)).rejects.toThrow('but it counts no more');
});

test('one that was removed has not expired, and marks where the history of whom it held up begins anew', async () => {
  const { given, when, then, ended } = await setUp(undefined, { lockLife: -1_000 });
  const lock = await given.foreignLock(volume, { of: 'a backup' });
  await when.lockAbandoned(lock);
  await then.expired(lock);
  const first = handle('b', 'the first backup');
  await when.lockRemoved(lock, first);
  expect(ended().slice(1)).toEqual([
    'When nobody refreshes the foreign lock of a backup any more',
    expect.stringMatching(
      /^Then the foreign lock of a backup has expired, and is still there: written \d s ago$/,
    ),
    'When the foreign lock of a backup is removed: it is removed',
  ]);
  expect(first.since.healed).toBeTypeOf('number');
  await expect(then.expired(lock)).rejects.toThrow('it is gone');
});

test('one held a deletion up if the backup went after its life', async () => {
  const held = async (ago: number, look = 0) => {
    const now = Date.now();
    const gone = { kind: 'deleted' as const, at: now - ago, object: backup({ state: 'Deleting' }) };
    const { given, then } = await setUp(replayTimeline('backups', [gone]), { lockLife: 10_000 });
    const lock = await given.foreignLock(volume, { of: 'a backup' });
    // Known, as a real look takes seconds on a busy machine.
    const outlived = async () => {
      const age = 30 + (Date.now() - now) / 1000;
      await new Promise((resolve) => setTimeout(resolve, look));
      return age;
    };
    return then.heldUpUntilExpiry(handle('b', 'the first backup'), { ...lock, outlived });
  };
  for (const ago of [15_000, 20_500]) await held(ago);
  await expect(held(26_000)).rejects.toThrow(
    /^the first backup was gone when the lock was [3-7]\.\d s old, and a lock counts for 10 s$/,
  );
  // Where the look itself took so long that nobody knows.
  await expect(held(21_200, 2_000)).rejects.toBeInstanceOf(InconclusiveError);
});
