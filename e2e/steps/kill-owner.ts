import { type ManagerPod, managerPodOf } from '../longhorn/manager.ts';
import { resources } from '../observe/cluster.ts';
import type { Context } from './context.ts';
import type { BackupHandle } from './handles.ts';

/**
 * Kills the longhorn-manager pod of the node that `status.ownerID` names now, and returns it when Kubernetes has taken the wish.
 * Without grace: the pod's second container does not heed the signal that asks it to end, and the pod would stay for 30 s.
 */
export const killOwner = async (context: Context, backup: BackupHandle): Promise<ManagerPod> => {
  const { cluster, timelines, expected } = context;
  const owner = timelines.backups.current(backup.name)?.status?.ownerID;
  if (!owner) throw new Error(`${backup.label} (${backup.name}) has no owner: its status.ownerID is empty`);
  const pod = await managerPodOf(cluster, owner);
  backup.since.orphaned = timelines.backups.mark();
  expected.push({ id: 'deletion-forgotten', of: backup.name });
  await cluster.delete(resources.pods, { namespace: pod.namespace, name: pod.name }, { gracePeriodSeconds: 0 });
  return pod;
};
