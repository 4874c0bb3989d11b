import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { refusalOfCreation, refusalOfDeletion } from '../../e2e/kube/dry-run.ts';
import { longhornApiVersion, longhornResources } from '../../e2e/longhorn/resources.ts';
import { admissionPolicies } from '../../emulator/manifests/admission.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';

const { backupTargets } = longhornResources;
const target = (name: string, backupTargetURL: string): KubernetesObject =>
  ({
    apiVersion: longhornApiVersion,
    kind: 'BackupTarget',
    metadata: { name, namespace },
    spec: { backupTargetURL, credentialSecret: '', pollInterval: '5m0s' },
  }) as KubernetesObject;

let server: ApiServer;
let cluster: Cluster;
beforeAll(async () => {
  server = await startApiServer();
  cluster = await server.connect();
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const items = [own, ...customResourceDefinitions, ...admissionPolicies(undefined)];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await applyManifests({
    kubeconfig: await server.kubeconfig(),
    manifests: [{ source: 'the emulator', text }],
  });
  await cluster.create(backupTargets, target('default', ''));
  await cluster.create(backupTargets, target('one', 'nfs://store.example:/One'));
});
afterAll(() => server?.stop());

// The server hears of its policies, and of what they look at, by watches of its own.
const untilRefused = async (ask: () => Promise<string | undefined>): Promise<string> => {
  for (let left = 300; left > 0; left -= 1) {
    const refusal = await ask();
    if (refusal?.includes('ValidatingAdmissionPolicy')) return refusal;
    await sleep(100);
  }
  throw new Error('it is not refused after 30 s');
};

test("the default backup target cannot be deleted, in the words of Longhorn's webhook, and another can", async () => {
  const refusal = await untilRefused(() =>
    refusalOfDeletion(cluster, backupTargets, { namespace, name: 'default' }),
  );
  expect(refusal).toContain('deleting default backup target is not allowed');
  expect(await refusalOfDeletion(cluster, backupTargets, { namespace, name: 'one' })).toBeUndefined();
});

test('no two backup targets have one URL, however it is written; none may have an empty one', async () => {
  const refusal = await untilRefused(() =>
    refusalOfCreation(cluster, backupTargets, target('two', 'nfs://store.example:/one')),
  );
  expect(refusal).toContain('url nfs://store.example:/one is the same to backup target one');
  expect(
    await refusalOfCreation(cluster, backupTargets, target('two', 'nfs://store.example:/two')),
  ).toBeUndefined();
  expect(await refusalOfCreation(cluster, backupTargets, target('two', ''))).toBeUndefined();
  await cluster.patch(backupTargets, { namespace, name: 'one' }, { spec: { pollInterval: '10s' } });
});

test('while a volume is on standby no backup target is deleted, nor given another URL, and can be looked at', async () => {
  const { volumes } = longhornResources;
  const volume = (name: string, Standby: boolean) =>
    cluster.create(volumes, {
      ...{ apiVersion: longhornApiVersion, kind: 'Volume', metadata: { name, namespace } },
      ...{ spec: { size: '2097152', numberOfReplicas: 1, frontend: Standby ? '' : 'blockdev', Standby } },
    } as KubernetesObject);
  await volume('ordinary', false);
  await volume('standby', true);
  const one = { namespace, name: 'one' };
  const refusal = await untilRefused(() => refusalOfDeletion(cluster, backupTargets, one));
  expect(refusal).toContain(
    'cannot modify BackupTarget since there are existing standby volumes: map[standby:{}]',
  );
  await expect(
    cluster.patch(backupTargets, one, { spec: { backupTargetURL: 'nfs://other.example:/one' } }),
  ).rejects.toThrow('existing standby volumes');
  await cluster.patch(backupTargets, one, { spec: { syncRequestedAt: '2026-11-26T00:00:00Z' } });
  await cluster.patch(volumes, { namespace, name: 'standby' }, { spec: { Standby: false } });
  for (let left = 300; (await refusalOfDeletion(cluster, backupTargets, one)) !== undefined; left -= 1) {
    expect(left).toBeGreaterThan(0);
    await sleep(100);
  }
});
