import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ExistingCluster } from '../../../e2e/config/config.ts';
import { type Cluster, resources } from '../../../e2e/kube/cluster.ts';
import {
  longhornApiVersion as apiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../e2e/longhorn/resources.ts';
import { examineExisting } from '../../../providers/doctor/existing.ts';
import { installKinds } from '../../suite/cleanup/support/left-behind.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';

let server: ApiServer;
let cluster: Cluster;
let existing: ExistingCluster;
beforeAll(async () => {
  server = await startApiServer();
  cluster = await server.connect();
  const { metadata } = await cluster
    .create(resources.namespaces, { metadata: { name: 'kube-system' } })
    .catch(() => cluster.get(resources.namespaces, { name: 'kube-system' }));
  const allow = { allow: [], namespace: undefined, storeImage: 'store:test', expectCluster: metadata.uid };
  existing = { kubeconfig: await server.kubeconfig(), context: 'test', ...allow };
});
afterAll(() => server?.stop());

const examined = async (of: Partial<ExistingCluster> = {}): Promise<string[]> =>
  (await examineExisting({ ...existing, ...of })).map(({ title, state, detail, mend }) =>
    [state, title, detail, ...(mend === null ? [] : [mend])].join(' | '),
  );

test('a cluster without Longhorn, and with another UID than the one expected', async () => {
  const other = '00000000-0000-0000-0000-000000000000';
  const told = await examined({ expectCluster: other });
  expect(
    told.map((line) =>
      line
        .replaceAll(existing.expectCluster ?? '', 'UID')
        .replaceAll(cluster.server, 'SERVER')
        .replace(/v1\.\d+\.\d+/, 'VERSION'),
    ),
  ).toEqual([
    'ok | cluster | SERVER (context test), Kubernetes VERSION, its UID: UID',
    `missing | expected cluster | this is another one than that of --expect-cluster ${other} | name that one by --kubeconfig and --context`,
    'missing | Longhorn | there is no Longhorn in the namespace longhorn-system of SERVER (context test) | install one first',
    'ok | rights | all that the run needs',
    'warning | store image | store:test is on no node yet: whether the cluster can pull it shows in the run',
  ]);
});

const isTrue = (type: string) => ({ type, status: 'True' });

/** Gives the cluster a Longhorn by all that the doctor sees of one. */
const playLonghorn = async (version: string): Promise<void> => {
  await installKinds(cluster);
  const setting = { metadata: { name: 'current-longhorn-version', namespace }, value: version };
  await cluster.create(longhornResources.settings, { apiVersion, kind: 'Setting', ...setting });
  await cluster.create(longhornResources.backupTargets, {
    apiVersion,
    kind: 'BackupTarget',
    metadata: { name: 'default', namespace },
    spec: {},
  });
  for (const node of ['node1', 'node2']) {
    await cluster.create(resources.nodes, { metadata: { name: node } });
    await cluster.patch(
      resources.nodes,
      { name: node },
      { status: { images: [{ names: ['docker.io/library/store:test'] }] } },
      { subresource: 'status' },
    );
    await cluster.create(longhornResources.nodes, {
      apiVersion,
      kind: 'Node',
      metadata: { name: node, namespace },
      spec: { name: node },
    });
    await cluster.patch(
      longhornResources.nodes,
      { namespace, name: node },
      { status: { conditions: [isTrue('Ready')] } },
      { subresource: 'status' },
    );
  }
  const name = 'longhorn-manager-1';
  const labels = { app: 'longhorn-manager' };
  const spec = {
    nodeName: 'node1',
    containers: [{ name: 'longhorn-manager', image: `longhorn-manager:${version}` }],
  };
  await cluster.create(resources.pods, { metadata: { name, namespace, labels }, spec });
  await cluster.patch(
    resources.pods,
    { namespace, name },
    { status: { phase: 'Running' } },
    { subresource: 'status' },
  );
};

test('a Longhorn that is newer than those known, with a node that is not ready', async () => {
  await playLonghorn('v1.13.0');
  expect((await examined()).slice(2)).toEqual([
    'ok | Longhorn | v1.13.0',
    'warning | version | v1.13.0 is newer than v1.12, the newest that the scenarios were tried on: they expect what that one does',
    'warning | nodes | ready: node1; the documents ask for three',
    'warning | nodes | not ready: node2 (no longhorn-manager pod runs on it) | kubectl -n longhorn-system get nodes.longhorn.io',
    'ok | backup targets by name | each scenario makes one of its own, beside default',
    'ok | rights | all that the run needs',
    'ok | store image | store:test is on 2 of 2 nodes',
  ]);
});

test('a user who may only look', async () => {
  const guest = await server.connect({ user: 'guest' });
  await cluster.create(resources.clusterRoles, {
    metadata: { name: 'look' },
    rules: [{ apiGroups: ['', 'longhorn.io'], resources: ['*'], verbs: ['get', 'list'] }],
  });
  await cluster.create(resources.clusterRoleBindings, {
    metadata: { name: 'look' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'look' },
    subjects: [{ apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: 'guest' }],
  });
  expect(guest.server).toBe(cluster.server);
  const told = await examined({ kubeconfig: existing.kubeconfig.replace('admin', 'guest') });
  const rights = told.filter((line) => line.startsWith('missing | right | '));
  expect(rights.length).toBeGreaterThan(5);
  for (const right of rights) expect(right).toMatch(/ \| .*npm run --silent rbac.* \| kubectl apply -f -$/);
});
