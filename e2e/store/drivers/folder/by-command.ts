import { z } from 'zod';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { execInPod, inEachPod, undoInPod } from '../../../kube/in-pods.ts';
import type { Heal, Trouble } from '../../driver.ts';
import { type ServerKind, serversOf } from '../server.ts';
import { exportPath } from './place.ts';
import { podSchema } from './pod-store.ts';

type Place = { pod: PodTarget; path: string; title: string };

/**
 * A trouble with a file or folder of the server, made and proven by a command in its pod; `failed` is what an
 * error begins with.
 */
export const troubleByCommand = (
  cluster: Cluster,
  { pod, path, title }: Place,
  { command, failed }: { command: (action: 'set' | 'prove') => string[]; failed: string },
): Trouble => {
  const { namespace, name, container = '' } = pod;
  const run = (action: 'set' | 'prove'): Promise<string> =>
    execInPod(cluster, pod, command(action), `${failed}: ${action} failed in ${name}`);
  return {
    title,
    data: { pod: { namespace, name, container }, path },
    inject: async () => {
      await run('set');
    },
    prove: () => run('prove'),
  };
};

/** How such a trouble is undone in servers of a kind. */
export type HealOf = (kind: ServerKind) => Heal;

const schema = z.object({ pod: podSchema, path: z.string() });

/**
 * Undoes such troubles by a command: one by its path, or (`clear-all`) all below a folder, each of which the
 * command prints. `made` and `again` are adjectives: how it was, and is now. A server that is gone took its
 * disk with it.
 */
export const healByCommand =
  ({
    command,
    made,
    again,
  }: {
    command: (action: 'clear' | 'clear-all', path: string) => string[];
    made: string;
    again: string;
  }): HealOf =>
  (kind) => ({
    heal: async (cluster, data) => {
      const { pod, path } = schema.parse(data);
      return undoInPod(cluster, {
        pod,
        command: command('clear', path),
        failed: `${path} in ${pod.name} could not be made ${again}`,
        gone: `${pod.name} is gone, and its disk with it`,
      });
    },
    healByLabels: async (cluster, run, namespace) => {
      const told = await inEachPod(await serversOf(cluster, kind, { run, namespace }), async (pod) => {
        const failed = `what run ${run} made ${made} in ${pod.name} could not be made ${again}`;
        const paths = await execInPod(cluster, pod, command('clear-all', exportPath), failed);
        return paths
          .split('\n')
          .filter((path) => path !== '')
          .map((path) => `${path} in ${pod.name}: ${again} again`);
      });
      return told.flat();
    },
  });
