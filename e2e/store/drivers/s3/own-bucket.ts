import type { Duplex } from 'node:stream';
import { z } from 'zod';
import {
  ApiError,
  type Cluster,
  type KubernetesObject,
  resources,
  unlessGone,
} from '../../../kube/cluster.ts';
import { isReady, type Pod } from '../../../kube/pods.ts';
import { registerSecret } from '../../../kube/redact/registered-secrets.ts';
import { PreconditionError } from '../../../machine/precondition-error.ts';
import type { BucketFolder, OwnBucket, RunningStore, StartStore, StorePlace } from '../../driver.ts';
import { renewLease } from '../../lease.ts';
import type { BackupStore } from '../../store.ts';
import { createLoginSecret, removeLoginSecret, secretOf } from '../login.ts';
import { storeName } from '../place.ts';
import { removeNamespace } from '../server.ts';
import { forEachConcurrently, openBucket, storeIn } from './bucket.ts';
import { openClient } from './client.ts';
import { explainFailure } from './explain.ts';
import { ownBucketName, ownPrefixOf, ownUrl, serviceOf } from './place.ts';
import { dialPod } from './server.ts';

const secretSchema = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** The fields of Longhorn's Secret for an S3 backup target. */
type Login = Record<string, string>;

const readSecret = async (cluster: Cluster, place: { namespace: string; name: string }): Promise<Login> => {
  const { data } = secretSchema.parse(await cluster.get(resources.secrets, place));
  const login = Object.fromEntries(
    Object.entries(data).map(([field, value]) => [field, Buffer.from(value, 'base64').toString()]),
  );
  registerSecret(login.AWS_ACCESS_KEY_ID, 'access key of the backup store');
  registerSecret(login.AWS_SECRET_ACCESS_KEY, 'secret key of the backup store');
  return login;
};

type Folder = Pick<OwnBucket, 'bucket' | 'region'> & { prefix: string };

type Service = KubernetesObject & {
  spec: {
    selector?: Record<string, string>;
    ports?: { port: number; targetPort?: number | string }[];
  };
};

type ServingPod = Pod & {
  spec: { containers: { ports?: { name?: string; containerPort: number }[] }[] };
};

/** Connects to a server that is a Service of the cluster, through the API server. Undefined for any other server. */
const wayTo = async (cluster: Cluster, endpoint: string): Promise<(() => Duplex) | undefined> => {
  const service = serviceOf(endpoint);
  if (service === undefined) return undefined;
  const { name, namespace } = service;
  const { port, protocol } = new URL(endpoint);
  const { spec } = await cluster
    .get<Service>(resources.services, { namespace, name })
    .catch((error: Error) => {
      throw new PreconditionError({
        code: 'service-unreadable',
        what: `the Service ${name} in namespace ${namespace} cannot be read: ${error.message}`,
      });
    });
  const wantedPort = Number(port || (protocol === 'https:' ? 443 : 80));
  const served = spec.ports?.find((each) => each.port === wantedPort);
  if (served === undefined)
    throw new PreconditionError({
      code: 'service-without-port',
      what: `the Service ${name} in namespace ${namespace} has no port ${wantedPort}`,
    });
  const labelSelector = Object.entries(spec.selector ?? {})
    .map(([label, value]) => `${label}=${value}`)
    .join(',');
  const { items } = await cluster.list<ServingPod>(resources.pods, { namespace, labelSelector });
  const [pod] = items.filter(isReady);
  if (pod === undefined)
    throw new PreconditionError({
      code: 'service-not-ready',
      what: `no pod of the Service ${name} in namespace ${namespace} is ready`,
    });
  const { targetPort = wantedPort } = served;
  const named = pod.spec.containers
    .flatMap(({ ports = [] }) => ports)
    .find((each) => each.name === targetPort)?.containerPort;
  const target = { namespace, name: pod.metadata.name, port: named ?? Number(targetPort) };
  return () => dialPod(cluster, target);
};

