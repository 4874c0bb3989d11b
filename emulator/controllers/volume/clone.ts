import { setTimeout as sleep } from 'node:timers/promises';
import { receiveReplica } from '../../engine/proxy.ts';
import { copyHead, ensureHead, headPath, removeReplica } from '../../engine/replica-files.ts';
import type { Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { ensureReplica, findReplica, replicaDirectory } from './replica.ts';
import { requestAttachment, withdrawAttachment } from './tickets.ts';

const type = 'volume-clone-controller';

/** What Longhorn calls a clone that has its data. Once it is attached and healthy, it is `completed` there. */
export const clonedState = 'copy-completed-awaiting-healthy';

/** Whether a volume is to get the data of another one, and does not have them yet. */
export const isToClone = ({ spec, status }: Pick<Volume, 'spec' | 'status'>): boolean =>
  Boolean(spec.dataSource) && status?.cloneStatus?.state !== clonedState;

const sourceOf = ({ spec }: Volume): string => spec.dataSource?.replace('vol://', '') ?? '';

/** Requests the attachment of a volume until it is cloned. The source need not be attached, unlike in Longhorn. */
export const keepAttachedToClone = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const { name } = volume.metadata;
  if (isToClone(volume))
    await requestAttachment(context, name, type, name, findReplica(context, sourceOf(volume))?.spec.nodeID);
  else if (volume.spec.dataSource) await withdrawAttachment(context, name, type, name);
};

/**
 * Replaces the data of a volume on this node by those that its source has now. Longhorn begins with one look at the
 * engine, and sees the end with the next.
 */
export const cloneSource = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const source = findReplica(context, sourceOf(volume));
  if (source === undefined) throw new Error(`cannot find the source volume ${sourceOf(volume)}`);
  const isRestored = context.datastore.volumes.get(sourceOf(volume))?.status?.restoreRequired !== true;
  if (!isRestored && context.mutant === 'fixed:unrestored-volume-is-cloned-empty')
    throw new Error(`the source volume ${sourceOf(volume)} is being restored`);
  const [from, to] = [source, await ensureReplica(context, volume)].map(replicaDirectory) as [string, string];
  await sleep(2 * context.clock.enginePoll, undefined, { ref: false });
  const { nodeID } = source.spec;
  const isElsewhere = nodeID !== context.node;
  const manager = context.datastore.instanceManagers.list().find(({ spec }) => spec.nodeID === nodeID);
  if (isElsewhere) await receiveReplica(manager?.status?.ip ?? '', from);
  await ensureHead(to, Number(volume.spec.size));
  await copyHead(headPath(from), headPath(to));
  if (isElsewhere) await removeReplica(from);
};
