import { expect, test } from 'vitest';
import { whileObserved } from '../../../../e2e/history/observer.ts';
import type { Pod } from '../../../../e2e/kube/pods.ts';
import { servedStore } from '../../../../e2e/store/drivers/nfs/served-store.ts';
import { nothingCreated } from '../../../../e2e/suite/steps/created-objects.ts';
import { belongsTo } from '../../../../e2e/suite/steps/evidence/keep.ts';
import { followManagers, sourcesOf } from '../../../../e2e/suite/steps/evidence/sources.ts';
import type { RemoveWhenIdle } from '../../../../e2e/suite/steps/remove-when-idle.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { aTarget, emptyTimelines } from '../../../support/test-context.ts';

const since = new Date('2026-11-20T12:00:00Z');
const { signal } = new AbortController();

const pod = (name: string, namespace = 'longhorn-system', restartCount = 0): Pod => ({
  metadata: { name, uid: `uid-of-${name}`, namespace, managedFields: [] } as Pod['metadata'],
  status: { containerStatuses: [{ name: 'longhorn-manager', restartCount, state: { running: {} } }] },
});
const event = (name: string, time: string) => ({
  ...{ metadata: { name, namespace: 'a-store' }, involvedObject: {} },
  lastTimestamp: `2026-11-20T${time}Z`,
});

const open = () => {
  const requests: string[] = [];
  const timelines = emptyTimelines();
  const { managers, backups } = timelines;
  for (const name of ['mine', 'theirs'])
    backups.push({ kind: 'added', at: 0, object: { metadata: { name }, spec: { snapshotName: 's' } } });
  managers.push({ kind: 'added', at: 0, object: pod('m-1') });
  managers.push({ kind: 'added', at: 0, object: pod('m-2', 'longhorn-system', 1) });
  const cluster = stubCluster({
    objects: {
      events: [event('late', '12:00:09'), event('before', '11:00:00'), event('soon', '12:00:01')],
      pods: ['longhorn-system', 'a-store', 'elsewhere'].map((each) => pod(`pod-of-${each}`, each)),
    },
    onAsk: ({ plural, namespace }) => requests.push(`${plural} in ${namespace}`),
    logs: async (pod, options) => JSON.stringify({ ...pod, ...options }),
  });
  const server = { namespace: 'a-store', name: 'server', container: 'nfs' };
  const sources = sourcesOf({
    ...{ cluster, timelines, since },
    belongs: (_, { metadata }) => metadata.name === 'mine',
    stores: [
      {
        place: { namespace: 'a-store' },
        running: servedStore(cluster, { pod: server, node: '', url: '', root: '/nowhere' }),
      },
    ],
  });
  const read = async (file: string, isBrief = false) =>
    String(await sources.find((source) => source.file === file)?.read(signal, { isBrief }));
  return { sources, read, requests, managers };
};

test("the objects of the scenario are read, the pods beside them, and Kubernetes' events since it began, in their order", async () => {
  const { read, requests } = open();
  const text = await read('objects.yaml');
  for (const name of ['mine', 'pod-of-longhorn-system', 'pod-of-a-store'])
    expect(text).toContain(`name: ${name}\n`);
  expect(text).not.toMatch(/theirs|elsewhere|managedFields/);
  expect(requests).toEqual(['nodes in longhorn-system', 'pods in longhorn-system', 'pods in a-store']);
  const lines = (await read('events.ndjson')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).metadata.name)).toEqual(['soon', 'late']);
});

test('the logs of the managers are read from its beginning on, and what one said before it was started again', async () => {
  const { read, sources } = open();
  expect(sources.map(({ file, always }) => `${file}${always ? ', always' : ''}`)).toEqual([
    ...['objects.yaml', 'events.ndjson'],
    ...['logs/m-1.longhorn-manager.log, always', 'logs/m-2.longhorn-manager.log, always'],
    ...['logs/m-2.longhorn-manager.before-restart.log', 'logs/server.nfs.log'],
    ...['store-listing.txt', 'store-fsck.json'],
  ]);
  const own = 'logs/m-1.longhorn-manager.log';
  expect(JSON.parse(await read(own))).toMatchObject({
    ...{ name: 'm-1', container: 'longhorn-manager', timestamps: true, tailLines: 20_000 },
    sinceTime: since.toISOString(),
  });
  expect(JSON.parse(await read(own, true))).toMatchObject({ tailLines: 2000 });
  const before = JSON.parse(await read('logs/m-2.longhorn-manager.before-restart.log'));
  expect(before).toMatchObject({ name: 'm-2', previous: true });
});

