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
import { type Mutation, ofBackup, replay, withStatus } from '../recordings.ts';

const version = 'v1.12.1';

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
  return {
    backups,
    loses: evaluate(deletionLosesLock(backups, first)),
    resolves: evaluate(deletionResolves(backups, first)),
    uploads: evaluate(isUploading(backups, second)),
    undisturbed: evaluate(isNeverHeldBack(backups, second)),
  };
};
type Judged = Awaited<ReturnType<typeof judge>>;
const states = ({ loses, resolves, uploads, undisturbed }: Judged) => [
  loses.state,
  resolves.state,
  uploads.state,
  undisturbed.state,
];
const gap = ({ resolves: { steps } }: Judged) => (steps[2]?.reached?.at ?? 0) - (steps[0]?.reached?.at ?? 0);

describe('what a real Longhorn did', () => {
  test('the deletion lost the lock to the upload, which went on, and was done by itself in time', async () => {
    const judged = await judge();
    expect(states(judged)).toEqual(['met', 'met', 'met', 'met']);
    const { least, most } = retryWindow(longhornClocks);
    expect(gap(judged)).toBeGreaterThan(least);
    expect(gap(judged)).toBeLessThan(most);
    const { backups, loses, resolves } = judged;
    const [deleting, error] = loses.steps.map(({ reached }) => reached?.resourceVersion ?? '');
    expect(stateWhen(backups, { of: 'zl-b2', resourceVersion: deleting ?? '' })).toBe('InProgress');
    expect(statusAt(backups, { resourceVersion: error ?? '' })?.messages?.error).toContain(
      'failed to acquire lock',
    );
    expect(goneAt(backups, 'zl-b1')).toBe(resolves.steps[3]?.reached?.at);
  });
});

const inError = (change: (backup: Backup) => Backup | undefined): Mutation =>
  ofBackup('zl-b1', (backup) => (backup.status?.state === 'Error' ? change(backup) : backup));
const lockText = (operation: string) =>
  `failed to acquire lock x/locks/lock-1.lck when performing backup ${operation}, please try again later`;

describe('what a broken Longhorn would have done', () => {
  test.for<[string, Mutation]>([
    ['it fails without a word', inError((backup) => withStatus(backup, { messages: null }))],
    [
      'it says it in status.error',
      inError((backup) =>
        withStatus(backup, { messages: null, error: backup.status?.messages?.error ?? '' }),
      ),
    ],
    [
      'it says it in both',
      inError((backup) => withStatus(backup, { error: backup.status?.messages?.error ?? '' })),
    ],
    [
      'it says another thing',
      inError((backup) =>
        withStatus(backup, {
          messages: { error: describeFailedDeletion('unlinkat /b: operation not permitted') },
        }),
      ),
    ],
    [
      "it says a creation's",
      inError((backup) =>
        withStatus(backup, { messages: { error: describeFailedDeletion(lockText('create/restore')) } }),
      ),
    ],
    [
      'it has forgotten the deletion',
      inError((backup) =>
        withStatus(backup, {
          messages: { error: 'No deletion in progress record, retry the deletion command' },
        }),
      ),
    ],
    ['it never shows the Error', inError(() => undefined)],
    [
      'it is gone without being Deleting',
      ofBackup('zl-b1', (backup) => (backup.status?.state === 'Deleting' ? undefined : backup)),
    ],
  ])('%s', async ([, mutate]) => {
    const { loses, resolves } = await judge(mutate);
    expect(loses.state).not.toBe('met');
    expect(resolves.state).not.toBe('met');
  });

  test('it never tries again', async () => {
    const { loses, resolves } = await judge((line) =>
      'object' in line && line.resource === 'backups' && line.at > 60 ? undefined : line,
    );
    expect([loses.state, resolves.state]).toEqual(['met', 'timed-out']);
  });

  test('it tries again at once, or far too late', async () => {
    const { least, most } = retryWindow(longhornClocks);
    const retriedAfter = (seconds: number): Promise<Judged> =>
      judge((line) =>
        'object' in line && line.at > 100 ? { ...line, at: line.at - 118.046 + 39.777 + seconds } : line,
      );
    expect(gap(await retriedAfter(20))).toBeLessThan(least);
    expect(gap(await retriedAfter(130))).toBeGreaterThan(most);
  });

  test.for<[string, Partial<NonNullable<Backup['status']>>]>([
    ['fails', { state: 'Error', error: 'the upload was cut off' }],
    ['waits', { state: 'Pending', messages: { info: 'Wait for backup zl-b1 to be deleted' } }],
  ])('the upload %s', async ([, status]) => {
    const { undisturbed } = await judge((line) =>
      ofBackup('zl-b2', (backup) => ('at' in line && line.at > 50 ? withStatus(backup, status) : backup))(
        line,
      ),
    );
    expect(undisturbed.state).toBe('broken');
  });

  test('the upload never shows', async () => {
    const { uploads, undisturbed } = await judge(
      ofBackup('zl-b2', (backup) => (backup.status?.state === 'InProgress' ? undefined : backup)),
    );
    expect([uploads.state, undisturbed.state]).toEqual(['broken', 'broken']);
  });
});

