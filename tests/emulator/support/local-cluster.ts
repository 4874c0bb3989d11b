import { randomInt } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { waitUntil } from '../../../e2e/history/expectation.ts';
import { follow } from '../../../e2e/history/watch.ts';
import { type Cluster, type Resource, resources } from '../../../e2e/kube/cluster.ts';
import { isConditionTrue, type WithConditions } from '../../../e2e/kube/objects.ts';
import { untilPoliciesApply } from '../../../emulator/apply-admission-policies.ts';
import type { Clock } from '../../../emulator/clocks.ts';
import { environmentVariables } from '../../../emulator/environment.ts';
import { managerAccess, serviceAccount } from '../../../emulator/manifests/access.ts';
import { admissionPolicies } from '../../../emulator/manifests/admission/policies.ts';
import { customResourceDefinitions } from '../../../emulator/manifests/custom-resources.ts';
import { namespace } from '../../../emulator/modelled-on.ts';
import type { Mutant } from '../../../emulator/mutants.ts';
import { applyManifests } from '../../../lab/manifests/apply.ts';
import { apiServerAt, startApiServer } from '../../support/api-server.ts';
import { type OwnedProcess, startOwned } from '../../support/owned-process.ts';
import { clockVariable, storeVariable } from './local-longhorn-variable.ts';
import type { LocalManager } from './local-manager.ts';

export const longhorn = (plural: string): Resource => ({ group: 'longhorn.io', version: 'v1beta2', plural });

type Longhorn = WithConditions & { status?: { state?: string } };

