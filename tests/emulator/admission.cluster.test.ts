import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ApiError, Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { type DryRun, tryChange, tryCreation, tryDeletion } from '../../e2e/kube/dry-run.ts';
import { longhornApiVersion, longhornResources } from '../../e2e/longhorn/resources.ts';
import { admissionPolicies } from '../../emulator/manifests/admission/policies.ts';
import { customResourceDefinitions } from '../../emulator/manifests/custom-resources.ts';
import { namespace } from '../../emulator/modelled-on.ts';
import { putPoliciesInForce } from '../../emulator/policies-in-force.ts';
import { applyManifests } from '../../lab/manifests/apply.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';

const { backups, backupTargets, recurringJobs, settings, snapshots, volumes } = longhornResources;
const object = (kind: string, name: string, more: object): KubernetesObject =>
  ({ apiVersion: longhornApiVersion, kind, metadata: { name, namespace }, ...more }) as KubernetesObject;
const target = (name: string, backupTargetURL: string): KubernetesObject =>
  object('BackupTarget', name, { spec: { backupTargetURL, credentialSecret: '', pollInterval: '5m0s' } });
const volume = (name: string, spec: object = {}): KubernetesObject =>
  object('Volume', name, {
    spec: { size: '67108864', numberOfReplicas: 1, backupTargetName: 'one', ...spec },
  });
const one = { namespace, name: 'one' };

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
  await cluster.create(settings, object('Setting', 'recurring-job-max-retention', { value: '7' }));
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
const untilRefused = async (ask: () => Promise<DryRun>): Promise<string> => {
  const answer = await until(ask, (each) => 'refused' in each && each.refused.status === 422);
  return 'refused' in answer ? answer.refused.message : '';
};
const untilTaken = async (ask: () => Promise<DryRun>) => {
  const answer = await until(ask, (each) => 'taken' in each);
  return 'taken' in answer
    ? (answer.taken as KubernetesObject & { spec: Record<string, unknown> })
    : undefined;
};

test("the default backup target cannot be deleted, in the words of Longhorn's webhook, and another can", async () => {
  const refusal = await untilRefused(() =>
    tryDeletion(cluster, backupTargets, { namespace, name: 'default' }),
  );
  expect(refusal).toContain('deleting default backup target is not allowed');
  expect(await tryDeletion(cluster, backupTargets, one)).toHaveProperty('taken');
});

test('no two backup targets have one URL, however it is written; none may have an empty one', async () => {
  const refusal = await untilRefused(() =>
    tryCreation(cluster, backupTargets, target('two', 'nfs://store.example:/one')),
  );
  expect(refusal).toContain('url nfs://store.example:/one is the same to backup target one');
  for (const url of ['nfs://store.example:/two', ''])
    expect(await tryCreation(cluster, backupTargets, target('two', url))).toHaveProperty('taken');
  await cluster.patch(backupTargets, one, { spec: { pollInterval: '10s' } });
});

test('options for NFS that let a mount hang are mended, and others are let be', async () => {
  const ask = (options: string) =>
    tryCreation(cluster, backupTargets, target('four', `nfs://four.example:/x?nfsOptions=${options}`));
  const optionsOf = (answer: DryRun): string => {
    const { spec } = ('taken' in answer ? answer.taken : {}) as { spec?: { backupTargetURL?: string } };
    return new URLSearchParams(spec?.backupTargetURL?.split('?')[1]).get('nfsOptions') ?? '';
  };
  await until(
    () => ask('hard,nfsvers=4.1,timeo=450'),
    (answer) => optionsOf(answer) === 'nfsvers=4.1,timeo=450,soft,retry=2',
  );
  const whole = 'soft,timeo=1,retry=1';
  expect(optionsOf(await ask(whole))).toBe(whole);
});

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
  expect(await ask('sound')).toHaveProperty('taken');
});

test('a recurring job is refused, mended or taken as it is', async () => {
  const spec = { name: 'job', task: 'backup', cron: '*/5 * * * *', retain: 1, concurrency: 1 };
  const ask = (more: object = {}) =>
    tryCreation(cluster, recurringJobs, object('RecurringJob', 'job', { spec: { ...spec, ...more } }));
  expect(await untilRefused(() => ask({ task: 'copy' }))).toContain('recurring job task copy is not valid');
  for (const flaw of [
    ...[{ cron: 'every day' }, { cron: '0 0 * *' }, { cron: '60 0 * * *' }, { cron: '0 24 * * *' }],
    ...[{ name: 'a'.repeat(41) }, { retain: 8 }, { parameters: { 'full-backup-interval': 'often' } }],
  ])
    await untilRefused(() => ask(flaw));
  for (const [other, into] of [
    [{ retain: 0 }, { retain: 1 }],
    [{ concurrency: 0 }, { concurrency: 10 }],
    [{ task: 'snapshot-delete', retain: 0 }, { retain: 0 }],
    [{ task: 'filesystem-trim', retain: 3 }, { retain: 0 }],
    [{ cron: '@daily', name: 'a'.repeat(40), retain: 7 }, { retain: 7 }],
    [{ parameters: { 'full-backup-interval': '2' } }, { retain: 1 }],
  ] as const)
    expect((await untilTaken(() => ask(other)))?.spec).toMatchObject(into);
});

