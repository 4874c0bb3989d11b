import { type Client, ignoreMissing } from '../../kubernetes/client.ts';
import { startController } from '../../kubernetes/controller.ts';
import type { VolumeSnapshotContent } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { openSnapshotKinds, type SnapshotKinds } from '../../manager/datastore.ts';
import { longhornProvisioner } from '../../modelled-on.ts';
import { findReplica } from '../volume/replica.ts';
import { startCsiAttacher } from './attacher.ts';
import { isLeader, onLeadership } from './leader.ts';
import { CsiError, createCsiSnapshot, deleteCsiSnapshot } from './plugin.ts';
import { startCsiProvisioner } from './provisioner.ts';

const prefix = 'snapshot.storage.kubernetes.io';
const finalizer = `${prefix}/volumesnapshotcontent-bound-protection`;
const beingCreated = `${prefix}/volumesnapshot-being-created`;
const beingDeleted = `${prefix}/volumesnapshot-being-deleted`;

type Sidecar = SnapshotKinds & { context: ManagerContext };

const hasAnnotation = ({ metadata }: VolumeSnapshotContent, name: string): boolean =>
  metadata.annotations?.[name] !== undefined;

/** Whether all that it stands for is to go (external-snapshotter, pkg/sidecar-controller, shouldDelete). */
const shouldDelete = (content: VolumeSnapshotContent): boolean => {
  const { metadata, spec } = content;
  if (metadata.deletionTimestamp === undefined) return false;
  if (spec.source.snapshotHandle !== undefined && !spec.volumeSnapshotRef.uid) return true;
  return !hasAnnotation(content, beingCreated) && hasAnnotation(content, beingDeleted);
};

const remove = async ({ contents, context }: Sidecar, content: VolumeSnapshotContent): Promise<void> => {
  const { name, finalizers = [] } = content.metadata;
  const { snapshotHandle } = content.status ?? {};
  const isRetained =
    content.spec.deletionPolicy === 'Retain' && context.mutant !== 'csi-retained-backup-goes';
  if (!isRetained && snapshotHandle) {
    await deleteCsiSnapshot(context, snapshotHandle);
    const cleared = { snapshotHandle: null, readyToUse: null, creationTime: null, restoreSize: null };
    await contents.patch(name, { status: cleared }, 'status');
  }
  if (finalizers.includes(finalizer))
    await contents.patch(name, { metadata: { finalizers: finalizers.filter((each) => each !== finalizer) } });
};

/** Says in its status why it is not ready. */
const report = async (
  { contents, context }: Sidecar,
  { metadata: { name }, status }: VolumeSnapshotContent,
  text: string,
): Promise<void> => {
  const message = `Failed to ${status ? 'check and update snapshot content' : 'create snapshot'}: ${text}`;
  if (status?.error?.message === message || context.mutant === 'csi-error-unsaid') return;
  await contents.patch(
    name,
    { status: { readyToUse: false, error: { time: timestamp(), message } } },
    'status',
  );
};

const annotate = ({ contents }: Sidecar, name: string, value: 'yes' | null): Promise<unknown> =>
  contents.patch(name, { metadata: { annotations: { [beingCreated]: value } } }).catch(ignoreMissing);

const create = async (sidecar: Sidecar, content: VolumeSnapshotContent, volume: string): Promise<boolean> => {
  const { classes, contents, context } = sidecar;
  const { name } = content.metadata;
  const { volumeSnapshotClassName = '', volumeSnapshotRef } = content.spec;
  const { parameters = {} } = await classes.fetch(volumeSnapshotClassName);
  if (!hasAnnotation(content, beingCreated)) await annotate(sidecar, name, 'yes');
  try {
    const made = await createCsiSnapshot(context, {
      ...{ volume, name: `snapshot-${volumeSnapshotRef.uid}`, parameters },
    });
    const { snapshotHandle = made.handle, creationTime, restoreSize } = contents.get(name)?.status ?? {};
    const status = {
      snapshotHandle,
      readyToUse: made.isReady,
      creationTime: creationTime ?? (Date.parse(made.createdAt) || Date.now()) * 1_000_000,
      ...(made.size > 0 && { restoreSize: restoreSize ?? made.size }),
      ...(made.isReady && { error: null }),
    };
    await contents.patch(name, { status }, 'status').catch(ignoreMissing);
    await annotate(sidecar, name, null);
    return made.isReady;
  } catch (error) {
    if (!(error instanceof CsiError)) throw error;
    if (error.isFinal) await annotate(sidecar, name, null);
    const present = contents.get(name);
    const text = `failed to take snapshot of the volume ${volume}: ${JSON.stringify(error.message)}`;
    if (present !== undefined) await report(sidecar, present, text);
    return false;
  }
};

/** Longhorn's CSI plugin cannot list snapshots. So csi-snapshotter takes every handle for that of a snapshot. */
const adopt = async (sidecar: Sidecar, content: VolumeSnapshotContent, handle: string): Promise<boolean> => {
  const { contents, context } = sidecar;
  const isKnown = context.datastore.backups.get(handle.split('/').at(-1) ?? '') !== undefined;
  if (!isKnown && context.mutant === 'fixed:volumesnapshot-of-no-backup-is-ready') {
    await report(sidecar, content, `can not find snapshot for snapshotID ${handle}`);
    return false;
  }
  const status = { snapshotHandle: handle, readyToUse: true, creationTime: Date.now() * 1_000_000 };
  await contents.patch(content.metadata.name, { status }, 'status');
  return true;
};

/** Returns whether it is done with it. */
const reconcile = async (sidecar: Sidecar, name: string): Promise<boolean> => {
  const content = sidecar.contents.get(name);
  if (content === undefined || content.spec.driver !== longhornProvisioner) return true;
  // Not on the node of the volume, so that it can end without the upload there.
  const { volumeHandle, snapshotHandle } = content.spec.source;
  if (!isLeader(sidecar.context, findReplica(sidecar.context, volumeHandle ?? '')?.spec.nodeID)) return true;
  if (shouldDelete(content)) {
    await remove(sidecar, content);
    return true;
  }
  if (content.status?.readyToUse) return true;
  if (volumeHandle !== undefined) return create(sidecar, content, volumeHandle);
  return snapshotHandle === undefined || adopt(sidecar, content, snapshotHandle);
};

// Defaults of csi-snapshotter: retry-interval-start and retry-interval-max.
const firstRetry = 1_000;
const longestRetry = 300_000;

/**
 * Does what the sidecars of Longhorn's CSI plugin do. csi-snapshotter makes, adopts and deletes the snapshots that
 * VolumeSnapshotContents stand for, in a cluster that has the snapshot controller of CSI.
 */
export const startCsiSidecars = async (context: ManagerContext, client: Client): Promise<void> => {
  startCsiAttacher(context);
  const kinds = await openSnapshotKinds({ client, log: context.log, signal: context.signal });
  startCsiProvisioner({ contents: kinds?.contents, context, client });
  if (kinds === undefined) return;
  const sidecar = { ...kinds, context };
  const failures = new Map<string, number>();
  const reconcileUntilDone = async (name: string): Promise<void> => {
    const isDone = await reconcile(sidecar, name);
    if (isDone) return void failures.delete(name);
    const failed = failures.get(name) ?? 0;
    failures.set(name, failed + 1);
    setTimeout(enqueue, Math.min(firstRetry * 2 ** failed, longestRetry), name).unref();
  };
  const enqueue = startController({ name: 'csi-snapshotter', reconcile: reconcileUntilDone }, context);
  kinds.contents.onEvent(enqueue);
  onLeadership(context, kinds.contents, enqueue);
};
