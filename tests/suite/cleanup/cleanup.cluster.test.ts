import { existsSync } from 'node:fs';
import { mkdir, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, onTestFinished, test } from 'vitest';
import { waitUntil } from '../../../e2e/history/expectation.ts';
import { follow } from '../../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import { isConditionTrue, type WithConditions } from '../../../e2e/kube/objects.ts';
import {
  backupLabels,
  longhornApiVersion,
  longhornResources,
  longhornNamespace as namespace,
} from '../../../e2e/longhorn/resources.ts';
import { exportPath } from '../../../e2e/store/drivers/folder/place.ts';
import { storePodLabel } from '../../../e2e/store/drivers/place.ts';
import { volumeFolder } from '../../../e2e/store/format/layout.ts';
import { leaseName } from '../../../e2e/store/lease.ts';
import { type CleanupOptions, cleanup } from '../../../e2e/suite/cleanup/cleanup.ts';
import { cleanupKinds, kindNames } from '../../../e2e/suite/cleanup/kinds.ts';
import { runLabel } from '../../../e2e/suite/steps/created-objects.ts';
import { type Timeout, type Timeouts, timeoutRules } from '../../../e2e/suite/steps/timeouts.ts';
import { customResourceDefinitions } from '../../../emulator/manifests/custom-resources.ts';
import { type ApiServer, startApiServer } from '../../support/api-server.ts';
import { stubCluster } from '../../support/stub-cluster.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

/** Gives an API server the kinds and the namespace that Longhorn has, and waits until it serves them. */
const installKinds = async (cluster: Cluster): Promise<void> => {
  await cluster.create(resources.namespaces, { metadata: { name: namespace } });
  for (const definition of customResourceDefinitions)
    await cluster.create(resources.customResourceDefinitions, definition);
  const timeline = await follow<WithConditions>(cluster, resources.customResourceDefinitions);
  const isServed = (definition: WithConditions) => isConditionTrue(definition, 'Established');
  const wait = { within: '5m', owner: 'this test' } as const;
  for (const { name } of customResourceDefinitions.map(({ metadata }) => metadata))
    await waitUntil(timeline, isServed, { ...wait, name, label: `${name} is served` });
  await timeline.stop();
  // For some seconds more, a request may be answered with "later"; a watch bears that.
  for (const { spec } of customResourceDefinitions) {
    const { group, names, versions } = spec;
    await (await follow(cluster, { group, version: versions[0]?.name ?? '', plural: names.plural })).stop();
  }
};

type Content = {
  run?: string;
  provisioner?: string;
  metadata?: { labels?: Record<string, string> } & object;
  spec?: object;
};

/** Makes an object; Longhorn's have its finalizer. */
const make = async (
  cluster: Cluster,
  resource: Resource,
  name: string,
  { run, metadata, ...content }: Content = {},
): Promise<KubernetesObject> => {
  const custom = customResourceDefinitions.find(({ spec }) => spec.names.plural === resource.plural);
  const isLonghorns = resource.group === 'longhorn.io';
  return cluster.create(resource, {
    ...(isLonghorns && { apiVersion: longhornApiVersion, kind: custom?.spec.names.kind }),
    ...content,
    metadata: {
      name,
      ...(resource.namespaced !== false && { namespace }),
      ...(isLonghorns && { finalizers: ['longhorn.io'] }),
      ...metadata,
      labels: { ...(run !== undefined && runLabel(run)), ...metadata?.labels },
    },
  });
};

/**
 * Makes what a scenario of a run leaves when it is killed: one of each kind, also of those that Longhorn
 * makes, which have no label of the run's.
 */
