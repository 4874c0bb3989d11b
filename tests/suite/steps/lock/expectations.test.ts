import { expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { isNeverHeldBack, isUploading, stateWhen } from '../../../../e2e/suite/steps/backup/expectations.ts';
import * as locks from '../../../../e2e/suite/steps/lock/expectations.ts';
import { record } from '../../../support/test-context.ts';
import { type Mutation, ofBackup, replay, until, whenIn, withStatus } from '../recordings.ts';

type Status = NonNullable<Backup['status']>;
const version = 'v1.12.1';
const folder = `${volumeFolder('v')}/locks`;
const lockText = (operation: string, within = folder) =>
  `failed to acquire lock ${within}/lock-1.lck when performing backup ${operation}, please try again later`;
const lostDeletion = describeFailedDeletion(lockText('delete'));
const denied = describeFailedDeletion('unlinkat /b: operation not permitted');

// Two backups of a real Longhorn: the first was deleted while the second was uploading.
const judge = async (mutate?: Mutation) => {
  const replayed = await replay('longhorn-v1.12.1/lock-conflict', mutate);
  const backups = replayed.timeline<Backup>('backups');
  const of = (name: string, marker: string) => ({
    ...{ backup: { name, label: name, from: replayed.sequenceAt(marker) }, version },
  });
  const first = of('zl-b1', 'b2 in progress, delete b1');
  const second = of('zl-b2', 'given');
  const [loses, resolves] = [locks.deletionLosesLock, locks.deletionResolves].map((make) =>
    evaluate(make(backups, first)),
  );
  const uploads = evaluate(isUploading(backups, second)).state;
  const undisturbed = evaluate(isNeverHeldBack(backups, second)).state;
  const states = { loses: loses?.state, resolves: resolves?.state, uploads, undisturbed };
  return { backups, loses, resolves, states };
};

// How long the retry may take is judged in steps.test.ts.
test('the deletion of a real Longhorn lost the lock to the upload, which went on, and was done by itself', async () => {
  const { backups, loses, resolves, states } = await judge();
  expect(states).toEqual({ loses: 'met', resolves: 'met', uploads: 'met', undisturbed: 'met' });
  const [deleting = '', error = ''] = loses?.steps.map(({ reached }) => reached?.resourceVersion) ?? [];
  expect(stateWhen(backups, { of: 'zl-b2', resourceVersion: deleting })).toBe('InProgress');
  expect(locks.statusAt(backups, { resourceVersion: error })?.messages?.error).toContain('to acquire lock');
  expect(locks.goneAt(backups, 'zl-b1')).toBe(resolves?.steps[3]?.reached?.at);
  expect(() => locks.goneAt(backups, 'zl-b2')).toThrow('nobody has seen zl-b2 go');
});

const failing = (change?: Parameters<typeof whenIn>[2]) => whenIn('zl-b1', 'Error', change);
const itsError = ({ status }: Backup): string => status?.messages?.error ?? '';
const not = expect.not.stringMatching('met');
const neither = { loses: not, resolves: not };
const neverUploads = { uploads: 'broken', undisturbed: 'broken' };
const uploadFails: Mutation = (line) =>
  'at' in line && line.at > 50
    ? ofBackup('zl-b2', (backup) => withStatus(backup, { state: 'Error', error: 'cut off' }))(line)
    : line;

test.for<[string, Mutation, object]>([
  ['its deletion fails without a word', failing({ messages: null }), neither],
  ['says it in both', failing((backup) => ({ error: itsError(backup) })), neither],
  ['says another thing', failing({ messages: { error: denied } }), neither],
  ['never shows the Error', failing(), neither],
  ['never tries again', until(60), { loses: 'met', resolves: 'timed-out' }],
  ['the upload fails', uploadFails, { undisturbed: 'broken' }],
  ['the upload never shows', whenIn('zl-b2', 'InProgress'), neverUploads],
])('a broken Longhorn is noticed: %s', async ([, mutate, states]) => {
  expect((await judge(mutate)).states).toMatchObject(states);
});

/** The history of a backup that went through these states. */
const historyOf = (...statuses: Status[]) => {
  const timeline = replayTimeline<Backup>('backups');
  for (const [at, status] of statuses.entries()) {
    const metadata = { name: 'b', uid: 'u', resourceVersion: `${at}` };
    timeline.push({ kind: 'modified', at, object: { metadata, spec: { snapshotName: 's' }, status } });
  }
  return timeline;
};
const own = { backup: { name: 'b', label: 'b', from: 0 }, version };

test.each([
  ['loses the lock each time', [lostDeletion, lostDeletion], 'met'],
  ['fails for no reason of its own', [], 'broken'],
  ['fails for another one', [lostDeletion, denied], 'broken'],
])('a deletion that %s is reported', (_, errors, state) => {
  const deleting = { state: 'Deleting' };
  const tries = errors.flatMap((error) => [{ state: 'Error', messages: { error } }, deleting]);
  const backups = historyOf({ state: 'Completed' }, deleting, ...tries);
  backups.push({ kind: 'deleted', at: 9, object: backups.current('b') as Backup });
  expect(evaluate(locks.deletionResolves(backups, own)).state).toBe(state);
});

const info = 'Waiting for the snapshot s to be ready';
const lost = { state: 'Error', error: `failed to backup snapshot s to b: ${lockText('create/restore')}` };
const [stays, goes, other] = ['met timed-out', 'met broken', 'broken broken'];

test.for<[string, Status[], string | undefined]>([
  ['fails after it waited, and stays so', [{ state: 'Pending', messages: { info } }, lost], stays],
  ['fails, and still says that it waited', [{ ...lost, messages: { info } }], stays],
  ['is tried again', [lost, { state: 'InProgress' }], goes],
  ['loses its error', [lost, { state: 'Error' }], goes],
  ['fails in silence', [{ state: 'Error' }], other],
  ['fails in another state', [{ state: 'Pending', error: lost.error }], other],
  ["fails with a deletion's words", [{ state: 'Error', error: lostDeletion }], other],
  ['fails in status.messages', [{ state: 'Error', messages: { error: lost.error } }], other],
  ['does not fail', [{ state: 'InProgress' }], other],
])('a creation that meets a lock %s', ([, statuses, states]) => {
  const backups = historyOf({ state: '' }, ...statuses);
  const judged = [locks.creationLosesLock, locks.staysLost].map((make) => evaluate(make(backups, own)));
  expect(judged.map(({ state }) => state).join(' ')).toBe(states);
});

// What the text of a real Longhorn says is judged in steps.test.ts.
test("the text on a lock as the document has it names the other's, once, with a full stop; one of another folder none of the volume's", () => {
  const { report, findings } = record();
  const named = (text: string) =>
    locks.reportLockText(report, { text, volume: 'v', held: 'lock-1', version });
  const once = describeFailedDeletion(`${lockText('delete')}.`).replace(/^(Failed .*? err )\1/, '$1');
  expect([named(once), findings]).toEqual(['lock-1', []]);
  for (const text of [lockText('delete', `${volumeFolder('w')}/locks`), 'failed to acquire lock'])
    expect(() => named(text)).toThrow(`the text on a lock names none in ${folder}: ${text}`);
});
