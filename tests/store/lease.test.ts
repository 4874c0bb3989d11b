import { beforeEach, expect, test, vi } from 'vitest';
import { leaseClock, renewLease } from '../../e2e/store/lease.ts';
import { type StubRequest, stubCluster } from '../support/stub-cluster.ts';

beforeEach(() => void vi.useFakeTimers({ now: Date.parse('2026-01-01T00:00:00.5Z') }));

test('it is renewed three times while it counts, whatever comes of it, until the scenario has ended', async () => {
  const requests: StubRequest[] = [];
  const scenario = new AbortController();
  const onAsk = (each: StubRequest) => {
    requests.push(each);
    if (each.verb === 'patch') throw new Error('the API server is away');
  };
  const cluster = stubCluster({ objects: { leases: [] }, onAsk });
  await renewLease(cluster, { namespace: 'n', run: 'abc123', scenarioSignal: scenario.signal });
  const metadata = { name: 'corral-at-work', namespace: 'n', labels: { 'corral.test/run': 'abc123' } };
  const spec = { leaseDurationSeconds: 30, renewTime: '2026-01-01T00:00:00.500000Z' };
  expect(requests.splice(0)).toMatchObject([{ verb: 'create', body: { metadata, spec } }]);
  await vi.advanceTimersByTimeAsync(leaseClock.counts * 1000);
  expect(requests).toHaveLength(3);
  const body = { spec: { renewTime: '2026-01-01T00:00:30.500000Z' } };
  expect(requests[2]).toMatchObject({ namespace: 'n', name: 'corral-at-work', body });
  scenario.abort();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(requests).toHaveLength(3);
});
