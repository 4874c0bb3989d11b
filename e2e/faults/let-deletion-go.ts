import { z } from 'zod';
import type { Cluster } from '../kube/cluster.ts';
import { podExists } from '../kube/pod-exists.ts';
import { releaseCommand } from './holder-script.ts';

const schema = z.object({
  token: z.string(),
  backup: z.string(),
  pods: z.array(z.object({ namespace: z.string(), name: z.string(), container: z.string() })),
});

/** A hold on the deletion of a backup: where it may be in force, and the token of the commands that keep it. */
export type Hold = z.infer<typeof schema>;

/** Lets the deletion of a backup go in every pod where it may be held. */
export const letDeletionGo = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { token, backup, pods } = schema.parse(data);
  const told = await Promise.all(pods.map((pod) => releaseIn(cluster, { pod, token, backup })));
  return told.join(', ');
};

// A pod that is gone took the process and its stop with it.
const releaseIn = async (
  cluster: Cluster,
  { pod, token, backup }: { pod: Hold['pods'][number]; token: string; backup: string },
): Promise<string> => {
  try {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, releaseCommand({ token, backup }));
    if (exitCode !== 0)
      throw new Error(`releasing the deletion of ${backup} in ${pod.name} failed with exit code ${exitCode}: ${stderr.trim()}`);
    return `${pod.name} ${stdout.trim()}`;
  } catch (error) {
    if (!(await podExists(cluster, pod))) return `${pod.name} is gone`;
    throw error;
  }
};
