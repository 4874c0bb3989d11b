import { expect, describe as suite, test } from 'vitest';
import { type Expectation, evaluate } from '../../e2e/history/expectation.ts';
import type { Recording } from '../../e2e/history/recording.ts';
import { type Backup, backups, normal, recording, steps } from './longhorn-recordings.ts';
import {
  both,
  endOf,
  gapBefore,
  type Mutation,
  madeAgain,
  movedBefore,
  of,
  without,
  withStatus,
} from './mutations.ts';

/** `broken` where no state is named. */
type Row = {
  bug: string;
  in: string;
  mutate: Mutation;
  of?: 'first' | 'second';
  state?: string;
  reason: string;
};
type Expected = (recorded: Recording) => Record<string, Expectation<Backup>>;

const { pending, inProgress, completed, deleting, error, denied, forgotten, locked, gone } = steps;
const { waiting } = steps;

const judged = (expected: Expected, rows: Row[]) =>
  test.each(rows)(
    '$in: $bug',
    async ({ in: name, mutate, of: which = 'first', state = 'broken', reason }) => {
      const verdict = evaluate(expected(mutate(await recording(name)))[which] as Expectation<Backup>);
      expect({ state: verdict.state, reason: verdict.reason }).toEqual({ state, reason });
      expect(verdict.text.startsWith(`${reason}\n`)).toBe(true);
    },
  );

const message = waiting.label;

