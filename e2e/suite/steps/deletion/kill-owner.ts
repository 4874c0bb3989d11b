import { killedPod } from '../../../faults/killed-pod.ts';
import { type ManagerPod, managerLabel, managerPods } from '../../../longhorn/manager.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';

/**
 * Kills the longhorn-manager pods of the nodes that `status.ownerID` of these backups names now, and returns them when Kubernetes has taken
 * the wish. Backups that are gone by then have no owner; an error when none of them has.
 * Without grace: the pod's second container does not heed the signal that asks it to end, and the pod would stay for 30 s.
 */
export const killOwners = async (context: Context, backups: readonly BackupHandle[]): Promise<ManagerPod[]> => {
  const { cluster, timelines, expected, faults } = context;
  // Asked for before the owners are read: they may move while pods are listed.
  const pods = await managerPods(cluster);
  const owners = new Set(backups.map(({ name }) => timelines.backups.current(name)?.status?.ownerID).filter((owner) => owner));
  const killed = pods.filter(({ node }) => owners.has(node));
  if (killed.length === 0)
    throw new Error(
      `no longhorn-manager pod owns ${backups.map(({ label }) => label).join(', ')}: status.ownerID names ${[...owners].join(', ') || 'no node'}, and pods run on ${pods.map(({ node }) => node).join(', ') || 'none'}`,
    );
  for (const backup of backups) {
    backup.since.orphaned = timelines.backups.mark();
    expected.push({ id: 'deletion-forgotten', of: backup.name });
  }
  await Promise.all(
    killed.map((pod) =>
      faults.inject(
        killedPod(cluster, { title: `the longhorn-manager of ${pod.node} was killed`, pod, selector: managerLabel, node: pod.node }),
      ),
    ),
  );
  return killed;
};
