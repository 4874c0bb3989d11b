import { expect, test } from 'vitest';
import { healByLabels } from '../../e2e/faults/open-faults.ts';
import { stubCluster } from '../support/stub-cluster.ts';

test('policies are found by the label of the run, and no other run is touched', async () => {
  const policy = { metadata: { name: 'corral-policy', labels: { 'corral.test/run': 'abc123' } } };
  const removed: string[] = [];
  const cluster = stubCluster({
    objects: { validatingadmissionpolicies: [policy], validatingadmissionpolicybindings: [policy] },
    onAsk: ({ verb, plural, name }) => verb === 'delete' && removed.push(`${plural}/${name}`),
  });
  expect(await healByLabels(cluster, 'other1')).toEqual([]);
  expect(removed).toEqual([]);
  await healByLabels(cluster, 'abc123');
  expect(removed).toEqual([
    'validatingadmissionpolicybindings/corral-policy',
    'validatingadmissionpolicies/corral-policy',
  ]);
});
