import { expect, test } from 'vitest';
import { syncRequest } from '../../e2e/longhorn/sync-request.ts';

test.each([
  ['2026-11-20T11:59:59Z', '2026-11-20T12:00:05Z', []],
  ['2026-11-20T12:00:05Z', '2026-11-20T12:00:06Z', [100]],
  // A node whose clock is ahead.
  ['2026-11-20T12:10:00Z', '2026-11-20T12:10:01Z', [1000]],
  [null, '2026-11-20T12:00:05Z', []],
])('after a look at %s, a request of %s, given after %j ms', async (lastSyncedAt, request, waits) => {
  const waited: number[] = [];
  const clock = {
    now: () => Date.parse('2026-11-20T12:00:05.900Z'),
    sleep: async (milliseconds: number) => void waited.push(milliseconds),
  };
  expect(await syncRequest({ status: { lastSyncedAt } }, clock)).toBe(request);
  expect(waited).toEqual(waits);
});
