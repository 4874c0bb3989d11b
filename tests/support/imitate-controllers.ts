import { type Cluster, type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';
import { longhornResources, longhornNamespace as namespace } from '../../e2e/longhorn/resources.ts';

// The API server only checks its format when it registers a webhook.
const caBundle = Buffer.from('no certificate').toString('base64');
const clusterWide = (group: string, plural: string): Resource => ({
  ...{ group, version: 'v1', plural },
  namespaced: false,
});
const webhookKinds = {
  validator: ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'],
  mutator: ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'],
} as const;
const webhookResource = (plural: string): Resource => clusterWide('admissionregistration.k8s.io', plural);

type Imitation = (cluster: Cluster) => Promise<unknown>;

const make = (cluster: Cluster, resource: Resource, object: object): Promise<unknown> =>
  cluster.apply(object as KubernetesObject, { resource, fieldManager: 'imitation' });

const setStatus =
  (
    resource: Resource,
    name: string,
    status: object,
    where: { namespace?: string } = { namespace },
  ): Imitation =>
  (cluster) =>
    cluster.patch(resource, { ...where, name }, { status }, { subresource: 'status' });

const makeWith = async (cluster: Cluster, resource: Resource, object: KubernetesObject, status: object) => {
  await make(cluster, resource, object);
  await setStatus(resource, object.metadata.name, status, object.metadata)(cluster);
};

const longhornObject = (kind: string, name: string, fields: object = {}): KubernetesObject => ({
  ...{ apiVersion: 'longhorn.io/v1beta2', kind },
  metadata: { name, namespace },
  ...fields,
});

const conditions = (state: Record<string, string>) => ({
  conditions: Object.entries(state).map(([type, status]) => ({ type, status })),
});

const workload = (kind: string, name: string) => ({
  ...{ apiVersion: 'apps/v1', kind },
  metadata: { name, namespace },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'x' }] } },
  },
});

const available = (name: string, status = 'True'): Imitation =>
  setStatus(resources.deployments, name, conditions({ Available: status }));

const daemonSet = async (cluster: Cluster, name: string, numberReady: number): Promise<void> => {
  type Made = KubernetesObject & { metadata: { generation: number } };
  const { metadata } = await cluster.get<Made>(resources.daemonSets, { namespace, name });
  const numbers = { currentNumberScheduled: 3, desiredNumberScheduled: 3, updatedNumberScheduled: 3 };
  const status = { ...numbers, numberMisscheduled: 0, numberReady, observedGeneration: metadata.generation };
  await setStatus(resources.daemonSets, name, status)(cluster);
};

const webhooks =
  (...requested: string[]): Imitation =>
  async (cluster) => {
    const where = { apiGroups: ['longhorn.io'], apiVersions: ['v1beta2'], operations: ['CREATE'] };
    const rules = requested.map((plural) => ({ ...where, resources: [plural] }));
    const webhook = {
      name: 'all.longhorn.io',
      // A port without a listener.
      clientConfig: { url: 'https://127.0.0.1:9/', caBundle },
      ...{ rules, sideEffects: 'None', admissionReviewVersions: ['v1'], timeoutSeconds: 1 },
    };
    for (const [name, [plural, kind]] of Object.entries(webhookKinds))
      await make(cluster, webhookResource(plural), {
        ...{ apiVersion: 'admissionregistration.k8s.io/v1', kind },
        metadata: { name: `longhorn-webhook-${name}` },
        webhooks: [webhook],
      });
  };

export const nodes = ['node1', 'node2', 'node3'];

const disks = (storageAvailable: number, state: Record<string, string>) => ({
  diskStatus: {
    'default-disk-1': { diskPath: '/var/lib/longhorn/', storageAvailable, ...conditions(state) },
  },
});

const ready = { Ready: 'True', Schedulable: 'True' };
const node =
  (name: string): Imitation =>
  (cluster) =>
    makeWith(cluster, longhornResources.nodes, longhornObject('Node', name), {
      ...conditions(ready),
      ...disks(12e9, ready),
    });

const engineImage =
  (state: string): Imitation =>
  (cluster) => {
    const spec = { image: 'docker.io/longhornio/longhorn-engine:v1.12.1' };
    const image = longhornObject('EngineImage', 'ei-1', { spec });
    const nodeDeploymentMap = { node1: true, node2: true, node3: state === 'deployed' };
    return makeWith(cluster, longhornResources.engineImages, image, { state, nodeDeploymentMap });
  };

const instanceManager =
  (name: string, currentState: string): Imitation =>
  (cluster) => {
    const spec = { nodeID: name, dataEngine: 'v1' };
    const manager = longhornObject('InstanceManager', `instance-manager-${name}`, { spec });
    return makeWith(cluster, longhornResources.instanceManagers, manager, { currentState });
  };

const pod =
  (name: string, status: object, more: object = {}): Imitation =>
  (cluster) => {
    const spec = { nodeName: 'node2', containers: [{ name: 'nfs', image: 'x' }] };
    const made = { apiVersion: 'v1', kind: 'Pod', metadata: { name, namespace, ...more }, spec };
    return makeWith(cluster, resources.pods, made, status);
  };
const stuck = (phase: string, container: object) => ({
  phase,
  containerStatuses: [{ name: 'nfs', ready: false, restartCount: 0, image: 'x', imageID: '', ...container }],
});
const removePod =
  (name: string): Imitation =>
  (cluster) =>
    cluster.delete(resources.pods, { namespace, name }, { gracePeriodSeconds: 0 });

const csiParts = ['csi-attacher', 'csi-provisioner', 'csi-resizer', 'csi-snapshotter'];