const tokenOf = async (cluster: Cluster): Promise<string> => {
  const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${serviceAccount}/token`;
  const headers = { 'content-type': 'application/json' };
  const body = JSON.stringify({ apiVersion: 'authentication.k8s.io/v1', kind: 'TokenRequest', spec: {} });
  const response = await cluster.request(path, { method: 'POST', headers, body });
  return ((await response.json()) as { status: { token: string } }).status.token;
};

// What a kubelet and the DaemonSet's controller would have written.
const nodeAndPod = async (cluster: Cluster, node: string): Promise<void> => {
  await cluster.create(resources.nodes, { apiVersion: 'v1', kind: 'Node', metadata: { name: node } });
  const pod = { name: `longhorn-manager-${node}`, namespace };
  await cluster.create(resources.pods, {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { ...pod, labels: { app: 'longhorn-manager' } },
    spec: { nodeName: node, containers: [{ name: 'longhorn-manager', image: 'none' }] },
  });
  await cluster.patch(resources.pods, pod, { status: { phase: 'Running' } }, { subresource: 'status' });
};

const nodes = ['node1', 'node2', 'node3'];

/** What leads to such a cluster. */
type LocalPlace = {
  api: Parameters<typeof apiServerAt>[0];
  dir: string;
  /** The first two bytes of its managers' addresses: all serve the same port. */
  network: string;
  credentials: { server: string; ca: string; token: string };
};

export type SharedLonghorn = Awaited<ReturnType<typeof localClusterAt>>;
export type LocalCluster = Awaited<ReturnType<typeof startLocalCluster>>;

/**
 * Three managers of the emulator as plain processes, with their own service account's rights on a real API
 * server, by what leads to them.
 */
export const localClusterAt = async ({
  api,
  dir,
  network,
  credentials: { token, ...access },
}: LocalPlace) => {
  const server = apiServerAt(api);
  const log = (node: string) => readFile(join(dir, `${node}.log`), 'utf8');
  return {
    cluster: await server.connect(),
    nodes,
    /** Folder that stands for the NFS export. */
    store: join(dir, 'export'),
    url: 'nfs://store.example:/export',
    device: (node: string, volume: string) => join(dir, node, 'dev/longhorn', volume),
    /** Where the manager of a node listens. */
    address: (node: string) => `${network}.${nodes.indexOf(node) + 1}`,
    /** The managers' own rights, for a program that runs beside them. */
    access: { ...access, token: () => token },
    /** Folder of a node's manager: engine binaries, replicas. */
    dataRoot: (node: string) => join(dir, node),
    log,
    /** The last lines of all managers' logs, for a failed test. */
    logs: async () => {
      const lastOf = (text: string) => text.split('\n').slice(-60).join('\n');
      const logs = nodes.map(async (node) => `--- ${node}\n${lastOf(await log(node).catch(() => ''))}`);
      return (await Promise.all(logs)).join('\n');
    },
  };
};

type Options = { clock?: Clock; version?: string };

/**
 * Starts it without managers; clock, if given, is what they and their longhorn commands go by, and version
 * what they stand for.
 */
export const startLocalCluster = async ({ clock, version = '' }: Options = {}) => {
  const dir = await mkdtemp(join(tmpdir(), 'corral-emulator-'));
  const api = await startApiServer();
  const cluster = await api.connect();
  const own = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
  const policies = admissionPolicies(undefined, { ...(version && { version }) });
  const items = [own, ...customResourceDefinitions, ...managerAccess, ...policies];
  const text = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await applyManifests({ kubeconfig: await api.kubeconfig(), manifests: [{ source: 'the emulator', text }] });
  const credentials = {
    server: `https://127.0.0.1:${api.port}`,
    token: await tokenOf(cluster),
    ca: await readFile(join(api.place.dir, 'certificates/apiserver.crt'), 'utf8'),
  };
  for (const node of nodes) await nodeAndPod(cluster, node);
  // Random, for another test may run beside this one.
  const network = `127.${randomInt(1, 255)}.${randomInt(1, 255)}`;
  const place = { api: api.place, dir, network, credentials };
  const shared = await localClusterAt(place);
  const managers = new Map<string, OwnedProcess>();

  const startManager = (node: string, mutant?: Mutant): void => {
    const where = { ip: shared.address(node), dataRoot: shared.dataRoot(node) };
    const options: LocalManager = { node, ...where, ...credentials };
    const program = fileURLToPath(new URL('./local-manager.ts', import.meta.url));
    const manager = startOwned(process.execPath, [program, JSON.stringify(options)], {
      env: {
        [environmentVariables.clock]: 'fast',
        [environmentVariables.mutant]: mutant ?? '',
        [environmentVariables.version]: version,
        [storeVariable]: dir,
        // Each look into the store is a process of its own; compiling it took three quarters of its time.
        NODE_COMPILE_CACHE: join(dir, 'compiled'),
        ...(clock && { [clockVariable]: JSON.stringify(clock) }),
      },
      onText: (text) => appendFileSync(join(dir, `${node}.log`), text),
    });
    managers.set(node, manager);
  };
  const killManager = async (node: string): Promise<void> => {
    await managers.get(node)?.kill();
    managers.delete(node);
  };
  const untilReady = async (): Promise<void> => {
    const limit = { within: '5m', owner: 'the local cluster of this test' } as const;
    const until = async (
      plural: string,
      isWanted: (object: Longhorn, all: Longhorn[]) => boolean,
      what: { label: string; name?: string },
    ): Promise<void> => {
      const timeline = await follow<Longhorn>(cluster, longhorn(plural), { namespace });
      await waitUntil(timeline, (object) => isWanted(object, timeline.objects()), { ...what, ...limit });
      await timeline.stop();
    };
    const isReady = (node: Longhorn) => isConditionTrue(node, 'Ready');
    await until('nodes', (_, all) => all.filter(isReady).length === nodes.length, {
      label: 'all nodes are ready',
    });
    await until('engineimages', ({ status }) => status?.state === 'deployed', {
      label: 'the engine image is deployed',
    });
    await until('backuptargets', () => true, {
      name: 'default',
      label: 'the backup target default is there',
    });
    await untilPoliciesApply(cluster, { deadline: Date.now() + 5 * 60_000, owner: limit.owner });
  };
  return {
    ...shared,
    place,
    startManager,
    /** Kills a manager and all its children, as the end of its container would. */
    killManager,
    /** Waits until a manager ends by itself and gives its exit code. */
    untilExit: async (node: string) => managers.get(node)?.ended,
    /** Starts all managers, with a bug or without, and waits until they are ready. */
    startManagers: async (mutant?: Mutant) => {
      for (const node of nodes) startManager(node, mutant);
      await untilReady();
    },
    stop: async () => {
      await Promise.all(nodes.map(killManager));
      await api.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
};
