import { z } from 'zod';
import { waitUntil, waitUntilGone } from '../history/expectation.ts';
import { follow } from '../history/watch.ts';
import {
  type Cluster,
  type KubernetesObject,
  type Resource,
  resources,
  unlessGone,
} from '../kube/cluster.ts';
import { isConditionTrue, lossOf, type WithConditions } from '../kube/objects.ts';
import type { Pod } from '../kube/pods.ts';
import { type DaemonSet, lacksOfDaemonSet } from '../kube/rollout.ts';
import { managerContainer } from '../longhorn/manager.ts';
import { lacksOfEngineImage, lacksOfInstanceManager, lacksOfNode } from '../longhorn/readiness.ts';
import {
  defaultBackupTarget,
  longhornResources as longhorn,
  longhornNamespace as namespace,
} from '../longhorn/resources.ts';
import type { EngineImage, InstanceManager, Node } from '../longhorn/types.ts';
import type { Fault, FaultKind } from './fault.ts';

const named = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const schema = z.object({
  job: z.string(),
  daemonSets: z.array(named),
  deployments: z.array(named),
  nodes: z.array(z.string()),
  hasDriver: z.boolean(),
});

/**
 * The Job of an uninstallation, what of Longhorn's manifest it deletes, the nodes that Longhorn has, and whether its CSI
 * driver runs on them.
 */
type Uninstallation = z.infer<typeof schema>;

type Workload = KubernetesObject & {
  spec: { template: { spec: { serviceAccountName: string; containers: ManagerContainer[] } } };
};
type Cordonable = KubernetesObject & { spec?: { unschedulable?: boolean } };
type ManagerContainer = { name: string; image: string; env?: { name: string }[] };

const managers = 'longhorn-manager';
const driver = 'longhorn-csi-plugin';

// Kubernetes fills in the rest anew.
const anew = ({ apiVersion, kind, metadata, spec }: KubernetesObject) => {
  const { name, labels, annotations } = metadata;
  const { 'deprecated.daemonset.template.generation': _, ...kept } = annotations ?? {};
  return { apiVersion, kind, metadata: { name, namespace, labels, annotations: kept }, spec };
};

// As in Longhorn's chart: with the account of the managers, and twice, as the first pod may read the flag before its
// cache has it (longhorn/longhorn#10483). The emulator has its settings in their environment.
const uninstaller = (name: string, { spec }: Workload, labels: Record<string, string>) => {
  const { serviceAccountName, containers } = spec.template.spec;
  const { image, env = [] } = containers.find((each) => each.name === managerContainer) as ManagerContainer;
  const container = {
    ...{ name: 'longhorn-uninstall', image, imagePullPolicy: 'IfNotPresent' },
    command: ['longhorn-manager', 'uninstall', '--force'],
    env: [...env, { name: 'LONGHORN_NAMESPACE', value: namespace }],
  };
  const pod = { serviceAccountName, restartPolicy: 'Never', containers: [container] };
  return {
    ...{ apiVersion: 'batch/v1', kind: 'Job', metadata: { name, namespace, labels } },
    spec: { activeDeadlineSeconds: 900, backoffLimit: 1, template: { metadata: { labels }, spec: pod } },
  };
};

const on = async (
  cluster: Cluster,
  { job, labels }: { job: string; labels: Record<string, string> },
): Promise<Fault & { handle: { job: string; nodes: string[]; log(): Promise<string> } }> => {
  const list = async <T extends KubernetesObject>(resource: Resource) =>
    (await cluster.list<T>(resource, { namespace })).items;
  const ofManifest = async (resource: Resource, kind: string, names: string[]) =>
    (await list(resource))
      .filter(({ metadata }) => names.includes(metadata.name))
      .map((object) => anew({ ...object, apiVersion: 'apps/v1', kind }));
  const daemonSets = await ofManifest(resources.daemonSets, 'DaemonSet', [managers]);
  const manager = daemonSets[0] as Workload | undefined;
  if (manager === undefined) throw new Error(`there is no DaemonSet ${managers}`);
  const deployments = await ofManifest(resources.deployments, 'Deployment', ['longhorn-driver-deployer']);
  const nodes = (await list(longhorn.nodes)).map(({ metadata }) => metadata.name);
  const hasDriver = (await list(resources.daemonSets)).some(({ metadata }) => metadata.name === driver);
  return {
    kind: uninstallation,
    title: 'Longhorn is uninstalled',
    data: { job, daemonSets, deployments, nodes, hasDriver } satisfies Uninstallation,
    inject: async () => void (await cluster.create(resources.jobs, uninstaller(job, manager, labels))),
    prove: async () => {
      const [found, left] = [await list(resources.jobs), await list(resources.daemonSets)];
      const ended = found.find(({ metadata }) => metadata.name === job) as WithConditions | undefined;
      if (ended === undefined || !isConditionTrue(ended, 'Complete'))
        throw new Error(`Longhorn is not uninstalled: Job ${job} is not Complete`);
      if (left.some(({ metadata }) => metadata.name === managers))
        throw new Error(`Longhorn is not uninstalled: DaemonSet ${managers} is there`);
      return `Job ${job} is Complete, and DaemonSet ${managers} is gone`;
    },
    handle: {
      job,
      nodes,
      log: async () => {
        const selected = { namespace, labelSelector: `job-name=${job}` };
        const { items } = await cluster.list<Pod>(resources.pods, selected);
        const logs = items.map(({ metadata: { name } }) => cluster.logs({ namespace, name }));
        return (await Promise.all(logs)).join('\n');
      },
    },
  };
};

