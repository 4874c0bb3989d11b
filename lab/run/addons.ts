import { stringify } from 'yaml';
import { dnsAddress } from './topology.ts';

// Names outside the cluster get NXDOMAIN at once, because there is no other DNS server.
const corefile = `.:53 {
  errors
  kubernetes cluster.local in-addr.arpa
  template ANY ANY . {
    rcode NXDOMAIN
  }
  cache 30
}
`;

const labels = { 'k8s-app': 'kube-dns' };
const metadata = { name: 'coredns', namespace: 'kube-system' };

const dnsRules = [
  { apiGroups: [''], resources: ['endpoints', 'services', 'pods', 'namespaces'], verbs: ['list', 'watch'] },
  { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
];

const container = {
  name: 'coredns',
  image: 'docker.io/corral/coredns:lab',
  imagePullPolicy: 'Never',
  args: ['-conf', '/etc/coredns/Corefile'],
  // CoreDNS listens once it knows the services, a second after its start.
  startupProbe: { tcpSocket: { port: 53 }, periodSeconds: 1, failureThreshold: 120 },
  volumeMounts: [{ name: 'config', mountPath: '/etc/coredns' }],
};

/** The objects in every lab's cluster besides Kubernetes itself: CoreDNS, as one YAML stream. */
export const addonObjects = (): string => {
  const role = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:coredns' };
  const template = {
    metadata: { labels },
    spec: {
      serviceAccountName: 'coredns',
      dnsPolicy: 'Default',
      containers: [container],
      volumes: [{ name: 'config', configMap: { name: 'coredns' } }],
    },
  };
  const objects = [
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRole',
      metadata: { name: role.name },
      rules: dnsRules,
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'ClusterRoleBinding',
      metadata: { name: role.name },
      roleRef: role,
      subjects: [{ kind: 'ServiceAccount', ...metadata }],
    },
    { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { Corefile: corefile } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: { replicas: 1, selector: { matchLabels: labels }, template },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'kube-dns', namespace: 'kube-system' },
      spec: {
        clusterIP: dnsAddress,
        selector: labels,
        ports: [
          { name: 'dns', port: 53, protocol: 'UDP' },
          { name: 'dns-tcp', port: 53, protocol: 'TCP' },
        ],
      },
    },
  ];
  return objects.map((object) => stringify(object)).join('---\n');
};
