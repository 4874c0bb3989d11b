import { waitUntil } from '../../e2e/history/expectation.ts';
import { follow } from '../../e2e/history/watch.ts';
import { type Cluster, resources } from '../../e2e/kube/cluster.ts';
import { isReady, type Pod } from '../../e2e/kube/pods.ts';
import { storeImage } from '../../lab/images/core.ts';

/** A pod of a test, on a node of its choice. */
export type HostPod = {
  name: string;
  node: string;
  image?: string;
  command?: string[];
  env?: Record<string, string>;
  labels?: Record<string, string>;
  /** How mounts under /plugins, a folder of the kubelet's, go between pod and host. */
  propagation?: 'Bidirectional' | 'HostToContainer';
  readinessProbe?: object;
};

const podOf = ({
  name,
  node,
  image = storeImage,
  command,
  env = {},
  labels = {},
  propagation,
  readinessProbe,
}: HostPod) => {
  const hostFolders = ['proc', 'boot', 'etc'];
  const container = {
    name: 'main',
    image,
    imagePullPolicy: 'Never',
    command: command ?? ['sleep', 'infinity'],
    env: Object.entries(env).map(([variable, value]) => ({ name: variable, value })),
    securityContext: { privileged: true },
    ...(readinessProbe && { readinessProbe }),
    volumeMounts: [
      ...hostFolders.map((folder) => ({ name: folder, mountPath: `/host/${folder}` })),
      { name: 'dev', mountPath: '/dev' },
      { name: 'data', mountPath: '/var/lib/longhorn' },
      { name: 'plugins', mountPath: '/plugins', mountPropagation: propagation ?? 'None' },
    ],
  };
  const paths = { data: '/var/lib/longhorn', plugins: '/var/lib/kubelet/plugins' };
  const volumes = [
    ...[...hostFolders, 'dev'].map((folder) => [folder, `/${folder}`]),
    ...Object.entries(paths),
  ].map(([volume, path]) => ({
    name: volume,
    hostPath: { path, type: volume === 'plugins' ? 'DirectoryOrCreate' : 'Directory' },
  }));
  return {
    metadata: { name, namespace: 'default', labels },
    spec: {
      nodeName: node,
      terminationGracePeriodSeconds: 0,
      containers: [container],
      volumes,
    },
  };
};

/**
 * Starts privileged pods that see their host as Longhorn's own do (its /proc, /dev, /boot, /etc and
 * /var/lib/longhorn), in the namespace `default`.
 *
 * Returns the address of each, by its name, when all are ready.
 */
export const startHostPods = async (
  cluster: Cluster,
  pods: readonly HostPod[],
): Promise<Record<string, string>> => {
  const timeline = await follow<Pod>(cluster, resources.pods, { namespace: 'default' });
  try {
    for (const pod of pods) await cluster.create(resources.pods, podOf(pod));
    const wait = {
      within: '5m',
      owner: 'the test: a pod starts in 2 s, on a busy machine in a minute',
    } as const;
    const ready = await Promise.all(
      pods.map(({ name }) => waitUntil(timeline, isReady, { ...wait, name, label: `${name} is ready` })),
    );
    return Object.fromEntries(ready.map(({ metadata, status }) => [metadata.name, status?.podIP ?? '']));
  } finally {
    await timeline.stop();
  }
};

/**
 * Runs a bash script in such a pod, where `host` runs a command in the host's own namespaces; throws when it
 * fails.
 */
export const inHostPod = async (cluster: Cluster, name: string, script: string): Promise<string> => {
  const host = 'host() { nsenter --mount=/host/proc/1/ns/mnt --net=/host/proc/1/ns/net -- "$@"; }';
  const command = ['bash', '-c', `set -eu -o pipefail\n${host}\n${script}`];
  const { exitCode, stdout, stderr } = await cluster.exec({ namespace: 'default', name }, command);
  if (exitCode !== 0)
    throw new Error(`a script in the pod ${name} ended with exit code ${exitCode}:\n${stdout}${stderr}`);
  return stdout.trim();
};