test('a volume is refused, or has the size of its backup; what it was made with stays', async () => {
  const ask = (spec: object = {}) => tryCreation(cluster, volumes, volume('other', spec));
  await untilTaken(() => ask());
  await untilRefused(() => ask({ backupTargetName: 'nowhere' }));
  await untilRefused(() => ask({ backupBlockSize: '4194304' }));
  await untilRefused(() => ask({ backupBlockSize: '16777216', size: '69206016' }));
  await untilTaken(() => ask({ backupBlockSize: '16777216' }));

  const fromBackup = 'nfs://store.example:/One?backup=b&volume=v';
  await untilRefused(() => ask({ fromBackup }));
  const labels = { 'backup-volume': 'v', 'backup-target': 'one' };
  const made = object('Backup', 'b', { metadata: { name: 'b', namespace, labels }, spec: {} });
  await cluster.patch(backupTargets, one, { status: { available: true } }, { subresource: 'status' });
  await untilTaken(() => tryCreation(cluster, backups, made));
  await cluster.create(backups, made);
  const status = { volumeSize: '33554432' };
  await cluster.patch(backups, { namespace, name: 'b' }, { status }, { subresource: 'status' });
  await until(
    () => ask({ fromBackup }),
    (answer) => 'taken' in answer && (answer.taken as { spec?: { size?: string } }).spec?.size === '33554432',
  );

  const standby = { fromBackup, Standby: true, frontend: '', backupBlockSize: '16777216' };
  expect((await untilTaken(() => ask(standby)))?.spec).toMatchObject({ backupBlockSize: '2097152' });
  await cluster.create(volumes, volume('v', { backupCompressionMethod: 'gzip' }));
  const change = (spec: object) => tryChange(cluster, [volumes, { namespace, name: 'v' }], { spec });
  for (const spec of [
    ...[{ backupCompressionMethod: 'lz4' }, { backupBlockSize: '16777216' }],
    ...[{ backupTargetName: 'nowhere' }],
  ])
    await untilRefused(() => change(spec));
  for (const spec of [{ numberOfReplicas: 2 }, { backupTargetName: 'default' }])
    await untilTaken(() => change(spec));
});

test('a backup is refused whose snapshot is not there, or whose target is not available', async () => {
  const labels = { 'backup-volume': 'v', 'backup-target': 'one' };
  const ask = (snapshotName: string, backupMode = 'full') =>
    tryCreation(
      cluster,
      backups,
      object('Backup', 'c', {
        metadata: { name: 'c', namespace, labels },
        spec: { snapshotName, backupMode },
      }),
    );
  await cluster.create(snapshots, object('Snapshot', 's', { spec: { volume: 'v' } }));
  await untilTaken(() => ask('s'));
  await untilRefused(() => ask('nowhere'));
  await untilRefused(() => ask('s', 'half'));
  await cluster.patch(backupTargets, one, { status: { available: false } }, { subresource: 'status' });
  await untilRefused(() => ask('s'));
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
  const unmended = admissionPolicies(undefined, { canMend: false }) as KubernetesObject[];
  expect(unmended.filter(({ kind }) => kind?.startsWith('Mutating'))).toEqual([]);
  expect(unmended.length).toBeLessThan(admissionPolicies(undefined).length / 1.5);
  expect(names('v1.12.0')).not.toContain('longhorn-emulator-job-concurrency-mended');
});

test('while a volume is on standby no backup target is deleted, nor given another URL, and can be looked at', async () => {
  await cluster.create(volumes, volume('ordinary'));
  await cluster.create(volumes, volume('standby', { frontend: '', Standby: true }));
  const refusal = await untilRefused(() => tryDeletion(cluster, backupTargets, one));
  expect(refusal).toContain(
    'cannot modify BackupTarget since there are existing standby volumes: map[standby:{}]',
  );
  await expect(
    cluster.patch(backupTargets, one, { spec: { backupTargetURL: 'nfs://other.example:/one' } }),
  ).rejects.toThrow('existing standby volumes');
  await cluster.patch(backupTargets, one, { spec: { syncRequestedAt: '2026-11-26T00:00:00Z' } });
  await cluster.patch(volumes, { namespace, name: 'standby' }, { spec: { Standby: false } });
  await untilTaken(() => tryDeletion(cluster, backupTargets, one));
});

test('the policies of a mutant are put in force in place of the proper ones, and these again', async () => {
  const job = (spec: object) =>
    object('RecurringJob', 'job', {
      spec: { name: 'job', task: 'backup', cron: '@daily', retain: 1, concurrency: 1, ...spec },
    });
  const ask = (spec: object) => tryCreation(cluster, recurringJobs, job(spec));
  const retainOf = (answer: DryRun): unknown =>
    'taken' in answer && (answer.taken as KubernetesObject & { spec: { retain: number } }).spec.retain;
  const untilRetained = (retain: number) =>
    until(
      () => ask({ retain: 0 }),
      (answer) => retainOf(answer) === retain,
    );
  await putPoliciesInForce(cluster, { mutant: 'jobs-unchecked' });
  await untilTaken(() => ask({ task: 'copy' }));
  await untilRetained(1);
  await putPoliciesInForce(cluster, { mutant: 'job-limits-kept' });
  await untilRefused(() => ask({ task: 'copy' }));
  await untilRetained(0);
  await putPoliciesInForce(cluster, {});
  await untilRetained(1);
  await untilRefused(() => ask({ task: 'copy' }));
});
