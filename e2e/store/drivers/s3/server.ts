import { randomBytes } from 'node:crypto';
import { type Duplex, duplexPair } from 'node:stream';
import type { S3 } from '@aws-sdk/client-s3';
import { z } from 'zod';
import { type Cluster, type KubernetesObject, type PodTarget, resources } from '../../../kube/cluster.ts';
import { inEachPod } from '../../../kube/in-pods.ts';
import { registerSecret } from '../../../kube/redact/registered-secrets.ts';
import type { S3Login, S3Server, ServerKind, StartStore, StorePlace } from '../../driver.ts';
import { createLoginSecret, removeLoginSecret } from '../login.ts';
import { hostOf, storeName } from '../place.ts';
import {
  type ManifestOptions,
  readManifest,
  removeServer,
  serversOf,
  servingPods,
  startPod,
} from '../server.ts';
import { DialingAgent, openClient } from './client.ts';
import { bucket, bucketDomainOf, endpointOf, port, portBehind, prefixOf, region } from './place.ts';
import { policyOf } from './policy.ts';

const file = new URL('../../../../fixtures/s3-backupstore/manifest.yaml', import.meta.url);

/** The kind of pods that serve these stores. */
export const s3Server: ServerKind = { called: 'the S3 server', container: 's3', app: 's3-backupstore' };

// The fields of the Secret beside the server.
const fields = [
  'endpoint',
  'tls.crt',
  'user',
  'user-secret',
  'next',
  'next-secret',
  'root',
  'root-secret',
] as const satisfies (keyof S3Login)[];

const key = (prefix: string): string => `${prefix}${randomBytes(8).toString('hex').toUpperCase()}`;
const secret = (): string => randomBytes(24).toString('base64url');
const day = 86_400_000;

/** Creates the credentials and the certificate of a new server. */
export const makeLogin = async (
  place: StorePlace & Pick<StartStore, 'features'>,
): Promise<S3Login & { 'tls.key': string }> => {
  const { generate } = await import('selfsigned');
  const made = await generate([{ name: 'commonName', value: hostOf(place) }], {
    keyType: 'ec',
    algorithm: 'sha256',
    // The clock of a node may differ from the clock of this machine.
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + 365 * day),
    extensions: [
      { name: 'basicConstraints', cA: true },
      {
        name: 'subjectAltName',
        altNames: [hostOf(place), `${hostOf(place)}.svc`, `${bucket}.${bucketDomainOf(place)}`].map(
          (value) => ({ type: 2 as const, value }),
        ),
      },
    ],
  });
  const login = {
    endpoint: endpointOf(place, protocolOf(place.features)),
    'tls.crt': made.cert,
    'tls.key': made.private,
    user: key('CORRAL'),
    'user-secret': secret(),
    next: key('CORRAL'),
    'next-secret': secret(),
    root: key('ROOT'),
    'root-secret': secret(),
  };
  learn(login);
  registerSecret(login['tls.key'], "key of the store's certificate");
  return login;
};

const learn = (login: S3Login): void => {
  registerSecret(login.user, 'access key of the backup store');
  registerSecret(login.next, 'next access key of the backup store');
  registerSecret(login['next-secret'], 'next secret key of the backup store');
  registerSecret(login.root, "access key of the backup store's root");
  registerSecret(login['user-secret'], 'secret key of the backup store');
  registerSecret(login['root-secret'], "secret key of the backup store's root");
};

// Longhorn also accepts servers without TLS. A store whose key can be replaced uses one.
const protocolOf = (features: StartStore['features'] = []): 'http' | 'https' =>
  features.includes('no-tls') ? 'http' : 'https';

const speaksTls = ({ endpoint }: Pick<S3Login, 'endpoint'>): boolean => endpoint.startsWith('https:');

/** The content of the Secret with which Longhorn logs in. */
export const longhornLogin = (login: S3Login): Record<string, string> => ({
  AWS_ACCESS_KEY_ID: login.user,
  AWS_SECRET_ACCESS_KEY: login['user-secret'],
  AWS_ENDPOINTS: login.endpoint,
  ...(speaksTls(login) && { AWS_CERT: login['tls.crt'] }),
  VIRTUAL_HOSTED_STYLE: 'false',
});

// A proxy can answer wrongly. It also delivers a refusal to a client that is still sending; the server alone closes
// the connection.
const portOf = (features: StartStore['features'] = []): number =>
  features.includes('proxy') ? portBehind : port;

/** The objects of an S3 backup store, in order of creation. The first is its namespace. */
export const storeManifest = (
  options: ManifestOptions,
  login: S3Login & { 'tls.key': string },
): Promise<KubernetesObject[]> => {
  const { user, 'user-secret': userSecret, next, 'next-secret': nextSecret } = login;
  const account = (access: string, secret: string) => ({
    [access]: { access, secret, role: 'user', userID: 0, groupID: 0, projectID: 0 },
  });
  return readManifest(file, options, {
    ENDPOINT: login.endpoint,
    TLS: speaksTls(login) ? 'yes' : 'no',
    CERTIFICATE: login['tls.crt'],
    KEY: login['tls.key'],
    USERS: JSON.stringify({ accessAccounts: { ...account(user, userSecret), ...account(next, nextSecret) } }),
    USER: user,
    USER_SECRET: userSecret,
    NEXT: next,
    NEXT_SECRET: nextSecret,
    ROOT: login.root,
    ROOT_SECRET: login['root-secret'],
    PORT: String(portOf(options.features)),
    BUCKET: bucket,
    BUCKET_DOMAIN: bucketDomainOf(options),
    VERSIONS: options.features?.includes('versions') ? 'yes' : 'no',
  });
};

