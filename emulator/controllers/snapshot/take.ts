import { setTimeout } from 'node:timers/promises';
import {
  allocatedSize,
  copySnapshot,
  isSameData,
  markAsInUse,
  snapshotPath,
  writeHeadMetadata,
} from '../../engine/replica-files.ts';
import type { Snapshot } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { isToClone } from '../volume/clone.ts';
import { findReplica, replicaDirectory } from '../volume/replica.ts';
import { isParentOfHead, otherSnapshots } from './removal.ts';
import { takeTorn } from './torn.ts';

type Status = NonNullable<Snapshot['status']>;

/** The status of a snapshot that was asked for. */
export const requested = (): Status => ({
  ownerID: '',
  parent: '',
  children: null,
  creationTime: '',
  requestedTime: timestamp(),
  readyToUse: false,
  restoreSize: 0,
  size: 0,
  userCreated: false,
  markRemoved: false,
  checksum: '',
  labels: null,
});

/** The snapshot of a volume that is the parent of the volume's head, even if it is marked as removed. */
export const parentOfHead = (snapshots: Snapshot[]): Snapshot | undefined => snapshots.find(isParentOfHead);

/** Copies a volume while its file system is frozen. Returns whether it has one. */
const takeFrozen = async (
  { devices, mutant }: ManagerContext,
  volume: string,
  copy: () => Promise<void>,
): Promise<boolean> => {
  if (mutant !== 'file-system-stays-frozen') return devices.whileFrozen(volume, copy);
  const copied = Promise.withResolvers<boolean>();
  const work = async (): Promise<void> => {
    await copy();
    copied.resolve(true);
    await setTimeout(25_000);
  };
  devices.whileFrozen(volume, work).catch(copied.reject);
  return copied.promise;
};

/** Makes the data of a volume's head those of a snapshot. */
export const takeFromHead = async (context: ManagerContext, snapshot: Snapshot): Promise<void> => {
  const { datastore, devices, mutant } = context;
  const { name } = snapshot.metadata;
  const { volume } = snapshot.spec;
  const replica = findReplica(context, volume);
  if (!replica) throw new Error(`failed to find the replica of volume ${volume}`);
  const found = datastore.volumes.get(volume);
  const isWritten = found?.status?.restoreRequired || (found && isToClone(found));
  const hasDevice = !found?.spec.disableFrontend && !isWritten;
  const copy = async (): Promise<void> => {
    if (hasDevice) await devices.flush(volume);
    await copySnapshot(replicaDirectory(replica), name);
  };
  const creationTime = timestamp();
  const take = async (): Promise<void> => {
    if (!hasDevice || mutant === 'snapshot-without-sync') return copy();
    await devices.sync(volume);
    const isMounted = await takeFrozen(context, volume, copy);
    const isFrozen = found?.spec.freezeFilesystemForSnapshot === 'enabled' && mutant !== 'freeze-ignored';
    if (isMounted && !isFrozen) await markAsInUse(replicaDirectory(replica), name);
  };
  await (mutant === 'snapshot-torn' ? takeTorn(replicaDirectory(replica), name, take) : take());
  const sync = mutant === 'fixed:power-loss-empties-metadata';
  await writeHeadMetadata(replicaDirectory(replica), { parent: name, created: creationTime, sync });
  const parent = parentOfHead(otherSnapshots(context, snapshot));
  if (parent?.status) {
    const { 'volume-head': _, ...others } = parent.status.children ?? {};
    await datastore.snapshots.updateStatus({
      ...parent,
      status: { ...parent.status, children: { ...others, [name]: true } },
    });
  }
  const [file, before] = [name, parent?.metadata.name ?? ''].map((each) =>
    snapshotPath(replicaDirectory(replica), each),
  ) as [string, string];
  const { error: _, ...status } = snapshot.status ?? requested();
  await datastore.snapshots.updateStatus({
    ...snapshot,
    status: {
      ...status,
      creationTime,
      parent: parent?.metadata.name ?? '',
      children: { 'volume-head': true },
      labels: snapshot.spec.labels ?? {},
      readyToUse: true,
      restoreSize: Number(found?.spec.size),
      // The size of the whole copy, or nothing. Longhorn counts what was written since the parent.
      size: (await isSameData(file, before)) ? 0 : await allocatedSize(file),
      userCreated: snapshot.spec.createSnapshot,
    },
  });
};
