import { afterAll, beforeAll, expect, test } from 'vitest';
import { waitUntil } from '../../../../e2e/history/expectation.ts';
import type { Timeline } from '../../../../e2e/history/timeline.ts';
import { follow } from '../../../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../../e2e/kube/cluster.ts';
import { nfs } from '../../../../e2e/store/drivers/nfs/driver.ts';
import { sharedApiServer } from '../../../support/share.ts';

const namespace = 'stores';
const kinds = [resources.deployments, resources.services, resources.configMaps, resources.leases];

let cluster: Cluster;
let deployments: Timeline;
const over = new AbortController();
beforeAll(async () => {
  cluster = await (await sharedApiServer()).connect();
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  deployments = await follow(cluster, resources.deployments, { namespace, signal: over.signal });
});
afterAll(() => over.abort());

/** Does what Kubernetes' controllers would: a pod of the deployment, ready on a node of that name. */
const runPod = async (store: string, node: string): Promise<void> => {
  const metadata = { name: `${store}-1`, namespace, labels: { 'corral.test/store': store } };
  const spec = { nodeName: node, containers: [{ name: 'nfs', image: 'store:1' }] };
  await cluster.create(resources.pods, { metadata, spec });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await cluster.patch(resources.pods, metadata, { status }, { subresource: 'status' });
};

const wait = { within: '5m', owner: 'this test' } as const;

const start = async (name: string, node: string) => {
  const { signal } = over;
  const named = { namespace, name, run: 'abc123', image: 'store:1' };
  const starting = nfs.start(cluster, { ...named, signal, scenarioSignal: signal });
  await waitUntil(deployments, () => true, { name, label: `deployment ${name} is made`, ...wait });
  await runPod(name, node);
  return starting;
};

/** What is there of a store; its pod is the controllers'. */
const left = async (): Promise<string[]> => {
  const lists = await Promise.all(kinds.map((kind) => cluster.list<KubernetesObject>(kind, { namespace })));
  return lists
    .flatMap(({ items }, index) => items.map(({ metadata }) => `${kinds[index]?.plural} ${metadata.name}`))
    .sort();
};

test('stores that share a namespace do not take one another for their own, and go one by one', async () => {
  const first = await start('corral-abc123-store-1', 'node1');
  const second = await start('corral-abc123-store-2', 'node2');
  const known = [first, second].map(({ url, logs, node }) => [url, logs(new Date())[0]?.file, node]);
  expect(known).toEqual([
    ['nfs://corral-abc123-store-1.stores:/opt/backupstore', 'corral-abc123-store-1-1.nfs.log', 'node1'],
    ['nfs://corral-abc123-store-2.stores:/opt/backupstore', 'corral-abc123-store-2-1.nfs.log', 'node2'],
  ]);
  const whole = await left();
  const of = (name: string) => kinds.map(({ plural }) => `${plural} ${name}`).sort();
  expect(whole).toEqual([...of('corral-abc123-store-1'), ...of('corral-abc123-store-2')].sort());

  const gone = { namespace, name: 'corral-abc123-store-1' };
  const removing = nfs.remove(cluster, gone);
  const isMarked = ({ metadata }: KubernetesObject) => metadata.deletionTimestamp !== undefined;
  const label = 'the deployment is to go in the foreground';
  const marked = await waitUntil(deployments, isMarked, { name: gone.name, label, ...wait });
  expect(marked.metadata.finalizers).toEqual(['foregroundDeletion']);
  expect(await left()).toEqual(whole);
  // As the garbage collector does when the pod is gone.
  await cluster.patch(resources.deployments, gone, { metadata: { finalizers: null } });
  await removing;
  expect(await left()).toEqual(of('corral-abc123-store-2'));

  await nfs.remove(cluster, gone);
});