test('managers that may be killed are followed from when they run, each once', async () => {
  const { managers } = open();
  const [requests, read]: [string[], string[]] = [[], []];
  const request = async (path: string) => {
    requests.push(path);
    return new Response('2026-11-20T12:00:00Z its last words\n');
  };
  const reads = ({ name }: { name: string }) => void read.push(name);
  const observer = { watches: () => {}, expects: () => () => {}, reads };
  whileObserved(observer, () => {
    followManagers(stubCluster({ request }), { managers, since, signal });
    managers.push({ kind: 'modified', at: 0, object: pod('m-1') });
    managers.push({ kind: 'added', at: 0, object: pod('m-3') });
  });
  await expect.poll(() => read.toSorted()).toEqual(['m-1', 'm-2', 'm-3']);
  expect(requests).toHaveLength(3);
  expect(requests[0]).toContain(
    '/pods/m-1/log?container=longhorn-manager&follow=true&timestamps=true&sinceTime=',
  );
});

const removeWhenIdle: RemoveWhenIdle = (_, take) => take();

/** An object of a scenario named a or b, of which only the first is judged. */
const made = { ...nothingCreated(), snapshots: ['a-snapshot'], backups: ['a-backup'], jobs: ['a-job'] };
made.written.push({ volume: 'a-old', backup: 'a-written' });
const isMine = belongsTo({
  made,
  own: {
    targets: [{ ...aTarget, name: 'a-target' }],
    stores: [{ place: { namespace: 'a-store' }, removeWhenIdle }],
  },
});

const named = (name: string, more: object = {}) => ({ metadata: { name, ...more }, spec: {} });
const labelled = (label: string) => (name: string) => named('x', { labels: { [label]: name } });
const spec = (field: string) => (name: string) => ({ ...named('x'), spec: { [field]: name } });
const ownedBy = (name: string) => named('x', { ownerReferences: [{ name }] });
const about = (name: string) => ({ ...named('x'), involvedObject: { name } });
const within = (namespace: string) => named('x', { namespace });

test.each<[resource: string, make: (name: string) => object, mine: string, theirs: string]>([
  ['volumes', named, 'a-volume', 'b-volume'],
  ['volumes', named, 'a-old', 'a'],
  ['volumeattachments', spec('volume'), 'a-volume', 'b-volume'],
  ['snapshots', named, 'a-snapshot', 'b-snapshot'],
  ['snapshots', spec('volume'), 'a-volume', 'b-volume'],
  ['backups', named, 'a-backup', 'b-backup'],
  ['backups', named, 'a-written', 'b-written'],
  ['backups', labelled('backup-volume'), 'a-volume', 'b-volume'],
  ['backupvolumes', labelled('backup-volume'), 'a-volume', 'b-volume'],
  ['backupvolumes', spec('volumeName'), 'a-old', 'b-old'],
  ['backuptargets', named, 'a-target', 'default'],
  ['recurringjobs', named, 'a-job', 'b-job'],
  ['cronjobs', named, 'a-job', 'b-job'],
  ['jobs', ownedBy, 'a-job', 'b-job'],
  ['pods', labelled('recurring-job.longhorn.io'), 'a-job', 'b-job'],
  ['pods', labelled('app'), 'longhorn-manager', 'longhorn-ui'],
  ['pods', within, 'a-store', 'b-store'],
  ['events', about, 'a-job', 'b-job'],
  ['namespaces', named, 'a-store', 'b-store'],
])('of %s only its own concern a scenario, also what is made later', (resource, make, mine, theirs) => {
  if (!made.volumes.includes('a-volume')) {
    expect(isMine('volumes', named('a-volume'))).toBe(false);
    made.volumes.push('a-volume');
  }
  expect([mine, theirs].map((name) => isMine(resource, make(name) as never))).toEqual([true, false]);
  expect(isMine('secrets', make(mine) as never)).toBe(false);
});
