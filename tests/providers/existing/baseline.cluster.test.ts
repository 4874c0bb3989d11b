import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../../e2e/history/expectation.ts';
import { follow } from '../../../e2e/history/watch.ts';
import { type Cluster, connect, type KubernetesObject, resources } from '../../../e2e/kube/cluster.ts';
import { openHealth } from '../../../e2e/kube/health.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../e2e/longhorn/resources.ts';
import { customResourceDefinitions } from '../../../emulator/manifests/custom-resources.ts';
import {
  type Baseline,
  differencesFrom,
  readBaseline,
} from '../../../providers/existing/baseline/baseline.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';

const run = 'abc123';

let server: ApiServer;
let cluster: Cluster;
let baseline: Baseline;

const setting = (value: string) => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind: 'Setting',
  metadata: { name: 'backup-concurrent-limit', namespace },
  value,
});
const applySetting = (value: string, fieldManager: string) =>
  cluster.apply(setting(value), { resource: longhornResources.settings, fieldManager });

const serveLonghorn = async (): Promise<void> => {
  await Promise.all(
    customResourceDefinitions.map((definition) =>
      cluster.create(resources.customResourceDefinitions, definition),
    ),
  );
  const served = await follow(cluster, resources.customResourceDefinitions);
  const isEstablished = ({ status }: KubernetesObject) =>
    JSON.stringify(status ?? {}).includes('"type":"Established"');
  for (const { metadata } of customResourceDefinitions)
    await once(served, isEstablished, {
      name: metadata.name,
      label: 'it is served',
      within: '5m',
      owner: 'this test',
    });
  await served.stop();
};

beforeAll(async () => {
  server = await startApiServer();
  // As the provider's own connection, it waits for what the server puts off: right after a definition is
  // there, its objects.
  cluster = connect({ kubeconfig: await server.kubeconfig(), context: 'test', health: openHealth() });
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  await serveLonghorn();
  await applySetting('2', 'longhorn-manager');
  baseline = await readBaseline(cluster, { allow: ['admission-policy'], stores: undefined });
});
afterAll(() => server.stop());

const differences = (settling?: number) =>
  differencesFrom(baseline, {
    cluster,
    run,
    signal: new AbortController().signal,
    ...(settling === undefined ? {} : { settling }),
  });

test('a real API server tells the same of what nobody changed', async () => {
  expect(await differences()).toEqual([]);
});

test('it says who changed what, and what a run left behind; what it removes meanwhile is waited for', async () => {
  await applySetting('5', 'kubectl-edit');
  const labels = { 'corral.test/run': run };
  await cluster.create(resources.validatingAdmissionPolicies, {
    metadata: { name: `corral-${run}-deny`, labels },
    spec: {
      matchConstraints: {
        resourceRules: [
          { apiGroups: [''], apiVersions: ['v1'], operations: ['DELETE'], resources: ['pods'] },
        ],
      },
      validations: [{ expression: 'true' }],
    },
  });
  const [volume, where] = [`corral-${run}-volume`, { namespace, name: `corral-${run}-volume` }];
  await cluster.create(longhornResources.volumes, {
    apiVersion: 'longhorn.io/v1beta2',
    kind: 'Volume',
    metadata: { name: volume, namespace, labels, finalizers: ['longhorn.io'] },
    spec: { size: '1' },
  });
  await cluster.delete(longhornResources.volumes, where);
  const found = differences();
  setTimeout(
    () => void cluster.patch(longhornResources.volumes, where, { metadata: { finalizers: null } }),
    500,
  );
  expect(await found).toEqual([
    `admission policy corral-${run}-deny is left behind by the run`,
    expect.stringMatching(
      /^setting backup-concurrent-limit: value was "2", is "5" \(last written by kubectl-edit, 20\d\d-\S+Z\)$/,
    ),
  ]);
});
