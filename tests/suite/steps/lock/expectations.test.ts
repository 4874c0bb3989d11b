import { describe, expect, test } from 'vitest';
import { evaluate } from '../../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import { describeFailedDeletion } from '../../../../e2e/longhorn/messages/deletion-cause.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import { isNeverHeldBack, isUploading, stateWhen } from '../../../../e2e/suite/steps/backup/expectations.ts';
import { retryWindow } from '../../../../e2e/suite/steps/deletion/expectations.ts';
import {
  creationLosesLock,
  deletionLosesLock,
  deletionResolves,
  goneAt,
  statusAt,
  staysLost,
} from '../../../../e2e/suite/steps/lock/expectations.ts';
import { type Mutation, ofBackup, replay, whenIn, withStatus } from '../recordings.ts';

type Status = NonNullable<Backup['status']>;
const version = 'v1.12.1';
const lockText = (operation: string) =>
  `failed to acquire lock x/locks/lock-1.lck when performing backup ${operation}, please try again later`;
const lostDeletion = describeFailedDeletion(lockText('delete'));
const denied = describeFailedDeletion('unlinkat /b: operation not permitted');

// Two backups of a real Longhorn: the first was deleted while the second was uploading.
const judge = async (mutate?: Mutation) => {
  const replayed = await replay('longhorn-v1.12.1/lock-conflict', mutate);
  const backups = replayed.timeline<Backup>('backups');
  const of = (name: string, marker: string) => ({
    backup: { name, label: name, from: replayed.markOf(marker) },
    version,
  });
  const first = of('zl-b1', 'b2 in progress, delete b1');
  const second = of('zl-b2', 'given');
  const [loses, resolves] = [
    evaluate(deletionLosesLock(backups, first)),
    evaluate(deletionResolves(backups, first)),
  ];
  return {
    backups,
    loses,
    resolves,
    gap: (resolves.steps[2]?.reached?.at ?? 0) - (resolves.steps[0]?.reached?.at ?? 0),
    states: {
      loses: loses.state,
      resolves: resolves.state,
      uploads: evaluate(isUploading(backups, second)).state,
      undisturbed: evaluate(isNeverHeldBack(backups, second)).state,
    },
  };
};
const { least, most } = retryWindow(longhornClocks);

test('the deletion of a real Longhorn lost the lock to the upload, which went on, and was done by itself in time', async () => {
  const { backups, loses, resolves, gap, states } = await judge();
  expect(states).toEqual({ loses: 'met', resolves: 'met', uploads: 'met', undisturbed: 'met' });
  expect(gap).toBeGreaterThan(least);
  expect(gap).toBeLessThan(most);
  const [deleting = '', error = ''] = loses.steps.map(({ reached }) => reached?.resourceVersion);
  expect(stateWhen(backups, { of: 'zl-b2', resourceVersion: deleting })).toBe('InProgress');
  expect(statusAt(backups, { resourceVersion: error })?.messages?.error).toContain('failed to acquire lock');
  expect(goneAt(backups, 'zl-b1')).toBe(resolves.steps[3]?.reached?.at);
  expect(() => goneAt(backups, 'zl-b2')).toThrow('nobody has seen zl-b2 go');
});

const failing = (change?: Parameters<typeof whenIn>[2]) => whenIn('zl-b1', 'Error', change);
const says = (error: string) => failing({ messages: { error } });
const itsError = ({ status }: Backup): string => status?.messages?.error ?? '';
const neither = { loses: expect.not.stringMatching('met'), resolves: expect.not.stringMatching('met') };
const disturbed =
  (status: Status): Mutation =>
  (line) =>
    'at' in line && line.at > 50 ? ofBackup('zl-b2', (backup) => withStatus(backup, status))(line) : line;

