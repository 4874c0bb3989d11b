import { describe, expect, test } from 'vitest';
import { ExpectationError, evaluate } from '../../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../../e2e/history/replay.ts';
import { longhornClocks } from '../../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../../e2e/longhorn/types.ts';
import * as plain from '../../../../e2e/suite/steps/backup/expectations.ts';
import { endedBeforeKill } from '../../../../e2e/suite/steps/deletion/deletion.ts';
import * as deletions from '../../../../e2e/suite/steps/deletion/expectations.ts';
import { type Mutation, replay, whenIn } from '../recordings.ts';

const inError = ['longhorn-v1.12.1/delete-error', 'ze', 'when b1 deleted'] as const;
const inErrorV18 = ['longhorn-v1.8.2/delete-error', 'ze', 'when b1 deleted'] as const;
const atOnce = ['longhorn-v1.8.2/delete-error-same-time', 'sa', 'delete b1, create b2'] as const;

const judge = async ([file, names, deleted]: readonly [string, string, string], mutate?: Mutation) => {
  const replayed = await replay(file, mutate);
  const backups = replayed.timeline<Backup>('backups');
  const version = /v[\d.]+/.exec(file)?.[0] ?? '';
  const subject = (which: string, from = deleted) => {
    const name = `${names}-${which}`;
    return { backup: { name, label: name, from: replayed.sequenceAt(from) }, version };
  };
  const [first, second] = [subject('b1'), subject('b2')];
  const startedWhen = ({ steps }: ReturnType<typeof evaluate>): string | undefined =>
    plain.stateWhen(backups, {
      of: `${names}-b1`,
      resourceVersion: steps[0]?.reached?.resourceVersion ?? '',
    });
  const matches = (each: Backup) => each.status?.state !== 'InProgress';
  const held = { ...plain.waitsFor(first.backup, version), matches };
  const again = evaluate(deletions.deletionFailsAgain(backups, first));
  const wentOn = evaluate(plain.goesOn(backups, { ...second, held }));
  const notHeld = evaluate(plain.isNeverHeldBack(backups, second));
  return {
    fails: evaluate(deletions.deletionFails(backups, first)).state,
    again: again.state,
    gap: (again.steps[2]?.reached?.at ?? 0) - (again.steps[0]?.reached?.at ?? 0),
    inTheEnd: evaluate(deletions.isDeletedInTheEnd(backups, subject('b1', 'chattr -i'))).state,
    wentOn: [wentOn.state, startedWhen(wentOn)],
    notHeld: notHeld.state,
    during: startedWhen(notHeld),
  };
};

test.each([
  ['made in the Error, never', inError, { notHeld: 'met', during: 'Error' }],
  ['made in the Error, never', inErrorV18, { notHeld: 'met', during: 'Error' }],
  ['made at once, and went on in the Error,', atOnce, { wentOn: ['met', 'Error'], notHeld: 'broken' }],
])('a real Longhorn tried again in time; a backup %s was held back: %j', async (_, recording, others) => {
  const { gap, ...judged } = await judge(recording);
  expect(judged).toMatchObject({ fails: 'met', again: 'met', inTheEnd: 'met', ...others });
  const { least, most } = deletions.retryWindow({ clocks: longhornClocks, slowness: 1 });
  expect(deletions.retryWindow({ clocks: longhornClocks, slowness: 3 })).toEqual({
    least,
    most: most + 20_000,
  });
  expect([least, most]).toEqual([55_000, 100_000]);
  expect(gap).toBeGreaterThan(least);
  expect(gap).toBeLessThan(most);
});

const failed = (change?: Backup['status']) => whenIn('ze-b1', 'Error', change);
const withoutAttempt = (): Mutation => {
  let healed = false;
  return (line) => {
    healed ||= 'marker' in line && line.marker === 'chattr -i';
    return healed ? whenIn('ze-b1', 'Deleting', { state: 'Error' })(line) : line;
  };
};

test.for<[string, Mutation, object]>([
  ['said it in status.error too', failed({ error: 'operation not permitted' }), { fails: 'broken' }],
  ['never shown the failure', failed(), { fails: 'broken' }],
  ['let the backup go without another attempt', withoutAttempt(), { inTheEnd: 'broken' }],
])('a broken Longhorn would have %s', async ([, mutate, states]) => {
  expect(await judge(inError, mutate)).toMatchObject(states);
});

