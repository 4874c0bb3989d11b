import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Cluster } from '../../e2e/kube/cluster.ts';
import { stubCluster } from './stub-cluster.ts';

/** Whether this machine lets a test have mounts that nobody else sees. */
export const canMount = (() => {
  try {
    execFileSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'none', '/mnt'], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
})();

/** Some mounts of its own, as a container has; `/var/lib` is empty in it. */
export type Namespace = { exec: Cluster['exec']; end(): void };

/** Makes such mounts, which last until they are ended, or this process does. */
export const openNamespace = async (): Promise<Namespace> => {
  const child = spawn(
    'unshare',
    ['-m', 'bash', '-c', 'mount -t tmpfs none /var/lib && echo ready && read -r'],
    {
      stdio: ['pipe', 'pipe', 'inherit'],
    },
  );
  await once(child.stdout, 'data');
  return {
    exec: (pod, command, options) =>
      stubCluster().exec(pod, ['nsenter', '-m', '-t', String(child.pid), '--', ...command], options),
    end: () => child.stdin.end(),
  };
};
