import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { stringify } from 'yaml';
import { type Cluster, connect } from '../../e2e/kube/cluster.ts';
import { kubeBinary } from '../../lab/build/kubernetes.ts';
import { etcdBinary } from '../../lab/build/tools.ts';
import { type OwnedProcess, startOwned } from './owned-process.ts';
import { freePort } from './serving.ts';

/** How to reach such a server: its folder, its port, and its users' tokens. */
type ApiServerPlace = { dir: string; port: number; tokens: { admin: string; guest: string } };

export type SharedApiServer = ReturnType<typeof apiServerAt>;
export type ApiServer = Awaited<ReturnType<typeof startApiServer>>;

// It takes 4 s on two idle cores, and a minute if forty processes share them.
const startTimeout = 300_000;

/**
 * Starts a real kube-apiserver on a real etcd, both on loopback, without nodes and controllers. Collections of
 * `uncached` resources (`secrets`) are watched in etcd itself, so that a compaction takes effect at once.
 */
export const startApiServer = async ({ uncached = [] }: { uncached?: string[] } = {}) => {
  const dir = await mkdtemp(join(tmpdir(), 'corral-api-server-'));
  const [client, peer, port] = [await freePort(), await freePort(), await freePort()];
  const etcdUrl = `http://127.0.0.1:${client}`;
  const tokens = await writeCredentials(dir);
  const place = { dir, port, tokens };
  const etcdLog = createWriteStream(join(dir, 'etcd.log'));
  const serverLog = createWriteStream(join(dir, 'kube-apiserver.log'));
  const urls = { client: etcdUrl, peer: `http://127.0.0.1:${peer}` };
  const etcd = startOwned(await etcdBinary(), etcdArguments(dir, urls), {
    onText: (text) => etcdLog.write(text),
  });
  let apiServer: OwnedProcess | undefined;
  const startServer = async () => {
    const args = ['kube-apiserver', ...apiServerArguments(dir, { etcdUrl, port, uncached })];
    apiServer = startOwned(await kubeBinary(), args, { onText: (text) => serverLog.write(text) });
    await ready(place, [etcd, apiServer]);
  };
  const stop = async () => {
    await Promise.all([etcd.kill(), apiServer?.kill()]);
    await rm(dir, { recursive: true, force: true });
  };
  try {
    await startServer();
  } catch (error) {
    await stop();
    throw error;
  }
  return {
    ...apiServerAt(place),
    place,
    stop,
    /** Kills the API server and starts it again. etcd keeps running. */
    restart: async () => {
      await apiServer?.kill();
      await startServer();
    },
    /** Compacts etcd. A watch from an older resourceVersion fails then. */
    compact: () => compact(etcdUrl),
  };
};

type Connecting = { user?: 'admin' | 'guest'; port?: number; token?: string };

/** Connects to a server that was started elsewhere. */
export const apiServerAt = ({ dir, port, tokens }: ApiServerPlace) => {
  const writeKubeconfig = async (user: string, at: number, token: string): Promise<string> => {
    // A new file each time, because another program may be reading an earlier one.
    const kubeconfig = join(dir, `${user}-${at}-${randomBytes(4).toString('hex')}.kubeconfig`);
    await writeFile(kubeconfig, kubeconfigText({ dir, port: at, token }));
    return kubeconfig;
  };
  return {
    port,
    /** A kubeconfig file for `admin`. */
    kubeconfig: () => writeKubeconfig('admin', port, tokens.admin),
    /** Connects as `admin`, who may do everything, as `guest`, or as the service account of a `token`. */
    connect: async ({ user = 'admin', port: other = port, token }: Connecting = {}): Promise<Cluster> => {
      const named = token === undefined ? user : 'account';
      return connect({ kubeconfig: await writeKubeconfig(named, other, token ?? tokens[user]) });
    },
  };
};

const etcdArguments = (dir: string, urls: { client: string; peer: string }): string[] => [
  `--data-dir=${join(dir, 'etcd')}`,
  `--listen-client-urls=${urls.client}`,
  `--advertise-client-urls=${urls.client}`,
  `--listen-peer-urls=${urls.peer}`,
  `--initial-advertise-peer-urls=${urls.peer}`,
  `--initial-cluster=default=${urls.peer}`,
  '--unsafe-no-fsync',
];

