import { beforeEach, expect, test } from 'vitest';
import { resources } from '../../../e2e/kube/cluster.ts';
import { longhornResources as longhorn } from '../../../e2e/longhorn/resources.ts';
import { examineExisting } from '../../../providers/doctor/existing.ts';
import { putLonghorn } from '../../support/longhorn-objects.ts';
import { type StubServer, startStubServer } from '../../support/stub-api-server.ts';

let server: StubServer;
beforeEach(async () => {
  server = await startStubServer();
  putLonghorn(server);
});

const examined = async (expectCluster = 'uid'): Promise<string[]> => {
  const named = { kubeconfig: server.kubeconfig, context: 'stub', storeImage: 'store:test' };
  const checks = await examineExisting({ ...named, namespace: undefined, allow: [], expectCluster });
  return checks.map(({ title, state, detail, mend }) =>
    [state, title, detail.replaceAll(server.url, 'SERVER'), ...(mend === null ? [] : [mend])].join(' | '),
  );
};

test('a cluster without Longhorn, and with another UID than the one expected', async () => {
  for (const name of ['node1', 'node2']) server.remove(longhorn.nodes, name);
  for (const name of ['longhorn-manager-a', 'longhorn-manager-b']) server.remove(resources.pods, name);
  expect(await examined('other')).toEqual([
    'ok | cluster | SERVER (context stub), Kubernetes v1.36.1, its UID: uid',
    'missing | expected cluster | this is another one than that of --expect-cluster other | name that one by --kubeconfig and --context',
    'missing | Longhorn | there is no Longhorn in the namespace longhorn-system of SERVER (context stub) | install one first',
    'ok | rights | all that the run needs',
    'warning | store image | store:test is on no node yet: whether the cluster can pull it shows in the run',
  ]);
});

test('a Longhorn that is newer than those known, with a node that is not ready, for a user who may not do all', async () => {
  server.put(longhorn.settings, { metadata: { name: 'current-longhorn-version' }, value: 'v1.13.0' });
  server.remove(resources.pods, 'longhorn-manager-b');
  const status = { images: [{ names: ['docker.io/library/store:test'] }] };
  server.put(resources.nodes, { metadata: { name: 'node1' }, status });
  server.deny({ verb: 'create', resource: 'volumes' });
  expect((await examined()).slice(2)).toEqual([
    'ok | Longhorn | v1.13.0',
    'warning | version | v1.13.0 is newer than v1.12, the newest that the scenarios were tried on: they expect what that one does',
    'warning | nodes | ready: node1; the documents ask for three',
    'warning | nodes | not ready: node2 (no longhorn-manager pod runs on it) | kubectl -n longhorn-system get nodes.longhorn.io',
    'ok | backup targets by name | each scenario makes one of its own, beside default',
    expect.stringMatching(
      /^missing \| right \| .*create volumes.* \| .*npx corral rbac.* \| kubectl apply -f -$/,
    ),
    'ok | store image | store:test is on 1 of 2 nodes',
  ]);
});
