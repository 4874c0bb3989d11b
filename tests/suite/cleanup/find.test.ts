import { expect, test } from 'vitest';
import { ApiError, type Cluster } from '../../../e2e/kube/cluster.ts';
import { findLeftOver } from '../../../e2e/suite/cleanup/find.ts';
import { findActiveRuns } from '../../../e2e/suite/cleanup/find-active-runs.ts';
import { stubCluster } from '../../support/stub-cluster.ts';

/** An object of a run, by its label, or of nobody's. */
const object = (name: string, run?: string, namespace?: string) => ({
  metadata: { name, ...(namespace && { namespace }), ...(run && { labels: { 'corral.test/run': run } }) },
});

/** A cluster with these objects, by the plural of their collection, and nothing of any other kind. */
const having = (objects: Record<string, object[]>, refused: Record<string, number> = {}): Cluster =>
  stubCluster({
    objects,
    onAsk: ({ plural }) => {
      const status = refused[plural];
      if (status !== undefined) throw new ApiError(`no ${plural}`, { status, reason: 'x' });
    },
  });

const names = async (cluster: Cluster, wanted: ReadonlySet<string> | 'all' = 'all'): Promise<string[]> =>
  (await findLeftOver(cluster, { wanted })).map(
    ({ kind, run, object }) => `${run} ${kind}/${object.metadata.name}`,
  );

const volume = object('corral-abc123-volume-1', 'abc123');
const snapshot = { metadata: { name: 's' }, spec: { volume: 'corral-abc123-volume-1' } };

test("what Longhorn made for a volume, a target or a job of a run is that run's", async () => {
  const labels = { 'backup-volume': 'corral-abc123-volume-1', 'backup-target': 'default' };
  const others = { metadata: { name: 'o' }, spec: { volume: 'vol-2' } };
  const known = { metadata: { name: 'k', labels: { 'backup-target': 'corral-abc123-target-1' } } };
  const cluster = having({
    ...{ volumes: [volume], backups: [{ metadata: { name: 'b', labels } }] },
    ...{ snapshots: [snapshot, others], backupvolumes: [known] },
  });
  const kinds = ['backups/b', 'backupVolumes/k', 'volumes/corral-abc123-volume-1', 'snapshots/s'];
  const expected = kinds.map((name) => `abc123 ${name}`);
  expect(await names(cluster)).toEqual(expected);
  expect(await names(cluster, new Set(['abc123']))).toEqual(expected);
  expect(await names(cluster, new Set(['other1']))).toEqual([]);
});

test('a recurring job that Longhorn made of the job of a run in a restore is of that run, under any name', async () => {
  const job = (name: string, ...groups: string[]) => ({ ...object(name), spec: { groups } });
  const cronJob = (name: string) => ({ metadata: { name, labels: { 'recurring-job.longhorn.io': name } } });
  const [own, mine] = ['corral-abc123-job-1', 'corral-abc123-mine'];
  const recurringjobs = [job(own, own), job('restored-1', own), job(mine, 'default')];
  const cluster = having({ recurringjobs, cronjobs: [cronJob(own), cronJob(mine)] });
  const kinds = [`recurringJobs/${own}`, 'recurringJobs/restored-1', `cronJobs/${own}`];
  expect(await names(cluster, new Set(['abc123']))).toEqual(kinds.map((name) => `abc123 ${name}`));
});

test('a content that the snapshot controller made is of the run of its class', async () => {
  const content = (name: string, volumeSnapshotClassName: string) => ({
    ...{ metadata: { name }, spec: { volumeSnapshotClassName } },
  });
  const own = object('corral-abc123-snapclass-1', 'abc123');
  const volumesnapshotcontents = [content('c', own.metadata.name), content('o', 'longhorn')];
  const cluster = having({ volumesnapshotclasses: [own], volumesnapshotcontents });
  const kinds = ['volumeSnapshotContents/c', `volumeSnapshotClasses/${own.metadata.name}`];
  expect(await names(cluster)).toEqual(kinds.map((name) => `abc123 ${name}`));
});

test("a name like a run's proves nothing where its owner is there without the label, nor where no such run is known", async () => {
  const mine = object('corral-abc123-volume-1');
  expect(await names(having({ volumes: [mine], snapshots: [snapshot] }), new Set(['abc123']))).toEqual([]);
  expect(await names(having({ snapshots: [snapshot] }))).toEqual([]);
  expect(await names(having({ snapshots: [snapshot] }), new Set(['abc123']))).toEqual(['abc123 snapshots/s']);
});

