import { beforeAll, expect, test } from 'vitest';
import { killedPod } from '../../e2e/faults/killed-pod.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { sharedApiServer } from '../support/share.ts';

const namespace = 'killed-pod';
const labels = { app: 'longhorn-manager' };
const selector = 'app=longhorn-manager';

let cluster: Cluster;
beforeAll(async () => {
  cluster = await (await sharedApiServer()).connect();
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  await cluster.create(resources.serviceAccounts, { metadata: { name: 'default', namespace } });
});

const pod = (name: string, nodeName: string) =>
  cluster.create<KubernetesObject>(resources.pods, {
    metadata: { name, namespace, labels },
    spec: { nodeName, containers: [{ name: 'c', image: 'i' }] },
  });
const ready = (name: string) => {
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  return cluster.patch(resources.pods, { namespace, name }, { status }, { subresource: 'status' });
};

test('a killed pod is proven to be gone, and healed by its successor being ready', async () => {
  const { metadata } = await pod('manager-a', 'node1');
  const target = { namespace, name: 'manager-a', uid: metadata.uid ?? '' };
  const fault = { title: 'the manager was killed', pod: target, selector, node: 'node1' };
  const { inject, prove, data } = killedPod.on(cluster, fault);
  await expect(prove()).rejects.toThrow(/^manager-a was not killed: a pod with its uid .* is still there$/);
  await inject();
  expect(await prove()).toMatch(/^no pod has the uid .* of manager-a any more$/);

  let healed = false;
  const healing = killedPod.heal(cluster, data).then((how) => {
    healed = true;
    return how;
  });
  await pod('manager-b', 'node2');
  await ready('manager-b');
  await pod('manager-c', 'node1');
  expect(healed).toBe(false);
  await ready('manager-c');
  expect(await healing).toBe('manager-c runs in its place');
});

test('another pod under its name is not killed for it', async () => {
  const { metadata } = await pod('manager-d', 'node1');
  const named = { namespace, name: 'manager-d' };
  const other = { ...named, uid: 'other' };
  const { inject } = killedPod.on(cluster, { title: 't', pod: other, selector, node: 'node1' });
  await expect(inject()).rejects.toMatchObject({ status: 409 });
  const left = await cluster.get<KubernetesObject>(resources.pods, named);
  expect(left.metadata.uid).toBe(metadata.uid);
});
