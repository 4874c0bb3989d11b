import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { get } from 'node:https';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import type { S3 } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { foreignLock } from '../../../../e2e/faults/store/foreign-lock/foreign-lock.ts';
import type { ForeignLock } from '../../../../e2e/faults/store/foreign-lock/lock.ts';
import { immutableFile } from '../../../../e2e/faults/store/immutable-file.ts';
import { keyReplaced } from '../../../../e2e/faults/store/key-replaced.ts';
import { folderPath } from '../../../../e2e/faults/store/places.ts';
import { secretLost } from '../../../../e2e/faults/store/secret-lost.ts';
import { featuresFor } from '../../../../e2e/faults/store/store-faults.ts';
import { versionsKept } from '../../../../e2e/faults/store/versions-kept.ts';
import { wrongAnswers } from '../../../../e2e/faults/store/wrong-answers.ts';
import { waitUntil } from '../../../../e2e/history/expectation.ts';
import { follow } from '../../../../e2e/history/watch.ts';
import { type Cluster, type KubernetesObject, resources } from '../../../../e2e/kube/cluster.ts';
import { longhornNamespace } from '../../../../e2e/longhorn/resources.ts';
import type { RunningStore } from '../../../../e2e/store/driver.ts';
import { DialingAgent, openClient } from '../../../../e2e/store/drivers/s3/client.ts';
import { s3 } from '../../../../e2e/store/drivers/s3/driver.ts';
import { findServers } from '../../../../e2e/store/drivers/s3/server.ts';
import { volumeFolder } from '../../../../e2e/store/format/layout.ts';
import { StoreBusy } from '../../../../e2e/store/wait-until-idle.ts';
import { s3ServerArtifact } from '../../../../lab/build/s3-server.ts';
import { ensureCached } from '../../../../lab/cache/cache.ts';
import { startOwned } from '../../../support/owned-process.ts';
import { answering, type LocalS3, startS3Server } from '../../../support/s3-server.ts';
import { freePort } from '../../../support/serving.ts';
import { sharedApiServer } from '../../../support/share.ts';

// The driver's own start on a real API server, with a real S3 server that is configured by the Secret which the
// driver makes, and the proxy before it; only the pod is none, and the forward to it goes to loopback.
const place = { namespace: 'corral-abc123-store-1' };
const over = new AbortController();
let cluster: Cluster;
let folder: string;
let server: LocalS3;
let proxy: ReturnType<typeof startOwned>;
let proxyPort: number;
let store: RunningStore;

type Texts = Record<string, string>;
const secretIn = async (namespace: string, name: string): Promise<Texts> => {
  const { data = {} } = await cluster.get<{ data?: Texts }>(resources.secrets, { namespace, name });
  const decoded = (value: string) => Buffer.from(value, 'base64').toString();
  return Object.fromEntries(Object.entries(data).map(([field, value]) => [field, decoded(value)]));
};