describe('a manager that is killed', () => {
  const crashed = async ([file, name, killed]: readonly string[], mutate?: Mutation) => {
    const replayed = await replay(`longhorn-v1.12.1/${file}`, mutate);
    const backups = replayed.timeline<Backup>('backups');
    const backup = { name: name ?? '', label: 'the first backup', from: replayed.sequenceAt(killed ?? '') };
    const of = { backup, version: 'v1.12.1' };
    const { isForgottenAndRetried, isDeletedInTheEnd, isDeletedThroughKill } = deletions;
    const all = [isForgottenAndRetried, isDeletedInTheEnd, isDeletedThroughKill];
    const judged = all.map((make) => evaluate(make(backups, of)));
    return { states: judged.map(({ state }) => state), through: judged[2] };
  };
  const other = { messages: { error: 'what nobody knows' } };

  test.each([
    ['controller-crash', 'zc-b1', 'kill owner node2 longhorn-manager-zbswx'],
    ['held-crash', 'ho-b3', 'manager killed'],
  ])('%s: the deletion of %s was forgotten, begun again, and done', async (...of) => {
    expect((await crashed(of)).states.slice(0, 2)).toEqual(['met', 'met']);
    // Who says nothing, or something else, has not forgotten.
    expect((await crashed(of, whenIn(of[1], 'Error'))).states[0]).not.toBe('met');
    const unknown = await crashed(of, whenIn(of[1], 'Error', other));
    expect(unknown.states.slice(0, 2)).toEqual(['broken', 'broken']);
  });

  const stays: Mutation = (line) => ('type' in line && line.type === 'DELETED' ? undefined : line);

  test.for<[string, Mutation | undefined, string, RegExp]>([
    ['was forgotten meanwhile', undefined, 'met', /^/],
    ['was not', whenIn('ho-b3', 'Error'), 'met', /^/],
    ['fails in any other way', whenIn('ho-b3', 'Error', other), 'broken', /\nGot: +Error /],
    ['stays', stays, 'timed-out', /Deleting/],
  ])('at any point: a backup that %s', async ([, mutate, state, reason]) => {
    const { through } = await crashed(['held-crash', 'ho-b3', 'when b3 deleted'], mutate);
    expect([through?.state, through?.reason]).toEqual([state, expect.stringMatching(reason)]);
  });
});

test('an attempt that was refused before its manager was killed is a lost premise; what else comes is none', async () => {
  const replayed = await replay('longhorn-v1.12.1/delete-error');
  const version = 'v1.12.1';
  const backup = { name: 'ze-b1', label: 'the first backup', from: replayed.sequenceAt('when b1 deleted') };
  const forgotten = deletions.isForgottenAndRetried(replayed.timeline<Backup>('backups'), {
    backup,
    version,
  });
  const premise = (expectation: typeof forgotten) =>
    endedBeforeKill(new ExpectationError(evaluate(expectation)), { ...backup, version });
  expect(premise(forgotten.startingAs(plain.backupIs('Completed')))?.message).toMatch(
    /^the attempt to delete the first backup ended before its longhorn-manager was killed\n/,
  );
  expect(premise(forgotten)).toBeUndefined();
});

test('how long a backup that failed was let be, and one that nobody saw fail', () => {
  const spec = { snapshotName: 's' };
  const failed = { state: 'Error', lastSyncedAt: '2026-08-01T10:00:00Z' };
  const deletionTimestamp = '2026-08-01T10:01:05Z';
  const stayedOf = (...objects: Backup[]) => {
    const backups = replayTimeline<Backup>('backups');
    for (const object of objects) backups.push({ kind: 'modified', at: 0, object });
    return () => deletions.stayedFailed(backups, 'b');
  };
  const gone: Backup = { metadata: { name: 'b', deletionTimestamp }, spec, status: failed };
  expect(stayedOf({ metadata: { name: 'b' }, spec, status: failed }, gone)()).toBe(65_000);
  expect(stayedOf({ metadata: { name: 'b' }, spec, status: { state: 'InProgress' } }, gone)).toThrow(
    'nobody saw',
  );
});
