import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { receiveReplica } from '../../engine/proxy.ts';
import {
  copyHead,
  ensureHead,
  headPath,
  removeReplica,
  removeSnapshot,
  snapshotPath,
} from '../../engine/replica-files.ts';
import type { Volume } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { deviceSize } from '../encrypted-size.ts';
import { ensureReplica, findReplica, replicaDirectory } from './replica.ts';
import { requestAttachment, withdrawAttachment } from './tickets.ts';

const type = 'volume-clone-controller';

/** What Longhorn calls a clone that has its data. Once it is attached and healthy, it is `completed` there. */
export const clonedState = 'copy-completed-awaiting-healthy';

/** Whether a volume is to get the data of another one, and does not have them yet. */
export const isToClone = ({ spec, status }: Pick<Volume, 'spec' | 'status'>): boolean =>
  Boolean(spec.dataSource) && status?.cloneStatus?.state !== clonedState;

// `vol://VOLUME`, or `snap://VOLUME/SNAPSHOT`.
const partsOf = ({ spec }: Volume): string[] => spec.dataSource?.replace(/^\w+:\/\//, '').split('/') ?? [];

const sourceOf = (volume: Volume): string => partsOf(volume)[0] ?? '';

/** Whether the data of this snapshot are being copied, or are to be. */
export const isSnapshotToClone = ({ datastore }: ManagerContext, snapshot: string): boolean =>
  datastore.volumes.list().some((each) => isToClone(each) && partsOf(each)[1] === snapshot);

/** Requests the attachment of a volume until it is cloned. The source need not be attached, unlike in Longhorn. */
export const keepAttachedToClone = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const { name } = volume.metadata;
  if (isToClone(volume))
    await requestAttachment(context, name, type, name, findReplica(context, sourceOf(volume))?.spec.nodeID);
  else if (volume.spec.dataSource) await withdrawAttachment(context, name, type, name);
};

/**
 * Replaces the data of a volume on this node by those that its source, or the snapshot of that, has. Longhorn begins with
 * one look at the engine, and sees the end with the next. A snapshot that is deleted meanwhile is merged with the next one
 * in the file that the copy has open (longhorn-engine, pkg/sync/rpc/server.go, VolumeExport): the data of the head stand for
 * those.
 */
export const cloneSource = async (context: ManagerContext, volume: Volume): Promise<void> => {
  const source = findReplica(context, sourceOf(volume));
  if (source === undefined) throw new Error(`cannot find the source volume ${sourceOf(volume)}`);
  const isRestored = context.datastore.volumes.get(sourceOf(volume))?.status?.restoreRequired !== true;
  if (!isRestored && context.mutant === 'fixed:unrestored-volume-is-cloned-empty')
    throw new Error(`the source volume ${sourceOf(volume)} is being restored`);
  const [from, to] = [source, await ensureReplica(context, volume)].map(replicaDirectory) as [string, string];
  const [, snapshot = volume.metadata.name] = partsOf(volume);
  await sleep(context.clock.enginePoll, undefined, { ref: false });
  await ensureHead(to, deviceSize(context, volume));
  await writeFile(snapshotPath(to, snapshot), '');
  await sleep(context.clock.enginePoll, undefined, { ref: false });
  const { nodeID } = source.spec;
  const isElsewhere = nodeID !== context.node;
  const manager = context.datastore.instanceManagers.list().find(({ spec }) => spec.nodeID === nodeID);
  if (isElsewhere) await receiveReplica(manager?.status?.ip ?? '', from);
  const file = snapshotPath(from, snapshot);
  await copyHead(existsSync(file) ? file : headPath(from), headPath(to));
  await removeSnapshot(to, snapshot);
  if (isElsewhere) await removeReplica(from);
};