const connect = async (
  cluster: Cluster,
  login: Login,
  { bucket, region, prefix }: Folder,
  endpoint = login.AWS_ENDPOINTS,
): Promise<BucketFolder> => {
  const dial = endpoint ? await wayTo(cluster, endpoint) : undefined;
  const client = await openClient({
    endpoint: endpoint || undefined,
    region,
    accessKeyId: login.AWS_ACCESS_KEY_ID ?? '',
    secretAccessKey: login.AWS_SECRET_ACCESS_KEY ?? '',
    ca: login.AWS_CERT || undefined,
    virtualHosted: login.VIRTUAL_HOSTED_STYLE === 'true',
    ...(dial && { dial }),
  });
  return { client, bucket, prefix };
};

const explaining = async <T>(folder: BucketFolder, work: () => Promise<T>): Promise<T> => {
  try {
    return await work();
  } catch (error) {
    throw new PreconditionError(await explainFailure(error, folder));
  }
};

const keysOf = async function* ({ client, bucket, prefix }: BucketFolder): AsyncGenerator<string> {
  let ContinuationToken: string | undefined;
  do {
    const page = await client.listObjectsV2({
      Bucket: bucket,
      Prefix: `${prefix}/`,
      ...(ContinuationToken !== undefined && { ContinuationToken }),
    });
    for (const { Key } of page.Contents ?? []) if (Key !== undefined) yield Key;
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken !== undefined);
};

/** Removes all objects of a store. Returns how many there were. Throws if any remains. */
const empty = async (folder: BucketFolder): Promise<number> => {
  const { client, bucket, prefix } = folder;
  const all: string[] = [];
  for await (const key of keysOf(folder)) all.push(key);
  await forEachConcurrently(all, (Key) => client.deleteObject({ Bucket: bucket, Key }));
  const { value: still } = await keysOf(folder).next();
  if (still !== undefined) throw new Error(`bucket ${bucket} still holds ${still}: ${prefix}/ is not empty`);
  return all.length;
};

const loginOf = async (cluster: Cluster, secret: string): Promise<Login> => {
  const [namespace = '', name = ''] = secret.split('/');
  const login = await readSecret(cluster, { namespace, name }).catch((error: unknown) => {
    if (error instanceof ApiError && error.status === 404)
      throw new PreconditionError({
        code: 'secret-missing',
        what: `there is no Secret ${name} in namespace ${namespace}`,
      });
    if (error instanceof ApiError && error.status === 403)
      throw new PreconditionError({
        code: 'secret-forbidden',
        what: `the Secret ${name} in namespace ${namespace} may not be read`,
      });
    throw error;
  });
  const missing = ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'].filter((field) => !login[field]);
  if (missing.length > 0)
    throw new PreconditionError({
      code: 'secret-incomplete',
      what: `the Secret ${name} in namespace ${namespace} has no ${missing.join(' and no ')}: Longhorn logs in by them`,
    });
  return login;
};

// No store of Longhorn or the suite has this name.
const probe = 'probe';

/**
 * Checks that a bucket can be listed below the prefix of a run, without changing anything. Throws `PreconditionError` if not.
 */
export const checkBucketListing = async (
  cluster: Cluster,
  { endpoint, bucket, region, secret }: OwnBucket,
  run: string,
): Promise<BucketFolder> => {
  const prefix = ownPrefixOf({ namespace: `corral-${run}`, name: probe });
  const login = await loginOf(cluster, secret);
  const folder = await connect(cluster, login, { bucket, region, prefix }, endpoint);
  await explaining(folder, () => keysOf(folder).next());
  return folder;
};

/** Checks that a run can have stores in a bucket, by writing and removing a test object. */
export const checkBucket = async (cluster: Cluster, own: OwnBucket, run: string): Promise<void> => {
  const folder = await checkBucketListing(cluster, own, run);
  const { client, bucket, prefix } = folder;
  const object = { Bucket: bucket, Key: `${prefix}/${probe}` };
  await explaining(folder, async () => {
    await client.putObject({ ...object, Body: '', ContentLength: 0 });
    await client.deleteObject(object);
  });
};