test.for<[string, Mutation, object]>([
  ['its deletion fails without a word', failing({ messages: null }), neither],
  ['says it in status.error', failing((backup) => ({ messages: null, error: itsError(backup) })), neither],
  ['says it in both', failing((backup) => ({ error: itsError(backup) })), neither],
  ['says another thing', says(denied), neither],
  ["says a creation's", says(describeFailedDeletion(lockText('create/restore'))), neither],
  ['has forgotten it', says('No deletion in progress record, retry the deletion command'), neither],
  ['never shows the Error', failing(), neither],
  ['is gone without being Deleting', whenIn('zl-b1', 'Deleting'), neither],
  [
    'never tries again',
    (line) => ('object' in line && line.resource === 'backups' && line.at > 60 ? undefined : line),
    { loses: 'met', resolves: 'timed-out' },
  ],
  [
    'the upload fails',
    disturbed({ state: 'Error', error: 'the upload was cut off' }),
    { undisturbed: 'broken' },
  ],
  [
    'the upload waits',
    disturbed({ state: 'Pending', messages: { info: 'Wait for backup zl-b1 to be deleted' } }),
    { undisturbed: 'broken' },
  ],
  ['the upload never shows', whenIn('zl-b2', 'InProgress'), { uploads: 'broken', undisturbed: 'broken' }],
])('a broken Longhorn is told: %s', async ([, mutate, states]) => {
  expect((await judge(mutate)).states).toMatchObject(states);
});

test('a Longhorn that tries again at once, or far too late, is outside of the window', async () => {
  const retriedAfter = async (seconds: number): Promise<number> =>
    (
      await judge((line) =>
        'object' in line && line.at > 100 ? { ...line, at: line.at - 118.046 + 39.777 + seconds } : line,
      )
    ).gap;
  expect(await retriedAfter(20)).toBeLessThan(least);
  expect(await retriedAfter(130)).toBeGreaterThan(most);
});

/** The history of a backup that went through these states. */
const historyOf = (...statuses: Status[]) =>
  replayTimeline<Backup>(
    'backups',
    statuses.map((status, at) => {
      const metadata = { name: 'b', uid: 'u', resourceVersion: `${at}` };
      return { kind: 'modified' as const, at, object: { metadata, spec: { snapshotName: 's' }, status } };
    }),
  );
const own = { backup: { name: 'b', label: 'b', from: 0 }, version };

test.each([
  ['loses the lock', [lostDeletion], 'met'],
  ['loses it each time', [lostDeletion, lostDeletion, lostDeletion], 'met'],
  ['fails for no reason of its own', [], 'broken'],
  ['fails for another one', [lostDeletion, denied], 'broken'],
])('a deletion that %s is told', (_, errors, state) => {
  const deleting = { state: 'Deleting' };
  const tries = errors.flatMap((error) => [{ state: 'Error', messages: { error } }, deleting]);
  const backups = historyOf({ state: 'Completed' }, deleting, ...tries);
  backups.push({ kind: 'deleted', at: 9, object: backups.current('b') as Backup });
  expect(evaluate(deletionResolves(backups, own)).state).toBe(state);
});

describe('a creation that meets a lock', () => {
  const info = 'Waiting for the snapshot s to be ready';
  const lost = { state: 'Error', error: `failed to backup snapshot s to b: ${lockText('create/restore')}` };

  test.for<[string, Status[], [string, string]]>([
    ['fails, and stays so', [lost], ['met', 'timed-out']],
    ['fails after it waited', [{ state: 'Pending', messages: { info } }, lost], ['met', 'timed-out']],
    ['fails, and still says that it waited', [{ ...lost, messages: { info } }], ['met', 'timed-out']],
    ['is tried again', [lost, { state: 'InProgress' }], ['met', 'broken']],
    ['is begun anew', [lost, { state: '' }], ['met', 'broken']],
    ['loses its error', [lost, { state: 'Error' }], ['met', 'broken']],
    ['fails in silence', [{ state: 'Error' }], ['broken', 'broken']],
    [
      'fails for a reason that is known',
      [{ state: 'Error', error: 'Failed to get the Snapshot s' }],
      ['broken', 'broken'],
    ],
    ['fails in another state', [{ state: 'Pending', error: lost.error }], ['broken', 'broken']],
    [
      'fails for another reason',
      [{ state: 'Error', error: 'no space left on device' }],
      ['broken', 'broken'],
    ],
    ["fails with a deletion's words", [{ state: 'Error', error: lostDeletion }], ['broken', 'broken']],
    ['fails in status.messages', [{ state: 'Error', messages: { error: lost.error } }], ['broken', 'broken']],
    ['does not fail', [{ state: 'InProgress' }], ['broken', 'broken']],
  ])('%s', ([, statuses, states]) => {
    const backups = historyOf({ state: '' }, ...statuses);
    const judged = [evaluate(creationLosesLock(backups, own)), evaluate(staysLost(backups, own))];
    expect(judged.map(({ state }) => state)).toEqual(states);
  });
});
