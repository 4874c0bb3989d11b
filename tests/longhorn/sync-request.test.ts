import { expect, test } from 'vitest';
import { isSyncDue, syncRequest } from '../../e2e/longhorn/sync-request.ts';

test.each([
  ['2026-11-20T11:59:59Z', null, '2026-11-20T12:00:05Z', []],
  ['2026-11-20T12:00:05Z', null, '2026-11-20T12:00:06Z', [100]],
  // A node whose clock is ahead.
  ['2026-11-20T12:10:00Z', null, '2026-11-20T12:10:01Z', [1000]],
  [null, null, '2026-11-20T12:00:05Z', []],
  ['2026-11-20T11:59:59Z', '2026-11-20T12:00:05Z', '2026-11-20T12:00:06Z', [100]],
] as const)(
  'after a look at %s, and a request of %s, a request of %s, given after %j ms',
  async (lastSyncedAt, syncRequestedAt, request, waits) => {
    const waited: number[] = [];
    const clock = {
      now: () => Date.parse('2026-11-20T12:00:05.900Z'),
      sleep: async (milliseconds: number) => void waited.push(milliseconds),
    };
    expect(await syncRequest({ spec: { syncRequestedAt }, status: { lastSyncedAt } }, clock)).toBe(request);
    expect(waited).toEqual(waits);
  },
);

test.each([
  ['never looked at', null, null, true],
  ['asked for after the last look', '2026-11-20T12:00:06Z', '2026-11-20T12:00:05Z', true],
  ['looked at as was asked for', '2026-11-20T12:00:05Z', '2026-11-20T12:00:05Z', false],
  ['looked at without being asked for', null, '2026-11-20T12:00:05Z', false],
])('a look is due or not: %s', (_, syncRequestedAt, lastSyncedAt, due) => {
  expect(isSyncDue({ spec: { syncRequestedAt }, status: { lastSyncedAt } })).toBe(due);
});