const leaveBehind = async (cluster: Cluster, run: string): Promise<void> => {
  const named = (what: string): string => `corral-${run}-${what}-0001`;
  const volume = named('volume');
  const [target, job, store, policy] = [named('target'), named('job'), named('store'), named('policy')];
  const kinds = longhornResources;
  const ofBackup = { metadata: { labels: backupLabels({ volume, target }) }, spec: { snapshotName: 's' } };
  const ofVolume = { spec: { volume, createSnapshot: true } };
  const ofJob = { labels: { 'recurring-job.longhorn.io': job } };
  const containers = [{ name: 'x', image: 'x' }];
  const template = { metadata: ofJob, spec: { restartPolicy: 'OnFailure', containers } };
  const owner = { apiVersion: 'batch/v1', kind: 'CronJob', name: job, uid: 'x' };
  const csi = { driver: 'example.com', volumeHandle: 'x' };
  const [accessModes, storage] = [['ReadWriteOnce'], { storage: '1Gi' }];
  const persistentVolume = { capacity: storage, accessModes, csi };
  const claim = { accessModes, resources: { requests: storage } };
  const url = `nfs://backupstore.${store}:/opt/backupstore`;
  const tickets = { corral: { id: 'corral', type: 'longhorn-api', nodeID: 'node1' } };
  // It denies what is to be removed, until it is removed itself.
  const about = { apiGroups: ['longhorn.io'], apiVersions: ['v1beta2'], resources: ['backups'] };
  const denial = {
    failurePolicy: 'Ignore',
    matchConstraints: { resourceRules: [{ ...about, operations: ['DELETE'] }] },
    validations: [
      { expression: `!(oldObject.metadata.name.endsWith('${run}'))`, message: 'denied for testing' },
    ],
  };
  const binding = { policyName: policy, validationActions: ['Deny'] };
  const cron = { schedule: '0 0 1 1 *', jobTemplate: { spec: { template } } };
  const left: [Resource, name: string, Content][] = [
    [resources.namespaces, store, { run }],
    [kinds.backupTargets, target, { run, spec: { backupTargetURL: url } }],
    [kinds.volumes, volume, { run, spec: { size: '1', backupTargetName: target } }],
    [kinds.volumeAttachments, volume, { spec: { volume, attachmentTickets: tickets } }],
    [kinds.snapshots, named('snapshot'), { run, ...ofVolume }],
    [kinds.snapshots, `by-a-job-of-${run}`, ofVolume],
    [kinds.backups, `backup-${run}`, { run, ...ofBackup }],
    [kinds.backups, `backup-by-a-job-of-${run}`, ofBackup],
    [kinds.backupVolumes, `${volume}-0`, { ...ofBackup, spec: { volumeName: volume } }],
    [kinds.recurringJobs, job, { run, spec: { name: job, task: 'backup', cron: '0 0 1 1 *' } }],
    [resources.cronJobs, job, { metadata: ofJob, spec: cron }],
    [resources.jobs, `${job}-1`, { metadata: { ownerReferences: [owner] } as object, spec: { template } }],
    [kinds.systemBackups, named('system'), { run }],
    [kinds.systemRestores, named('restore'), { run, spec: { systemBackup: named('system') } }],
    [resources.secrets, named('secret'), { run }],
    [resources.storageClasses, named('class'), { run, provisioner: 'example.com/mine' }],
    [resources.persistentVolumeClaims, named('claim'), { run, spec: claim }],
    [resources.persistentVolumes, named('pv'), { run, spec: persistentVolume }],
    [resources.validatingAdmissionPolicies, policy, { run, spec: denial }],
    [resources.validatingAdmissionPolicyBindings, policy, { run, spec: binding }],
  ];
  for (const [resource, name, content] of left) await make(cluster, resource, name, content);
};

/**
 * Stands in for the controllers that let deleted objects go, Longhorn's and Kubernetes', all but those of `dead`
 * collections; they end with the signal.
 */
