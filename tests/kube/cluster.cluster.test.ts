import { beforeAll, expect, test } from 'vitest';
import { ApiError, type Cluster, type KubernetesObject, resources } from '../../e2e/kube/cluster.ts';
import type { SharedApiServer } from '../support/api-server.ts';
import { sharedApiServer } from '../support/share.ts';

type ConfigMap = KubernetesObject & { data?: Record<string, string> };

const { configMaps, namespaces, pods } = resources;
const namespace = 'default';

let server: SharedApiServer;
let cluster: Cluster;
beforeAll(async () => {
  server = await sharedApiServer();
  cluster = await server.connect();
});

const failure = async (promise: Promise<unknown>): Promise<ApiError> => {
  const error = (await promise.catch((thrown) => thrown)) as ApiError;
  expect(error).toBeInstanceOf(ApiError);
  return error;
};

test('takes over the fields of others when it applies', async () => {
  const mine = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'applied', namespace } };
  await cluster.apply(
    { ...mine, data: { a: 'theirs', b: 'theirs' } },
    { resource: configMaps, fieldManager: 'another' },
  );
  const applied = await cluster.apply<ConfigMap>({ ...mine, data: { a: 'mine' } }, { resource: configMaps });
  expect(applied.data).toEqual({ a: 'mine', b: 'theirs' });
});

test('lists by selectors, with the version of the list', async () => {
  for (const [name, color] of Object.entries({ x: 'red', y: 'red', z: 'blue' })) {
    await cluster.create(configMaps, { metadata: { name, namespace, labels: { color } } });
  }
  const { items, resourceVersion } = await cluster.list(configMaps, {
    namespace,
    labelSelector: 'color=red',
    fieldSelector: 'metadata.name!=x',
  });
  expect(items.map(({ metadata }) => metadata.name)).toEqual(['y']);
  expect(Number(resourceVersion)).toBeGreaterThanOrEqual(Number(items[0]?.metadata.resourceVersion));
  expect((await cluster.list(namespaces)).items.map(({ metadata }) => metadata.name)).toContain('default');
});

test('says what the server said when it refuses', async () => {
  const kept = { metadata: { name: 'kept', namespace } };
  await cluster.create(configMaps, kept);
  const twice = await failure(cluster.create(configMaps, kept));
  expect(twice).toMatchObject({ status: 409, reason: 'AlreadyExists' });
  expect(twice.message).toBe(
    `POST /api/v1/namespaces/default/configmaps at ${cluster.server}: 409 AlreadyExists: configmaps "kept" already exists`,
  );
  const other = await failure(cluster.delete(configMaps, { namespace, name: 'kept' }, { uid: 'another' }));
  expect(other).toMatchObject({ status: 409, reason: 'Conflict' });
  expect(await cluster.get(configMaps, { namespace, name: 'kept' })).toBeDefined();
  const none = { namespace, name: 'none' };
  const missing = { status: 404, reason: 'NotFound' };
  expect(await failure(cluster.delete(configMaps, none))).toMatchObject(missing);
  expect(await failure(cluster.logs(none, { tailLines: 3 }))).toMatchObject(missing);
  const guest = await server.connect({ user: 'guest' });
  expect(await failure(guest.list(pods))).toMatchObject({ status: 403, reason: 'Forbidden' });
  const response = await cluster.request('/api/v1/nothings');
  expect([response.status, await response.text()]).toEqual([404, expect.any(String)]);
});
