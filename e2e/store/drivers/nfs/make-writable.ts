import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { healInPod } from '../../../kube/heal-in-pod.ts';

const script = readFileSync(new URL('./read-only-backups.bash', import.meta.url), 'utf8');

const schema = z.object({
  store: z.string(),
  folder: z.string(),
  pods: z.array(z.object({ namespace: z.string(), name: z.string(), container: z.string() })),
});

/** A folder that is read-only in some pods, and where these have the store that it is in. */
export type ReadOnlyBackups = z.infer<typeof schema>;

/** The command of a manager pod that does what read-only-backups.bash says. */
export const readOnlyCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-read-only', ...args];

/** Makes the folder writable again in every pod; a pod that is gone took its mounts with it. */
export const makeWritable = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { store, folder, pods } = schema.parse(data);
  const told = await Promise.all(
    pods.map(async (pod) => {
      const failed = `${folder} could not be made writable in ${pod.name}`;
      const command = readOnlyCommand('clear', store, folder);
      return `${pod.name}: ${await healInPod(cluster, { pod, command, failed, gone: 'gone, and its mounts with it' })}`;
    }),
  );
  return told.join(', ');
};