const startControllers = async (
  cluster: Cluster,
  { signal, dead = [] }: { signal: AbortSignal; dead?: readonly string[] },
) => {
  // The emulator, whose kinds these are, has no engines and makes no support bundles.
  const others = [...dead, 'settings', 'nodes', 'supportbundles', 'engines'];
  const { cronJobs, jobs, deployments, persistentVolumes, persistentVolumeClaims } = resources;
  const ofKubernetes = [cronJobs, jobs, deployments, persistentVolumes, persistentVolumeClaims];
  const standsInFor = [...Object.values(longhornResources), ...ofKubernetes];
  for (const resource of standsInFor.filter(({ plural }) => !others.includes(plural)))
    await eachDeleted(cluster, { resource, signal }, ({ metadata: { namespace, name } }) =>
      cluster.patch(
        resource,
        { ...(namespace !== undefined && { namespace }), name },
        { metadata: { finalizers: [] } },
      ),
    );
  if (!dead.includes('namespaces'))
    await eachDeleted(cluster, { resource: resources.namespaces, signal }, async (object) => {
      const where = { namespace: object.metadata.name };
      const { items } = await cluster.list<KubernetesObject>(resources.leases, where);
      for (const { metadata } of items)
        await cluster.delete(resources.leases, { ...where, name: metadata.name });
      await cluster.request(`/api/v1/namespaces/${object.metadata.name}/finalize`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ ...object, spec: { finalizers: [] } }),
      });
    });
};

const eachDeleted = async (
  cluster: Cluster,
  { resource, signal }: { resource: Resource; signal: AbortSignal },
  onDeleted: (object: KubernetesObject) => Promise<unknown>,
): Promise<void> => {
  const timeline = await follow(cluster, resource, { signal });
  const look = (object: KubernetesObject): void => {
    if (object.metadata.deletionTimestamp !== undefined) onDeleted(object).catch(() => {});
  };
  timeline.objects().forEach(look);
  timeline.onEntry((entry) => {
    if (entry.kind === 'added' || entry.kind === 'modified') look(entry.object);
  });
};

let server: ApiServer;
let cluster: Cluster;
let controllers = new AbortController();
beforeAll(async () => {
  server = await startApiServer();
  cluster = await server.connect();
  await installKinds(cluster);
});
afterAll(() => server?.stop());
afterEach(async () => {
  await restartControllers();
  // By name: of what is left, nothing may carry a label.
  await clean({ wanted: new Set(['abc123', 'xyz789']) });
  controllers.abort(new Error('the test is over'));
});

const restartControllers = async (...dead: string[]): Promise<void> => {
  controllers.abort(new Error('others start'));
  controllers = new AbortController();
  await startControllers(cluster, { signal: controllers.signal, dead });
};

const timeoutsOf = (within: Timeout['within']): Timeouts =>
  Object.fromEntries(
    Object.keys(timeoutRules).map((name) => [name, { within, owner: 'this test' }]),
  ) as Timeouts;
// A crowded machine may take long to let go what can go; of what hangs, no time is enough.
const timeouts = timeoutsOf('5m');
const short: Timeout = { within: '2s', owner: 'this test' };
const impatient: Timeouts = {
  ...timeouts,
  volumeGone: short,
  namespaceGone: short,
  unblockedDeletion: short,
};
const clean = async (
  options: Pick<CleanupOptions, 'wanted'> & Partial<CleanupOptions>,
): Promise<{ clean: boolean; printed: string[] }> => {
  const printed: string[] = [];
  const print = (line: string): void =>
    void printed.push(line.replace(/\d+ min( \d+ s)?\b|\d+(\.\d+)? m?s\b/g, '<time>'));
  return {
    clean: await cleanup({ cluster, force: false, dryRun: false, timeouts, counts: 2, ...options, print }),
    printed,
  };
};

/** The names of all that is there, of the kinds that runs make. */
const present = async (): Promise<string[]> => {
  const lists = await Promise.all(
    kindNames.map(async (kind) => {
      const where = 'namespace' in cleanupKinds[kind] ? { namespace } : {};
      // The emulator has no engines.
      const { items } = await cluster
        .list<KubernetesObject>(cleanupKinds[kind].resource, where)
        .catch(() => ({ items: [] }));
      return items.map(({ metadata }) => `${kind}/${metadata.name}`);
    }),
  );
  return lists.flat().filter((name) => /corral|abc123|xyz789|mine/.test(name));
};

