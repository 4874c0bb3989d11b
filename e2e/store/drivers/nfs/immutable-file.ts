import type { Fault } from '../../../faults/fault.ts';
import type { Cluster, PodTarget } from '../../../kube/cluster.ts';
import { attributeScript, type ImmutableFile } from './make-mutable.ts';

/**
 * The fault that makes a file of an NFS server immutable where it lies: no client can remove, change or replace it.
 * The pod needs CAP_LINUX_IMMUTABLE and a file system with inode flags (ext4, xfs, btrfs).
 */
export const immutableFile = (cluster: Cluster, { pod, path, title }: { pod: PodTarget; path: string; title: string }): Fault => {
  const { namespace, name, container = '' } = pod;
  const data: ImmutableFile = { pod: { namespace, name, container }, path };
  const run = async (action: string): Promise<string> => {
    const { stdout, stderr, exitCode } = await cluster.exec(pod, attributeScript(action, path));
    if (exitCode !== 0) throw new Error(`${title}: ${action} failed in ${name} with exit code ${exitCode}: ${`${stdout}${stderr}`.trim()}`);
    return stdout.trim();
  };
  return {
    kind: 'immutable-file',
    title,
    data,
    inject: async () => {
      await run('set');
    },
    prove: () => run('prove'),
  };
};