test("the label of another run counts more than an owner, and one that is no id is no run's", async () => {
  const another = { ...snapshot, ...object('s', 'other1') };
  const store = object('corral-default-backupstore', 'set-up');
  const cluster = having({ volumes: [volume], snapshots: [another], namespaces: [store] });
  expect(await names(cluster, new Set(['abc123']))).toEqual(['abc123 volumes/corral-abc123-volume-1']);
  expect(await names(cluster)).toEqual(['abc123 volumes/corral-abc123-volume-1', 'other1 snapshots/s']);
});

test('engines and replicas are left only when their volume is gone, a part of a store only where that has no namespace of its own', async () => {
  const engine = { metadata: { name: 'e' }, spec: { volumeName: 'corral-abc123-volume-1' } };
  const store = object('corral-abc123-store-1', 'abc123');
  const within = object('w', 'abc123', 'corral-abc123-store-1');
  const beside = object('b', 'abc123', 'shared');
  const parts = { engines: [engine], namespaces: [store], services: [within, beside] };
  expect(await names(having({ ...parts, volumes: [volume] }))).toEqual([
    ...['abc123 volumes/corral-abc123-volume-1', 'abc123 services/b'],
    'abc123 namespaces/corral-abc123-store-1',
  ]);
  expect(await names(having(parts))).toContain('abc123 engines/e');
});

test('a cluster without Longhorn has nothing of it; a collection that may not be read is an error, but for policies', async () => {
  const refused = { volumes: 404, validatingadmissionpolicies: 403 };
  expect(await names(having({ namespaces: [object('n', 'abc123')] }, refused))).toEqual([
    'abc123 namespaces/n',
  ]);
  await expect(names(having({}, { volumes: 403 }))).rejects.toThrow('no volumes');
});

test('what is in the namespace of another run goes with that one only', async () => {
  const fleet = object('corral-fleet1-fleet', 'fleet1');
  const service = object('s', 'abc123', 'corral-fleet1-fleet');
  const cluster = having({ namespaces: [fleet], services: [service] });
  expect(await names(cluster, new Set(['abc123']))).toEqual(['abc123 services/s']);
  expect(await names(cluster)).toEqual(['fleet1 namespaces/corral-fleet1-fleet']);
});

test("a fleet's rights go, wherever they are, and a run's support bundle of Longhorn, and nobody else's", async () => {
  const cluster = having({
    roles: [object('r', 'abc123', 'longhorn-system')],
    clusterroles: [object('c', 'abc123'), object('admin')],
    supportbundles: [object('corral-abc123-support-bundle', 'abc123'), object('support-bundle-1')],
  });
  const kinds = ['supportBundles/corral-abc123-support-bundle', 'roles/r', 'clusterRoles/c'];
  expect(await names(cluster)).toEqual(kinds.map((name) => `abc123 ${name}`));
});

const of = (run: string, namespace: string) => ({ name: 'x', namespace, labels: { 'corral.test/run': run } });

/** On a cluster with these Jobs and Leases; a lease that is watched is an error. */
const atWork = async (objects: Record<string, object[]>): Promise<string[]> => [
  ...(await findActiveRuns(stubCluster({ objects }), new Set(['abc123', 'xyz789']), { print: () => {} })),
];

test('a fleet whose Job has pods is at work; one that has none, and a run of a recurring job, is not', async () => {
  const job = (run: string, where: string, active: number) => ({
    metadata: of(run, where),
    status: { active },
  });
  const jobs = [job('abc123', 'corral-abc123-fleet', 2), job('xyz789', 'corral-xyz789-fleet', 0)];
  expect(await atWork({ jobs })).toEqual(['abc123']);
  expect(await atWork({ jobs: [job('abc123', 'longhorn-system', 1)] })).toEqual([]);
  expect(await atWork({ jobs: [job('others', 'elsewhere', 1)] })).toEqual([]);
});

test('a Lease that is surely over is not waited for', async () => {
  const old = new Date(Date.now() - 600_000).toISOString();
  const ended = { metadata: of('abc123', 'n'), spec: { renewTime: old } };
  expect(await atWork({ leases: [ended, { metadata: of('abc123', 'other') }] })).toEqual([]);
});