suite('the expectation of case Normal fails where', () => {
  const expected: Expected = (recorded) =>
    normal(recorded, {
      first: 'zn-b1',
      second: 'zn-b2',
      from: 'when b1 deleted',
      ...(recorded.header.longhorn === 'v1.12.1' && { quick: true }),
    });
  judged(expected, [
    {
      bug: 'the message is missing',
      in: 'v1.12.1/normal',
      mutate: withStatus(of('zn-b2', 'Pending'), (status) => ({ ...status, messages: {} })),
      of: 'second',
      reason: `Expected: the second backup goes ${message} before Completed\nGot:      Completed; until then it was "", then Pending`,
    },
    {
      bug: 'the message is the one of the document, not the real one',
      in: 'v1.12.1/normal',
      mutate: withStatus(of('zn-b2', 'Pending'), (status) => ({
        ...status,
        messages: { info: 'waiting for backup to be deleted' },
      })),
      of: 'second',
      reason: `Expected: the second backup goes ${message} before Completed\nGot:      Completed; until then it was "", then Pending (info: waiting for backup to be deleted)`,
    },
    {
      bug: 'the message stands in the wrong field',
      in: 'v1.12.1/normal',
      mutate: withStatus(of('zn-b2', 'Pending'), (status) => ({
        ...status,
        messages: { error: status.messages?.info ?? '' },
      })),
      of: 'second',
      reason: `Expected: the second backup goes ${message} before Completed\nGot:      Completed; until then it was "", then Pending (error: Wait for backup zn-b1 to be deleted)`,
    },
    {
      bug: 'the second was never held back, though it began late',
      in: 'v1.8.2/normal',
      mutate: without(of('zn-b2', 'Pending')),
      of: 'second',
      reason: `Expected: the second backup goes ${message} before InProgress\nGot:      InProgress (info: Wait for backup zn-b1 to be deleted); until then it was ""`,
    },
    {
      bug: 'the second is uploaded at once (M13)',
      in: 'v1.8.2/normal',
      mutate: withStatus(of('zn-b2', 'Pending'), (status) => ({
        ...status,
        state: 'InProgress',
        messages: {},
      })),
      of: 'second',
      reason: 'the second backup was InProgress while the first backup was Deleting',
    },
    {
      bug: 'the second waits, but not until the first is gone (M13)',
      in: 'v1.8.2/normal',
      mutate: movedBefore(of('zn-b2', 'InProgress'), endOf('zn-b1')),
      of: 'second',
      reason: 'the second backup was InProgress while the first backup was Deleting',
    },
    {
      bug: 'the second fails for good',
      in: 'v1.12.1/normal',
      mutate: withStatus(of('zn-b2', 'Completed'), (status) => ({
        ...status,
        state: 'Error',
        error: 'failed to acquire lock',
      })),
      of: 'second',
      reason: `Expected: the second backup goes Completed after ${message}\nGot:      Error (status.error: failed to acquire lock)`,
    },
    {
      bug: 'the second is started twice',
      in: 'v1.8.2/normal',
      mutate: both(
        withStatus(of('zn-b2', 'Completed'), (status) => ({ ...status, state: 'InProgress' })),
        withStatus(
          (event) => of('zn-b2', 'InProgress')(event) && event.at > 115 && event.at < 117,
          (status) => ({ ...status, state: 'Pending' }),
        ),
      ),
      of: 'second',
      reason:
        'Expected: the second backup goes Completed after InProgress\nGot:      Pending (info: Wait for backup zn-b1 to be deleted)',
    },
    {
      bug: 'the deletion never ends',
      in: 'v1.12.1/normal',
      mutate: without(endOf('zn-b1'), of('zn-b2', 'Completed')),
      state: 'timed-out',
      reason: 'the recording ended: gone was not reached; the first backup is still Deleting',
    },
    {
      bug: 'the deletion never ends',
      in: 'v1.12.1/normal',
      mutate: without(endOf('zn-b1'), of('zn-b2', 'Completed')),
      of: 'second',
      state: 'timed-out',
      reason:
        'the recording ended: Completed was not reached; the second backup is still Pending (info: Wait for backup zn-b1 to be deleted)',
    },
    {
      bug: 'only the end of the first was never told',
      in: 'v1.12.1/normal',
      mutate: without(endOf('zn-b1')),
      state: 'timed-out',
      reason: 'the recording ended: gone was not reached; the first backup is still Deleting',
    },
    {
      bug: 'the first goes without being deleted from the store',
      in: 'v1.12.1/normal',
      mutate: without(of('zn-b1', 'Deleting')),
      reason:
        'Expected: the first backup goes Deleting\nGot:      it was deleted; until then it was Completed',
    },
    {
      bug: 'the first comes back while it is deleted',
      in: 'v1.12.1/normal',
      mutate: madeAgain(of('zn-b1', 'Deleting')),
      reason:
        'Expected: the first backup goes Deleting\nGot:      another object: zn-b1 was made again (uid ea048826-d41f-4b06-b517-e89e32a50d69, now another-uid)',
    },
    {
      bug: 'the second was never made',
      in: 'v1.12.1/normal',
      mutate: without(of('zn-b2')),
      of: 'second',
      state: 'timed-out',
      reason: `the recording ended: ${message} was not reached; the second backup was never seen`,
    },
    {
      bug: 'the watch has a gap while the second waits',
      in: 'v1.12.1/normal',
      mutate: gapBefore(of('zn-b2', 'Completed')),
      of: 'second',
      state: 'not-provable',
      reason:
        'the watch lost what happened to the second backup before Completed: the events were compacted away',
    },
    {
      bug: 'the watch has a gap before the end of the first',
      in: 'v1.12.1/normal',
      mutate: gapBefore(endOf('zn-b1')),
      state: 'not-provable',
      reason: 'the watch lost what happened to the first backup before gone: the events were compacted away',
    },
    {
      bug: 'the watch has a gap, and nothing of the second came after it',
      in: 'v1.12.1/normal',
      mutate: both(gapBefore(endOf('zn-b1')), without(of('zn-b2', 'Completed'))),
      of: 'second',
      state: 'not-provable',
      reason:
        'the recording ended, and the watch lost a stretch of the second backup (the events were compacted away): Completed was not reached; the second backup is still Pending (info: Wait for backup zn-b1 to be deleted)',
    },
  ]);
});

