import type { Cluster, PodTarget } from './cluster.ts';
import { podExists } from './pod-exists.ts';

/**
 * Runs the command of a heal in a pod and returns what it said. `failed` is what an error begins with; `gone` is what became of the fault where
 * the pod is not there any more.
 */
export const healInPod = async (
  cluster: Cluster,
  { pod, command, failed, gone }: { pod: PodTarget; command: string[]; failed: string; gone: string },
): Promise<string> => {
  try {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, command);
    if (exitCode !== 0) throw new Error(`${failed} (exit code ${exitCode}): ${stderr.trim()}`);
    return stdout.trim();
  } catch (error) {
    if (!(await podExists(cluster, pod))) return gone;
    throw error;
  }
};