const users = async (): Promise<void> => {
  const spec = { size: '1' };
  await make(cluster, longhornResources.volumes, 'mine', { spec });
  // A name like a run's proves nothing.
  await make(cluster, longhornResources.volumes, 'corral-abc123-mine', { spec });
  await make(cluster, longhornResources.snapshots, 'of-mine', { spec: { volume: 'corral-abc123-mine' } });
  await make(cluster, resources.namespaces, 'corral-default-backupstore', { run: 'set-up' });
};
const ofUsers = [
  ...['volumes/corral-abc123-mine', 'volumes/mine', 'snapshots/of-mine'],
  'namespaces/corral-default-backupstore',
];

test('what a run left goes, in an order in which it can, and nothing of others', async () => {
  await restartControllers();
  await users();
  await leaveBehind(cluster, 'abc123');
  await leaveBehind(cluster, 'xyz789');
  const before = await present();
  const others = before.filter((name) => !name.includes('abc123')).concat(ofUsers);
  const dry = await clean({ wanted: 'all', dryRun: true });
  expect([dry.clean, await present()]).toEqual([false, before]);
  expect(dry.printed).toContain('would remove backup backup-by-a-job-of-abc123');
  const ended = await clean({ wanted: new Set(['abc123']) });
  // Those of one kind go side by side.
  const printed = ended.printed.map((line) => line.replace(/^(backup|snapshot) \S+:/, '$1:'));
  expect(printed).toMatchInlineSnapshot(`
    [
      "run abc123 has left 1 policy binding, 1 admission policy, 1 system restore, 1 recurring job, 1 CronJob, 1 Job, 2 backups, 1 backup volume, 1 volume, 2 snapshots, 1 system backup, 1 backup target, 1 Secret, 1 StorageClass, 1 PersistentVolumeClaim, 1 PersistentVolume, 1 namespace",
      "policy binding corral-abc123-policy-0001: gone after <time>",
      "admission policy corral-abc123-policy-0001: gone after <time>",
      "system restore corral-abc123-restore-0001: gone after <time>",
      "recurring job corral-abc123-job-0001: gone after <time>",
      "CronJob corral-abc123-job-0001: gone after <time>",
      "Job corral-abc123-job-0001-1: gone after <time>",
      "backup target corral-abc123-target-0001: its store is gone, so that its backups go with it, and not one by one",
      "volume corral-abc123-volume-0001: gone after <time>",
      "snapshot: gone after <time>",
      "snapshot: gone after <time>",
      "volume attachment corral-abc123-volume-0001: gone after <time>",
      "system backup corral-abc123-system-0001: gone after <time>",
      "backup target corral-abc123-target-0001: gone after <time>",
      "backup: gone after <time>",
      "backup: gone after <time>",
      "backup volume corral-abc123-volume-0001-0: gone after <time>",
      "Secret corral-abc123-secret-0001: gone after <time>",
      "StorageClass corral-abc123-class-0001: gone after <time>",
      "PersistentVolumeClaim corral-abc123-claim-0001: gone after <time>",
      "PersistentVolume corral-abc123-pv-0001: gone after <time>",
      "namespace corral-abc123-store-0001: gone after <time>",
      "19 objects removed in <time>, nothing left",
    ]
  `);
  expect(ended.clean).toBe(true);
  expect((await present()).sort()).toEqual([...new Set(others)].sort());

  expect(await clean({ wanted: new Set(['abc123']) })).toEqual({
    clean: true,
    printed: ['nothing is left of run abc123'],
  });
  expect(await clean({ wanted: 'all' })).toMatchObject({ clean: true });
  expect((await present()).sort()).toEqual([...ofUsers].sort());
  expect(await clean({ wanted: 'all' })).toEqual({ clean: true, printed: ['nothing is left of any run'] });
});

