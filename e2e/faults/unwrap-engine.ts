import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { type ManagerPod, managerLabel, managerPodOf, managerPods } from '../longhorn/manager.ts';
import { longhornNamespace as namespace } from '../longhorn/resources.ts';
import { ApiError, type Cluster, type KubernetesObject, resources } from '../observe/cluster.ts';
import { once } from '../observe/expectation.ts';
import { follow } from '../observe/watch.ts';

const script = readFileSync(new URL('./wrapped-engine.bash', import.meta.url), 'utf8');

const schema = z.object({ token: z.string(), binary: z.string(), nodes: z.array(z.string()) });

/** An engine binary that was wrapped, the nodes on which it was, and the token of the wrapper. */
export type WrappedEngine = z.infer<typeof schema>;

/** The command of a manager pod that does what wrapped-engine.bash says. */
export const wrapperCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-wrap', ...args];

/** Puts the real binary back on every node; by way of whatever manager pod is there now, as the file lies on the node itself. */
export const unwrapEngine = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { token, binary, nodes } = schema.parse(data);
  const told = await Promise.all(nodes.map((node) => unwrapOn(cluster, { node, token, binary })));
  return told.join(', ');
};

const unwrapOn = async (cluster: Cluster, { node, token, binary }: { node: string; token: string; binary: string }): Promise<string> => {
  const pod = await podOn(cluster, node);
  if (pod === undefined) return `${node} is gone, and its disk with it`;
  const { stdout, stderr, exitCode } = await cluster.exec(pod, wrapperCommand('unwrap', token, binary));
  if (exitCode !== 0)
    throw new Error(`the engine's binary on ${node} could not be put back, in ${pod.name} (exit code ${exitCode}): ${stderr.trim()}`);
  return `on ${node} ${stdout.trim()}`;
};

// A manager pod that was killed is replaced within seconds; undefined when there is no such node any more.
const podOn = async (cluster: Cluster, node: string): Promise<ManagerPod | undefined> => {
  const isThere = (pod: ManagerPod): boolean => pod.node === node;
  const present = (await managerPods(cluster)).find(isThere);
  if (present !== undefined) return present;
  if (!(await nodeExists(cluster, node))) return undefined;
  await untilManaged(cluster, node);
  return managerPodOf(cluster, node);
};

const nodeExists = async (cluster: Cluster, name: string): Promise<boolean> => {
  try {
    await cluster.get(resources.nodes, { name });
    return true;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return false;
    throw error;
  }
};

type Pod = KubernetesObject & { spec?: { nodeName?: string }; status?: { phase?: string } };

const untilManaged = async (cluster: Cluster, node: string): Promise<void> => {
  const pods = await follow<Pod>(cluster, resources.pods, { namespace, labelSelector: managerLabel });
  try {
    const runs = ({ metadata, spec, status }: Pod): boolean =>
      spec?.nodeName === node && status?.phase === 'Running' && metadata.deletionTimestamp === undefined;
    await once(pods, runs, {
      label: `a longhorn-manager pod runs on ${node}`,
      within: '2m',
      owner: "the heal of the engine's binary: a pod that was replaced starts within seconds",
    });
  } finally {
    await pods.stop();
  }
};
