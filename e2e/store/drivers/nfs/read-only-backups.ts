import type { Fault } from '../../../faults/fault.ts';
import type { Cluster } from '../../../kube/cluster.ts';
import { engineBinary } from '../../../longhorn/engine-binary.ts';
import { type ManagerPod, managerPods } from '../../../longhorn/manager.ts';
import { type ReadOnlyBackups, readOnlyCommand } from './make-writable.ts';
import { storeMount } from './store-mount.ts';

/**
 * The fault that no backup of one volume can be deleted: the folder of its backups (relative to the store of this URL) is read-only within every
 * longhorn-manager pod, where `longhorn backup rm` runs. Uploads are made in other pods, whose mounts are theirs. No file of Longhorn's is touched,
 * and no path that anybody else could start from or mount.
 */
export const readOnlyBackups = async (
  cluster: Cluster,
  { url, folder, title }: { url: string; folder: string; title: string },
): Promise<Fault> => {
  const [pods, binary] = await Promise.all([managerPods(cluster), engineBinary(cluster)]);
  const store = storeMount(url);
  const data: ReadOnlyBackups = {
    store,
    folder: `${store}/${folder}`,
    pods: pods.map(({ namespace, name, container }) => ({ namespace, name, container })),
  };

  const run = async (pod: ManagerPod, mode: string, ...more: string[]): Promise<string> => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, readOnlyCommand(mode, store, data.folder, ...more));
    if (exitCode !== 0)
      throw new Error(
        `${title}: ${mode} failed in ${pod.name} on ${pod.node} with exit code ${exitCode}: ${stderr.trim() || stdout.trim()}`,
      );
    return stdout.trim();
  };
  return {
    kind: 'read-only-backups',
    title,
    data,
    inject: async () => {
      await Promise.all(pods.map((pod) => run(pod, 'set', binary, url)));
    },
    // Asked of the pods that are there now.
    prove: async () => {
      const now = await managerPods(cluster);
      const said = await Promise.all(now.map((pod) => run(pod, 'prove')));
      return `in ${now.map(({ name }) => name).join(', ')}: ${[...new Set(said)].join(', ')}`;
    },
  };
};