test('what hangs is reported with the controller that should let it go, and goes by force where it is Longhorn that should', async () => {
  await restartControllers('volumes', 'namespaces');
  await leaveBehind(cluster, 'abc123');
  const { volumes } = longhornResources;
  const name = 'corral-abc123-volume-0001';
  const volume = { namespace, name };
  const finalizers = ['longhorn.io', 'example.com/mine'];
  await cluster.patch(volumes, volume, { metadata: { finalizers } });
  await cluster.patch(volumes, volume, { status: { ownerID: 'node7' } }, { subresource: 'status' });
  const ended = await clean({ wanted: 'all', timeouts: impatient });
  expect(ended.clean).toBe(false);
  expect(ended.printed.filter((line) => !/: gone after/.test(line))).toMatchInlineSnapshot(`
    [
      "run abc123 has left 1 policy binding, 1 admission policy, 1 system restore, 1 recurring job, 1 CronJob, 1 Job, 2 backups, 1 backup volume, 1 volume, 2 snapshots, 1 system backup, 1 backup target, 1 Secret, 1 StorageClass, 1 PersistentVolumeClaim, 1 PersistentVolume, 1 namespace",
      "backup target corral-abc123-target-0001: its store is gone, so that its backups go with it, and not one by one",
      "volume corral-abc123-volume-0001: timed out after <time> (this test): not seen that it is gone",
      "namespace corral-abc123-store-0001: timed out after <time> (this test): not seen that it is gone",
      "left: volume corral-abc123-volume-0001 hangs in its deletion (new, robustness not known): finalizer longhorn.io must be removed by longhorn-manager on node7, of which no pod runs: bring Longhorn back, or give --force, which removes the finalizer and leaves what it protects; finalizer example.com/mine must be removed by the controller that added it (unknown to Corral), which waits for a condition of its own",
      "left: namespace corral-abc123-store-0001 hangs in its deletion: finalizer kubernetes must be removed by Kubernetes' namespace controller, which waits until everything in the namespace is gone",
      "17 objects removed in <time>, 2 left",
    ]
  `);

  const forced = await clean({ wanted: 'all', force: true, timeouts: impatient });
  expect(forced.clean).toBe(false);
  expect(forced.printed).toMatchInlineSnapshot(`
    [
      "run abc123 has left 1 volume, 1 namespace",
      "volume corral-abc123-volume-0001: finalizer longhorn.io removed (--force): what it protects may be left in the store and on the nodes",
      "volume corral-abc123-volume-0001: timed out after <time> (this test): not seen that it is gone",
      "namespace corral-abc123-store-0001: timed out after <time> (this test): not seen that it is gone",
      "left: volume corral-abc123-volume-0001 hangs in its deletion (new, robustness not known): finalizer example.com/mine must be removed by the controller that added it (unknown to Corral), which waits for a condition of its own",
      "left: namespace corral-abc123-store-0001 hangs in its deletion: finalizer kubernetes must be removed by Kubernetes' namespace controller, which waits until everything in the namespace is gone",
      "0 objects removed in <time>, 2 left",
    ]
  `);
  expect((await cluster.get(volumes, volume)).metadata.finalizers).toEqual(['example.com/mine']);
  await cluster.patch(volumes, volume, { metadata: { finalizers: null } });

  // What nothing but Longhorn holds goes by force.
  controllers.abort(new Error('nobody lets go'));
  const target = 'corral-xyz789-target-0001';
  await make(cluster, longhornResources.backupTargets, target, { run: 'xyz789', spec: {} });
  const wanted = new Set(['xyz789']);
  expect(await clean({ wanted, force: true, timeouts: { ...timeouts, targetGone: short } })).toEqual({
    clean: true,
    printed: [
      'run xyz789 has left 1 backup target',
      `backup target ${target}: finalizer longhorn.io removed (--force): what it protects may be left in the store and on the nodes`,
      `backup target ${target}: gone after <time>`,
      '1 object removed in <time>, nothing left',
    ],
  });
});

