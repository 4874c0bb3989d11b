import { stat, truncate } from 'node:fs/promises';
import { headPath, removeSnapshot, snapshotPath } from '../../engine/replica-files.ts';
import type { Snapshot } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { defaultEngineImage, keepsSnapshotsWhileDetached } from '../../modelled-on.ts';
import { removeFinalizer } from '../finalizer.ts';
import { isMarkedAsRebuilding } from '../volume/rebuild.ts';
import { findReplica, replicaDirectory } from '../volume/replica.ts';
import { requestAttachment, withdrawAttachment } from '../volume/tickets.ts';

/** Type of the ticket with which a snapshot attaches its volume. */
export const ticketType = 'snapshot-controller';

/** The other snapshots of the same volume. */
export const otherSnapshots = ({ datastore }: ManagerContext, snapshot: Snapshot): Snapshot[] =>
  datastore.snapshots
    .list()
    .filter(
      ({ spec, metadata }) =>
        spec.volume === snapshot.spec.volume && metadata.name !== snapshot.metadata.name,
    );

/** Whether a snapshot is the parent of the volume's head. Its data cannot be merged into another snapshot then. */
export const isParentOfHead = ({ status }: Snapshot): boolean => status?.children?.['volume-head'] === true;

/** Marks a snapshot that cannot be removed yet. It is removed once there is a newer one. */
export const markAsRemoved = async (context: ManagerContext, found: Snapshot): Promise<void> => {
  const { metadata, spec, status } = found;
  if (status && !status.markRemoved)
    await context.datastore.snapshots.updateStatus({
      ...found,
      status: { ...status, markRemoved: true, readyToUse: false },
    });
  await withdrawAttachment(context, spec.volume, ticketType, metadata.name);
};

/** Links the parent and the children of a removed snapshot to each other. */
const unlinkFromChain = async (
  context: ManagerContext,
  { metadata: { name }, status, ...rest }: Snapshot,
): Promise<void> => {
  const { snapshots } = context.datastore;
  for (const other of otherSnapshots(context, { metadata: { name }, ...rest })) {
    const goes = other.metadata.deletionTimestamp !== undefined && !other.status?.markRemoved;
    if (!other.status || goes) continue;
    const { [name]: isChild, ...children } = other.status.children ?? {};
    if (isChild)
      await snapshots.updateStatus({
        ...other,
        status: { ...other.status, children: { ...children, ...status?.children } },
      });
    else if (other.status.parent === name) {
      await snapshots.updateStatus({ ...other, status: { ...other.status, parent: status?.parent ?? '' } });
    }
  }
};

// For three mutants: damages other objects when a snapshot is removed.
const damageOthers = async (
  context: ManagerContext,
  snapshot: Snapshot,
  directory: string | undefined,
): Promise<void> => {
  const { mutant, datastore } = context;
  const { name } = snapshot.metadata;
  if (mutant === 'purge-loses-data' && directory !== undefined)
    for (const other of otherSnapshots(context, snapshot))
      if (other.status?.parent === name) await truncate(snapshotPath(directory, other.metadata.name));
  if (
    mutant === 'restored-data-go-with-snapshot' &&
    directory !== undefined &&
    !snapshot.status?.userCreated
  ) {
    const { size } = await stat(headPath(directory));
    await truncate(headPath(directory));
    await truncate(headPath(directory), size);
  }
  if (mutant === 'backups-go-with-snapshot')
    for (const { metadata, spec } of datastore.backups.list())
      if (spec.snapshotName === name) await datastore.backups.delete(metadata.name);
};

/**
 * Whether the engine that removes a snapshot runs. If not, requests an attachment of the volume, or writes
 * the reason into the status.
 */
const ensureEngineRuns = async (context: ManagerContext, snapshot: Snapshot): Promise<boolean> => {
  const { datastore, mutant, version } = context;
  const { name } = snapshot.metadata;
  const { volume } = snapshot.spec;
  // No further ticket is needed, and a second request would leave a ticket behind.
  if (datastore.volumes.get(volume)?.status?.state === 'attached') return true;
  const keeps = keepsSnapshotsWhileDetached(version) && mutant !== 'fixed:snapshot-stays-while-detached';
  if (keeps) {
    const error = `snapshot deletion delayed: volume engine ${volume}-e-0 is upgrading from image  to ${defaultEngineImage}`;
    if (snapshot.status && snapshot.status.error !== error)
      await datastore.snapshots.updateStatus({ ...snapshot, status: { ...snapshot.status, error } });
    return false;
  }
  // The next event of the volume leads to another reconcile.
  await requestAttachment(context, volume, ticketType, name);
  return false;
};

/**
 * Removes a snapshot's data and then its object. If the volume is deleted too, the removal of the replica
 * removes the files.
 */
export const removeWithData = async (context: ManagerContext, found: Snapshot): Promise<void> => {
  const { datastore, mutant } = context;
  const { name } = found.metadata;
  const replica = findReplica(context, found.spec.volume);
  const volume = datastore.volumes.get(found.spec.volume);
  const stays = volume !== undefined && !volume.metadata.deletionTimestamp;
  if (stays && mutant === 'marked-snapshot-stays' && found.status?.markRemoved) return;
  if (stays && found.status?.creationTime && !(await ensureEngineRuns(context, found))) return;
  // The manager of the replica's node, which has its files, goes on by the ticket as soon as it owns the volume.
  if (stays && replica && replica.spec.nodeID !== context.node)
    return requestAttachment(context, found.spec.volume, ticketType, name);
  if (stays && replica && (await isMarkedAsRebuilding(replica)))
    throw new Error(`cannot remove a snapshot because ${replica.metadata.name} is rebuilding`);
  let snapshot = found;
  if (stays && snapshot.status?.readyToUse) {
    snapshot = await datastore.snapshots.updateStatus({
      ...snapshot,
      status: { ...snapshot.status, readyToUse: false },
    });
  }
  if (replica?.spec.nodeID === context.node) await removeSnapshot(replicaDirectory(replica), name);
  await damageOthers(context, snapshot, replica && replicaDirectory(replica));
  await unlinkFromChain(context, snapshot);
  await withdrawAttachment(context, snapshot.spec.volume, ticketType, name);
  await removeFinalizer(datastore.snapshots, snapshot);
};
