import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { leaseClock, renewLease } from '../../e2e/store/lease.ts';
import { stubCluster } from '../support/stub-cluster.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.5Z') }));
afterEach(() => void vi.useRealTimers());

const start = async () => {
  const made: unknown[] = [];
  const patched: unknown[] = [];
  const living = new AbortController();
  const cluster = stubCluster({
    objects: { leases: [] },
    onAsk: ({ verb, namespace, name, body }) => {
      if (verb === 'create') return made.push(body);
      patched.push({ where: { namespace, name }, patch: body });
      throw new Error('the API server is away');
    },
  });
  await renewLease(cluster, { namespace: 'n', run: 'abc123', living: living.signal });
  return { made, patched, living };
};

test('it is renewed three times while it counts, whatever comes of it, until the scenario has ended', async () => {
  const { made, patched, living } = await start();
  expect(made).toEqual([
    expect.objectContaining({
      metadata: { name: 'corral-at-work', namespace: 'n', labels: { 'corral.test/run': 'abc123' } },
      spec: { leaseDurationSeconds: 30, renewTime: '2026-01-01T00:00:00.500000Z' },
    }),
  ]);
  await vi.advanceTimersByTimeAsync(leaseClock.counts * 1000);
  expect(patched).toHaveLength(3);
  expect(patched.at(-1)).toEqual({
    where: { namespace: 'n', name: 'corral-at-work' },
    patch: { spec: { renewTime: '2026-01-01T00:00:30.500000Z' } },
  });
  living.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(patched).toHaveLength(3);
});
