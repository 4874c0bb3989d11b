import { type Cluster, type KubernetesObject, type Resource, resources } from '../../e2e/kube/cluster.ts';

const namespace = 'longhorn-system';
// Anything that can be read as one: the API server looks at it when it registers a webhook.
const caBundle = Buffer.from('no certificate').toString('base64');
const longhorn = (plural: string): Resource => ({ group: 'longhorn.io', version: 'v1beta2', plural });
const admission = (plural: string): Resource => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural,
  namespaced: false,
});
const csiDrivers: Resource = {
  group: 'storage.k8s.io',
  version: 'v1',
  plural: 'csidrivers',
  namespaced: false,
};

type Play = (cluster: Cluster) => Promise<unknown>;

const make = (cluster: Cluster, resource: Resource, object: object): Promise<unknown> =>
  cluster.apply(object as KubernetesObject, { resource, fieldManager: 'player' });

const withStatus = async (
  cluster: Cluster,
  resource: Resource,
  object: KubernetesObject,
  status: object,
): Promise<void> => {
  await make(cluster, resource, object);
  await setStatus(cluster, resource, object.metadata, status);
};

const setStatus = (
  cluster: Cluster,
  resource: Resource,
  { namespace, name }: { namespace?: string; name: string },
  status: object,
) =>
  cluster.patch(resource, { ...(namespace && { namespace }), name }, { status }, { subresource: 'status' });

const longhornObject = (kind: string, name: string, fields: object = {}): KubernetesObject => ({
  apiVersion: 'longhorn.io/v1beta2',
  kind,
  metadata: { name, namespace },
  ...fields,
});

const conditions = (state: Record<string, string>) =>
  Object.entries(state).map(([type, status]) => ({ type, status }));

const podTemplate = (name: string) => ({
  selector: { matchLabels: { app: name } },
  template: { metadata: { labels: { app: name } }, spec: { containers: [{ name, image: 'x' }] } },
});

const deployment = async (cluster: Cluster, name: string): Promise<void> => {
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace },
    spec: podTemplate(name),
  };
  await withStatus(cluster, resources.deployments, object, { conditions: conditions({ Available: 'True' }) });
};

const daemonSet = async (cluster: Cluster, name: string, ready: number): Promise<void> => {
  const { metadata } = await cluster.get<KubernetesObject & { metadata: { generation: number } }>(
    resources.daemonSets,
    {
      namespace,
      name,
    },
  );
  const counts = {
    currentNumberScheduled: 3,
    desiredNumberScheduled: 3,
    updatedNumberScheduled: 3,
    numberMisscheduled: 0,
    numberReady: ready,
  };
  await setStatus(
    cluster,
    resources.daemonSets,
    { namespace, name },
    { ...counts, observedGeneration: metadata.generation },
  );
};

const webhook = (kind: string, name: string, rules: object[]) => ({
  apiVersion: 'admissionregistration.k8s.io/v1',
  kind,
  metadata: { name },
  webhooks: [
    {
      name: 'all.longhorn.io',
      // A port on which nobody listens, with a certificate that is none of anybody's.
      clientConfig: { url: 'https://127.0.0.1:9/', caBundle },
      rules,
      sideEffects: 'None',
      admissionReviewVersions: ['v1'],
      timeoutSeconds: 1,
    },
  ],
});

const rule = (plural: string) => ({
  apiGroups: ['longhorn.io'],
  apiVersions: ['v1beta2'],
  resources: [plural],
  operations: ['CREATE'],
});

export const nodes = ['node1', 'node2', 'node3'];
const storeNamespace = 'corral-default-backupstore';

const nodeStatus = (ready = 'True') => ({
  conditions: conditions({ Ready: ready, Schedulable: 'True' }),
  diskStatus: {
    'default-disk-1': {
      diskPath: '/var/lib/longhorn/',
      storageAvailable: 12e9,
      conditions: conditions({ Ready: 'True', Schedulable: 'True' }),
    },
  },
});

const node =
  (name: string, ready = 'True') =>
  (cluster: Cluster) =>
    withStatus(cluster, longhorn('nodes'), longhornObject('Node', name), nodeStatus(ready));