const secretNameOf = ({ name = storeName }: StorePlace): string => name;

/**
 * The folders in the bucket for a place; empty if the suite has no store there. The credentials of a store are in a
 * Secret beside its Lease, so that its place is enough to empty it.
 */
export const findOwnFolders = async (cluster: Cluster, place: StorePlace): Promise<BucketFolder[]> => {
  const { namespace } = place;
  const login = await readSecret(cluster, { namespace, name: secretNameOf(place) }).catch(
    (error: unknown) => {
      // Without the right to read Secrets, this user cannot have created one.
      if (error instanceof ApiError && (error.status === 404 || error.status === 403)) return {} as Login;
      throw error;
    },
  );
  const { bucket, region, prefix } = login;
  if (bucket === undefined || region === undefined || prefix === undefined) return [];
  return [await connect(cluster, login, { bucket, region, prefix })];
};

/** Opens the stores in the bucket for a place. */
export const findStores = async (cluster: Cluster, place: StorePlace): Promise<BackupStore[]> =>
  (await findOwnFolders(cluster, place)).map((folder) => openBucket(folder));

/**
 * Creates a store under its own prefix in an existing bucket, and copies the credentials to Longhorn's namespace.
 * Throws if the prefix is not empty.
 */
export const startStore = async (cluster: Cluster, options: StartStore): Promise<RunningStore> => {
  const { namespace, name, run, scenarioSignal, ownBucket } = options;
  if (ownBucket === undefined) throw new Error('the run names no bucket: --bucket');
  const { endpoint, bucket, region, secret } = ownBucket;
  const place: StorePlace = name === undefined ? { namespace } : { namespace, name };
  const prefix = ownPrefixOf(place);
  const login = await loginOf(cluster, secret);
  const folder = await connect(cluster, login, { bucket, region, prefix }, endpoint);
  const { value: there } = await explaining(folder, () => keysOf(folder).next());
  if (there !== undefined)
    throw new Error(`bucket ${bucket} holds ${there} already: nothing of it is touched`);
  const labels = { 'corral.test/run': run };
  if (name === undefined)
    await cluster.create(resources.namespaces, {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: namespace, labels },
    });
  if (scenarioSignal !== undefined) await renewLease(cluster, { namespace, name, run, scenarioSignal });
  const stringData = { ...login, AWS_ENDPOINTS: endpoint };
  await cluster.create(resources.secrets, {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { namespace, name: secretNameOf(place), labels },
    stringData: { ...stringData, bucket, region, prefix },
  });
  await createLoginSecret(cluster, { ...place, run }, stringData);
  return {
    ...storeIn(folder),
    driver: ownBucketName,
    url: ownUrl({ bucket, region }, place),
    credentialSecret: secretOf(place),
    node: undefined,
    logs: () => [],
    access: { bucket: { ...folder, place } },
  };
};

/** Removes all objects of the store of a place from its bucket. Returns what it did; undefined if there is no store. */
export const emptyStore = async (cluster: Cluster, place: StorePlace): Promise<string | undefined> => {
  const [folder] = await findOwnFolders(cluster, place);
  if (folder === undefined) return undefined;
  const removed = await explaining(folder, () => empty(folder));
  return `${removed} objects removed from bucket ${folder.bucket}, below ${folder.prefix}/`;
};

/** Empties a store and removes its objects from the cluster. Objects that are already gone are not an error. */
export const removeStore = async (cluster: Cluster, place: StorePlace): Promise<void> => {
  await emptyStore(cluster, place);
  const { namespace, name } = place;
  await removeLoginSecret(cluster, place);
  if (name === undefined) return removeNamespace(cluster, namespace);
  for (const resource of [resources.secrets, resources.leases])
    await cluster.delete(resource, { namespace, name }).catch(unlessGone);
};
