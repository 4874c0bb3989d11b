import { headFile } from '../../engine/replica-files.ts';
import { isNotFound } from '../../kubernetes/client.ts';
import type { Volume } from '../../longhorn/objects.ts';
import type { Context } from '../../manager/context.ts';
import { release } from '../finalizer.ts';
import { findReplica, replicaDirectory } from './replica-of.ts';
import { endReplica } from './volume-replica.ts';

/** Takes a volume's device and its replica's process away from this node, if they can be here. */
export const detach = async (context: Context, { metadata: { name } }: Volume): Promise<void> => {
  const replica = findReplica(context, name);
  if (replica?.spec.nodeID !== context.node) return;
  await context.devices.detach(name, headFile(replicaDirectory(replica)));
  await endReplica(context, replica);
};

const ignoreMissing = (error: unknown): void => {
  if (!isNotFound(error)) throw error;
};

/** Removes a volume, a step a call: the device must be gone before its file is, and the volume stays until nothing of it is left. */
export const removeVolume = async (context: Context, volume: Volume): Promise<void> => {
  const { datastore } = context;
  const { name } = volume.metadata;
  await detach(context, volume);
  for (const { metadata } of datastore.snapshots.list().filter(({ spec }) => spec.volume === name)) {
    if (!metadata.deletionTimestamp) await datastore.snapshots.delete(metadata.name).catch(ignoreMissing);
  }
  const replica = findReplica(context, name);
  if (replica) {
    if (!replica.metadata.deletionTimestamp) await datastore.replicas.delete(replica.metadata.name).catch(ignoreMissing);
    return; // Its end is an event that leads here again.
  }
  await datastore.volumeAttachments.delete(name).catch(ignoreMissing);
  await release(datastore.volumes, volume);
};
