import { expect, test } from 'vitest';
import { uninstallation } from '../../e2e/faults/uninstallation.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import { startStubServer } from '../support/stub-api-server.ts';

const namespace = 'longhorn-system';
const named = (name: string) => ({ metadata: { name, namespace, uid: name } });
const where = { namespace, name: 'longhorn-manager' };
const image = 'longhorn-manager:v1';
const env = [{ name: 'TZ', value: 'UTC' }];
const template = {
  spec: { serviceAccountName: 'account', containers: [{ name: 'longhorn-manager', image, env }] },
};
const usable = ['Ready', 'Schedulable'].map((type) => ({ type, status: 'True' }));
const numbers = { desiredNumberScheduled: 1, updatedNumberScheduled: 1, numberReady: 1 };
const node = {
  ...named('node1'),
  status: { conditions: usable, diskStatus: { disk: { conditions: usable, storageAvailable: 1 } } },
};
const instanceManager = { ...named('i'), spec: { nodeID: 'node1' }, status: { currentState: 'running' } };

const start = async () => {
  const server = await startStubServer();
  server.put(resources.daemonSets, { ...named('longhorn-manager'), spec: { template }, status: numbers });
  server.put(resources.deployments, named('longhorn-driver-deployer'), named('longhorn-ui'));
  server.put(resources.jobs);
  server.put(resources.nodes, { metadata: { name: 'node1' } });
  server.put(longhornResources.nodes, node);
  server.put(longhornResources.backupTargets, named('default'));
  server.put(longhornResources.instanceManagers, instanceManager);
  server.put(longhornResources.engineImages, { ...named('ei'), status: { state: 'deployed' } });
  const cluster = server.connect();
  return { server, cluster, fault: await uninstallation.on(cluster, { job: 'j', labels: { run: 'r' } }) };
};

test('the Job is one of the managers, and it is proven to have ended, and them to be gone', async () => {
  const { server, cluster, fault } = await start();
  await fault.inject();
  expect(await cluster.get(resources.jobs, { namespace, name: 'j' })).toMatchObject({
    metadata: { labels: { run: 'r' } },
    spec: {
      template: {
        spec: {
          serviceAccountName: 'account',
          containers: [
            {
              image,
              command: ['longhorn-manager', 'uninstall', '--force'],
              env: [...env, { name: 'LONGHORN_NAMESPACE', value: namespace }],
            },
          ],
        },
      },
    },
  });
  await expect(fault.prove()).rejects.toThrow('Job j is not Complete');
  const status = { conditions: [{ type: 'Complete', status: 'True' }] };
  await cluster.patch(resources.jobs, { namespace, name: 'j' }, { status });
  await expect(fault.prove()).rejects.toThrow('DaemonSet longhorn-manager is there');
  server.remove(resources.daemonSets, 'longhorn-manager');
  expect(await fault.prove()).toBe('Job j is Complete, and DaemonSet longhorn-manager is gone');
});

test('where nothing was deleted the heal removes the Job alone, also twice', async () => {
  const { cluster, fault } = await start();
  await fault.inject();
  for (const _ of [1, 2])
    expect(await uninstallation.heal(cluster, fault.data)).toBe('nothing of Longhorn was deleted');
  expect((await cluster.list(resources.jobs, { namespace })).items).toEqual([]);
  expect(await cluster.get(resources.daemonSets, where)).toMatchObject({ metadata: { uid: where.name } });
});

const restart = async (cluster: Cluster): Promise<void> => {
  const isAnew = async (): Promise<boolean> => {
    const { items } = await cluster.list<KubernetesObject>(resources.daemonSets, { namespace });
    return items.some(({ metadata }) => metadata.uid !== where.name);
  };
  await expect.poll(isAnew).toBe(true);
  await cluster.patch(resources.daemonSets, where, { status: numbers });
};

test('a node that is cordoned is not waited for', async () => {
  const { server, cluster, fault } = await start();
  await fault.inject();
  server.remove(longhornResources.nodes, 'node1');
  server.put(resources.nodes, { metadata: { name: 'node1' }, spec: { unschedulable: true } });
  const healing = uninstallation.heal(cluster, fault.data);
  await restart(cluster);
  expect(await healing).toBe('Longhorn is installed again, and can use its nodes');
});

test.each([
  ['all', () => [resources.daemonSets, resources.deployments, longhornResources.nodes]],
  ['some', () => [longhornResources.nodes]],
])('where %s was deleted the managers are made again, and waited for', async (_, deleted) => {
  const { server, cluster, fault } = await start();
  await fault.inject();
  for (const resource of deleted())
    for (const { metadata } of (await cluster.list<KubernetesObject>(resource, { namespace })).items)
      if (metadata.name !== 'longhorn-ui') server.remove(resource, metadata.name);
  const healing = uninstallation.heal(cluster, JSON.parse(JSON.stringify(fault.data)));
  let isHealed = false;
  void healing.then(() => {
    isHealed = true;
  });
  await restart(cluster);
  const isNodeAwaited = () =>
    server.urls.some(({ pathname, search }) => /\/nodes$/.test(pathname) && search.includes('watch=true'));
  await expect.poll(isNodeAwaited).toBe(true);
  expect(isHealed).toBe(false);
  server.put(longhornResources.nodes, node);
  expect(await healing).toBe('Longhorn is installed again, and can use its nodes');
  const { items } = await cluster.list<KubernetesObject>(resources.deployments, { namespace });
  expect(items.map(({ metadata }) => metadata.name).toSorted()).toEqual([
    'longhorn-driver-deployer',
    'longhorn-ui',
  ]);
});