describe('a deletion that is tried more than once', () => {
  const lost = describeFailedDeletion(lockText('delete'));
  const tried = (...errors: string[]): string => {
    const states = [{ state: 'Completed' }, { state: 'Deleting' }].concat(
      errors.flatMap((error) => [{ state: 'Error', messages: { error } }, { state: 'Deleting' }]),
    );
    const events = states.map((status, at) => ({
      kind: 'modified' as const,
      at,
      object: { metadata: { name: 'b', uid: 'u' }, spec: { snapshotName: 's' }, status },
    }));
    const backups = replayTimeline<Backup>('backups', [
      ...events,
      { ...(events.at(-1) as (typeof events)[number]), kind: 'deleted' },
    ]);
    return evaluate(deletionResolves(backups, { backup: { name: 'b', label: 'b', from: 0 }, version })).state;
  };

  test('may lose the lock each time, and fail for no other reason', () => {
    expect([tried(lost), tried(lost, lost), tried(lost, lost, lost)]).toEqual(['met', 'met', 'met']);
    expect([tried(), tried(lost, describeFailedDeletion('unlinkat /b: operation not permitted'))]).toEqual([
      'broken',
      'broken',
    ]);
  });
});

describe('a creation that meets a lock', () => {
  const backup = (status: NonNullable<Backup['status']>, at: number): Backup => ({
    metadata: { name: 'b', uid: 'u', resourceVersion: `${at}` },
    spec: { snapshotName: 's' },
    status,
  });
  const lost = { state: 'Error', error: `failed to backup snapshot s to b: ${lockText('create/restore')}` };
  const play = (...statuses: NonNullable<Backup['status']>[]) => {
    const backups = replayTimeline(
      'backups',
      statuses.map((status, at) => ({ kind: 'modified' as const, at, object: backup(status, at) })),
    );
    const losing = { backup: { name: 'b', label: 'b', from: 0 }, version };
    return [evaluate(creationLosesLock(backups, losing)).state, evaluate(staysLost(backups, losing)).state];
  };

  test('fails, and stays so', () => {
    expect(play({ state: '' }, lost)).toEqual(['met', 'timed-out']);
    expect(
      play(
        { state: '' },
        { state: 'Pending', messages: { info: 'Waiting for the snapshot s to be ready' } },
        lost,
      ),
    ).toEqual(['met', 'timed-out']);
    // What it said while it waited stays.
    expect(
      play({ state: '' }, { ...lost, messages: { info: 'Waiting for the snapshot s to be ready' } }),
    ).toEqual(['met', 'timed-out']);
  });

  test.for<[string, NonNullable<Backup['status']>[]]>([
    ['is tried again', [lost, { state: 'InProgress' }]],
    ['is begun anew', [lost, { state: '' }]],
    ['loses its error', [lost, { state: 'Error' }]],
  ])('breaks the promise when it %s', ([, statuses]) => {
    expect(play({ state: '' }, ...statuses)).toEqual(['met', 'broken']);
  });

  test.for<[string, NonNullable<Backup['status']>]>([
    ['in silence', { state: 'Error' }],
    ['for a reason that is known', { state: 'Error', error: 'Failed to get the Snapshot s' }],
    ['in another state', { state: 'Pending', error: lost.error }],
    ['for another reason', { state: 'Error', error: 'no space left on device' }],
    ["with a deletion's words", { state: 'Error', error: describeFailedDeletion(lockText('delete')) }],
    ['in status.messages', { state: 'Error', messages: { error: lost.error } }],
    ['not at all', { state: 'InProgress' }],
  ])('is another one when it fails %s', ([, status]) => {
    expect(play({ state: '' }, status)).toEqual(['broken', 'broken']);
  });
});

test('a backup that is still there is not gone', async () => {
  const { backups } = await judge();
  expect(() => goneAt(backups, 'zl-b2')).toThrow('nobody has seen zl-b2 go');
});
