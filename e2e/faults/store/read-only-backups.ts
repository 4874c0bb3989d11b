import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../../kube/cluster.ts';
import { execInPod, inEachPod, undoInPod } from '../../kube/in-pods.ts';
import { engineBinary } from '../../longhorn/engine-binary.ts';
import { type ManagerPod, managerPods } from '../../longhorn/manager.ts';
import type { ManagerMountAccess } from '../../store/driver.ts';
import { mountsFolder } from '../../store/drivers/folder/place.ts';
import { podSchema } from '../../store/drivers/folder/pod-store.ts';
import { volumeFolder } from '../../store/format/layout.ts';
import type { FaultOperations } from '../fault.ts';
import { storeFault } from './store-fault.ts';

const script = readFileSync(new URL('./read-only-backups.bash', import.meta.url), 'utf8');

// The command that runs read-only-backups.bash in a manager pod.
const readOnlyCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-read-only', ...args];

/** A volume, and its name in sentences. */
type CalledVolume = { name: string; called: string };

const make = async (
  { cluster, url, mountPoint }: ManagerMountAccess,
  title: string,
  { name }: CalledVolume,
): Promise<FaultOperations> => {
  const store = mountPoint();
  const [pods, binary] = await Promise.all([managerPods(cluster), engineBinary(cluster)]);
  const folder = `${store}/${volumeFolder(name)}/backups`;
  const run = (pod: ManagerPod, mode: string, ...more: string[]): Promise<string> =>
    execInPod(
      cluster,
      pod,
      readOnlyCommand(mode, store, folder, ...more),
      `${title}: ${mode} failed in ${pod.name} on ${pod.node}`,
    );
  return {
    data: {
      store,
      folder,
      pods: pods.map(({ namespace, name, container }) => ({ namespace, name, container })),
    },
    inject: async () => {
      await inEachPod(pods, (pod) => run(pod, 'set', binary, url));
    },
    // Checks the current pods, because managers may have been replaced since the inject.
    prove: async () => {
      const now = await managerPods(cluster);
      const said = await inEachPod(now, (pod) => run(pod, 'prove'));
      return `in ${now.map(({ name }) => name).join(', ')}: ${[...new Set(said)].join(', ')}`;
    },
  };
};

const schema = z.object({ store: z.string(), folder: z.string(), pods: z.array(podSchema) });

// Makes the folder writable again in every pod. If a pod is gone, its mounts are gone too.
const heal = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { store, folder, pods } = schema.parse(data);
  const answers = await inEachPod(pods, async (pod) => {
    const failed = `${folder} could not be made writable in ${pod.name}`;
    const command = readOnlyCommand('clear', store, folder);
    return `${pod.name}: ${await undoInPod(cluster, { pod, command, failed, gone: 'gone, and its mounts with it' })}`;
  });
  return answers.join(', ');
};

const healByLabels = async (cluster: Cluster, run: string): Promise<string[]> => {
  const lines = await inEachPod(await managerPods(cluster), async (pod) => {
    const failed = `what run ${run} made read-only in ${pod.name} could not be made writable`;
    const folders = await execInPod(cluster, pod, readOnlyCommand('clear-run', mountsFolder, run), failed);
    return folders
      .split('\n')
      .filter((folder) => folder !== '')
      .map((folder) => `${folder} in ${pod.name}: writable again`);
  });
  return lines.flat();
};

/**
 * The backups of one volume cannot be deleted: their folder is read-only in every longhorn-manager pod, where
 * `longhorn backup rm` runs. Uploads run in other pods, with their own mounts. No file of Longhorn's is changed, and
 * no path that others start programs from or mount.
 */
export const readOnlyBackups = storeFault({
  name: 'readOnlyBackups',
  ledgerName: 'read-only-backups',
  needs: 'a backup store that longhorn-manager mounts, where a folder of it can be made read-only',
  disruption: 'manager-mount',
  sentence: 'the backups of {volume} are read-only within longhorn-manager',
  parameters: ({ called }: CalledVolume) => ({ volume: called }),
  ways: { managerMount: { make, heal, healByLabels } },
  document: {
    about:
      'No backup of one volume can be deleted: the folder of its backups is read-only where `longhorn backup rm` runs. The command ends with `read-only file system` before it changes anything.',
    inject: `within each longhorn-manager container the folder is mounted onto itself, read-only, on top of the store's mount that Longhorn's engine keeps there. If a manager has not mounted the store yet, its own binary (\`backup ls\`) is run, which mounts it`,
    prove:
      'in each manager pod a file cannot be made in the folder (`Read-only file system`) and can be beside it',
    heal: "it is unmounted; if the store does not answer any more, the store's own mount too, which Longhorn makes again",
    bound:
      "none while the manager lives; the mount ends with the container, and with the store's mount, which Longhorn removes if the store does not answer for 5 s",
    otherUsers: `nobody; the engine's binary and all paths that somebody starts from, or mounts, stay as they are, and instance managers have mounts of their own. The mount that was made to look into the store is Longhorn's own, and stays as all of these do; until the heal Longhorn can take it off only lazily`,
    'in scenarios': '`given.faultyCleanup`',
  },
});
