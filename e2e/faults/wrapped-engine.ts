import { randomBytes } from 'node:crypto';
import { engineBinary } from '../longhorn/engine-binary.ts';
import { type ManagerPod, managerPodOf, managerPods } from '../longhorn/manager.ts';
import type { Cluster } from '../observe/cluster.ts';
import type { Fault } from './fault.ts';
import { type WrappedEngine, wrapperCommand } from './unwrap-engine.ts';

/** After so many seconds the wrapper lets everything through by itself, whoever is left to remove it: more than any scenario takes. */
const bound = 5400;

/**
 * The fault that no backup of one volume can be deleted: on every node the default engine's binary, which longhorn-manager runs for that, is
 * wrapped in a script that fails for `backup rm` of this volume and hands everything else on.
 */
export const wrappedEngine = async (cluster: Cluster, { volume, title }: { volume: string; title: string }): Promise<Fault> => {
  const [pods, binary] = await Promise.all([managerPods(cluster), engineBinary(cluster)]);
  const data: WrappedEngine = { token: randomBytes(4).toString('hex'), binary, nodes: pods.map(({ node }) => node) };

  const run = async (pod: ManagerPod, mode: string, ...more: string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, wrapperCommand(mode, data.token, binary, volume, ...more));
    if (exitCode !== 0)
      throw new Error(
        `${title}: ${mode} failed in ${pod.name} on ${pod.node} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    return stdout.trim();
  };
  return {
    kind: 'wrapped-engine',
    title,
    data,
    inject: async () => {
      await Promise.all(pods.map((pod) => run(pod, 'wrap', String(bound))));
    },
    // Asked of the pods that are there now.
    prove: async () => {
      const said = await Promise.all(data.nodes.map(async (node) => run(await managerPodOf(cluster, node), 'prove')));
      return `on ${data.nodes.join(', ')}: ${[...new Set(said)].join(', ')}`;
    },
  };
};