const engineImage = (state: string) => (cluster: Cluster) =>
  withStatus(
    cluster,
    longhorn('engineimages'),
    longhornObject('EngineImage', 'ei-1', {
      spec: { image: 'docker.io/longhornio/longhorn-engine:v1.12.1' },
    }),
    { state, nodeDeploymentMap: { node1: true, node2: true, node3: state === 'deployed' } },
  );

const instanceManager = (name: string, currentState: string) => (cluster: Cluster) =>
  withStatus(
    cluster,
    longhorn('instancemanagers'),
    longhornObject('InstanceManager', `instance-manager-${name}`, {
      spec: { nodeID: name, dataEngine: 'v1' },
    }),
    { currentState },
  );

const webhooks = (rules: object[]) => async (cluster: Cluster) => {
  for (const [plural, kind, name] of [
    ['validatingwebhookconfigurations', 'ValidatingWebhookConfiguration', 'longhorn-webhook-validator'],
    ['mutatingwebhookconfigurations', 'MutatingWebhookConfiguration', 'longhorn-webhook-mutator'],
  ] as const)
    await make(cluster, admission(plural), webhook(kind, name, rules));
};

const pod = async (
  cluster: Cluster,
  {
    status,
    ...metadata
  }: { name: string; namespace: string; labels?: Record<string, string>; status: object },
): Promise<void> => {
  const object = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata,
    spec: { nodeName: 'node2', containers: [{ name: 'nfs', image: 'x' }] },
  };
  await withStatus(cluster, resources.pods, object, status);
};

/**
 * What a cluster's and Longhorn's controllers make of a release, part after part, played by a script: there
 * are no controllers.
 */
export const plays = {
  managers: (cluster) => daemonSet(cluster, 'longhorn-manager', 3),
  webhooks: webhooks([]),
  nodes: (cluster) => Promise.all(nodes.map((name) => node(name)(cluster))),
  engineImage: engineImage('deployed'),
  /** Their pods are ready, but Longhorn has looked too soon, and says `starting`. */
  lateInstanceManagers: async (cluster) => {
    for (const name of nodes) {
      await instanceManager(name, 'starting')(cluster);
      await pod(cluster, {
        name: `instance-manager-${name}`,
        namespace,
        status: { conditions: conditions({ Ready: 'True' }) },
      });
    }
  },
  instanceManagers: (cluster) => Promise.all(nodes.map((name) => instanceManager(name, 'running')(cluster))),
  settings: (cluster) =>
    make(
      cluster,
      longhorn('settings'),
      longhornObject('Setting', 'current-longhorn-version', { value: 'v1.12.1' }),
    ),
  target: (cluster) =>
    make(
      cluster,
      longhorn('backuptargets'),
      longhornObject('BackupTarget', 'default', { spec: { pollInterval: '5m0s' } }),
    ),
  store: (cluster) =>
    pod(cluster, {
      name: 'backupstore-1',
      namespace: storeNamespace,
      labels: { 'corral.test/store': 'backupstore' },
      status: { conditions: conditions({ Ready: 'True' }) },
    }),
  targetAvailable: (cluster) =>
    setStatus(
      cluster,
      longhorn('backuptargets'),
      { namespace, name: 'default' },
      { available: true, lastSyncedAt: '2026-11-20T12:00:00Z' },
    ),
  csi: async (cluster) => {
    for (const name of ['csi-attacher', 'csi-provisioner', 'csi-resizer', 'csi-snapshotter'])
      await deployment(cluster, name);
    await make(cluster, resources.daemonSets, {
      apiVersion: 'apps/v1',
      kind: 'DaemonSet',
      metadata: { name: 'longhorn-csi-plugin', namespace },
      spec: podTemplate('longhorn-csi-plugin'),
    });
    await daemonSet(cluster, 'longhorn-csi-plugin', 3);
    await make(cluster, csiDrivers, {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'CSIDriver',
      metadata: { name: 'driver.longhorn.io' },
      spec: {},
    });
  },
  ui: (cluster) =>
    setStatus(
      cluster,
      resources.deployments,
      { namespace, name: 'longhorn-ui' },
      { conditions: conditions({ Available: 'True' }) },
    ),
  deployments: async (cluster) => {
    for (const name of ['longhorn-driver-deployer', 'longhorn-ui'])
      await setStatus(
        cluster,
        resources.deployments,
        { namespace, name },
        { conditions: conditions({ Available: 'True' }) },
      );
  },
} satisfies Record<string, Play>;

