import { allocatedSize, headPath, isSameData, snapshotPath } from '../../engine/replica-files.ts';
import { startController } from '../../kubernetes/controller.ts';
import { type ApiObject, ownerReference } from '../../kubernetes/objects.ts';
import type { Snapshot } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { finalizer, labels } from '../../modelled-on.ts';
import { isSnapshotToClone, isToClone } from '../volume/clone.ts';
import { findReplica, replicaDirectory } from '../volume/replica.ts';
import { isTicketSatisfied, requestAttachment, ticketID, withdrawAttachment } from '../volume/tickets.ts';
import { isParentOfHead, markAsRemoved, otherSnapshots, removeWithData, ticketType } from './removal.ts';
import { parentOfHead, requested, takeFromHead } from './take.ts';

const purgeSetting = 'disable-snapshot-purge';

/** Why a volume may not have one more snapshot (longhorn-engine, pkg/controller/control.go, canDoSnapshot). */
const findsLimit = async (context: ManagerContext, snapshot: Snapshot): Promise<string | undefined> => {
  const { datastore, mutant } = context;
  const { volume } = snapshot.spec;
  const replica = findReplica(context, volume);
  if (!replica || mutant === 'snapshot-limits-ignored') return undefined;
  const directory = replicaDirectory(replica);
  const { snapshotMaxCount = 250, snapshotMaxSize = '0' } = datastore.volumes.get(volume)?.spec ?? {};
  const others = otherSnapshots(context, snapshot).filter(({ status }) => status?.readyToUse);
  if (others.length >= snapshotMaxCount)
    return `snapshot count usage ${others.length} is equal or larger than snapshotMaxCount ${snapshotMaxCount}`;
  if (Number(snapshotMaxSize) === 0 || mutant === 'snapshot-size-unlimited') return undefined;
  const used = others.reduce((sum, { status }) => sum + (status?.size ?? 0), 0);
  const free = Number(snapshotMaxSize) - used;
  const before = snapshotPath(directory, parentOfHead(others)?.metadata.name ?? '');
  const head = (await isSameData(headPath(directory), before)) ? 0 : await allocatedSize(headPath(directory));
  return head > free ? `snapshot free space ${free} is not enough for head file ${head}` : undefined;
};

/** Leaves a deleted snapshot as it is, because of the setting (snapshot_controller.go, reconcile). */
const keepUnpurged = async (context: ManagerContext, found: Snapshot): Promise<void> => {
  const { metadata, spec, status } = found;
  context.log.warning(
    `Cannot start SnapshotPurge to delete snapshot ${metadata.name} while ${purgeSetting} setting is true`,
  );
  if (status?.readyToUse)
    await context.datastore.snapshots.updateStatus({ ...found, status: { ...status, readyToUse: false } });
  await withdrawAttachment(context, spec.volume, ticketType, metadata.name);
};