const apiServerArguments = (
  dir: string,
  options: { etcdUrl: string; port: number; uncached: string[] },
): string[] => [
  `--etcd-servers=${options.etcdUrl}`,
  '--bind-address=127.0.0.1',
  `--secure-port=${options.port}`,
  `--cert-dir=${join(dir, 'certificates')}`,
  '--anonymous-auth=false',
  // Longhorn's managers are privileged.
  '--allow-privileged',
  `--token-auth-file=${join(dir, 'tokens.csv')}`,
  '--authorization-mode=RBAC',
  '--service-account-issuer=https://kubernetes.default.svc',
  `--service-account-key-file=${join(dir, 'service-account.key')}`,
  `--service-account-signing-key-file=${join(dir, 'service-account.key')}`,
  '--service-cluster-ip-range=10.0.0.0/24',
  // An address for documentation, which is never used. Kubernetes finds no real one on a machine without a route.
  '--advertise-address=192.0.2.1',
  '--endpoint-reconciler-type=none',
  '--disable-admission-plugins=ServiceAccount',
  ...(options.uncached.length > 0
    ? [`--watch-cache-sizes=${options.uncached.map((resource) => `${resource}#0`).join(',')}`]
    : []),
];

const writeCredentials = async (dir: string): Promise<{ admin: string; guest: string }> => {
  const tokens = { admin: randomBytes(16).toString('hex'), guest: randomBytes(16).toString('hex') };
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  await mkdir(join(dir, 'certificates'));
  await writeFile(join(dir, 'service-account.key'), privateKey.export({ type: 'pkcs1', format: 'pem' }));
  const users = `${tokens.admin},admin,1,"system:masters"\n${tokens.guest},guest,2\n`;
  await writeFile(join(dir, 'tokens.csv'), users, { mode: 0o600 });
  return tokens;
};

const kubeconfigText = ({ dir, port, token }: { dir: string; port: number; token: string }): string => {
  const authority = join(dir, 'certificates/apiserver.crt');
  const cluster = { server: `https://127.0.0.1:${port}`, 'certificate-authority': authority };
  return stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'test', cluster }],
    users: [{ name: 'test', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'test' } }],
    'current-context': 'test',
  });
};

const ready = async ({ dir, port, tokens }: ApiServerPlace, started: OwnedProcess[]): Promise<void> => {
  const kubeconfig = join(dir, 'ready.kubeconfig');
  await writeFile(kubeconfig, kubeconfigText({ dir, port, token: tokens.admin }));
  const ended = Promise.race(started.map((each) => each.ended)).then(() => true);
  const deadline = Date.now() + startTimeout;
  for (;;) {
    // The certificate exists only after the start, so each attempt needs a new connection.
    const answer = await readyAnswer(kubeconfig);
    if (answer === 'ok') return;
    const died = await Promise.race([ended, sleep(100, false)]);
    const how = died ? 'ended' : `was not ready within ${startTimeout / 1000} s`;
    if (died || Date.now() > deadline)
      throw new Error(`the API server ${how} (${answer}):\n${await logs(dir)}`);
  }
};

const readyAnswer = async (kubeconfig: string): Promise<string> => {
  try {
    return await (await connect({ kubeconfig }).request('/readyz')).text();
  } catch (error) {
    return (error as Error).message;
  }
};

const logs = async (dir: string): Promise<string> => {
  const texts = await Promise.all(
    ['etcd.log', 'kube-apiserver.log'].map((name) => readFile(join(dir, name), 'utf8').catch(() => '')),
  );
  return texts.map((text) => text.slice(-3000)).join('\n');
};

// In etcd's JSON gateway, numbers are strings.
const compact = async (etcdUrl: string): Promise<void> => {
  const post = async (path: string, body: object) => {
    const response = await fetch(`${etcdUrl}${path}`, { method: 'POST', body: JSON.stringify(body) });
    if (!response.ok) throw new Error(`etcd ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as { header: { revision: string } };
  };
  const { header } = await post('/v3/kv/range', { key: Buffer.from('none').toString('base64') });
  await post('/v3/kv/compaction', { revision: header.revision, physical: true });
};
