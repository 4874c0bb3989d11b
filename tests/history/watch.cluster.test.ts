import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { evaluate, expectHistory, gone, once, onceGone, type Step } from '../../e2e/history/expectation.ts';
import type { Timeline } from '../../e2e/history/timeline.ts';
import { follow, followWith } from '../../e2e/history/watch.ts';
import { ApiError, type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import { type ApiServer, startApiServer } from '../support/api-server.ts';
import { startTcpProxy, type TcpProxy } from '../support/tcp-proxy.ts';

const { configMaps, secrets } = resources;
const wait = { within: '5m', owner: 'a test' } as const;
const timing = { lifetime: 60_000, silence: 60_000, pause: { first: 20, longest: 100 }, patience: 0 };

let server: ApiServer;
let admin: Cluster;
let proxy: TcpProxy;
let follower: Cluster;
let namespace: string;
const followed: Timeline[] = [];

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
  await Promise.all(followed.splice(0).map((timeline) => timeline.stop()));
  await proxy.close();
});

const following = async (
  options: Partial<Parameters<typeof followWith>[2]> & {
    cluster?: Cluster;
    resource?: typeof configMaps | typeof secrets;
  } = {},
): Promise<Timeline> => {
  const { cluster = follower, resource = configMaps, ...rest } = options;
  const timeline = await followWith<KubernetesObject>(cluster, resource, { namespace, timing, ...rest });
  followed.push(timeline);
  return timeline;
};

const make = (name: string, labels: Record<string, string> = {}, resource = configMaps) =>
  admin.create<KubernetesObject>(resource, {
    metadata: { name, namespace, labels: { state: 'new', ...labels } },
  });
const change = async (name: string, state: string, resource = configMaps): Promise<string> =>
  (await admin.patch<KubernetesObject>(resource, { namespace, name }, { metadata: { labels: { state } } }))
    .metadata.resourceVersion as string;
const remove = (name: string, resource = configMaps) => admin.delete(resource, { namespace, name });

/** Lets the guest follow a resource in the namespace of the test. */
const grant = async (resource: string) => {
  const rules = [{ apiGroups: [''], resources: [resource], verbs: ['list', 'watch'] }];
  await admin.create(resources.roles, { metadata: { name: 'watcher', namespace }, rules });
  const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'watcher' };
  const subjects = [{ kind: 'User', apiGroup: 'rbac.authorization.k8s.io', name: 'guest' }];
  await admin.create(resources.roleBindings, { metadata: { name: 'watcher', namespace }, roleRef, subjects });
};

const told = ({ entries }: Timeline): string[] =>
  entries.map((entry) =>
    entry.kind === 'gap'
      ? 'gap'
      : `${entry.kind}${entry.inferred ? ' (inferred)' : ''} ${entry.object.metadata.name} ${entry.object.metadata.labels?.state}`,
  );
const versions = ({ entries }: Timeline): string[] =>
  entries.map((entry) => (entry.kind === 'gap' ? 'gap' : entry.resourceVersion));
const reaches = (timeline: Timeline, name: string, state: string) =>
  once(timeline, ({ metadata }) => metadata.labels?.state === state, {
    ...wait,
    label: `${name} is ${state}`,
    name,
  });
const is = (state: string): Step<KubernetesObject> => ({
  label: state,
  matches: ({ metadata }) => metadata.labels?.state === state,
});

test('a watch lists what is there, then tells every state in the order of the server, the end included, of what the selectors choose', async () => {
  await make('old', { kind: 'lamp' });
  const timeline = await following({ labelSelector: 'kind=lamp' });
  await make('torch', { kind: 'torch' });
  await make('lamp', { kind: 'lamp', state: 'off' });
  await change('lamp', 'on');
  await change('lamp', 'off');
  await remove('lamp');
  await expectHistory(timeline, { name: 'lamp', label: 'the lamp', describe: () => '' })
    .goes(is('off'), is('on'), is('off'), gone)
    .within('5m', 'a test');
  expect(told(timeline)).toEqual([
    'listed old new',
    'added lamp off',
    'modified lamp on',
    'modified lamp off',
    'deleted lamp off',
  ]);
  expect(timeline.label).toBe(`configmaps in ${namespace} (kind=lamp)`);
});

test('a watch whose connection is cut, again and again, and that cannot come back at once, loses nothing', async () => {
  await make('lamp');
  const timeline = await following();
  const written: string[] = [];
  for (let round = 0; round < 3; round += 1) {
    for (let turn = 0; turn < 8; turn += 1) {
      if (turn === 4) {
        proxy.refuse();
        proxy.cut();
      }
      written.push(await change('lamp', `${round}-${turn}`));
    }
    const before = proxy.connections();
    while (proxy.connections() < before + 2) await proxy.connected();
    proxy.accept();
    await reaches(timeline, 'lamp', `${round}-7`);
  }
  expect(versions(timeline).slice(1)).toEqual(written);
  expect(timeline.lastTrouble?.error).toBeInstanceOf(Error);
  expect(timeline.failure).toBeUndefined();
});