beforeAll(async () => {
  const real = await (await sharedApiServer()).connect();
  cluster = {
    ...real,
    forward: async ({ port }, socket) => {
      const behind = Number(new URL(server.endpoint).port);
      const way = connect(port === 7070 ? proxyPort : behind, '127.0.0.1');
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
  const how = { run: 'abc123', image: 'store:1', signal: over.signal };
  const starting = s3.start(cluster, { ...place, ...how, features: featuresFor(['wrongAnswers']) });
  const wait = { label: 'the deployment is made', within: '5m', owner: 'this test' } as const;
  const isOurs = ({ metadata }: KubernetesObject) => metadata.namespace === place.namespace;
  await waitUntil(deployments, isOurs, { name: 'backupstore', ...wait });
  await deployments.stop();
  const config = await secretIn(place.namespace, 'backupstore');
  folder = await mkdtemp(join(tmpdir(), 'corral-s3-config-'));
  for (const file of ['tls.crt', 'tls.key', 'users.json'])
    await writeFile(join(folder, file), config[file] ?? '');
  server = await startS3Server(
    { cert: join(folder, 'tls.crt'), key: join(folder, 'tls.key') },
    { users: folder, accessKeyId: config.root ?? '', secretAccessKey: config['root-secret'] ?? '' },
  );
  proxyPort = await freePort();
  const tls = ['--cert', join(folder, 'tls.crt'), '--key', join(folder, 'tls.key')];
  proxy = startOwned(
    join(await ensureCached(await s3ServerArtifact()), 's3-faults'),
    ['--listen', `127.0.0.1:${proxyPort}`, '--to', new URL(server.endpoint).host, ...tls],
    { env: { ROOT_SECRET_KEY: config['root-secret'] ?? '' } },
  );
  await answering(proxyPort, proxy.ended);
  const labels = { app: 's3-backupstore', 'corral.test/store': 'backupstore', 'corral.test/run': 'abc123' };
  const metadata = { name: 'backupstore-1', namespace: place.namespace, labels };
  const spec = { nodeName: 'node1', containers: [{ name: 's3', image: 'store:1' }] };
  await cluster.create(resources.pods, { metadata, spec });
  const status = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
  await cluster.patch(resources.pods, metadata, { status }, { subresource: 'status' });
  store = await starting;
});

afterAll(async () => {
  over.abort();
  await proxy?.kill();
  await server?.stop();
  await rm(folder, { recursive: true, force: true });
});

const config = `${volumeFolder('vol')}/volume.cfg`;
const configOf = { configOf: { name: 'vol' } };
const endpoint = 'https://backupstore.corral-abc123-store-1:7070';
/** A fault's data as a ledger keeps them. */
const kept = (fault: { data: unknown } | undefined) => JSON.parse(JSON.stringify(fault?.data));
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
  const url = 's3://backups@us-east-1/corral-abc123-store-1/backupstore/';
  expect(store).toMatchObject({ driver: 's3', url, node: 'node1' });
  expect(s3.placeOf(store.url)).toEqual(place);
  expect(await secretIn(longhornNamespace, store.credentialSecret)).toEqual({
    AWS_ACCESS_KEY_ID: expect.stringMatching(/^CORRAL/),
    AWS_SECRET_ACCESS_KEY: expect.any(String),
    AWS_ENDPOINTS: endpoint,
    AWS_CERT: expect.stringContaining('BEGIN CERTIFICATE'),
    VIRTUAL_HOSTED_STYLE: 'false',
  });
});

test('a deletion that the policy denies is proven, leaves the object, and is allowed again by who knows its data alone', async () => {
  const denied = await immutableFile.on(store, configOf);
  await expect(denied.prove()).rejects.toThrow(
    "the fault is not in force: the volume's volume.cfg is immutable: asked to delete it, the server says PreconditionFailed",
  );
  await denied.inject();
  const proof = /^it is there \(ETag .*\); deleting it as Longhorn's user: AccessDenied$/;
  expect(await denied.prove()).toMatch(proof);
  expect((await store.source.read(config, 100)).toString()).toBe('{}');
  const { heal, healByLabels } = immutableFile;
  expect(await heal?.(cluster, kept(denied))).toMatch(/ can be deleted$/);
  expect(await heal?.(cluster, kept(denied))).toMatch(/^nothing denies the deletion of /);
  await denied.inject();
  const all = [`the bucket of ${endpoint}: all in it can be deleted again`];
  expect(await healByLabels?.(cluster, 'abc123')).toEqual(all);
  await expect(denied.prove()).rejects.toThrow('PreconditionFailed');
});

