import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { evaluate, expectHistory, gone, waitUntil, waitUntilGone } from '../../e2e/history/expectation.ts';
import { followWith } from '../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { startTcpProxy } from '../support/tcp-proxy.ts';

// What a real server does of what schedules.test.ts runs: it begins and ends a watch as that has it.
const { configMaps, secrets } = resources;
const namespace = 'default';
const timing = { lifetime: 60_000, silence: 60_000, pause: { first: 20, longest: 100 }, patience: 0 };

let server: ApiServer;
let admin: Cluster;
beforeAll(async () => {
  // Watched in etcd itself, which forgets by a compaction.
  server = await startApiServer({ uncached: ['secrets'] });
  admin = await server.connect();
});
afterAll(() => server?.stop());

const following = async (cluster: Cluster, resource: typeof secrets, options: object) => {
  const timeline = await followWith<KubernetesObject>(cluster, resource, { namespace, timing, ...options });
  onTestFinished(() => timeline.stop());
  return timeline;
};
const make = (name: string, resource = secrets) =>
  admin.create(resource, { metadata: { name, namespace, labels: { state: 'new' } } });
const change = (name: string, resource = secrets) =>
  admin.patch<KubernetesObject>(resource, { namespace, name }, { metadata: { labels: { state: 'on' } } });
const remove = (name: string) => admin.delete(secrets, { namespace, name });

test('a watch that the server ends by its time is in no trouble, and goes on from a bookmark, of what the selectors choose', async () => {
  const versions: string[] = [];
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const request: Cluster['request'] = (path, options) => {
    versions.push(new URL(path, 'http://server').searchParams.get('resourceVersion') ?? '');
    if (versions.length === 2) resolve();
    return admin.request(path, options);
  };
  // The server sends a bookmark shortly before it ends a watch.
  const lamps = { labelSelector: 'kind=lamp', timing: { ...timing, lifetime: 4000 } };
  const timeline = await following({ ...admin, request }, configMaps, lamps);
  expect(timeline.label).toBe('configmaps in default (kind=lamp)');
  await make('torch', configMaps);
  const last = Number((await change('torch', configMaps)).metadata.resourceVersion);
  await again;
  expect(Number(versions[0])).toBeLessThan(last);
  expect(Number(versions[1])).toBeGreaterThanOrEqual(last);
  expect([timeline.lastError, timeline.entries]).toEqual([undefined, []]);
});

test('a watch that the server cannot resume (410 after a compaction) marks a gap, lists what is there now and what is missing, and is not provable for what changed in it', async () => {
  const proxy = await startTcpProxy(server.port);
  onTestFinished(proxy.close);
  for (const name of ['kept', 'changed', 'removed', 'replaced']) await make(name);
  const timeline = await following(await server.connect({ port: proxy.port }), secrets, {});
  proxy.refuse();
  proxy.cut();
  await change('changed');
  for (const name of ['removed', 'replaced']) await remove(name);
  await make('replaced');
  await server.compact();
  proxy.accept();
  await make('after');
  const wait = { within: '5m', owner: 'a test' } as const;
  await waitUntil(timeline, () => true, { ...wait, name: 'after', label: 'the watch goes on' });
  const reason = expect.stringMatching(
    /^the server does not know what came after resourceVersion \d+: the watch ended with 410/,
  );
  expect(timeline.entries[4]).toMatchObject({ kind: 'gap', reason });
  const seen = timeline.entries.slice(5).map((entry) => {
    if (entry.kind === 'gap') return 'gap';
    const { name, labels } = entry.object.metadata;
    return `${entry.kind}${entry.inferred ? ' (inferred)' : ''} ${name} ${labels?.state}`;
  });
  expect(seen.filter((line) => !line.includes('after'))).toEqual([
    ...['deleted (inferred) removed new', 'deleted (inferred) replaced new'],
    ...['listed changed on', 'listed kept new', 'listed replaced new'],
  ]);
  for (const name of ['kept', 'changed']) await remove(name);
  await waitUntilGone(timeline, { ...wait, name: 'changed', label: 'both are gone' });
  const states = ['kept', 'changed'].map(
    (name) => evaluate(expectHistory(timeline, { name, label: name, describe: () => '' }).goes(gone)).state,
  );
  expect(states).toEqual(['met', 'not-provable']);
});