const limit = {
  within: '10m',
  owner:
    'heal of an uninstallation: each longhorn-manager starts, and Longhorn then its own pods; a busy machine takes several minutes',
} as const;

const removed = async (cluster: Cluster, resource: Resource, name: string): Promise<void> => {
  await using timeline = await follow(cluster, resource, {
    namespace,
    fieldSelector: `metadata.name=${name}`,
  });
  await cluster.delete(resource, { namespace, name }, { propagationPolicy: 'Foreground' }).catch(unlessGone);
  await waitUntilGone(timeline, { name, label: `${name} is gone`, ...limit });
};

const untilUsable = async (cluster: Cluster, { nodes, hasDriver }: Uninstallation): Promise<void> => {
  const until = async <T extends KubernetesObject>(
    resource: Resource,
    label: string,
    is: (object: T) => boolean,
    name?: string,
  ): Promise<void> => {
    await using timeline = await follow<T>(cluster, resource, { namespace });
    await waitUntil(timeline, is, { label, ...(name !== undefined && { name }), ...limit });
  };
  const isReady = (set: DaemonSet): boolean => lacksOfDaemonSet(set, nodes.length).length === 0;
  await until(resources.daemonSets, 'each longhorn-manager is ready', isReady, managers);
  for (const node of nodes) {
    const { spec } = await cluster.get<Cordonable>(resources.nodes, { name: node });
    if (spec?.unschedulable) continue;
    await until<Node>(
      longhorn.nodes,
      `Longhorn can use ${node} and its disks`,
      (object) => lacksOfNode(object).length === 0,
      node,
    );
    await until<InstanceManager>(
      longhorn.instanceManagers,
      `an instance manager runs on ${node}`,
      (manager) => lacksOfInstanceManager([manager], node).length === 0,
    );
  }
  const isDeployed = (image: EngineImage): boolean => lacksOfEngineImage(image).length === 0;
  await until(longhorn.engineImages, 'the engine image is deployed', isDeployed);
  await until(longhorn.backupTargets, 'the default backup target is there', () => true, defaultBackupTarget);
  if (hasDriver) await until(resources.daemonSets, 'the CSI driver is ready', isReady, driver);
};

// Longhorn makes neither of them again without a start of its managers.
const isWhole = async (cluster: Cluster, { nodes }: Uninstallation): Promise<boolean> => {
  const wanted: [Resource, string[]][] = [
    [resources.daemonSets, [managers]],
    [longhorn.nodes, nodes],
    [longhorn.backupTargets, [defaultBackupTarget]],
  ];
  for (const [resource, names] of wanted) {
    const { items } = await cluster.list<KubernetesObject>(resource, { namespace });
    const find = (name: string) => items.find(({ metadata }) => metadata.name === name);
    if (names.some((name) => lossOf(find(name)) !== undefined)) return false;
  }
  return true;
};

const installAgain = async (cluster: Cluster, data: unknown): Promise<string> => {
  const found = schema.parse(data);
  await removed(cluster, resources.jobs, found.job);
  if (await isWhole(cluster, found)) return 'nothing of Longhorn was deleted';
  for (const kind of ['daemonSets', 'deployments'] as const)
    for (const object of found[kind]) {
      await removed(cluster, resources[kind], object.metadata.name);
      await cluster.create(resources[kind], object);
    }
  await untilUsable(cluster, found);
  return 'Longhorn is installed again, and can use its nodes';
};

/** Longhorn is uninstalled by the Job that its documents name. The heal installs it again. */
export const uninstallation = {
  name: 'uninstallation',
  ledgerName: 'uninstallation',
  disruption: 'uninstallation',
  reach: 'everything',
  on,
  heal: installAgain,
  document: {
    about: 'Longhorn is uninstalled. This is done only in the lab.',
    inject: 'the Job of the documents: `longhorn-manager uninstall --force`',
    prove: 'the Job is Complete, and the DaemonSet of the managers is gone',
    heal: 'the objects of the manifest that the Job deletes (the managers, and the deployer of the driver) are created again; healed means that Longhorn can use its nodes, but for those that are cordoned. Its settings are never removed. Volumes, backups and backup targets do not come back',
    bound: 'none; a dead run is undone by `npx corral heal` with its ledger',
    otherUsers: 'everybody: all volumes go, with their data',
    'in scenarios': '`when.uninstalled`, undone by `when.installedAgain`',
  },
} as const satisfies FaultKind & { on: typeof on };