/**
 * Starts an S3 server with an empty bucket, and creates the Secret with its credentials in Longhorn's namespace.
 * Returns when the server answers.
 */
export const startS3StoreServer = async (
  cluster: Cluster,
  options: StartStore,
): Promise<S3Server & { node: string }> => {
  const login = await makeLogin(options);
  const { pod, node } = await startPod(cluster, {
    ...options,
    kind: s3Server,
    objects: await storeManifest(options, login),
  });
  const server = await connectTo(cluster, { pod, login, listens: portOf(options.features) });
  const ObjectLockEnabledForBucket = options.features?.includes('versions') ?? false;
  await server.root.createBucket({ Bucket: bucket, ObjectLockEnabledForBucket });
  await server.root.putBucketPolicy({
    Bucket: bucket,
    Policy: policyOf({ user: login.user, prefix: prefixOf(options) }),
  });
  await createLoginSecret(cluster, options, longhornLogin(login));
  return { ...server, node };
};

const secretSchema = z.object({ data: z.record(z.string(), z.string()) });

/** The running servers of a place. */
export const findServers = async (cluster: Cluster, place: StorePlace): Promise<S3Server[]> => {
  const pods = await servingPods(cluster, place, s3Server);
  if (pods.length === 0) return [];
  const { namespace, name = storeName } = place;
  const { data } = secretSchema.parse(await cluster.get(resources.secrets, { namespace, name }));
  const fieldOf = (field: string): string => Buffer.from(data[field] ?? '', 'base64').toString();
  const login = Object.fromEntries(fields.map((field) => [field, fieldOf(field)])) as S3Login;
  learn(login);
  const listens = Number(fieldOf('port'));
  return Promise.all(pods.map((pod) => connectTo(cluster, { pod, login, listens })));
};

/**
 * Opens a connection to a port of a pod through the API server, so that no pod has to be reachable from this machine.
 */
export const dialPod = (
  cluster: Cluster,
  target: { namespace: string; name: string; port: number },
): Duplex => {
  const [here, there] = duplexPair();
  // A stream of a pair does not notice when the other is destroyed.
  here.once('close', () => there.destroy());
  there.once('close', () => here.destroy());
  cluster.forward(target, there).catch((error: Error) => here.destroy(error));
  return here;
};

const connectTo = async (
  cluster: Cluster,
  { pod, login, listens }: { pod: PodTarget; login: S3Login; listens: number },
): Promise<S3Server> => {
  const dialTo = (port: number) => () => dialPod(cluster, { ...pod, port });
  const ca = speaksTls(login) ? login['tls.crt'] : undefined;
  const as = (accessKeyId: string, secretAccessKey: string, to: number): Promise<S3> =>
    openClient({ endpoint: login.endpoint, region, accessKeyId, secretAccessKey, ca, dial: dialTo(to) });
  const [user, next, root, proxied] = await Promise.all([
    as(login.user, login['user-secret'], listens),
    as(login.next, login['next-secret'], listens),
    as(login.root, login['root-secret'], listens),
    as(login.user, login['user-secret'], port),
  ]);
  const proxy = { user: proxied, agent: new DialingAgent(dialTo(port), { ca: login['tls.crt'] }) };
  // The rules of the proxy are available only with TLS. Without TLS the proxy only serves stores whose key is replaced.
  return { pod, user, next, root, login, ...(listens !== port && speaksTls(login) && { proxy }) };
};

/** Changes the bucket's policy. Returns whether it differs now. */
export const changePolicy = async (
  { root }: S3Server,
  change: (policy: string) => string,
): Promise<boolean> => {
  const { Policy = '' } = await root.getBucketPolicy({ Bucket: bucket });
  const changed = change(Policy);
  if (changed === JSON.stringify(JSON.parse(Policy))) return false;
  await root.putBucketPolicy({ Bucket: bucket, Policy: changed });
  return true;
};

/**
 * Calls `change` for each server of a run. Returns a line that ends with `now` for each bucket whose policy changed.
 */
export const changePolicies = async (
  cluster: Cluster,
  of: { run: string; namespace?: string | undefined },
  { change, now }: { change: (server: S3Server) => Promise<boolean>; now: string },
): Promise<string[]> => {
  const lines = await inEachPod(await serversOf(cluster, s3Server, of), async ({ place }) => {
    const servers = await findServers(cluster, place);
    const changed = await Promise.all(servers.map(change));
    return changed.some(Boolean) ? [`the bucket of ${servers[0]?.login.endpoint}: ${now}`] : [];
  });
  return lines.flat();
};

/** Removes the server of a store and Longhorn's Secret for it. Objects that are already gone are not an error. */
export const removeStore = async (cluster: Cluster, place: StorePlace): Promise<void> => {
  await removeServer(cluster, place, resources.secrets);
  await removeLoginSecret(cluster, place);
};
