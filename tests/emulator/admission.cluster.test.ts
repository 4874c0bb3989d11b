import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiError, Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { type DryRun, tryCreation } from '../../e2e/kube/dry-run.ts';
import { longhornApiVersion, longhornResources } from '../../e2e/longhorn/resources.ts';
import { admissionPolicies } from '../../emulator/manifests/admission/policies.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';

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
});
afterAll(() => server?.stop());

// The server hears of its policies, and of what they look at, by watches of its own.
const untilRefused = async (ask: () => Promise<DryRun>): Promise<void> => {
  for (let left = 300; left > 0; left -= 1) {
    const answer = await ask().catch((error: ApiError) => {
      if (error.status !== 503) throw error;
    });
    if (answer !== undefined && 'refused' in answer && answer.refused.status === 422) return;
    await sleep(100);
  }
  throw new Error('the API server does not refuse it after 30 s');
};

// What else is refused and mended, the scenarios judge; each mutant that refuses less fails one.
test('a Secret whose login begins or ends with a blank or a line end is refused', async () => {
  const secrets = { group: '', version: 'v1', plural: 'secrets' };
  const secret = (name: string, stringData: object) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData },
  });
  const ask = (credentialSecret: string) =>
    tryCreation(cluster, longhornResources.backupTargets, {
      ...{ apiVersion: longhornApiVersion, kind: 'BackupTarget', metadata: { name: 'three', namespace } },
      spec: { backupTargetURL: 'nfs://three.example:/x', credentialSecret, pollInterval: '5m0s' },
    } as KubernetesObject);
  const bodies = ['a', 'ab', 'abc'];
  const ragged = bodies.flatMap((body) => [` ${body}`, `\n${body}`, `${body} `, `${body}\n`]);
  for (const [index, key] of ragged.entries()) {
    const name = `ragged-${index}`;
    await cluster.create(secrets, secret(name, { AWS_ACCESS_KEY_ID: key }));
    await untilRefused(() => ask(name));
  }
  const sound = Object.fromEntries(['a', 'ab', 'abc', 'a b', 'J', 'Kg'].map((key, n) => [`AWS_${n}`, key]));
  await cluster.create(secrets, secret('sound', { ...sound, other: 'a ' }));
  expect(await ask('sound')).toHaveProperty('accepted');
});

test('an older Longhorn refuses and mends less', () => {
  const names = (version: string): string[] =>
    admissionPolicies(undefined, { version }).map((each) => (each as KubernetesObject).metadata.name);
  for (const [name, first] of [
    ['longhorn-emulator-volume-block-size', 'v1.10.0'],
    ['longhorn-emulator-backup-target', 'v1.9.2'],
    ['longhorn-emulator-backup-snapshot', 'v1.10.0'],
    ['longhorn-emulator-job-concurrency-mended', 'v1.11.3'],
  ] as const) {
    expect(names(first)).toContain(name);
    expect(names('v1.9.1')).not.toContain(name);
  }
  const unmended = admissionPolicies(undefined, { supportsMutation: false }) as KubernetesObject[];
  expect(unmended.filter(({ kind }) => kind?.startsWith('Mutating'))).toEqual([]);
  expect(unmended.length).toBeLessThan(admissionPolicies(undefined).length / 1.5);
  expect(names('v1.12.0')).not.toContain('longhorn-emulator-job-concurrency-mended');
});
