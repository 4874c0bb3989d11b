import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { evaluate, expectHistory, gone, once, onceGone } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow, followWith } from '../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

// Watched in etcd itself, which forgets by a compaction.
const { configMaps, secrets } = resources;
const wait = { within: '5m', owner: 'a test' } as const;
const timing = { lifetime: 60_000, silence: 60_000, pause: { first: 20, longest: 100 }, patience: 0 };

let server: ApiServer;
let admin: Cluster;
let proxy: TcpProxy;
let follower: Cluster;
let namespace: string;
let followed: Timeline | undefined;

beforeAll(async () => {
  server = await startApiServer({ uncached: ['secrets'] });
  admin = await server.connect();
});
afterAll(() => server?.stop());

beforeEach(async ({ task }) => {
  proxy = await startTcpProxy(server.port);
  follower = await server.connect({ port: proxy.port });
  namespace = `test-${task.id.replaceAll(/[^a-z0-9]/g, '-')}`.slice(0, 60);
  await admin.create(resources.namespaces, { metadata: { name: namespace } });
});
afterEach(async () => {
  await followed?.stop();
  await proxy.close();
});

const following = async (
  clocks: Partial<typeof timing> = {},
  cluster = follower,
  { resource = secrets, ...selected }: { resource?: typeof secrets; labelSelector?: string } = {},
): Promise<Timeline> => {
  const options = { namespace, timing: { ...timing, ...clocks }, ...selected };
  followed = await followWith<KubernetesObject>(cluster, resource, options);
  return followed;
};

const make = (name: string, resource = secrets) =>
  admin.create<KubernetesObject>(resource, { metadata: { name, namespace, labels: { state: 'new' } } });
const change = async (name: string, state: string, resource = secrets): Promise<string> => {
  const labels = { metadata: { labels: { state } } };
  const { metadata } = await admin.patch<KubernetesObject>(resource, { namespace, name }, labels);
  return metadata.resourceVersion as string;
};
const remove = (name: string) => admin.delete(secrets, { namespace, name });
const away = (): void => {
  proxy.refuse();
  proxy.cut();
};

/** Lets the guest follow secrets in the namespace of the test, and connects as him. */
const guestWithRights = async (port?: number): Promise<Cluster> => {
  const rules = [{ apiGroups: [''], resources: ['secrets'], verbs: ['list', 'watch'] }];
  await admin.create(resources.roles, { metadata: { name: 'watcher', namespace }, rules });
  const apiGroup = 'rbac.authorization.k8s.io';
  await admin.create(resources.roleBindings, {
    metadata: { name: 'watcher', namespace },
    roleRef: { apiGroup, kind: 'Role', name: 'watcher' },
    subjects: [{ kind: 'User', apiGroup, name: 'guest' }],
  });
  return server.connect({ user: 'guest', ...(port && { port }) });
};

const told = ({ entries }: Timeline): string[] =>
  entries.map((entry) =>
    entry.kind === 'gap'
      ? 'gap'
      : `${entry.kind}${entry.inferred ? ' (inferred)' : ''} ${entry.object.metadata.name} ${entry.object.metadata.labels?.state}`,
  );
const reaches = (timeline: Timeline, name: string, state: string) =>
  once(timeline, ({ metadata }) => metadata.labels?.state === state, {
    ...{ ...wait, label: `${name} is ${state}`, name },
  });
const expected = (timeline: Timeline, name: string) =>
  expectHistory(timeline, { name, label: name, describe: () => 'there' });

test('a watch whose connection is cut, again and again, and that cannot come back at once, loses nothing', async () => {
  await make('lamp');
  const timeline = await following();
  const written: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let turn = 0; turn < 8; turn += 1) {
      if (turn === 4) away();
      written.push(await change('lamp', `${round}-${turn}`));
    }
    const before = proxy.connections();
    while (proxy.connections() < before + 2) await proxy.connected();
    proxy.accept();
    await reaches(timeline, 'lamp', `${round}-7`);
  }
  const versions = timeline.entries.map((entry) => (entry.kind === 'gap' ? 'gap' : entry.resourceVersion));
  expect(versions.slice(1)).toEqual(written);
  expect(timeline.lastTrouble?.error).toBeInstanceOf(Error);
  expect(timeline.failure).toBeUndefined();
});

