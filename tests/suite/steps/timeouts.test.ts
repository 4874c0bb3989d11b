import { expect, test } from 'vitest';
import { parseDuration } from '../../../e2e/kube/duration.ts';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
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
  // A deletion that meets the lock of an upload is tried again after the back-off of 60 s, and after twice that.
  expect(parseDuration(timeouts.backupsGone.within)).toBe(210_000);
  const fixed = Object.entries(timeouts).filter((entry) => entry[1].atMost === undefined);
  expect(fixed.map(([name]) => name)).toEqual(
    expect.arrayContaining(['syncActedOn', 'notDeleted', 'jobMakes', 'pageFollows']),
  );
  expect(fixed.map(([name]) => name)).not.toContain('backupsGone');
});

test('every phase has a time-out with an owner', () => {
  for (const { within, owner } of Object.values(timeoutsOn(longhornClocks)))
    expect([parseDuration(within) > 0, owner]).toEqual([true, expect.stringMatching(/./)]);
});

test('the store is quiet when a lock has outlived its life', () => {
  expect([storeIdleLimits(longhornClocks).seconds, storeIdleLimits(fast).seconds]).toEqual([180, 45]);
});