const reconcile = async (context: ManagerContext, name: string): Promise<void> => {
  const { datastore } = context;
  const found = datastore.snapshots.get(name);
  if (!found) return;
  const volume = datastore.volumes.get(found.spec.volume);
  // Unlike for other objects, whether that one is lost or not (M: snapshot_controller.go, isResponsibleFor).
  if (volume && volume.status?.ownerID !== context.node) return;
  if (found.metadata.deletionTimestamp) {
    const isThere = volume !== undefined && !volume.metadata.deletionTimestamp;
    const isFixed = context.mutant === 'fixed:deleted-snapshot-spoils-clone';
    if (isFixed && isSnapshotToClone(context, name)) throw new Error(`snapshot ${name} is being cloned`);
    // Until the setting changes. It is read anew, as a user may have changed it just before.
    const isDisabled = isThere && (await datastore.settings.fetch(purgeSetting)).value === 'true';
    if (isDisabled && context.mutant !== 'disabled-purge-goes-on') return keepUnpurged(context, found);
    return isThere && isParentOfHead(found) && context.mutant !== 'newest-snapshot-purged'
      ? markAsRemoved(context, found)
      : removeWithData(context, found);
  }
  // This manager may not have seen it yet.
  if (!volume) throw new Error(`failed to find volume ${found.spec.volume}`);
  let snapshot = found;
  if (!snapshot.metadata.finalizers?.includes(finalizer)) {
    snapshot = await datastore.snapshots.update({
      ...snapshot,
      metadata: {
        ...snapshot.metadata,
        labels: { ...snapshot.metadata.labels, [labels.volume]: snapshot.spec.volume },
        finalizers: [...(snapshot.metadata.finalizers ?? []), finalizer],
        ownerReferences: [...(snapshot.metadata.ownerReferences ?? []), ownerReference(volume)],
      },
    });
  }
  const error = notEmulated(snapshot).join('; ');
  if (error) {
    context.recorder(snapshot, { type: 'Warning', reason: 'NotEmulated', message: error });
    if (snapshot.status?.error !== error)
      await datastore.snapshots.updateStatus({ ...snapshot, status: { ...requested(), error } });
    return;
  }
  if (!snapshot.spec.createSnapshot) return;
  if (snapshot.status?.creationTime) {
    const tickets = datastore.volumeAttachments.get(snapshot.spec.volume)?.spec.attachmentTickets ?? {};
    const isAlone = Object.keys(tickets).length === 1;
    if (isAlone && context.mutant === 'snapshot-keeps-volume-attached') return;
    return withdrawAttachment(context, snapshot.spec.volume, ticketType, name);
  }
  if (!snapshot.status?.requestedTime)
    snapshot = await datastore.snapshots.updateStatus({ ...snapshot, status: requested() });
  await requestAttachment(context, snapshot.spec.volume, ticketType, name);
  const attachment = datastore.volumeAttachments.get(snapshot.spec.volume);
  if (!isTicketSatisfied(attachment, ticketID(ticketType, name))) return; // The next event of the attachment leads to another reconcile.
  // The next resync leads to another reconcile.
  if (context.mutant === 'fixed:uncloned-volume-is-backed-up-empty' && isToClone(volume)) return;
  const limit = await findsLimit(context, snapshot);
  if (limit === undefined) return takeFromHead(context, snapshot);
  // The event of the change leads to another reconcile.
  if (snapshot.status?.error === limit) throw new Error(limit);
  await datastore.snapshots.updateStatus({
    ...snapshot,
    status: { ...(snapshot.status ?? requested()), error: limit },
  });
};

/** Tells the events of an object that has changed from those of a resync. */
const news = (collection: { get(name: string): ApiObject | undefined }): ((name: string) => boolean) => {
  const versions = new Map<string, string | undefined>();
  return (name) => {
    const version = collection.get(name)?.metadata.resourceVersion;
    const isNew = versions.get(name) !== version;
    versions.set(name, version);
    return isNew;
  };
};

/** Takes and removes the snapshots of the volumes that this manager owns. */
export const startSnapshotController = (context: ManagerContext): void => {
  const { datastore } = context;
  const enqueue = startController(
    { name: 'snapshot', reconcile: (name) => reconcile(context, name) },
    context,
  );
  // A deletion is looked at when the snapshot or the state of the volume changes, and without a ticket by no new owner of
  // the volume, and at no resync (M: snapshot_controller.go, enqueueVolumeChange).
  const isForgetful = context.mutant !== 'fixed:new-owner-forgets-deletion';
  const isNewSnapshot = news(datastore.snapshots);
  datastore.snapshots.onEvent((name) => {
    const isDeleted = datastore.snapshots.get(name)?.metadata.deletionTimestamp !== undefined;
    if (isNewSnapshot(name) || !isDeleted || !isForgetful) enqueue(name);
  });
  // Also one that is done and has a ticket: a former owner of the volume may have asked for that late (longhorn#10874).
  const unfinished = (volume: string, { isOtherState = false } = {}): void => {
    const tickets = datastore.volumeAttachments.get(volume)?.spec.attachmentTickets ?? {};
    for (const { spec, metadata, status } of datastore.snapshots.list()) {
      const hasTicket = tickets[ticketID(ticketType, metadata.name)] !== undefined;
      const isForgotten = isForgetful && !hasTicket && !isOtherState;
      const isLeft = metadata.deletionTimestamp ? !isForgotten : !status?.readyToUse || hasTicket;
      if (spec.volume === volume && isLeft) enqueue(metadata.name);
    }
  };
  const states = new Map<string, string | undefined>();
  const isNewSetting = news(datastore.settings);
  datastore.settings.onEvent((name) => {
    if (name !== purgeSetting || (isForgetful && !isNewSetting(name))) return;
    for (const { metadata } of datastore.snapshots.list())
      if (metadata.deletionTimestamp) enqueue(metadata.name);
  });
  datastore.volumeAttachments.onEvent((name) => unfinished(name));
  datastore.volumes.onEvent((name) => {
    const { status, metadata } = datastore.volumes.get(name) ?? {};
    const state = metadata?.deletionTimestamp ? 'deleted' : status?.state;
    const isOtherState = states.get(name) !== state;
    states.set(name, state);
    unfinished(name, { isOtherState });
  });
};
