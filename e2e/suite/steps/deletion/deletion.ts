import { setTimeout as after } from 'node:timers/promises';
import { killedPod } from '../../../faults/killed-pod.ts';
import { onceGone } from '../../../history/expectation.ts';
import { type ManagerPod, managerLabel, managerPods } from '../../../longhorn/manager.ts';
import { longhornResources, longhornNamespace as namespace } from '../../../longhorn/resources.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';

/** Asks for the deletion of a backup and returns when Kubernetes has taken the wish. */
export const requestDeletion = async (
  { cluster, timelines }: Context,
  backup: BackupHandle,
): Promise<void> => {
  backup.since.deleted = timelines.backups.mark();
  await cluster.delete(longhornResources.backups, { namespace, name: backup.name });
};

/** The mark before a backup was deleted; throws for one that no step has deleted. */
export const sinceDeleted = ({ label, since: { deleted } }: BackupHandle): number => {
  if (deleted === undefined) throw new Error(`${label} was not deleted by a step`);
  return deleted;
};

/** Deletes a backup and returns how long it took until it was gone, in milliseconds. */
export const timeDeletion = async (context: Context, backup: BackupHandle): Promise<number> => {
  const start = performance.now();
  await requestDeletion(context, backup);
  await onceGone(context.timelines.backups, {
    name: backup.name,
    label: `${backup.label} is gone`,
    ...context.timeouts.firstDeleted,
  });
  return performance.now() - start;
};

/**
 * Deletes backups one after the other, evenly spread over a time in milliseconds, and returns at its end: the
 * first deletion is then that old, the last one a part of it. This is a schedule, not a wait for something.
 */
export const deleteSpread = async (
  context: Context,
  { backups, over }: { backups: readonly BackupHandle[]; over: number },
): Promise<void> => {
  const start = performance.now();
  for (const [at, backup] of backups.entries()) {
    await after(Math.max(0, (over * at) / backups.length - (performance.now() - start)));
    await requestDeletion(context, backup);
  }
  await after(Math.max(0, over - (performance.now() - start)));
};

/**
 * Kills the longhorn-manager pods of the nodes that `status.ownerID` of these backups names now, and returns
 * them when Kubernetes has taken the wish. Backups that are gone by then have no owner; an error when none of
 * them has. Without grace: the pod's second container does not heed the signal that asks it to end, and the
 * pod would stay for 30 s.
 */
export const killOwners = async (
  context: Context,
  backups: readonly BackupHandle[],
): Promise<ManagerPod[]> => {
  const { cluster, timelines, expected, faults } = context;
  // Asked for before the owners are read: they may move while pods are listed.
  const pods = await managerPods(cluster);
  const owners = new Set(
    backups.map(({ name }) => timelines.backups.current(name)?.status?.ownerID).filter((owner) => owner),
  );
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
        killedPod(cluster, {
          title: `the longhorn-manager of ${pod.node} was killed`,
          pod,
          selector: managerLabel,
          node: pod.node,
        }),
      ),
    ),
  );
  return killed;
};