/** Each a way in which one of them gets stuck, and how that is over again. */
export const troubles: Record<string, { begins: Play; ends: Play }> = {
  'a manager crashes again and again': {
    begins: async (cluster) => {
      await daemonSet(cluster, 'longhorn-manager', 2);
      const lastState = {
        terminated: { reason: 'Error', exitCode: 1, message: 'failed to check environment\n' },
      };
      const waiting = { reason: 'CrashLoopBackOff', message: 'back-off 20s restarting' };
      const containerStatuses = [
        {
          name: 'nfs',
          ready: false,
          restartCount: 2,
          image: 'x',
          imageID: '',
          state: { waiting },
          lastState,
        },
      ];
      await pod(cluster, {
        name: 'longhorn-manager-1',
        namespace,
        status: { phase: 'Running', containerStatuses },
      });
    },
    ends: async (cluster) => {
      await cluster.delete(
        resources.pods,
        { namespace, name: 'longhorn-manager-1' },
        { gracePeriodSeconds: 0 },
      );
      await plays.managers(cluster);
    },
  },
  'a node lacks an image': {
    begins: (cluster) => {
      const state = { waiting: { reason: 'ImagePullBackOff', message: 'Back-off pulling image "x:v1"' } };
      const containerStatuses = [
        { name: 'nfs', ready: false, restartCount: 0, image: 'x:v1', imageID: '', state },
      ];
      return pod(cluster, {
        name: 'engine-image-1',
        namespace,
        status: { phase: 'Pending', containerStatuses },
      });
    },
    ends: (cluster) =>
      cluster.delete(resources.pods, { namespace, name: 'engine-image-1' }, { gracePeriodSeconds: 0 }),
  },
  'a webhook has no certificate yet': {
    begins: (cluster) =>
      cluster.patch(
        admission('mutatingwebhookconfigurations'),
        { name: 'longhorn-webhook-mutator' },
        { webhooks: [] },
      ),
    ends: plays.webhooks,
  },
  'a webhook does not answer': { begins: webhooks([rule('volumes')]), ends: plays.webhooks },
  'a node is not ready': {
    begins: (cluster) =>
      setStatus(
        cluster,
        longhorn('nodes'),
        { namespace, name: 'node2' },
        {
          conditions: [
            {
              type: 'Ready',
              status: 'False',
              reason: 'ManagerPodDown',
              message: 'the manager pod is not running',
            },
            { type: 'Schedulable', status: 'True' },
          ],
          diskStatus: {
            'default-disk-1': {
              diskPath: '/var/lib/longhorn/',
              storageAvailable: 0,
              conditions: conditions({ Ready: 'True' }),
            },
          },
        },
      ),
    ends: node('node2'),
  },
  'the engine is on two nodes of three': {
    begins: async (cluster) => {
      await engineImage('deploying')(cluster);
      const event = {
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: 'one', namespace },
        type: 'Warning',
        reason: 'FailedScheduling',
        message: 'no node fits',
        count: 4,
        lastTimestamp: '2026-11-20T12:00:00Z',
        involvedObject: { kind: 'Pod', name: 'engine-image-ei-1', namespace },
      };
      await cluster.create(resources.events, event);
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
    begins: (cluster) =>
      setStatus(
        cluster,
        longhorn('backuptargets'),
        { namespace, name: 'default' },
        {
          available: false,
          conditions: [
            {
              type: 'Unavailable',
              status: 'True',
              reason: 'Unavailable',
              message: 'failed to list: mount.nfs4 timed out',
            },
          ],
        },
      ),
    ends: plays.targetAvailable,
  },
  'a part of CSI is not available': {
    begins: (cluster) =>
      setStatus(
        cluster,
        resources.deployments,
        { namespace, name: 'csi-resizer' },
        { conditions: conditions({ Available: 'False' }) },
      ),
    ends: plays.csi,
  },
  'the UI is not available': {
    begins: (cluster) =>
      setStatus(
        cluster,
        resources.deployments,
        { namespace, name: 'longhorn-ui' },
        { conditions: conditions({ Available: 'False' }) },
      ),
    ends: plays.deployments,
  },
};
