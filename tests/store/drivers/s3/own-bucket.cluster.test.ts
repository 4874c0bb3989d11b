import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { foreignLock } from '../../../../e2e/faults/store/foreign-lock/foreign-lock.ts';
import { type Cluster, resources } from '../../../../e2e/kube/cluster.ts';
import { longhornNamespace } from '../../../../e2e/longhorn/resources.ts';
import type { OwnBucket } from '../../../../e2e/store/driver.ts';
import { driverNamed, ownBucketKind } from '../../../../e2e/store/drivers/index.ts';
import { checkBucket } from '../../../../e2e/store/drivers/s3/own-bucket.ts';
import { emptyStores } from '../../../../e2e/suite/cleanup/stores.ts';
import { type LocalS3, startS3Server } from '../../../support/s3-server.ts';
import { sharedApiServer } from '../../../support/share.ts';

// A real API server, and a real S3 server that was there before.
const driver = driverNamed(ownBucketKind);
const namespace = 'corral-own-bucket';
const place = { namespace, name: 'corral-own123-store-1' };
let cluster: Cluster;
let server: LocalS3;
let own: OwnBucket;

const make = (name: string, stringData: Record<string, string>) =>
  cluster.create(resources.secrets, { metadata: { name, namespace }, stringData });
const start = () => {
  const { signal } = new AbortController();
  const request = { ...place, run: 'own123', image: 'none', ownBucket: own };
  return driver.start(cluster, { ...request, signal, scenarioSignal: AbortSignal.abort() });
};
// Beside what the server itself puts there.
const kept = async () =>
  (await readdir(server.folder, { recursive: true })).filter((name) => !name.startsWith('.sgwtmp'));
const namesIn = async (where: string): Promise<string[]> => {
  const selector = { namespace: where, labelSelector: 'corral.test/run=own123' };
  const lists = [resources.secrets, resources.leases].map((kind) => cluster.list(kind, selector));
  return (await Promise.all(lists)).flatMap(({ items }) => items.map(({ metadata }) => metadata.name));
};

beforeAll(async () => {
  cluster = await (await sharedApiServer()).connect();
  for (const name of [longhornNamespace, namespace])
    await cluster.apply(
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      { resource: resources.namespaces },
    );
  server = await startS3Server();
  await mkdir(join(server.folder, 'theirs'));
  await writeFile(join(server.folder, 'theirs/file'), 'theirs');
  const { endpoint, bucket, region, accessKeyId, secretAccessKey } = server;
  own = { endpoint, bucket, region, secret: `${namespace}/mine` };
  const login = { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey };
  await make('mine', { ...login, AWS_ENDPOINTS: 'http://elsewhere.invalid' });
  await make('wrong', { ...login, AWS_SECRET_ACCESS_KEY: 'another' });
  await make('unknown', { ...login, AWS_ACCESS_KEY_ID: 'nobody' });
  await make('half', { AWS_ACCESS_KEY_ID: accessKeyId });
});
afterAll(() => server?.stop());

test('a store is below a prefix of its own, is found by its place, and leaves nothing when it goes', async () => {
  const store = await start();
  const url = `s3://${own.bucket}@${own.region}/corral-e2e/corral-own-bucket/corral-own123-store-1/`;
  expect(store.url).toBe(url);
  expect(driver.placeOf(store.url)).toEqual(place);
  const secret = { namespace: longhornNamespace, name: store.credentialSecret };
  const { data = {} } = await cluster.get<{ data?: Record<string, string> }>(resources.secrets, secret);
  expect(Buffer.from(data.AWS_ENDPOINTS ?? '', 'base64').toString()).toBe(own.endpoint);

  const lock = await foreignLock.on(store, { volume: 'v', of: 'a deletion', life: 60, counts: 60 });
  await lock.inject();
  await expect(lock.prove()).resolves.toContain('it counts for');
  const [found] = await driver.find(cluster, place);
  await expect(found?.locks('v')).resolves.toMatchObject([{ type: 2 }]);
  await expect(start()).rejects.toThrow(/holds corral-e2e\/.*\.lck already: nothing of it is touched/);

  await driver.remove(cluster, place);
  await lock.settle?.();
  expect(await kept()).toEqual(['theirs', 'theirs/file']);
  expect([...(await namesIn(namespace)), ...(await namesIn(longhornNamespace))]).toEqual([]);
  await driver.remove(cluster, place);
});

test('what is left of one is emptied by its place; one that cannot be keeps what is known of it', async () => {
  const store = await start();
  const lock = await foreignLock.on(store, { volume: 'v', of: 'a backup', life: 60, counts: 60 });
  await lock.inject();
  const said: string[] = [];
  const object = { metadata: { namespace, name: place.name } };
  const empty = () =>
    emptyStores(cluster, [{ kind: 'secrets', run: 'own123', object }], (line) => said.push(line));
  expect(await empty()).toBe(true);
  const removed = /: 1 objects removed from bucket backups, below corral-e2e\//;
  expect(said).toEqual([expect.stringMatching(removed)]);
  expect(await kept()).toEqual(['theirs', 'theirs/file']);
  await cluster.patch(resources.secrets, place, { data: { bucket: btoa('gone') } });
  expect(await empty()).toBe(false);
  expect(said.at(-1)).toContain('not emptied: ');
  await driver.remove(cluster, { ...place, name: 'corral-own123-other' });
  for (const where of [namespace, longhornNamespace])
    await cluster.delete(resources.secrets, { namespace: where, name: place.name });
});

test('a bucket that is sound is looked at, and left as it was', async () => {
  await checkBucket(cluster, own, 'own123');
  expect(await kept()).toEqual(['theirs', 'theirs/file']);
});

const noService = 'http://minio.none.svc:1';
test.each<[string, Partial<OwnBucket>, code: string]>([
  ['no such Secret', { secret: `${namespace}/none` }, 'secret-missing'],
  ['a Secret of half', { secret: `${namespace}/half` }, 'secret-incomplete'],
  ['a key that nobody knows', { secret: `${namespace}/unknown` }, 'access-key-unknown'],
  ['a wrong secret key', { secret: `${namespace}/wrong` }, 'signature-refused'],
  ['no such bucket', { bucket: 'none' }, 'bucket-missing'],
  ['another region', { region: 'eu-west-9' }, 'region-wrong'],
  ['a server without TLS', { endpoint: 'https:' }, 'tls-missing'],
  ['a Service that is none', { endpoint: noService }, 'service-unreadable'],
])('%s is one line, before anything is made', async (_, wrong, code) => {
  const endpoint = wrong.endpoint === 'https:' ? own.endpoint.replace('http:', 'https:') : wrong.endpoint;
  const given = { ...own, ...wrong, ...(endpoint && { endpoint }) };
  const error = await checkBucket(cluster, given, 'own123').catch((thrown: Error) => thrown);
  expect(error).toMatchObject({ name: 'PreconditionError', code });
  expect((error as Error).message).not.toContain('\n');
  expect(await kept()).toEqual(['theirs', 'theirs/file']);
});
