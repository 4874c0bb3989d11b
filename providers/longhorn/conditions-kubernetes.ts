import type { KubernetesObject } from '../../e2e/kube/cluster.ts';
import type { ConditionState, World } from './watches.ts';

type WithConditions = KubernetesObject & {
  status?: { conditions?: { type: string; status: string; reason?: string; message?: string }[] };
};
type DaemonSet = KubernetesObject & {
  metadata: { generation?: number };
  status?: {
    observedGeneration?: number;
    desiredNumberScheduled?: number;
    updatedNumberScheduled?: number;
    numberReady?: number;
  };
};
type ContainerStatus = { image?: string; state?: { waiting?: { reason?: string } } };
type Pod = KubernetesObject & {
  status?: { initContainerStatuses?: ContainerStatus[]; containerStatuses?: ContainerStatus[] };
};
type WebhookConfiguration = KubernetesObject & { webhooks?: { clientConfig?: { caBundle?: string } }[] };

const isTrue = ({ status }: WithConditions, type: string): boolean =>
  status?.conditions?.some((condition) => condition.type === type && condition.status === 'True') === true;

const withLack = (lacks: readonly string[], met: string): ConditionState => ({
  met: lacks.length === 0,
  state: lacks.length === 0 ? met : lacks.join('; '),
});

/** All definitions of the release are Established. */
export const customResources = (world: World, names: readonly string[]): ConditionState => {
  const open = names.filter(
    (name) => !isTrue(world.find('customResourceDefinitions', name) ?? noObject, 'Established'),
  );
  const some = open.slice(0, 3).join(', ');
  return {
    met: open.length === 0,
    state: `${names.length - open.length} of ${names.length}${open.length > 0 ? `, not ${some}${open.length > 3 ? ', ...' : ''}` : ''}`,
  };
};

const noObject: WithConditions = { metadata: { name: '' } };

const rolledOut = (set: DaemonSet | undefined, least: number): ConditionState => {
  const {
    observedGeneration,
    desiredNumberScheduled = 0,
    updatedNumberScheduled = 0,
    numberReady = 0,
  } = set?.status ?? {};
  if (set === undefined) return { met: false, state: 'not there yet' };
  const wanted = Math.max(desiredNumberScheduled, least);
  const met =
    observedGeneration === set.metadata.generation &&
    updatedNumberScheduled >= wanted &&
    numberReady >= wanted;
  const missing = desiredNumberScheduled < least ? `, wanted on ${desiredNumberScheduled} so far` : '';
  return { met, state: `${numberReady} of ${wanted} ready${missing}` };
};

/** The DaemonSet has a ready pod on so many nodes. */
export const managers = (world: World, nodes: number): ConditionState =>
  rolledOut(world.find<DaemonSet>('daemonSets', 'longhorn-manager'), nodes);

/** Both configurations are there with the certificate by which the API server knows the webhooks. */
export const webhooks = (world: World): ConditionState => {
  const lack = (collection: 'validatingWebhooks' | 'mutatingWebhooks', name: string): string[] => {
    const configuration = world.find<WebhookConfiguration>(collection, name);
    if (configuration === undefined) return [`${name} is not there yet`];
    const { webhooks = [] } = configuration;
    return webhooks.length > 0 && webhooks.every(({ clientConfig }) => clientConfig?.caBundle)
      ? []
      : [`${name} has no caBundle yet`];
  };
  return withLack(
    [
      ...lack('validatingWebhooks', 'longhorn-webhook-validator'),
      ...lack('mutatingWebhooks', 'longhorn-webhook-mutator'),
    ],
    'both registered',
  );
};

/** Each of these Deployments is available. */
export const allDeployments = (world: World, names: readonly string[]): ConditionState =>
  withLack(
    names.flatMap((name) => {
      const deployment = world.find<WithConditions>('deployments', name);
      if (deployment === undefined) return [`${name} is not there yet`];
      return isTrue(deployment, 'Available') ? [] : [`${name} is not available`];
    }),
    `${names.join(', ')} available`,
  );

/** What the driver deployer makes: the driver, a plugin on each node, and the four parts. */
export const csi = (world: World): ConditionState => {
  const plugin = rolledOut(world.find<DaemonSet>('daemonSets', 'longhorn-csi-plugin'), 1);
  const parts = allDeployments(world, ['csi-attacher', 'csi-provisioner', 'csi-resizer', 'csi-snapshotter']);
  return withLack(
    [
      ...(world.find('csiDrivers', 'driver.longhorn.io') === undefined
        ? ['driver.longhorn.io is not registered yet']
        : []),
      ...(plugin.met ? [] : [`longhorn-csi-plugin: ${plugin.state}`]),
      ...(parts.met ? [] : [parts.state]),
    ],
    'driver.longhorn.io',
  );
};

const imageReasons = new Set(['ErrImagePull', 'ImagePullBackOff', 'ErrImageNeverPull', 'InvalidImageName']);

/**
 * The first pod that waits for an image, in words: one that was not brought to the nodes never comes, as no
 * registry is asked.
 */
export const imageMissing = (world: World): string | undefined => {
  for (const { metadata, status } of world.objects<Pod>('pods')) {
    const all = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
    const waiting = all.find(({ state }) => imageReasons.has(state?.waiting?.reason ?? ''));
    if (waiting !== undefined)
      return `pod ${metadata.name} waits for the image ${waiting.image}, which the nodes do not have`;
  }
  return undefined;
};
