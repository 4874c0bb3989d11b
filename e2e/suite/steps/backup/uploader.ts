import type { Fault, InjectedFault } from '../../../faults/fault.ts';
import { instanceManagerDeleted } from '../../../faults/instance-manager-deleted.ts';
import { replicaPodKilled } from '../../../faults/killed-pod.ts';
import type { PodTarget } from '../../../kube/cluster.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { podOfInstance } from '../../../longhorn/manager.ts';
import type { VolumeReplica } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { InconclusiveError } from '../judging.ts';
import { type CrashedNode, crashOf } from '../node/crash.ts';
import { killOf, replicasOf } from '../volume/replicas.ts';

/** Kills what makes a backup. Throws `InconclusiveError` if the upload has ended. */
const killWhileUploading = async <Handle extends object = object>(
  context: Context,
  backup: BackupHandle,
  toFault: (replica: VolumeReplica, pod: PodTarget) => Fault<Handle> | Promise<Fault<Handle>>,
): Promise<InjectedFault & Handle> => {
  const { cluster, faults, timelines } = context;
  const { name, label, volume } = backup;
  const current = timelines.backups.current(name);
  const address = current?.status?.replicaAddress;
  if (current === undefined || backupState(current) !== 'InProgress')
    throw new InconclusiveError(`${label} is not uploaded any more: there is no replica to kill`);
  const items = await replicasOf(context, volume.name);
  const replica = items.find((each) => addressOf(each) === address);
  if (replica === undefined)
    throw new Error(
      `no replica of volume ${volume.name} has the address ${address} of the upload (there are: ${items.map((each) => `${each.metadata.name} at ${addressOf(each)}`).join(', ') || 'none'})`,
    );
  const killed = await faults.inject(await toFault(replica, await podOfInstance(cluster, replica)));
  const config = await volume.target.store.config(volume.name, name);
  if (config?.inProgress === false)
    throw new InconclusiveError(`the upload of ${label} had ended before its replica was killed`);
  return killed;
};

/** Kills the process of the replica that uploads a backup. */
export const killUploader = (context: Context, backup: BackupHandle): Promise<InjectedFault> =>
  killWhileUploading(context, backup, (replica, pod) =>
    killOf(context, replica, { pod, volume: backup.volume.name }),
  );

/** Kills the pod in which that replica runs, and all else in it. */
export const killPodOfUploader = (context: Context, backup: BackupHandle): Promise<InjectedFault> =>
  killWhileUploading(context, backup, ({ spec }, pod) => replicaPodKilled(context.cluster, pod, spec.nodeID));

/** Takes the power of the node of that replica; of the volume's node, if the store is on the first. */
export const crashNodeOfUploader = (context: Context, backup: BackupHandle): Promise<CrashedNode> =>
  killWhileUploading(context, backup, ({ spec }) =>
    crashOf(context, backup.volume.target, [spec.nodeID, backup.volume.node]),
  );

const ownerOf = ({ timelines }: Pick<Context, 'timelines'>, { name, label }: BackupHandle): string => {
  const owner = timelines.backups.current(name)?.status?.ownerID;
  if (!owner) throw new Error(`${label} has no owner`);
  return owner;
};

/** Whether the manager that owns a backup is on a node without the engine and the replicas of its volume. */
export const isOwnedElsewhere = async (context: Context, backup: BackupHandle): Promise<boolean> => {
  const { volume } = backup;
  const replicas = await replicasOf(context, volume.name);
  return ![volume.node, ...replicas.map(({ spec }) => spec.nodeID)].includes(ownerOf(context, backup));
};

/** Deletes the instance manager that the owner of a backup asks for its progress. */
export const deleteProxyOfOwner = async (context: Context, backup: BackupHandle): Promise<InjectedFault> => {
  if (!(await isOwnedElsewhere(context, backup)))
    throw new InconclusiveError(`the node of the longhorn-manager of ${backup.label} has its volume, too`);
  const node = ownerOf(context, backup);
  return context.faults.inject(await instanceManagerDeleted.on(context.cluster, { node }));
};

const addressOf = ({ status }: VolumeReplica): string =>
  `tcp://${status?.storageIP || status?.ip}:${status?.port}`;
