import { expect, test } from 'vitest';
import { whileObserved } from '../../../../e2e/history/observer.ts';
import { servedStore } from '../../../../e2e/store/drivers/nfs/served-store.ts';
import { followManagers, sourcesOf } from '../../../../e2e/suite/steps/evidence/sources.ts';
import type { ManagerPodObject } from '../../../../e2e/suite/steps/timelines.ts';
import { stubCluster } from '../../../support/stub-cluster.ts';
import { emptyTimelines } from '../../../support/test-context.ts';

const since = new Date('2026-11-20T12:00:00Z');

const manager = (name: string, restartCount = 0): ManagerPodObject => ({
  metadata: {
    name,
    uid: `uid-of-${name}`,
    namespace: 'longhorn-system',
    managedFields: [{ manager: 'k' }],
  } as ManagerPodObject['metadata'],
  status: { containerStatuses: [{ name: 'longhorn-manager', restartCount, state: { running: {} } }] },
});

const event = (name: string, lastTimestamp: string) => ({
  metadata: { name, namespace: 'a-store' },
  lastTimestamp,
  involvedObject: {},
});

const open = () => {
  const asked: string[] = [];
  const timelines = emptyTimelines();
  const { managers } = timelines;
  for (const name of ['mine', 'theirs'])
    timelines.backups.push({
      kind: 'added',
      at: 0,
      object: { metadata: { name }, spec: { snapshotName: 's' } },
    });
  managers.push({ kind: 'added', at: 0, object: manager('m-1') });
  managers.push({ kind: 'added', at: 0, object: manager('m-2', 1) });
  const cluster = stubCluster({
    objects: {
      events: [
        event('late', '2026-11-20T12:00:09Z'),
        event('before', '2026-11-20T11:00:00Z'),
        event('soon', '2026-11-20T12:00:01Z'),
      ],
      pods: ['longhorn-system', 'a-store', 'elsewhere'].map((namespace) => ({
        ...manager(`pod-of-${namespace}`),
        metadata: { ...manager(`pod-of-${namespace}`).metadata, namespace },
      })),
    },
    onAsk: ({ plural, namespace }) => asked.push(`${plural} in ${namespace}`),
    logs: async (pod, options) => JSON.stringify({ ...pod, ...options }),
  });
  const sources = sourcesOf({
    cluster,
    timelines,
    belongs: (_, { metadata }) => metadata.name === 'mine',
    since,
    place: { namespace: 'a-store' },
    store: servedStore(cluster, {
      pod: { namespace: 'a-store', name: 'server', container: 'nfs' },
      node: '',
      url: '',
      root: '/nowhere',
    }),
  });
  const read = async (file: string, isBrief = false) => {
    const found = sources.find((source) => source.file === file);
    return String(await found?.read(new AbortController().signal, { isBrief }));
  };
  return { sources, read, asked, managers };
};

test('the objects of the scenario are read, and the pods beside them', async () => {
  const { read, asked } = open();
  const text = await read('objects.yaml');
  for (const name of ['mine', 'pod-of-longhorn-system', 'pod-of-a-store'])
    expect(text).toContain(`name: ${name}\n`);
  expect(text).not.toMatch(/theirs|elsewhere|managedFields/);
  expect(asked).toEqual(['nodes in longhorn-system', 'pods in longhorn-system', 'pods in a-store']);
});

test("Kubernetes' events are those since the scenario began, in their order", async () => {
  const lines = (await open().read('events.ndjson')).trim().split('\n');
  expect(lines.map((line) => JSON.parse(line).metadata.name)).toEqual(['soon', 'late']);
});

test('the logs of the managers are read from its beginning on, and what one said before it was started again', async () => {
  const { read, sources } = open();
  expect(sources.map(({ file, always }) => [file, always ?? false])).toEqual([
    ['objects.yaml', false],
    ['events.ndjson', false],
    ['logs/m-1.longhorn-manager.log', true],
    ['logs/m-2.longhorn-manager.log', true],
    ['logs/m-2.longhorn-manager.before-restart.log', false],
    ['logs/server.nfs.log', false],
    ['store-listing.txt', false],
    ['store-fsck.json', false],
  ]);
  const log = { namespace: 'longhorn-system', container: 'longhorn-manager', timestamps: true };
  expect(JSON.parse(await read('logs/m-1.longhorn-manager.log'))).toEqual({
    ...log,
    name: 'm-1',
    sinceTime: since.toISOString(),
    tailLines: 20_000,
  });
  expect(JSON.parse(await read('logs/m-1.longhorn-manager.log', true))).toMatchObject({ tailLines: 2000 });
  expect(JSON.parse(await read('logs/m-2.longhorn-manager.before-restart.log'))).toMatchObject({
    name: 'm-2',
    previous: true,
  });
});

test('managers that may be killed are followed from when they run, each once', async () => {
  const { managers } = open();
  const asked: string[] = [];
  const read: string[] = [];
  const cluster = stubCluster({
    request: async (path) => {
      asked.push(path);
      return new Response('2026-11-20T12:00:00Z its last words\n');
    },
  });
  const observer = {
    watches: () => {},
    expects: () => () => {},
    reads: ({ name }: { name: string }) => void read.push(name),
  };
  whileObserved(observer, () =>
    followManagers(cluster, { managers, since, signal: new AbortController().signal }),
  );
  managers.push({ kind: 'modified', at: 0, object: manager('m-1') });
  whileObserved(observer, () => managers.push({ kind: 'added', at: 0, object: manager('m-3') }));
  await expect.poll(() => read.toSorted()).toEqual(['m-1', 'm-2', 'm-3']);
  expect(asked).toHaveLength(3);
  expect(asked[0]).toContain(
    '/pods/m-1/log?container=longhorn-manager&follow=true&timestamps=true&sinceTime=2026-11-20T12%3A00%3A00.000Z',
  );
});
