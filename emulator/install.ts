import { waitUntil } from '../e2e/history/expectation.ts';
import { follow } from '../e2e/history/watch.ts';
import {
  type Cluster,
  connect,
  type KubernetesObject,
  type Resource,
  resources,
} from '../e2e/kube/cluster.ts';
import { openHealth } from '../e2e/kube/health.ts';
import { isConditionTrue, type WithConditions } from '../e2e/kube/objects.ts';
import { type DaemonSet, lacksOfDaemonSet } from '../e2e/kube/rollout.ts';
import { applyAdmissionPolicies, untilPoliciesApply } from './apply-admission-policies.ts';
import { managerAccess } from './manifests/access.ts';
import { admissionPolicies } from './manifests/admission/policies.ts';
import { customResourceDefinitions } from './manifests/custom-resources.ts';
import { managerDaemonSet, managerName, managerPorts } from './manifests/manager.ts';
import { uiDeployment, uiName, type uiPorts } from './manifests/ui.ts';
import {
  defaultEngineImage,
  defaultResourceConfigMap,
  emulatorVersion,
  engineImageName,
  namespace,
  referenceVersion,
} from './modelled-on.ts';
import type { Mutant } from './mutants.ts';

type Ports = typeof managerPorts & typeof uiPorts;

const service = (
  name: string,
  app: string,
  { port, targetPort }: { port: number; targetPort: keyof Ports },
) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace, labels: { app } },
  spec: { selector: { app }, ports: [{ name: targetPort, port, targetPort }] },
});

/** Services with Longhorn's names: the API, which any manager serves, and the user interface. */
const services = [
  service('longhorn-backend', managerName, { port: managerPorts.manager, targetPort: 'manager' }),
  service('longhorn-frontend', uiName, { port: 80, targetPort: 'http' }),
];

/** The fields of a Deployment that show its progress. */
type Deployment = KubernetesObject & {
  metadata: { generation?: number };
  status?: {
    observedGeneration?: number;
    replicas?: number;
    updatedReplicas?: number;
    readyReplicas?: number;
  };
};
/** The fields of an engine image that show on which nodes it is. */
type EngineImage = KubernetesObject & {
  status?: { state?: string; nodeDeploymentMap?: Record<string, boolean> };
};

/** Whether the only pod of a Deployment has the current template and is ready. */
const isReplaced = ({ metadata, status }: Deployment): boolean =>
  status?.observedGeneration === metadata.generation &&
  status?.replicas === 1 &&
  status.updatedReplicas === 1 &&
  status.readyReplicas === 1;

type InstallOptions = {
  kubeconfig: string;
  /** A choice for `readClock`. It may be a promise, because only the managers need it. */
  clock: string | Promise<string>;
  /**
   * Image with Node, the tools and the bundle, and with longhorn-manager in the PATH. The nodes must have it
   * or be able to pull it.
   */
  image: string;
  mutant?: Mutant;
  /** The version of Longhorn to emulate. Default: the version that the emulator is modelled on. */
  version?: string;
  /** The expected number of nodes. Nodes that are still booting are waited for. */
  nodes: number;
  signal: AbortSignal;
  onProgress?: (text: string) => void;
};

/**
 * For all waits of an installation together, in milliseconds. In a lab of two cores it takes 10 to 20 s,
 * beside two other labs a minute.
 */
const timeout = 180_000;

const collections: Record<string, Resource> = {
  Namespace: resources.namespaces,
  ConfigMap: resources.configMaps,
  CustomResourceDefinition: resources.customResourceDefinitions,
  ServiceAccount: resources.serviceAccounts,
  Role: resources.roles,
  RoleBinding: resources.roleBindings,
  ClusterRole: resources.clusterRoles,
  ClusterRoleBinding: resources.clusterRoleBindings,
  DaemonSet: resources.daemonSets,
  Deployment: resources.deployments,
  Service: resources.services,
};

const longhorn = (plural: string): Resource => ({ group: 'longhorn.io', version: 'v1beta2', plural });

type InstallWait = { cluster: Cluster; signal: AbortSignal; deadline: number; nodes: number };

const limit = ({ deadline }: InstallWait) => ({
  within: `${Math.max(1, deadline - Date.now())}ms` as const,
  owner: `the ${timeout / 1_000} s for installing the emulator`,
});

const untilServed = async (waiting: InstallWait): Promise<void> => {
  const { cluster, signal } = waiting;
  const kinds = resources.customResourceDefinitions;
  await using timeline = await follow<WithConditions>(cluster, kinds, { signal });
  const wait = ({ metadata: { name } }: { metadata: { name: string } }) =>
    waitUntil(timeline, (object) => isConditionTrue(object, 'Established'), {
      name,
      label: `${name} is served`,
      ...limit(waiting),
    });
  await Promise.all(customResourceDefinitions.map(wait));
};