test('a watch that the server ends by its time is in no trouble, and goes on from a bookmark', async () => {
  const asked: string[] = [];
  const { promise: again, resolve } = Promise.withResolvers<void>();
  const cluster: Cluster = {
    ...follower,
    request: (path, options) => {
      asked.push(new URL(path, 'http://server').searchParams.get('resourceVersion') ?? '');
      if (asked.length === 2) resolve();
      return follower.request(path, options);
    },
  };
  // The server sends a bookmark shortly before it ends a watch.
  const clocks = { ...timing, lifetime: 4000 };
  const timeline = await following({ cluster, labelSelector: 'kind=lamp', timing: clocks });
  await make('torch');
  const last = await change('torch', 'on');
  await again;
  expect(Number(asked[0])).toBeLessThan(Number(last));
  expect(Number(asked[1])).toBeGreaterThanOrEqual(Number(last));
  expect(timeline.lastTrouble).toBeUndefined();
});

test('a watch that the server cannot resume (410 after a compaction) marks a gap, tells what is there now and what is missing, and is not provable for what changed in it', async () => {
  for (const name of ['kept', 'changed', 'removed', 'replaced']) await make(name, {}, secrets);
  const timeline = await following({ resource: secrets });
  proxy.refuse();
  proxy.cut();
  await change('changed', 'on', secrets);
  await remove('removed', secrets);
  await remove('replaced', secrets);
  await make('replaced', {}, secrets);
  await server.compact();
  proxy.accept();
  await make('after', {}, secrets);
  await reaches(timeline, 'after', 'new');
  expect(timeline.entries[4]).toMatchObject({
    kind: 'gap',
    reason: expect.stringMatching(
      /^the server cannot tell what came after resourceVersion \d+: the watch ended with 410/,
    ),
  });
  const afterGap = told(timeline).slice(5);
  expect(afterGap.slice(0, 2)).toEqual(['deleted (inferred) removed new', 'deleted (inferred) replaced new']);
  expect(afterGap.slice(2).filter((line) => !line.includes('after'))).toEqual([
    'listed changed on',
    'listed kept new',
    'listed replaced new',
  ]);
  await remove('kept', secrets);
  await remove('changed', secrets);
  await onceGone(timeline, { ...wait, name: 'changed', label: 'both are gone' });
  const states = ['kept', 'changed'].map(
    (name) =>
      evaluate(expectHistory(timeline, { name, label: name, describe: () => 'there' }).goes(gone)).state,
  );
  expect(states).toEqual(['met', 'not-provable']);
});

describe('a watch whose API server crashes and is started again', () => {
  const whileGone = async () => {
    await change('lamp', 'gone', secrets);
    await change('lamp', 'back', secrets);
  };

  test('loses nothing, though the server first refuses it: roles are read only after the start', async () => {
    await grant('secrets');
    await make('lamp', {}, secrets);
    const guest = await server.connect({ user: 'guest', port: proxy.port });
    const clocks = { pause: { first: 1, longest: 5 }, patience: 60_000 };
    const timeline = await following({ cluster: guest, resource: secrets, timing: { ...timing, ...clocks } });
    await change('lamp', 'before', secrets);
    await server.restart();
    proxy.refuse();
    proxy.cut();
    await whileGone();
    proxy.accept();
    await reaches(timeline, 'lamp', 'back');
    expect(told(timeline)).toEqual([
      'listed lamp new',
      'modified lamp before',
      'modified lamp gone',
      'modified lamp back',
    ]);
  });

  test('marks a gap where etcd was compacted meanwhile', async () => {
    await make('lamp', {}, secrets);
    const timeline = await following({ resource: secrets });
    proxy.refuse();
    await server.restart();
    await whileGone();
    await server.compact();
    proxy.accept();
    await reaches(timeline, 'lamp', 'back');
    expect(told(timeline)).toEqual(['listed lamp new', 'gap', 'listed lamp back']);
  });
});

describe('a watch without the right to it', () => {
  test('is refused at once, and so is one of a resource that does not exist', async () => {
    const guest = await server.connect({ user: 'guest' });
    const refused = await follow(guest, configMaps, { namespace }).catch((error) => error);
    expect(refused).toBeInstanceOf(ApiError);
    expect(refused).toMatchObject({ status: 403, reason: 'Forbidden' });
    const nothing = { group: 'corral.test', version: 'v1', plural: 'nothings' };
    await expect(follow(admin, nothing)).rejects.toMatchObject({ status: 404 });
  });

  test('fails when the right is taken away, and every wait sees it at once', async () => {
    await grant('configmaps');
    const guest = await server.connect({ user: 'guest' });
    const timeline = await following({ cluster: guest, timing: { ...timing, lifetime: 1000 } });
    const waiting = expectHistory(timeline, { name: 'lamp', label: 'the lamp', describe: () => '' })
      .goes(is('on'))
      .within('10m', 'a test');
    await admin.delete(resources.roleBindings, { namespace, name: 'watcher' });
    await expect(waiting).rejects.toMatchObject({
      verdict: { state: 'not-provable', reason: expect.stringContaining('403 Forbidden') },
    });
    expect(timeline.failure).toMatchObject({ status: 403 });
  });
});
