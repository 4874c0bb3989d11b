import { expect, test } from 'vitest';
import { parseDuration } from '../../../e2e/kube/duration.ts';
import { longhornClocks } from '../../../e2e/longhorn/clocks.ts';
import { rules, storeQuiet, timeoutsOn } from '../../../e2e/suite/steps/timeouts.ts';

const fast = { deletionBackoff: 6_000, resync: 5_000, lockLife: 15_000, monitorPoll: 500 };

test('a time-out is what a slow machine may take, and the rounds of the clocks', () => {
  const { machine, resyncs, backoffs } = rules.deletionFailsAgain;
  const [real, quick] = [longhornClocks, fast].map((clocks) =>
    parseDuration(timeoutsOn(clocks).deletionFailsAgain.within),
  );
  expect(real).toBe(machine * 1000 + resyncs * 30_000 + backoffs * 60_000);
  expect(quick).toBe(machine * 1000 + resyncs * 5_000 + backoffs * 6_000);
  const slow = parseDuration(timeoutsOn(longhornClocks, 2.5).deletionFailsAgain.within);
  expect(slow).toBe(2.5 * machine * 1000 + resyncs * 30_000 + backoffs * 60_000);
});

test('every phase has a time-out with an owner', () => {
  for (const { within, owner } of Object.values(timeoutsOn(longhornClocks)))
    expect([parseDuration(within) > 0, owner]).toEqual([true, expect.stringMatching(/./)]);
});

test('the store is quiet when a lock has outlived its life', () => {
  expect([storeQuiet(longhornClocks).seconds, storeQuiet(fast).seconds]).toEqual([180, 45]);
});
