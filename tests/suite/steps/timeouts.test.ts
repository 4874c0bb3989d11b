import { expect, test, vi } from 'vitest';
import { waitUntilGone } from '../../../e2e/history/expectation.ts';
import { replayTimeline } from '../../../e2e/history/replay.ts';
import { parseDuration } from '../../../e2e/kube/duration.ts';
import { describeBackup } from '../../../e2e/longhorn/backup-state.ts';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
import type { Backup } from '../../../e2e/longhorn/types.ts';
import { storeIdleLimits, timeoutRules, timeoutsOn } from '../../../e2e/suite/steps/timeouts.ts';

const fast = { deletionBackoff: 6_000, resync: 5_000, lockLife: 15_000, monitorPoll: 500 };

test('a time-out is what a slow machine may take, and the rounds of the clocks', () => {
  const { machine, resyncs, backoffs } = timeoutRules.oldBackupsDeleted;
  const [real, quick] = [longhornClocks, fast].map((clocks) =>
    parseDuration(timeoutsOn(clocks).oldBackupsDeleted.within),
  );
  expect(real).toBe(machine * 1000 + resyncs * 30_000 + backoffs * 60_000);
  expect(quick).toBe(machine * 1000 + resyncs * 5_000 + backoffs * 6_000);
  const slow = parseDuration(timeoutsOn(longhornClocks, 2.5).oldBackupsDeleted.within);
  expect(slow).toBe(2.5 * machine * 1000 + resyncs * 30_000 + backoffs * 60_000);
});

test('a time-out begins anew with each change, up to four times as long, where it is not the length of a stretch', () => {
  const timeouts = timeoutsOn(longhornClocks);
  const { within, atMost } = timeouts.detached;
  expect([within, atMost]).toEqual(['60000ms', '240000ms']);
  const fixed = Object.entries(timeouts).filter((entry) => entry[1].atMost === undefined);
  expect(fixed.map(([name]) => name)).toEqual(
    expect.arrayContaining(['syncActedOn', 'notDeleted', 'jobMakes', 'pageFollows']),
  );
  expect(fixed.map(([name]) => name)).not.toContain('backupsGone');
});

// Deleted at 0 s, tried again after the back-off of 60 s and after twice that; Longhorn looks each 30 s.
test('a cleanup waits for the deletion that meets the lock of an upload whose key was refused: it counts for 150 s', async () => {
  vi.useFakeTimers();
  const backups = replayTimeline<Backup>('backups');
  const setStatus = (state: string, error?: string) =>
    backups.push({
      kind: 'modified',
      at: 0,
      object: {
        metadata: { name: 'b' },
        spec: { snapshotName: 's' },
        status: { state, ...(error && { messages: { error } }) },
      } as Backup,
    });
  setStatus('Deleting');
  const began = Date.now();
  const untilSecond = (second: number) => vi.advanceTimersByTimeAsync(began + second * 1000 - Date.now());
  const { within, ...timeout } = timeoutsOn(longhornClocks).backupsGone;
  expect(parseDuration(within)).toBe(210_000);
  const label = 'backup b is gone';
  const gone = waitUntilGone(backups, { name: 'b', label, describe: describeBackup, within, ...timeout });
  const locked = 'failed to acquire lock';
  for (const [seconds, state, error] of [
    [32, 'Error', locked],
    [60, 'Deleting'],
    [92, 'Error', locked],
    [195, 'Deleting'],
  ] as const) {
    await untilSecond(seconds);
    setStatus(state, error);
  }
  await untilSecond(230);
  backups.push({ kind: 'deleted', at: 0, object: { metadata: { name: 'b' } } as Backup });
  await gone;
});

test('every phase has a time-out with an owner', () => {
  for (const { within, owner } of Object.values(timeoutsOn(longhornClocks)))
    expect([parseDuration(within) > 0, owner]).toEqual([true, expect.stringMatching(/./)]);
});

test('the store is quiet when a lock has outlived its life', () => {
  expect([storeIdleLimits(longhornClocks).seconds, storeIdleLimits(fast).seconds]).toEqual([180, 45]);
});
