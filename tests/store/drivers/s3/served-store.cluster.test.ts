import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { once } from '../../../../e2e/history/expectation.ts';
import { follow } from '../../../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../../e2e/kube/cluster.ts';
import { longhornNamespace } from '../../../../e2e/longhorn/resources.ts';
import type { RunningStore } from '../../../../e2e/store/driver.ts';
import { s3 } from '../../../../e2e/store/drivers/s3/driver.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { StillAtWork } from '../../../../e2e/store/store.ts';
import { type LocalS3, startS3Server } from '../../../support/s3-server.ts';
import { sharedApiServer } from '../../../support/share.ts';

// The driver's own start on a real API server, with a real S3 server that is configured by the Secret which the
// driver makes; only the pod is none, and the forward to it goes to loopback.
const place = { namespace: 'corral-abc123-store-1' };
const over = new AbortController();
let cluster: Cluster;
let folder: string;
let server: LocalS3;
let store: RunningStore;

const secretIn = async (namespace: string, name: string): Promise<Record<string, string>> => {
  const { data = {} } = await cluster.get<{ data?: Record<string, string> }>(resources.secrets, {
    namespace,
    name,
  });
  return Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, Buffer.from(value, 'base64').toString()]),
  );
};

beforeAll(async () => {
  const real = await (await sharedApiServer()).connect();
  cluster = {
    ...real,
    forward: async (_, socket) => {
      const way = connect(Number(new URL(server.endpoint).port), '127.0.0.1');
      socket.pipe(way).pipe(socket);
      way.on('error', (error) => socket.destroy(error));
      socket.on('close', () => way.destroy());
    },
  };
  // Others may have made it by now.
  await cluster.apply(
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: longhornNamespace } },
    { resource: resources.namespaces },
  );
  const deployments = await follow<KubernetesObject>(cluster, resources.deployments, { signal: over.signal });
  const starting = s3.start(cluster, { ...place, run: 'abc123', image: 'store:1', signal: over.signal });
  await once(deployments, ({ metadata }) => metadata.namespace === place.namespace, {
    name: 'backupstore',
    label: 'the deployment is made',
    within: '5m',
    owner: 'this test',
  });
  await deployments.stop();
  const config = await secretIn(place.namespace, 'backupstore');
  folder = await mkdtemp(join(tmpdir(), 'corral-s3-config-'));
  for (const file of ['tls.crt', 'tls.key', 'users.json'])
    await writeFile(join(folder, file), config[file] ?? '');
  server = await startS3Server(
    { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') },
    { users: folder, accessKeyId: config.root ?? '', secretAccessKey: config['root-secret'] ?? '' },
  );
  const labels = { app: 's3-backupstore', 'corral.test/store': 'backupstore', 'corral.test/run': 'abc123' };
  const metadata = { name: 'backupstore-1', namespace: place.namespace, labels };
  await cluster.create(resources.pods, {
    metadata,
    spec: { nodeName: 'node1', containers: [{ name: 's3', image: 'store:1' }] },
  });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await cluster.patch(resources.pods, metadata, { status }, { subresource: 'status' });
  store = await starting;
});

afterAll(async () => {
  over.abort();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const config = `${volumeFolder('vol')}/volume.cfg`;
const idle = { volumes: ['vol'], lockLife: 2, seconds: 0, owner: 'this test' };

test('what is written to the store is read from outside, and Longhorn is given what it logs in with', async () => {
  const { put, publish } = store.write('vol');
  await put([
    { path: 'volume.cfg', bytes: Buffer.from('{}') },
    { path: 'blocks/aa/bb/x.blk', bytes: Buffer.from('block') },
  ]);
  await expect(store.source.read(config, 100)).rejects.toThrow('there is no such object');
  await publish();
  expect((await store.source.read(config, 100)).toString()).toBe('{}');
  expect(store).toMatchObject({
    driver: 's3',
    url: 's3://backups@us-east-1/corral-abc123-store-1/backupstore/',
    node: 'node1',
  });
  expect(s3.placeOf(store.url)).toEqual(place);
  expect(await secretIn(longhornNamespace, store.credentialSecret)).toEqual({
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^CORRAL/),
    AWS_SECRET_ACCESS_KEY: expect.any(String),
    AWS_ENDPOINTS: 'https://backupstore.corral-abc123-store-1:7070',
    AWS_CERT: expect.stringContaining('BEGIN CERTIFICATE'),
    VIRTUAL_HOSTED_STYLE: 'false',
  });
});

test('a deletion that the policy denies is proven, leaves the object, and is allowed again by who knows its data alone', async () => {
  const denied = store.denyDeletion?.({ path: config, title: 'the config cannot be deleted' });
  await expect(denied?.prove()).rejects.toThrow(
    'it is not so that the config cannot be deleted: asked to delete it, the server says PreconditionFailed',
  );
  await denied?.inject();
  expect(await denied?.prove()).toMatch(
    /^it is there \(ETag .*\); deleting it as Longhorn's user: AccessDenied$/,
  );
  expect((await store.source.read(config, 100)).toString()).toBe('{}');
  const again = { ...s3.heals.denyDeletion };
  const data = JSON.parse(JSON.stringify(denied?.data));
  expect(await again.heal?.(cluster, data)).toMatch(/ can be deleted$/);
  expect(await again.heal?.(cluster, data)).toMatch(/^nothing denies the deletion of /);
  await denied?.inject();
  expect(await again.healByLabels?.(cluster, 'abc123')).toEqual([
    'the bucket of https://backupstore.corral-abc123-store-1:7070: all in it can be deleted again',
  ]);
  await expect(denied?.prove()).rejects.toThrow('PreconditionFailed');
});

test('a foreign lock counts for as long as it is written anew, and is not written again once it is removed', async () => {
  const lock = store.foreignLock?.({ volume: 'vol', of: 'a deletion', life: 2, counts: 600 });
  await lock?.inject();
  expect(await store.locks('vol')).toEqual([{ name: lock?.name, type: 2, acquired: true }]);
  const log = server.log().length;
  const writings = () => server.log().slice(log).split('| PUT |').length - 1;
  await expect.poll(writings, { timeout: 60_000 }).toBeGreaterThan(3);
  expect(await lock?.prove()).toMatch(/"Type":2,.*by the server's clock, and again for another \d+ s/);
  await expect(store.untilIdle(idle)).rejects.toThrow(StillAtWork);
  await lock?.abandon();
  expect(await lock?.outlived()).toBeGreaterThan(4);
  await expect(lock?.prove()).rejects.toThrow('but it counts no more');
  await store.untilIdle(idle);
  const other = store.foreignLock?.({ volume: 'vol', of: 'a backup', life: 1, counts: 600 });
  await other?.inject();
  expect(await s3.heals.foreignLock?.heal(cluster, other?.data)).toBe('it is removed');
  const removed = server.log().length;
  await expect.poll(() => server.log().slice(removed), { timeout: 60_000 }).toMatch(/\| 404 \|.*\| PUT \|/);
  expect((await store.locks('vol')).map(({ name }) => name)).toEqual([lock?.name]);
  await lock?.settle?.();
  await other?.settle?.();
});

test('without the server nothing is left to heal, and the store goes with what Longhorn logged in with', async () => {
  await cluster.delete(resources.pods, { namespace: place.namespace, name: 'backupstore-1' });
  const denied = store.denyDeletion?.({ path: config, title: 'it' });
  expect(await s3.heals.denyDeletion?.heal(cluster, denied?.data)).toMatch(
    /is gone, and its bucket with it$/,
  );
  expect(await s3.find(cluster, place)).toEqual([]);
});
