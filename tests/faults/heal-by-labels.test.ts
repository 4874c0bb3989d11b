import { expect, test } from 'vitest';
import { healByLabels } from '../../e2e/faults/open-faults.ts';
import type { Cluster, Resource } from '../../e2e/kube/cluster.ts';
import { localPods } from '../support/local-pods.ts';

test('policies are found by the label of the run, and no other run is touched', async () => {
  const labelled: Record<string, string> = {
    validatingadmissionpolicies: 'abc123',
    validatingadmissionpolicybindings: 'abc123',
  };
  const removed: string[] = [];
  const cluster = {
    ...localPods(),
    list: async ({ plural }: Resource, { labelSelector }: { labelSelector: string }) => ({
      items:
        labelSelector === `corral.test/run=${labelled[plural]}`
          ? [{ metadata: { name: `corral-${plural}` } }]
          : [],
    }),
    delete: async ({ plural }: Resource, { name }: { name: string }) =>
      void removed.push(`${plural}/${name}`),
  } as unknown as Cluster;
  expect(await healByLabels(cluster, 'other1')).toEqual([]);
  expect(removed).toEqual([]);
  await healByLabels(cluster, 'abc123');
  expect(removed).toEqual([
    'validatingadmissionpolicybindings/corral-validatingadmissionpolicybindings',
    'validatingadmissionpolicies/corral-validatingadmissionpolicies',
  ]);
});
