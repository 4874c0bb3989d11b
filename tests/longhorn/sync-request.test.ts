import { expect, test } from 'vitest';
import { syncRequest } from '../../e2e/longhorn/sync-request.ts';

test.each([
  ['2026-11-20T11:59:59Z', '2026-11-20T12:00:05Z'],
  ['2026-11-20T12:00:05Z', '2026-11-20T12:00:06Z'],
  // A node whose clock is ahead.
  ['2026-11-20T12:10:00Z', '2026-11-20T12:10:01Z'],
  [null, '2026-11-20T12:00:05Z'],
])('after a look at %s, a request of %s', (lastSyncedAt, request) => {
  expect(syncRequest({ status: { lastSyncedAt } }, Date.parse('2026-11-20T12:00:05.900Z'))).toBe(request);
});