suite('the expectation of case Delete Error fails where', () => {
  const expected: Expected = (recorded) => {
    const { first, second, firstIs } = backups(recorded, {
      first: 'ze-b1',
      second: 'ze-b2',
      from: 'when b1 deleted',
    });
    return {
      first: first.goes(deleting, denied, deleting, denied, deleting, gone),
      second: second.goes(inProgress, completed).withoutEver(pending).while(firstIs(error)),
    };
  };
  const nth = (name: string, state: string, after: number) => (event: Parameters<ReturnType<typeof of>>[0]) =>
    of(name, state)(event) && event.at > after;
  judged(expected, [
    {
      bug: 'the second waits for a deletion that has failed (M14)',
      in: 'v1.12.1/delete-error',
      mutate: withStatus(of('ze-b2', ''), (status) => ({
        ...status,
        state: 'Pending',
        messages: { info: 'Wait for backup ze-b1 to be deleted' },
      })),
      of: 'second',
      reason: 'the second backup was Pending while the first backup was Error',
    },
    {
      bug: 'the error says nothing (M16)',
      in: 'v1.8.2/delete-error',
      mutate: withStatus(of('ze-b1', 'Error'), (status) => ({ ...status, messages: {} })),
      reason: `Expected: the first backup goes ${denied.label} after Deleting\nGot:      Error`,
    },
    {
      bug: 'the error stands in the wrong field',
      in: 'v1.12.1/delete-error',
      mutate: withStatus(of('ze-b1', 'Error'), (status) => ({
        ...status,
        messages: {},
        error: 'operation not permitted',
      })),
      reason: `Expected: the first backup goes ${denied.label} after Deleting\nGot:      Error (status.error: operation not permitted)`,
    },
    {
      bug: 'there is no retry (M7, M15)',
      in: 'v1.12.1/delete-error',
      mutate: without(nth('ze-b1', 'Deleting', 200), endOf('ze-b1'), nth('ze-b1', 'Error', 140)),
      state: 'timed-out',
      reason: `the recording ended: ${denied.label} was not reached; the first backup is still Deleting`,
    },
    {
      bug: 'the record is dropped on an error (M24)',
      in: 'v1.12.1/delete-error',
      mutate: without(nth('ze-b1', 'Deleting', 100), of('ze-b1', 'Error')),
      reason: `Expected: the first backup goes ${denied.label}\nGot:      it was deleted; until then it was Completed, then Deleting`,
    },
  ]);
});

suite('the expectation of case Controller Crash fails where', () => {
  const expected: Expected = (recorded) => ({
    first: backups(recorded, { first: 'zc-b1', from: 'when b1 deleted' })
      .first.goes(deleting, forgotten, deleting, gone)
      .allowing(denied),
  });
  judged(expected, [
    {
      bug: 'the state that lives for milliseconds is not there (M17)',
      in: 'v1.12.1/controller-crash',
      mutate: without(({ object }) => forgotten.matches(object)),
      reason: `Expected: the first backup goes ${forgotten.label}\nGot:      it was deleted; until then it was Completed, then Deleting, then Error (error: Failed to delete the backup nfs://nfs-backupstore.default.svc.cluster.local:/opt/backu... (6700 characters), then Deleting`,
    },
    {
      bug: 'the deletion stays for ever after the crash (M17)',
      in: 'v1.12.1/controller-crash',
      mutate: without(({ object, at }) => object.metadata.name === 'zc-b1' && at > 31),
      state: 'timed-out',
      reason: `the recording ended: ${forgotten.label} was not reached; the first backup is still Deleting`,
    },
  ]);
});

suite('the expectation of a lock conflict fails where', () => {
  const expected: Expected = (recorded) => ({
    first: backups(recorded, { first: 'zl-b1', from: 'b2 in progress, delete b1' }).first.goes(
      deleting,
      locked,
      deleting,
      gone,
    ),
  });
  judged(expected, [
    {
      bug: 'the deletion does not mind the lock',
      in: 'v1.12.1/lock-conflict',
      mutate: without(of('zl-b1', 'Error')),
      reason: `Expected: the first backup goes ${locked.label}\nGot:      it was deleted; until then it was Completed, then Deleting`,
    },
  ]);
});
