import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiError, Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { type DryRun, tryCreation } from '../../e2e/kube/dry-run.ts';
import { longhornApiVersion, longhornResources } from '../../e2e/longhorn/resources.ts';
import { applyAdmissionPolicies } from '../../emulator/apply-admission-policies.ts';
import { admissionPolicies } from '../../emulator/manifests/admission/policies.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';

const { backupTargets, recurringJobs } = longhornResources;
const object = (kind: string, name: string, more: object): KubernetesObject =>
  ({ apiVersion: longhornApiVersion, kind, metadata: { name, namespace }, ...more }) as KubernetesObject;

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

// The server hears of its policies, and of what they look at, by watches of its own; what kinds there are that they may
// change, it asks itself each 5 s.
const until = async <T>(ask: () => Promise<DryRun<T>>, is: (answer: DryRun<T>) => boolean) => {
  for (let left = 300; left > 0; left -= 1) {
    const answer = await ask().catch((error: ApiError) => {
      if (error.status !== 503) throw error;
    });
    if (answer !== undefined && is(answer)) return answer;
    await sleep(100);
  }
  throw new Error('the API server does not answer so after 30 s');
};
const untilRefused = (ask: () => Promise<DryRun>) =>
  until(ask, (each) => 'refused' in each && each.refused.status === 422);
const untilTaken = (ask: () => Promise<DryRun>) => until(ask, (each) => 'accepted' in each);

// What else is refused and mended, the scenarios judge; each mutant that refuses less fails one.
test('a Secret whose login begins or ends with a blank or a line end is refused', async () => {
  const secrets = { group: '', version: 'v1', plural: 'secrets' };
  const secret = (name: string, stringData: object) => ({
    ...{ apiVersion: 'v1', kind: 'Secret', metadata: { name, namespace }, stringData },
  });
  const ask = (credentialSecret: string) =>
    tryCreation(
      cluster,
      backupTargets,
      object('BackupTarget', 'three', {
        spec: { backupTargetURL: 'nfs://three.example:/x', credentialSecret, pollInterval: '5m0s' },
      }),
    );
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

test('the policies of a mutant are put in force in place of the proper ones, and these again', async () => {
  const job = (spec: object) =>
    object('RecurringJob', 'job', {
      spec: { name: 'job', task: 'backup', cron: '@daily', retain: 1, concurrency: 1, ...spec },
    });
  const ask = (spec: object) => tryCreation(cluster, recurringJobs, job(spec));
  const retainOf = (answer: DryRun): unknown =>
    'accepted' in answer && (answer.accepted as KubernetesObject & { spec: { retain: number } }).spec.retain;
  const untilRetained = (retain: number) =>
    until(
      () => ask({ retain: 0 }),
      (answer) => retainOf(answer) === retain,
    );
  await applyAdmissionPolicies(cluster, { mutant: 'jobs-unchecked' });
  await untilTaken(() => ask({ task: 'copy' }));
  await untilRetained(1);
  await applyAdmissionPolicies(cluster, { mutant: 'job-limits-kept' });
  await untilRefused(() => ask({ task: 'copy' }));
  await untilRetained(0);
  await applyAdmissionPolicies(cluster, {});
  await untilRetained(1);
  await untilRefused(() => ask({ task: 'copy' }));
});