/**
 * Changes a cluster as the controllers of Kubernetes and Longhorn do during an installation, part by part. The cluster
 * has no controllers.
 */
export const imitate = {
  managers: (cluster) => daemonSet(cluster, 'longhorn-manager', 3),
  webhooks: webhooks(),
  nodes: (cluster) => Promise.all(nodes.map((name) => node(name)(cluster))),
  engineImage: engineImage('deployed'),
  /** The pods are ready, but Longhorn has looked too early and still says `starting`. */
  lateInstanceManagers: async (cluster) => {
    for (const name of nodes) {
      await instanceManager(name, 'starting')(cluster);
      await pod(`instance-manager-${name}`, conditions({ Ready: 'True' }))(cluster);
    }
  },
  instanceManagers: (cluster) => Promise.all(nodes.map((name) => instanceManager(name, 'running')(cluster))),
  settings: (cluster) => {
    const version = longhornObject('Setting', 'current-longhorn-version', { value: 'v1.12.1' });
    return make(cluster, longhornResources.settings, version);
  },
  target: (cluster) => {
    const target = longhornObject('BackupTarget', 'default', { spec: { pollInterval: '5m0s' } });
    return make(cluster, longhornResources.backupTargets, target);
  },
  store: pod('backupstore-1', conditions({ Ready: 'True' }), {
    namespace: 'corral-default-backupstore',
    labels: { 'corral.test/store': 'backupstore' },
  }),
  targetAvailable: setStatus(longhornResources.backupTargets, 'default', {
    available: true,
    lastSyncedAt: '2026-11-20T12:00:00Z',
  }),
  csi: async (cluster) => {
    for (const name of csiParts) {
      await make(cluster, resources.deployments, workload('Deployment', name));
      await available(name)(cluster);
    }
    await make(cluster, resources.daemonSets, workload('DaemonSet', 'longhorn-csi-plugin'));
    await daemonSet(cluster, 'longhorn-csi-plugin', 3);
    await make(cluster, clusterWide('storage.k8s.io', 'csidrivers'), {
      ...{ apiVersion: 'storage.k8s.io/v1', kind: 'CSIDriver' },
      ...{ metadata: { name: 'driver.longhorn.io' }, spec: {} },
    });
  },
  ui: available('longhorn-ui'),
  deployments: async (cluster) => {
    for (const name of ['longhorn-driver-deployer', 'longhorn-ui']) await available(name)(cluster);
  },
} satisfies Record<string, Imitation>;

const pulling = { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x:v1"' };
const noManager = { reason: 'ManagerPodDown', message: 'the manager pod is not running' };
const notListed = { reason: 'Unavailable', message: 'failed to list: mount.nfs4 timed out' };

/** Ways in which an installation gets stuck, and how each of them ends. */
export const troubles: Record<string, { begins: Imitation; ends: Imitation }> = {
  'a manager crashes again and again': {
    begins: async (cluster) => {
      await daemonSet(cluster, 'longhorn-manager', 2);
      const terminated = { reason: 'Error', exitCode: 1, message: 'failed to check environment\n' };
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting' };
      const container = { restartCount: 2, state: { waiting }, lastState: { terminated } };
      await pod('longhorn-manager-1', stuck('Running', container))(cluster);
    },
    ends: async (cluster) => {
      await removePod('longhorn-manager-1')(cluster);
      await imitate.managers(cluster);
    },
  },
  'a node lacks an image': {
    begins: pod('engine-image-1', stuck('Pending', { image: 'x:v1', state: { waiting: pulling } })),
    ends: removePod('engine-image-1'),
  },
  'a webhook has no certificate yet': {
    begins: (cluster) => {
      const mutator = webhookResource(webhookKinds.mutator[0]);
      return cluster.patch(mutator, { name: 'longhorn-webhook-mutator' }, { webhooks: [] });
    },
    ends: imitate.webhooks,
  },
  'a webhook does not answer': { begins: webhooks('volumes'), ends: imitate.webhooks },
  'a node is not ready': {
    begins: setStatus(longhornResources.nodes, 'node2', {
      conditions: [
        { type: 'Ready', status: 'False', ...noManager },
        { type: 'Schedulable', status: 'True' },
      ],
      ...disks(0, { Ready: 'True' }),
    }),
    ends: node('node2'),
  },
  'the engine is on two nodes of three': {
    begins: async (cluster) => {
      await engineImage('deploying')(cluster);
      await cluster.create(resources.events, {
        ...{ apiVersion: 'v1', kind: 'Event', metadata: { name: 'one', namespace } },
        ...{ type: 'Warning', reason: 'FailedScheduling', message: 'no node fits', count: 4 },
        lastTimestamp: '2026-11-20T12:00:00Z',
        involvedObject: { kind: 'Pod', name: 'engine-image-ei-1', namespace },
      });
    },
    ends: async (cluster) => {
      await engineImage('deployed')(cluster);
      await cluster.delete(resources.events, { namespace, name: 'one' });
    },
  },
  'an instance manager starts and starts': {
    begins: instanceManager('node3', 'starting'),
    ends: instanceManager('node3', 'running'),
  },
  'the store cannot be listed': {
    begins: setStatus(longhornResources.backupTargets, 'default', {
      available: false,
      conditions: [{ type: 'Unavailable', status: 'True', ...notListed }],
    }),
    ends: imitate.targetAvailable,
  },
  'a part of CSI is not available': { begins: available('csi-resizer', 'False'), ends: imitate.csi },
  'the UI is not available': { begins: available('longhorn-ui', 'False'), ends: imitate.deployments },
};
