/** The differences between the manifests of two releases. */
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

const kinds = ['Volume', 'BackupTarget', 'Node', 'EngineImage', 'InstanceManager', 'Setting'];

const metadata = (name: string) => `metadata: {name: ${name}, namespace: longhorn-system}`;

const definition = (kind: string): string => {
  const singular = kind.toLowerCase();
  return `apiVersion: apiextensions.k8s.io/v1
kind: CustomResourceDefinition
metadata: {name: ${singular}s.longhorn.io}
spec:
  group: longhorn.io
  scope: Namespaced
  names: {kind: ${kind}, plural: ${singular}s, singular: ${singular}, listKind: ${kind}List}
  versions:
  - name: v1beta2
    served: true
    storage: true
    subresources: {status: {}}
    schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
`;
};

const configMap = (name: string, data: Record<string, string>): string =>
  `apiVersion: v1\nkind: ConfigMap\n${metadata(name)}\ndata: ${JSON.stringify(data)}\n`;

const service = (name: string, port: number): string => `apiVersion: v1
kind: Service
${metadata(name)}
spec: {type: ClusterIP, selector: {app: ${name}}, ports: [{name: only, port: ${port}, nodePort: null}]}
`;

/** A workload with the lines of its pods' spec, and its number of replicas. */
const workload = (kind: string, name: string, spec: string, replicas?: number): string => `apiVersion: apps/v1
kind: ${kind}
metadata: {name: ${name}, namespace: longhorn-system, labels: {app: ${name}}}
spec:
${replicas === undefined ? '' : `  replicas: ${replicas}\n`}  selector: {matchLabels: {app: ${name}}}
  template:
    metadata: {labels: {app: ${name}}}
    spec:
${spec.trim().replace(/^/gm, '      ')}
`;

/**
 * The manifest of a release with few objects: enough to read, adapt and install it. It ends with the start of another
 * document.
 */
export const releaseText = (version: keyof typeof styles): string => {
  const { registry, webhookPorts, setting } = styles[version];
  const image = (name: string, tag: string = version): string => `${registry}longhornio/${name}:${tag}`;
  const manager = `
containers:
- name: longhorn-manager
  image: ${image('longhorn-manager')}
  imagePullPolicy: IfNotPresent
  securityContext: {privileged: true}
  command:
  - longhorn-manager
  - -d
  - daemon
  - --engine-image
  - ${image('longhorn-engine')}
  - --instance-manager-image
  - ${image('longhorn-instance-manager')}
  - --share-manager-image
  - ${image('longhorn-share-manager')}
  - --backing-image-manager-image
  - ${image('backing-image-manager')}
  - --support-bundle-manager-image
  - ${image('support-bundle-kit', 'v0.0.92')}
  - --manager-image
  - ${image('longhorn-manager')}
  - --service-account
  - longhorn-service-account
  - --upgrade-version-check
  ports: [${webhookPorts.map((port) => `{containerPort: ${port}, name: wh-${port}}`).join(', ')}]
  readinessProbe: {httpGet: {path: /v1/healthz, port: ${webhookPorts[0]}, scheme: HTTPS}}
- {name: pre-pull-share-manager-image, image: '${image('longhorn-share-manager')}', command: [sh, -c, sleep infinity]}
`;
  const deployer = `
initContainers:
- {name: wait-longhorn-manager, image: '${image('longhorn-manager')}', command: [sh, -c, 'true']}
containers:
- name: longhorn-driver-deployer
  image: ${image('longhorn-manager')}
  imagePullPolicy: IfNotPresent
  command: [longhorn-manager, -d, deploy-driver, --manager-image, '${image('longhorn-manager')}']
  env:
  - {name: NODE_NAME, valueFrom: {fieldRef: {fieldPath: spec.nodeName}}}
  - {name: CSI_ATTACHER_IMAGE, value: '${image('csi-attacher', 'v4.12.0')}'}
  - {name: CSI_LIVENESS_PROBE_IMAGE, value: '${image('livenessprobe', 'v2.19.0')}'}
`;
  const ui = `
containers:
- {name: longhorn-ui, image: '${image('longhorn-ui')}', imagePullPolicy: IfNotPresent}
`;
  const documents = [
    'apiVersion: v1\nkind: Namespace\nmetadata: {name: longhorn-system}\n',
    configMap('longhorn-default-resource', { 'default-resource.yaml': '' }),
    configMap('longhorn-default-setting', { 'default-setting.yaml': setting }),
    ...kinds.map(definition),
    service('longhorn-backend', 9500),
    service('longhorn-admission-webhook', 9502),
    workload('DaemonSet', 'longhorn-manager', manager),
    workload('Deployment', 'longhorn-driver-deployer', deployer, 1),
    workload('Deployment', 'longhorn-ui', ui, 2),
  ];
  return `---\n${documents.join('---\n')}---\n`;
};
