import { z } from 'zod';
import { execInPod, inEachPod, undoInPod } from '../../kube/in-pods.ts';
import type { FolderAccess } from '../../store/driver.ts';
import { exportPath } from '../../store/drivers/folder/place.ts';
import { podSchema } from '../../store/drivers/folder/pod-store.ts';
import { drivers } from '../../store/drivers/index.ts';
import { serversOf } from '../../store/drivers/server.ts';
import type { FaultKind, FaultOperations } from '../fault.ts';

/**
 * A fault of a file or folder of a store's server, made by a command in the server's pod. Errors start with `failed`.
 */
export const commandFault = (
  { cluster, pod }: FolderAccess,
  path: string,
  { command, failed }: { command: (action: 'set' | 'prove') => string[]; failed: string },
): FaultOperations => {
  const { namespace, name, container = '' } = pod;
  const run = (action: 'set' | 'prove'): Promise<string> =>
    execInPod(cluster, pod, command(action), `${failed}: ${action} failed in ${name}`);
  return {
    data: { pod: { namespace, name, container }, path },
    inject: async () => {
      await run('set');
    },
    prove: () => run('prove'),
  };
};

const schema = z.object({ pod: podSchema, path: z.string() });

/**
 * The heals for `commandFault`. `clear` undoes one path. `clear-all` undoes all paths below a folder; the command
 * prints each. `faulty` and `healed` are adjectives for messages: the state with the fault, and after the heal. If the
 * server is gone, its disk is gone too.
 */
export const healByCommand = ({
  command,
  faulty,
  healed,
}: {
  command: (action: 'clear' | 'clear-all', path: string) => string[];
  faulty: string;
  healed: string;
}): Pick<FaultKind, 'heal'> & Required<Pick<FaultKind, 'healByLabels'>> => ({
  heal: async (cluster, data) => {
    const { pod, path } = schema.parse(data);
    return undoInPod(cluster, {
      pod,
      command: command('clear', path),
      failed: `${path} in ${pod.name} could not be made ${healed}`,
      gone: `${pod.name} is gone, and its disk with it`,
    });
  },
  healByLabels: async (cluster, run, namespace) => {
    const kinds = drivers.flatMap(({ access }) => access.folder ?? []);
    const servers = await Promise.all(kinds.map((kind) => serversOf(cluster, kind, { run, namespace })));
    const lines = await inEachPod(servers.flat(), async (pod) => {
      const failed = `what run ${run} made ${faulty} in ${pod.name} could not be made ${healed}`;
      const paths = await execInPod(cluster, pod, command('clear-all', exportPath), failed);
      return paths
        .split('\n')
        .filter((path) => path !== '')
        .map((path) => `${path} in ${pod.name}: ${healed} again`);
    });
    return lines.flat();
  },
});
