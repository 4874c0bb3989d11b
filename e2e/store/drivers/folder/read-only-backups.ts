import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { execInPod, inEachPod, undoInPod } from '../../../kube/in-pods.ts';
import { engineBinary } from '../../../longhorn/engine-binary.ts';
import { type ManagerPod, managerPods } from '../../../longhorn/manager.ts';
import type { Heal, Trouble } from '../../driver.ts';
import { mountsFolder } from './place.ts';
import { podSchema } from './pod-store.ts';

const script = readFileSync(new URL('./read-only-backups.bash', import.meta.url), 'utf8');

// The command of a manager pod that does what read-only-backups.bash says.
const readOnlyCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-read-only', ...args];

/**
 * No backup of one volume can be deleted: the folder of its backups (relative to the store of this URL) is
 * read-only within every longhorn-manager pod, where `longhorn backup rm` runs. Uploads are made in other
 * pods, whose mounts are theirs. No file of Longhorn's is touched, and no path that anybody else could start
 * from or mount.
 */
export const readOnlyBackups = async (
  cluster: Cluster,
  { url, store, path, title }: { url: string; store: string; path: string; title: string },
): Promise<Trouble> => {
  const [pods, binary] = await Promise.all([managerPods(cluster), engineBinary(cluster)]);
  const folder = `${store}/${path}`;
  const run = (pod: ManagerPod, mode: string, ...more: string[]): Promise<string> =>
    execInPod(
      cluster,
      pod,
      readOnlyCommand(mode, store, folder, ...more),
      `${title}: ${mode} failed in ${pod.name} on ${pod.node}`,
    );
  return {
    title,
    data: {
      store,
      folder,
      pods: pods.map(({ namespace, name, container }) => ({ namespace, name, container })),
    },
    inject: async () => {
      await inEachPod(pods, (pod) => run(pod, 'set', binary, url));
    },
    // Asked of the pods that are there now.
    prove: async () => {
      const now = await managerPods(cluster);
      const said = await inEachPod(now, (pod) => run(pod, 'prove'));
      return `in ${now.map(({ name }) => name).join(', ')}: ${[...new Set(said)].join(', ')}`;
    },
  };
};

const schema = z.object({ store: z.string(), folder: z.string(), pods: z.array(podSchema) });

/** Makes the folder writable again in every pod; a pod that is gone took its mounts with it. */
export const makeWritable: Heal = {
  heal: async (cluster, data) => {
    const { store, folder, pods } = schema.parse(data);
    const told = await inEachPod(pods, async (pod) => {
      const failed = `${folder} could not be made writable in ${pod.name}`;
      const command = readOnlyCommand('clear', store, folder);
      return `${pod.name}: ${await undoInPod(cluster, { pod, command, failed, gone: 'gone, and its mounts with it' })}`;
    });
    return told.join(', ');
  },
  healByLabels: async (cluster, run) => {
    const told = await inEachPod(await managerPods(cluster), async (pod) => {
      const failed = `what run ${run} made read-only in ${pod.name} could not be made writable`;
      const folders = await execInPod(cluster, pod, readOnlyCommand('clear-run', mountsFolder, run), failed);
      return folders
        .split('\n')
        .filter((folder) => folder !== '')
        .map((folder) => `${folder} in ${pod.name}: writable again`);
    });
    return told.flat();
  },
};