test('a run that somebody is still at work for is not touched, until its Lease ends', async () => {
  await restartControllers();
  await leaveBehind(cluster, 'abc123');
  const lease = { namespace: 'corral-abc123-store-0001', name: leaseName };
  const time = (): string => new Date().toISOString().replace('Z', '000Z');
  await cluster.create(resources.leases, {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    metadata: { ...lease, labels: runLabel('abc123') },
    spec: { renewTime: time() },
  });
  const before = await present();
  const renew = () => void cluster.patch(resources.leases, lease, { spec: { renewTime: time() } });
  const renewing = setInterval(renew, 500);
  const ended = await clean({ wanted: 'all' });
  clearInterval(renewing);
  expect(ended.clean).toBe(false);
  expect(ended.printed.slice(1)).toEqual([
    'waiting up to <time>: a scenario that is at work renews its Lease meanwhile',
    'run abc123 is still under way, and nothing of it is touched: let it end, or interrupt it (Ctrl-C), which cleans up as well',
    '0 objects removed in <time>, nothing left',
  ]);
  expect(await present()).toEqual(before);
  expect(await clean({ wanted: 'all' })).toMatchObject({ clean: true });
});

test('of a store in a namespace that it shares, all goes, and the namespace stays', async () => {
  await restartControllers();
  const shared = 'shared';
  await cluster.create(resources.namespaces, { metadata: { name: shared } });
  const name = 'corral-abc123-store-0001';
  const metadata = { name, namespace: shared, labels: runLabel('abc123') };
  const pod = { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'nfs', image: 'x' }] } };
  await cluster.create(resources.deployments, {
    metadata,
    spec: { selector: { matchLabels: { app: name } }, template: pod },
  });
  await cluster.create(resources.services, { metadata, spec: { ports: [{ port: 2049 }] } });
  await cluster.create(resources.configMaps, { metadata });
  await cluster.create(resources.leases, { metadata, spec: { renewTime: '2026-01-01T00:00:00.000000Z' } });
  await cluster.create(resources.configMaps, { metadata: { name: 'mine', namespace: shared } });
  expect(await clean({ wanted: 'all', namespace: shared })).toEqual({
    clean: true,
    printed: [
      'run abc123 has left 1 Deployment, 1 Service, 1 ConfigMap, 1 Lease',
      `Deployment ${name}: gone after <time>`,
      `Service ${name}: gone after <time>`,
      `ConfigMap ${name}: gone after <time>`,
      `Lease ${name}: gone after <time>`,
      '4 objects removed in <time>, nothing left',
    ],
  });
  const { items } = await cluster.list<KubernetesObject>(resources.configMaps, { namespace: shared });
  expect(items.map((each) => each.metadata.name)).toEqual(['mine']);
});

/** Scripts in a pod are commands in it. */
const withExec = (whole: Cluster, exec: Cluster['exec']): Cluster => ({
  ...whole,
  exec,
  script: (pod, script, ...args) => exec(pod, ['bash', '-c', script, 'corral-test', ...args]),
});

/**
 * A store that serves, as far as an API server and a folder of this machine can stand for one; a lock there is of
 * the volume that a run left.
 */
