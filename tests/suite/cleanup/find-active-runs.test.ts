import { expect, test } from 'vitest';
import { findActiveRuns } from '../../../e2e/suite/cleanup/find-active-runs.ts';
import { stubCluster } from '../../support/stub-cluster.ts';

const of = (run: string, namespace: string) => ({ name: 'x', namespace, labels: { 'corral.test/run': run } });

/** On a cluster with these Jobs and Leases; a lease that is watched is an error. */
const atWork = async (objects: Record<string, object[]>): Promise<string[]> => [
  ...(await findActiveRuns(stubCluster({ objects }), new Set(['abc123', 'xyz789']), { print: () => {} })),
];

test('a fleet whose Job has pods is at work; one that has none, and a run of a recurring job, is not', async () => {
  const job = (run: string, where: string, active: number) => ({
    metadata: of(run, where),
    status: { active },
  });
  const jobs = [job('abc123', 'corral-abc123-fleet', 2), job('xyz789', 'corral-xyz789-fleet', 0)];
  expect(await atWork({ jobs })).toEqual(['abc123']);
  expect(await atWork({ jobs: [job('abc123', 'longhorn-system', 1)] })).toEqual([]);
  expect(await atWork({ jobs: [job('others', 'elsewhere', 1)] })).toEqual([]);
});

test('a Lease that is surely over is not waited for', async () => {
  const old = new Date(Date.now() - 600_000).toISOString();
  const ended = { metadata: of('abc123', 'n'), spec: { renewTime: old } };
  expect(await atWork({ leases: [ended, { metadata: of('abc123', 'other') }] })).toEqual([]);
});
