import { beforeEach, expect, test } from 'vitest';
import { defaultTargetChanged } from '../../e2e/faults/default-target.ts';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { longhornResources } from '../../e2e/longhorn/resources.ts';
import { stubCluster } from '../support/stub-cluster.ts';

const resource = longhornResources.backupTargets;
const target = { namespace: 'longhorn-system', name: 'default' };
const own = 'nfs://backupstore.corral-a1b2c3-store-0a1b2c3d:/opt/backupstore';
const other = own.replace('0a1b2c3d', 'd3c2b1a0');
const users = 'nfs://nas.example:/backups';

let cluster: Cluster;
beforeEach(() => {
  const spec = { backupTargetURL: users, credentialSecret: 'login', pollInterval: '5m0s' };
  cluster = stubCluster({ objects: { backuptargets: [{ metadata: target, spec }] } });
});

const specNow = async () =>
  (await cluster.get<{ spec: object } & { metadata: typeof target }>(resource, target)).spec;
const fault = () => defaultTargetChanged.on(cluster, { backupTargetURL: own, credentialSecret: '' });

test('the default target is on a store of the run from the inject to the heal', async () => {
  const { inject, prove, data } = await fault();
  await expect(prove()).rejects.toThrow(`the URL of the backup target default is ${users}`);
  await inject();
  expect(await prove()).toBe(`its URL is ${own}`);
  expect(await defaultTargetChanged.heal(cluster, data)).toBe(`it has the URL ${users} again`);
  expect(await defaultTargetChanged.heal(cluster, data)).toBe('it has the URL that it had');
  expect(await specNow()).toMatchObject({ backupTargetURL: users, credentialSecret: 'login' });
});

test('it goes back from another store of the run too, or from none, and stays where somebody else has put it', async () => {
  const { inject, data } = await fault();
  await inject();
  await cluster.patch(resource, target, { spec: { backupTargetURL: other } });
  expect(await defaultTargetChanged.heal(cluster, data)).toBe(`it has the URL ${users} again`);
  await cluster.patch(resource, target, { spec: { backupTargetURL: '' } });
  expect(await defaultTargetChanged.heal(cluster, data)).toBe(`it has the URL ${users} again`);
  await cluster.patch(resource, target, { spec: { backupTargetURL: 'nfs://elsewhere.example:/' } });
  expect(await defaultTargetChanged.heal(cluster, data)).toBe(
    'somebody else has changed its URL meanwhile, to nfs://elsewhere.example:/: it stays so',
  );
});