test('a foreign lock counts for as long as it is written anew, and is not written again once it is removed', async () => {
  const lock = await foreignLock.on(store, { volume: 'vol', of: 'a deletion', life: 2, counts: 600 });
  const { name, abandon, outlived } = lock.handle as ForeignLock;
  await lock.inject();
  expect(await store.locks('vol')).toEqual([{ name, type: 2, acquired: true }]);
  const log = server.log().length;
  const writings = () => server.log().slice(log).split('| PUT |').length - 1;
  await expect.poll(writings, { timeout: 60_000 }).toBeGreaterThan(3);
  expect(await lock.prove()).toMatch(/"Type":2,.*by the server's clock, and again for another \d+ s/);
  await expect(store.untilIdle(idle)).rejects.toThrow(StoreBusy);
  await abandon();
  expect(await outlived()).toBeGreaterThan(4);
  await expect(lock.prove()).rejects.toThrow('but it counts no more');
  await store.untilIdle(idle);
  const other = await foreignLock.on(store, { volume: 'vol', of: 'a backup', life: 1, counts: 600 });
  await other.inject();
  // By somebody else: a heal in this process ends the writing first. Once more, as the server looks for the
  // object before it writes it: one that is just written is there again.
  const { key } = (other as { data: { key: string } }).data;
  const removing = await longhorn();
  const before = server.log().length;
  const removed = async () => {
    await removing.deleteObject({ Bucket: 'backups', Key: key });
    return server.log().slice(before);
  };
  await expect.poll(removed, { timeout: 60_000 }).toMatch(/\| 404 \|.*\| PUT \|/);
  expect((await store.locks('vol')).map(({ name }) => name)).toEqual([name]);
  expect(await foreignLock.heal(cluster, lock.data)).toBe('it is removed');
  expect(await store.locks('vol')).toEqual([]);
  await other.settle?.();
});

// As Longhorn has it: through the proxy, and tried once.
const longhorn = async (): Promise<S3> => {
  const secret = await secretIn(longhornNamespace, store.credentialSecret);
  const { AWS_ACCESS_KEY_ID: accessKeyId = '', AWS_SECRET_ACCESS_KEY: secretAccessKey = '' } = secret;
  const where = { endpoint: secret.AWS_ENDPOINTS, region: 'us-east-1', ca: secret.AWS_CERT };
  return openClient({ ...where, accessKeyId, secretAccessKey, dial: () => connect(proxyPort, '127.0.0.1') });
};

describe('the proxy before the server', () => {
  const prefix = `${place.namespace}/backupstore`;
  const below = { of: { name: 'answers' }, folder: 'backups' } as const;
  const folder = folderPath(below);
  const keys = ['a', 'b', 'c', 'd', 'e'].map((name) => `${prefix}/${folder}/${name}.cfg`);
  const named = { Bucket: 'backups' };
  const outcomeOf = (work: Promise<unknown>): Promise<string> =>
    work.then(() => 'done').catch(({ name }: Error) => name);
  let client: S3;
  beforeAll(async () => {
    client = await longhorn();
    for (const Key of keys) await client.putObject({ ...named, Key, Body: 'x' });
  });
  type Requests = Parameters<typeof wrongAnswers.on>[2];
  const wrong = async (to: Requests['to'], answer: Parameters<typeof wrongAnswers.on>[1], every = 1) => {
    const made = await wrongAnswers.on(store, answer, { to, below, every });
    await expect(made.prove()).rejects.toThrow(
      `the fault is not in force: ${made.title}: the proxy has no such`,
    );
    await made.inject();
    const heal = () => wrongAnswers.heal(cluster, kept(made));
    return { prove: made.prove, heal, met: () => made.handle?.met() };
  };
  const look = (Key = keys[0]) => outcomeOf(client.headObject({ ...named, Key: Key ?? '' }));

  test.each([
    ['AccessDenied', /: AccessDenied; met by 1 of 1 such/],
    ['another time', /: RequestTimeTooSkewed; met by 1 of 1 such/],
    ['SlowDown', /^asked once as Longhorn's user: SlowDown; met by 3 of 3 such requests$/],
  ] as const)(
    'a writing that is answered with %s, and no other request, nor one of the suite itself',
    async (answer, proof) => {
      const { prove, heal } = await wrong('write', answer);
      expect(await prove()).toMatch(proof);
      expect(await outcomeOf(client.putObject({ ...named, Key: keys[0] ?? '', Body: 'y' }))).not.toBe('done');
      expect(await outcomeOf(client.putObject({ ...named, Key: `${prefix}/elsewhere`, Body: 'y' }))).toBe(
        'done',
      );
      expect(await look()).toBe('done');
      expect((await store.source.read(`${folder}/a.cfg`, 9)).toString()).toBe('x');
      await store.write('answers').put([{ path: 'backups/f.blk', bytes: Buffer.from('past the proxy') }]);
      expect(await heal()).toBe('such requests are answered rightly');
      expect(await heal()).toBe('such requests are answered rightly');
      await expect(prove()).rejects.toThrow('the proxy has no such rule');
      expect(await outcomeOf(client.putObject({ ...named, Key: keys[0] ?? '', Body: 'x' }))).toBe('done');
      await client.deleteObject({ ...named, Key: `${prefix}/${folder}/f.blk` });
    },
  );

  test('a deletion that nobody answers ends when that is healed, by the run alone', async () => {
    const { prove } = await wrong('delete', 'silence');
    expect(await prove()).toMatch(/: nothing; met by \d+ of \d+ such/);
    const deletion = outcomeOf(client.deleteObject({ ...named, Key: keys[4] ?? '' }));
    const all = [`${endpoint}: all requests are answered rightly again`];
    expect(await wrongAnswers.healByLabels?.(cluster, 'abc123')).toEqual(all);
    expect(await deletion).toBe('done');
    expect(await look(keys[4])).toBe('NotFound');
  });

  test('a late listing has what was there when it was asked for, and comes when that is healed', async () => {
    const { prove, heal, met } = await wrong('list', 'late');
    expect(await prove()).toMatch(/: nothing; met by 1 of 1 such/);
    const listing = client.listObjectsV2({ ...named, Prefix: `${prefix}/${folder}/` });
    await expect.poll(met, { timeout: 60_000 }).toBe(2);
    const later = `${prefix}/${folder}/later.cfg`;
    await client.putObject({ ...named, Key: later, Body: 'x' });
    expect(await heal()).toBe('such requests are answered rightly');
    const { Contents = [] } = await listing;
    const listed = Contents.map(({ Key }) => Key);
    expect(listed).toContain(keys[0]);
    expect(listed).not.toContain(later);
    await client.deleteObject({ ...named, Key: later });
  });

  test('a refusal reaches who is still sending, for whom the server itself breaks the connection off', async () => {
    const date = new Date().toISOString().replaceAll(/[-:]|\.\d+/g, '');
    const scope = `${date.slice(0, 8)}/us-east-1/s3/aws4_request`;
    // More than a connection takes on its way.
    const body = Buffer.alloc(32 << 20);
    const head = [
      'PUT /backups/x HTTP/1.1',
      `Host: ${new URL(endpoint).host}`,
      `Content-Length: ${body.length}`,
      `X-Amz-Date: ${date}`,
      'X-Amz-Content-Sha256: UNSIGNED-PAYLOAD',
      `Authorization: AWS4-HMAC-SHA256 Credential=nobody/${scope}, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=${'0'.repeat(64)}`,
    ];
    // As an SDK does, it looks for an answer when all is sent.
    const answerOf = async (port: number): Promise<string> => {
      const socket = connectTls({ port, host: '127.0.0.1', rejectUnauthorized: false });
      const failed = once(socket, 'error').then(([error]) => Promise.reject(error));
      const orFailed = <T>(work: Promise<T>): Promise<T> => Promise.race([work, failed]);
      try {
        await orFailed(once(socket, 'secureConnect'));
        socket.write(`${head.join('\r\n')}\r\n\r\n`);
        await orFailed(new Promise((resolve) => socket.write(body, resolve)));
        const [answer] = await orFailed(once(socket, 'data'));
        return String(answer).split('\r\n')[0] ?? '';
      } catch (error) {
        return String((error as NodeJS.ErrnoException).code);
      } finally {
        failed.catch(() => {});
        socket.destroy();
      }
    };
    expect(await answerOf(proxyPort)).toBe('HTTP/1.1 403 Forbidden');
    expect(await answerOf(Number(new URL(server.endpoint).port))).toMatch(/^(ECONNRESET|EPIPE)$/);
  });

  test('nobody sets a rule who does not have the key of the root', async () => {
    const secret = await secretIn(longhornNamespace, store.credentialSecret);
    const agent = new DialingAgent(() => connect(proxyPort, '127.0.0.1'), { ca: secret.AWS_CERT });
    const status = await new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${secret.AWS_SECRET_ACCESS_KEY}` };
      get(`${secret.AWS_ENDPOINTS}/-/rules`, { agent, headers }, (answer) => {
        answer.resume();
        resolve(answer.statusCode);
      }).on('error', reject);
    });
    expect(status).toBe(403);
  });
});

test('a key that is replaced is good for nothing, the new one that Longhorn is given is, and in the end either is', async () => {
  const replaced = await keyReplaced.on(store);
  const list = async () => {
    const listed = (await longhorn()).listObjectsV2({ Bucket: 'backups', Prefix: `${place.namespace}/` });
    return listed.then(({ KeyCount = 0 }) => KeyCount > 0).catch(({ name }: Error) => name);
  };
  await expect(replaced.prove()).rejects.toThrow(
    'the fault is not in force: the key by which Longhorn logs in is replaced at the store: with the old key the server answers a list, with the new one AccessDenied',
  );
  const before = await secretIn(longhornNamespace, store.credentialSecret);
  await replaced.inject();
  const proof = 'with the old key the server answers AccessDenied, with the new one a list';
  expect(await replaced.prove()).toBe(proof);
  expect(await list()).toBe('AccessDenied');
  // The suite itself reads on.
  expect((await store.source.read(config, 100)).toString()).toBe('{}');
  await store.untilIdle(idle);
  await replaced.handle?.renew();
  expect(await list()).toBe(true);
  const after = await secretIn(longhornNamespace, store.credentialSecret);
  const { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, ...rest } = after;
  expect(before).toMatchObject(rest);
  expect([before.AWS_ACCESS_KEY_ID, before.AWS_SECRET_ACCESS_KEY]).not.toContain(AWS_ACCESS_KEY_ID);
  expect(before.AWS_SECRET_ACCESS_KEY).not.toBe(AWS_SECRET_ACCESS_KEY);
  const { heal, healByLabels } = keyReplaced;
  for (let time = 0; time < 2; time += 1)
    expect(await heal?.(cluster, kept(replaced))).toBe('either key is admitted');
  await expect(replaced.prove()).rejects.toThrow('answers a list, with the new one a list');
  expect(await list()).toBe(true);
  await replaced.inject();
  const either = [`the bucket of ${endpoint}: either key is admitted`];
  expect(await healByLabels?.(cluster, 'abc123')).toEqual(either);
  expect(await healByLabels?.(cluster, 'abc123')).toEqual([]);
});

test.for([
  ['missing', 'it is missing'],
  ['emptied', 'it is empty'],
  ['untrusting', 'it has the certificate of another authority'],
] as const)('a Secret that is %s has all its keys again in the end', async ([how, proof]) => {
  const before = await secretIn(longhornNamespace, store.credentialSecret);
  const lost = await secretLost.on(store, how);
  await expect(lost.prove()).rejects.toThrow('the fault is not in force');
  await lost.inject();
  expect(await lost.prove()).toBe(proof);
  const { heal, healByLabels } = secretLost;
  const whole = `the Secret ${store.credentialSecret} has the keys of its server`;
  for (let time = 0; time < 2; time += 1) expect(await heal?.(cluster, kept(lost))).toBe(whole);
  // Another test has given Longhorn the next key.
  const after = await secretIn(longhornNamespace, store.credentialSecret);
  expect(Object.keys(after).toSorted()).toEqual(Object.keys(before).toSorted());
  await lost.inject();
  expect(await healByLabels?.(cluster, 'abc123')).toEqual([whole]);
  await expect(lost.prove()).rejects.toThrow('the fault is not in force');
});

test('what is deleted or overwritten under retention stays, and is brought back in one volume, but for its locks', async () => {
  const folder = volumeFolder('kept');
  const [found] = await findServers(cluster, place);
  if (found === undefined) throw new Error('the server of the store is not found');
  expect(await versionsKept.healByLabels?.(cluster, 'abc123')).toEqual([]);
  // As it is made for who needs that: with object lock.
  const named = { Bucket: 'backups' };
  const policy = await found.root.getBucketPolicy(named);
  const { Contents = [] } = await found.root.listObjectsV2(named);
  for (const { Key = '' } of Contents) await found.root.deleteObject({ ...named, Key });
  await found.root.deleteBucket(named);
  await found.root.createBucket({ ...named, ObjectLockEnabledForBucket: true });
  await found.root.putBucketPolicy({ ...named, Policy: policy.Policy });
  const retained = await versionsKept.on(store);
  const names = ['volume.cfg', 'blocks/aa/bb/x.blk', 'locks/lock-1.lck'];
  const others = `${volumeFolder('other')}/volume.cfg`;
  const client = await longhorn();
  const keyOf = (path: string) => ({ ...named, Key: `${place.namespace}/backupstore/${path}` });
  const there = async () => {
    const found: string[] = [];
    for await (const { kind, path } of store.source.walk(folder, 4))
      if (kind === 'file') found.push(path.slice(folder.length + 1));
    return found.sort();
  };
  await expect(retained.prove()).rejects.toThrow(
    `the fault is not in force: ${retained.title}: asked to delete a version, the server says it is deleted`,
  );
  await retained.inject();
  expect(await retained.prove()).toMatch(/as the server's root: AccessDenied \(.*object lock/);
  const all = [...names.map((name) => `${folder}/${name}`), others];
  for (const Body of ['older', 'then'])
    for (const path of all) await client.putObject({ ...keyOf(path), Body });
  const noted = await retained.handle?.note(folder);
  await client.putObject({ ...keyOf(all[0] ?? ''), Body: 'later' });
  for (const path of all.slice(1)) await client.deleteObject(keyOf(path));
  await client.putObject({ ...keyOf(`${folder}/backups/new.cfg`), Body: 'new' });
  expect(await there()).toEqual(['backups/new.cfg', 'volume.cfg']);
  expect(await noted?.bringBack()).toBe(2);
  expect(await there()).toEqual(['backups/new.cfg', 'blocks/aa/bb/x.blk', 'volume.cfg']);
  for (const path of all.slice(0, 2)) expect((await store.source.read(path, 9)).toString()).toBe('then');
  await expect(store.source.read(others, 9)).rejects.toThrow('there is no such object');

  const { heal, healByLabels } = versionsKept;
  const said = `the bucket of ${endpoint}: no retention of what is written from now on`;
  expect(await healByLabels?.(cluster, 'abc123')).toEqual([said]);
  expect(await healByLabels?.(cluster, 'abc123')).toEqual([]);
  await retained.inject();
  for (let time = 0; time < 2; time += 1)
    expect(await heal?.(cluster, kept(retained))).toBe('what is written from now on is under no retention');
  await expect(retained.prove()).rejects.toThrow('it is deleted');
});

test('without the server nothing is left to heal, and the store goes with what Longhorn logged in with', async () => {
  await cluster.delete(resources.pods, { namespace: place.namespace, name: 'backupstore-1' });
  const { data } = await immutableFile.on(store, configOf);
  for (const [fault, of] of [
    [immutableFile, data],
    [keyReplaced, { driver: 's3', place }],
    [versionsKept, { driver: 's3', place }],
    [secretLost, { driver: 's3', place, run: 'abc123' }],
  ] as const)
    expect(await fault.heal(cluster, of)).toMatch(/is gone, and its bucket with it$/);
  expect(await s3.find(cluster, place)).toEqual([]);
});
