import { stringify } from 'yaml';

/** How two releases write the same things. */
const styles = {
  'v1.8.2': {
    registry: '',
    webhookPorts: [9501, 9502],
    setting: 'priority-class: longhorn-critical\ndisable-revision-counter: true\n',
  },
  'v1.12.1': {
    registry: 'docker.io/',
    webhookPorts: [9502],
    setting: 'priority-class: "longhorn-critical"\ndisable-revision-counter: "{\\"v1\\":\\"true\\"}"',
  },
};

const namespace = 'longhorn-system';
const kinds = {
  Volume: 'volumes',
  BackupTarget: 'backuptargets',
  Node: 'nodes',
  EngineImage: 'engineimages',
  InstanceManager: 'instancemanagers',
};

const definition = (kind: string, plural: string) => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${plural}.longhorn.io` },
  spec: {
    group: 'longhorn.io',
    scope: 'Namespaced',
    names: { kind, plural, singular: kind.toLowerCase(), listKind: `${kind}List` },
    versions: [
      {
        name: 'v1beta2',
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: { openAPIV3Schema: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
      },
    ],
  },
});

const configMap = (name: string, data: Record<string, string>) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});

const workload = (kind: 'DaemonSet' | 'Deployment', name: string, spec: object, replicas?: number) => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name, namespace, labels: { app: name } },
  spec: {
    ...(replicas !== undefined && { replicas }),
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec },
  },
});

const service = (name: string, port: number) => ({
  apiVersion: 'v1',
  kind: 'Service',
  metadata: { name, namespace },
  spec: { type: 'ClusterIP', selector: { app: name }, ports: [{ name: 'only', port, nodePort: null }] },
});

/**
 * Objects of the shape that a release's manifest has, much fewer of them: enough to read, to fit and to
 * install.
 */
const releaseObjects = (version: keyof typeof styles): object[] => {
  const { registry, webhookPorts, setting } = styles[version];
  const image = (name: string, tag: string = version): string => `${registry}longhornio/${name}:${tag}`;
  const flag = (name: string, value: string): string[] => [`--${name}`, value];
  const manager = {
    containers: [
      {
        name: 'longhorn-manager',
        image: image('longhorn-manager'),
        imagePullPolicy: 'IfNotPresent',
        securityContext: { privileged: true },
        command: [
          ...['longhorn-manager', '-d', 'daemon'],
          ...flag('engine-image', image('longhorn-engine')),
          ...flag('instance-manager-image', image('longhorn-instance-manager')),
          ...flag('share-manager-image', image('longhorn-share-manager')),
          ...flag('backing-image-manager-image', image('backing-image-manager')),
          ...flag('support-bundle-manager-image', image('support-bundle-kit', 'v0.0.92')),
          ...flag('manager-image', image('longhorn-manager')),
          ...flag('service-account', 'longhorn-service-account'),
          '--upgrade-version-check',
        ],
        ports: webhookPorts.map((containerPort) => ({ containerPort, name: `wh-${containerPort}` })),
        readinessProbe: { httpGet: { path: '/v1/healthz', port: webhookPorts[0], scheme: 'HTTPS' } },
      },
      {
        name: 'pre-pull-share-manager-image',
        image: image('longhorn-share-manager'),
        command: ['sh', '-c', 'sleep infinity'],
      },
    ],
  };
  const deployer = {
    initContainers: [
      { name: 'wait-longhorn-manager', image: image('longhorn-manager'), command: ['sh', '-c', 'true'] },
    ],
    containers: [
      {
        name: 'longhorn-driver-deployer',
        image: image('longhorn-manager'),
        imagePullPolicy: 'IfNotPresent',
        command: [
          'longhorn-manager',
          '-d',
          'deploy-driver',
          ...flag('manager-image', image('longhorn-manager')),
        ],
        env: [
          { name: 'NODE_NAME', valueFrom: { fieldRef: { fieldPath: 'spec.nodeName' } } },
          { name: 'CSI_ATTACHER_IMAGE', value: image('csi-attacher', 'v4.12.0') },
          { name: 'CSI_LIVENESS_PROBE_IMAGE', value: image('livenessprobe', 'v2.19.0') },
        ],
      },
    ],
  };
  const ui = {
    containers: [{ name: 'longhorn-ui', image: image('longhorn-ui'), imagePullPolicy: 'IfNotPresent' }],
  };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    configMap('longhorn-default-resource', { 'default-resource.yaml': '' }),
    configMap('longhorn-default-setting', { 'default-setting.yaml': setting }),
    ...Object.entries({ ...kinds, Setting: 'settings' }).map(([kind, plural]) => definition(kind, plural)),
    service('longhorn-backend', 9500),
    service('longhorn-admission-webhook', 9502),
    workload('DaemonSet', 'longhorn-manager', manager),
    workload('Deployment', 'longhorn-driver-deployer', deployer, 1),
    workload('Deployment', 'longhorn-ui', ui, 2),
  ];
};

/** The same as a release's file: it ends with the start of one more document. */
export const releaseText = (version: keyof typeof styles): string =>
  `---\n${releaseObjects(version)
    .map((object) => stringify(object))
    .join('---\n')}---\n`;