/**
 * Waits until an object in Longhorn's namespace meets a condition, and returns it. Without a name, any object
 * of its kind may meet it.
 */
const until = async <T extends KubernetesObject>(
  waiting: InstallWait,
  resource: Resource,
  { isWanted, ...what }: { isWanted: (object: T, all: T[]) => boolean; name?: string; label: string },
): Promise<T> => {
  const { cluster, signal } = waiting;
  await using timeline = await follow<T>(cluster, resource, { namespace, signal });
  return await waitUntil(timeline, (object) => isWanted(object, timeline.objects()), {
    ...what,
    ...limit(waiting),
  });
};

const isUsable = (node: WithConditions): boolean =>
  isConditionTrue(node, 'Ready') && isConditionTrue(node, 'Schedulable');

const untilReady = async (waiting: InstallWait): Promise<number> => {
  const managers = await until<DaemonSet>(waiting, resources.daemonSets, {
    name: managerName,
    label: 'a longhorn-manager is ready on each node',
    isWanted: (set) => lacksOfDaemonSet(set, waiting.nodes).length === 0,
  });
  const count = managers.status?.desiredNumberScheduled ?? 0;
  await until<WithConditions>(waiting, longhorn('nodes'), {
    label: `${count} nodes.longhorn.io are ready and schedulable`,
    isWanted: (_, all) => all.filter(isUsable).length >= count,
  });
  await until<EngineImage>(waiting, longhorn('engineimages'), {
    name: engineImageName(defaultEngineImage),
    label: 'the engine image is deployed on each node',
    isWanted: ({ status }) =>
      status?.state === 'deployed' && Object.keys(status.nodeDeploymentMap ?? {}).length >= count,
  });
  await until(waiting, longhorn('backuptargets'), {
    name: 'default',
    label: 'the backup target default is there',
    isWanted: () => true,
  });
  await untilPoliciesApply(waiting.cluster, { ...waiting, owner: limit(waiting).owner });
  await until<Deployment>(waiting, resources.deployments, {
    name: uiName,
    label: 'the user interface is ready',
    isWanted: isReplaced,
  });
  return count;
};

type Release = Pick<InstallOptions, 'image' | 'mutant' | 'version'> & { clock: string };

/** All objects of the emulator in a cluster, in the order to apply them, as in a release's manifest. */
export const emulatorObjects = ({ image, clock, mutant, version }: Release): object[] => [
  namespaceObject,
  ...managerAccess,
  defaultResource,
  ...customResourceDefinitions,
  ...admissionPolicies(mutant, { version }),
  managerDaemonSet({ image, clock, mutant, version }),
  uiDeployment({ image, clock, mutant }),
  ...services,
];

const namespaceObject = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };

// Without values, as in the manifest of a release.
const defaultResource = {
  ...{ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: defaultResourceConfigMap, namespace } },
  data: { 'default-resource.yaml': '' },
};

/**
 * Installs or updates the emulator, and returns when it is ready on every node. Throws an ExpectationError
 * that names what was waited for and the progress so far.
 */
export const installEmulator = async (options: InstallOptions): Promise<{ version: string }> => {
  const { kubeconfig, image, mutant, version, nodes, signal, onProgress = () => undefined } = options;
  const cluster = connect({ kubeconfig, health: openHealth() });
  const waiting: InstallWait = { cluster, signal, nodes, deadline: Date.now() + timeout };
  const apply = async (objects: object[]): Promise<void> => {
    for (const object of objects as KubernetesObject[]) {
      await cluster.apply(object, {
        resource: collections[object.kind ?? ''] as Resource,
        fieldManager: 'corral-emulator',
      });
    }
  };
  onProgress('custom resources');
  await Promise.all([
    apply([namespaceObject, ...managerAccess, defaultResource]),
    ...customResourceDefinitions.map((definition) => apply([definition])),
  ]);
  await untilServed(waiting);
  const clock = await options.clock;
  onProgress(`longhorn-manager on each node${mutant ? `, with the bug ${mutant}` : ''}`);
  // Before the managers: their replacement takes longer than the API server takes to load its policies.
  await applyAdmissionPolicies(cluster, { mutant, version });
  await apply([
    managerDaemonSet({ image, clock, mutant, version }),
    uiDeployment({ image, clock, mutant }),
    ...services,
  ]);
  const count = await untilReady(waiting);
  onProgress(`ready on ${count} nodes`);
  return { version: emulatorVersion(version ?? referenceVersion) };
};