const serveStore = async (run: string): Promise<{ cluster: Cluster; lock: string; looks: () => number }> => {
  const [labelName = '', labelValue = ''] = storePodLabel('backupstore').split('=');
  const labels = { app: 'backupstore', [labelName]: labelValue };
  const pod = { namespace: `corral-${run}-store-0001`, name: 'backupstore-0' };
  const spec = { containers: [{ name: 'nfs', image: 'x' }] };
  await cluster.create(resources.pods, { metadata: { ...pod, labels }, spec });
  const status = { conditions: [{ type: 'Ready', status: 'True' }] };
  await cluster.patch(resources.pods, pod, { status }, { subresource: 'status' });
  const root = await temporaryFolder();
  onTestFinished(async () => {
    await cluster.delete(resources.pods, pod, { gracePeriodSeconds: 0 }).catch(() => {});
  });
  const folder = join(root, volumeFolder(`corral-${run}-volume-0001`), 'locks');
  await mkdir(folder, { recursive: true });
  const lock = join(folder, 'lock-1.lck');
  await writeFile(lock, '{"Name":"lock-1","Type":2,"Acquired":true}');
  let looks = 0;
  const exec: Cluster['exec'] = (where, command, options) => {
    if (where.name !== pod.name) throw new Error(`nothing but the store runs here: ${where.name}`);
    looks += 1;
    const here = command.map((word) => (word === exportPath ? root : word));
    return stubCluster().exec(where, here, options);
  };
  return { cluster: withExec(cluster, exec), lock, looks: () => looks };
};
const waitingForLock =
  /^backup store \S+ in corral-abc123-store-0001: waiting until nothing works in it: lock lock-1 of a deletion in the folder of corral-abc123-volume-0001, last written \S+ ago; 0 blocks in the folder of corral-abc123-volume-0001$/;
const storeLines = (printed: string[]): string[] =>
  printed.filter((line) => /^backup (store|volume|target)|^namespace/.test(line));

test('what a deletion still works on goes when that has ended, and not before', async () => {
  await restartControllers();
  await leaveBehind(cluster, 'abc123');
  const store = await serveStore('abc123');
  let isHeld = true;
  const exec: Cluster['exec'] = (...command) => {
    // Its holder ends while the second look waits.
    if (store.looks() === 1) setTimeout(() => rm(store.lock), 300);
    return store.cluster.exec(...command);
  };
  const backupVolumes = await cluster.list<KubernetesObject>(longhornResources.backupVolumes, { namespace });
  const ended = await clean({
    wanted: 'all',
    cluster: {
      ...withExec(store.cluster, exec),
      delete: async (resource, ...rest) => {
        if (resource.plural === 'backupvolumes') isHeld = existsSync(store.lock);
        return cluster.delete(resource, ...rest);
      },
    },
  });
  expect(backupVolumes.items).toHaveLength(1);
  expect(isHeld).toBe(false);
  expect(ended.clean).toBe(true);
  expect(storeLines(ended.printed)).toEqual([
    expect.stringMatching(waitingForLock),
    'backup volume corral-abc123-volume-0001-0: gone after <time>',
    'backup target corral-abc123-target-0001: gone after <time>',
    'namespace corral-abc123-store-0001: gone after <time>',
  ]);
});

test('what is still worked on after the time is left, with its target and its store, and reported', async () => {
  await restartControllers();
  await leaveBehind(cluster, 'abc123');
  const store = await serveStore('abc123');
  // Somebody writes it anew all the time.
  await utimes(store.lock, Date.now() / 1000 + 3600, Date.now() / 1000 + 3600);
  const quiet = { seconds: 1, atMost: 60, owner: 'this test' };
  const ended = await clean({ wanted: 'all', cluster: store.cluster, quiet });
  expect(ended.clean).toBe(false);
  expect(storeLines(ended.printed)).toEqual([
    expect.stringMatching(waitingForLock),
    expect.stringMatching(
      /^backup store backupstore in corral-abc123-store-0001: work in the backup store has not ended after .+: lock lock-1 of a deletion in the folder of corral-abc123-volume-0001, last written .+ ago; 0 blocks in the folder of corral-abc123-volume-0001$/,
    ),
  ]);
  expect(ended.printed.filter((line) => line.startsWith('left: '))).toEqual([
    'left: backup volume corral-abc123-volume-0001-0 is there, and its deletion was not requested',
    'left: backup target corral-abc123-target-0001 is there, and its deletion was not requested',
    'left: namespace corral-abc123-store-0001 is there, and its deletion was not requested',
  ]);
  await rm(store.lock);
  expect(await clean({ wanted: 'all', cluster: store.cluster })).toMatchObject({ clean: true });
});
