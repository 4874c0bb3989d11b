import type { Cluster, KubernetesObject } from '../../e2e/kube/cluster.ts';
import { resources } from '../../e2e/kube/cluster.ts';
import { storeImage } from '../../lab/images/core.ts';

/** The fields of a pod that the tests of the lab use. */
export type Pod = KubernetesObject & {
  spec: { nodeName?: string };
  status: { phase?: string; containerStatuses?: { ready: boolean; restartCount: number }[] };
};

/** A container with bash that runs until it is ended. */
const sleeper = {
  name: 'main',
  image: storeImage,
  imagePullPolicy: 'Never',
  command: ['bash', '-c', 'trap exit TERM; sleep infinity & wait'],
};

/** Makes a pod on a node, with that node's /var/lib/longhorn at /disk. */
export const makePod = (cluster: Cluster, { name, node }: { name: string; node: string }): Promise<unknown> =>
  cluster.create(resources.pods, {
    metadata: { name, namespace: 'default' },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      containers: [{ ...sleeper, volumeMounts: [{ name: 'disk', mountPath: '/disk' }] }],
      volumes: [{ name: 'disk', hostPath: { path: '/var/lib/longhorn' } }],
    },
  });

/**
 * Makes a Deployment of one pod that prefers this node, and leaves a lost node at once.
 */
export const makeDeployment = (
  cluster: Cluster,
  { name, node }: { name: string; node: string },
): Promise<unknown> => {
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [node] };
  const preferred = { weight: 100, preference: { matchExpressions: [here] } };
  const leave = ['not-ready', 'unreachable'].map((key) => ({
    key: `node.kubernetes.io/${key}`,
    operator: 'Exists',
    effect: 'NoExecute',
    tolerationSeconds: 0,
  }));
  return cluster.create(resources.deployments, {
    metadata: { name, namespace: 'default' },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          affinity: { nodeAffinity: { preferredDuringSchedulingIgnoredDuringExecution: [preferred] } },
          ...{ tolerations: leave, terminationGracePeriodSeconds: 0, containers: [sleeper] },
        },
      },
    },
  });
};