test('a watch that the server ends by its time is in no trouble, and goes on from a bookmark, of what the selectors choose', async () => {
  const asked: string[] = [];
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const request: Cluster['request'] = (path, options) => {
    asked.push(new URL(path, 'http://server').searchParams.get('resourceVersion') ?? '');
    if (asked.length === 2) resolve();
    return follower.request(path, options);
  };
  // The server sends a bookmark shortly before it ends a watch.
  const cluster = { ...follower, request };
  const lamps = { resource: configMaps, labelSelector: 'kind=lamp' };
  const timeline = await following({ lifetime: 4000 }, cluster, lamps);
  expect(timeline.label).toBe(`configmaps in ${namespace} (kind=lamp)`);
  await make('torch', configMaps);
  const last = await change('torch', 'on', configMaps);
  await again;
  expect(Number(asked[0])).toBeLessThan(Number(last));
  expect(Number(asked[1])).toBeGreaterThanOrEqual(Number(last));
  expect([timeline.lastTrouble, timeline.entries]).toEqual([undefined, []]);
});

test('a watch that the server cannot resume (410 after a compaction) marks a gap, tells what is there now and what is missing, and is not provable for what changed in it', async () => {
  for (const name of ['kept', 'changed', 'removed', 'replaced']) await make(name);
  const timeline = await following();
  away();
  await change('changed', 'on');
  for (const name of ['removed', 'replaced']) await remove(name);
  await make('replaced');
  await server.compact();
  proxy.accept();
  await make('after');
  await reaches(timeline, 'after', 'new');
  const reason = expect.stringMatching(
    /^the server cannot tell what came after resourceVersion \d+: the watch ended with 410/,
  );
  expect(timeline.entries[4]).toMatchObject({ kind: 'gap', reason });
  expect(
    told(timeline)
      .slice(5)
      .filter((line) => !line.includes('after')),
  ).toEqual([
    ...['deleted (inferred) removed new', 'deleted (inferred) replaced new'],
    ...['listed changed on', 'listed kept new', 'listed replaced new'],
  ]);
  for (const name of ['kept', 'changed']) await remove(name);
  await onceGone(timeline, { ...wait, name: 'changed', label: 'both are gone' });
  const states = ['kept', 'changed'].map((name) => evaluate(expected(timeline, name).goes(gone)).state);
  expect(states).toEqual(['met', 'not-provable']);
});

test('a watch whose API server crashes and is started again loses nothing, though the server first refuses it: roles are read only after the start', async () => {
  const guest = await guestWithRights(proxy.port);
  await make('lamp');
  const timeline = await following({ pause: { first: 1, longest: 5 }, patience: 60_000 }, guest);
  await change('lamp', 'before');
  await server.restart();
  away();
  for (const state of ['gone', 'back']) await change('lamp', state);
  proxy.accept();
  await reaches(timeline, 'lamp', 'back');
  expect(told(timeline)).toEqual([
    'listed lamp new',
    ...['before', 'gone', 'back'].map((state) => `modified lamp ${state}`),
  ]);
});

test('a watch without the right to it is refused at once, and one of what does not exist; it fails when the right is taken away, and every wait sees it at once', async () => {
  const guest = await server.connect({ user: 'guest' });
  const refused = { name: 'ApiError', status: 403, reason: 'Forbidden' };
  await expect(follow(guest, secrets, { namespace })).rejects.toMatchObject(refused);
  const nothing = { group: 'corral.test', version: 'v1', plural: 'nothings' };
  await expect(follow(admin, nothing)).rejects.toMatchObject({ status: 404 });

  const timeline = await following({ lifetime: 1000 }, await guestWithRights());
  const waiting = expected(timeline, 'lamp').goes(gone).within('10m', 'a test');
  await admin.delete(resources.roleBindings, { namespace, name: 'watcher' });
  const reason = expect.stringContaining('403 Forbidden');
  await expect(waiting).rejects.toMatchObject({ verdict: { state: 'not-provable', reason } });
  expect(timeline.failure).toMatchObject({ status: 403 });
});
