import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Cluster } from '../../../kube/cluster.ts';
import { healInPod } from '../../../kube/heal-in-pod.ts';

const script = readFileSync(new URL('./stalled-server.bash', import.meta.url), 'utf8');

const schema = z.object({
  token: z.string(),
  program: z.string(),
  pod: z.object({ namespace: z.string(), name: z.string(), container: z.string() }),
});

/** A server that is stopped: the pod, the name of its program, and the token of the command that stops it. */
export type StalledServer = z.infer<typeof schema>;

/** A command of the script, `stall`, `release` or `look`. */
export const stallCommand = (...args: string[]): string[] => ['bash', '-c', script, 'corral-stall', ...args];

/** Lets a stopped server run again; one whose pod is gone went with it. */
export const letServerRun = async (cluster: Cluster, data: unknown): Promise<string> => {
  const { token, program, pod } = schema.parse(data);
  const failed = `${program} in ${pod.name} could not be let go`;
  return healInPod(cluster, {
    pod,
    command: stallCommand('release', token, program),
    failed,
    gone: `${pod.name} is gone, and its server with it`,
  });
};
