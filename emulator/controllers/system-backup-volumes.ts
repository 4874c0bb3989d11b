import { setTimeout as sleep } from 'node:timers/promises';
import { wrapError } from '../go.ts';
import { generateName } from '../longhorn/generate-name.ts';
import type { Snapshot, SystemBackup, Volume } from '../longhorn/objects.ts';
import type { ManagerContext } from '../manager/context.ts';
import { makeBackupOf } from './backup/create.ts';
import { createSnapshot } from './snapshot/create.ts';

const timeOf = ({ status }: Snapshot): number => Date.parse(status?.creationTime ?? '');

/** Whether a snapshot has the data of an older one: it and all those between them are empty. */
const hasDataOf = ({ datastore: { snapshots } }: ManagerContext, name: string, older: string): boolean => {
  let at = snapshots.get(name);
  while (at?.status?.size === 0 && at.metadata.name !== older) at = snapshots.get(at.status.parent);
  return at?.metadata.name === older;
};

/**
 * Whether no snapshot that has data is newer than the one of the last backup (isVolumeBackupUpToDate). The data of the
 * volume itself do not count: after a revert they are those of an older snapshot.
 */
const isBackedUp = (context: ManagerContext, { metadata: { name } }: Volume, snapshot: string): boolean => {
  const { datastore, mutant } = context;
  const last = datastore.backups.get(datastore.volumes.get(name)?.status?.lastBackup ?? '');
  if (last !== undefined && mutant === 'system-backup-takes-old-backups') return true;
  const backedUp = datastore.snapshots.get(last?.status?.snapshotName ?? '');
  if (backedUp === undefined) return false;
  if (mutant === 'fixed:reverted-volume-is-not-backed-up')
    return hasDataOf(context, snapshot, backedUp.metadata.name);
  return !datastore.snapshots
    .list()
    .some((each) => each.spec.volume === name && each.status?.size !== 0 && timeOf(each) > timeOf(backedUp));
};

const takeSnapshot = async (
  { datastore, clock, signal }: ManagerContext,
  volume: Volume,
): Promise<string> => {
  const name = generateName('system-backup');
  await createSnapshot(datastore, volume, { name, createSnapshot: true });
  const end = Date.now() + clock.systemBackupTimeout;
  while (Date.now() < end && !signal.aborted) {
    await sleep(1_000, undefined, { ref: false });
    if ((await datastore.snapshots.fetch(name)).status?.readyToUse) return name;
  }
  throw new Error('timeout taking volume snapshot for system backup');
};

const requestBackups = async (context: ManagerContext, { spec }: SystemBackup): Promise<string[]> => {
  const { datastore, mutant } = context;
  const given = spec.volumeBackupPolicy;
  const isDisabledIgnored = given === 'disabled' && mutant === 'system-backup-ignores-disabled';
  const policy = isDisabledIgnored ? 'if-not-present' : given;
  if (policy !== 'always' && policy !== 'if-not-present') return [];
  const made: string[] = [];
  for (const volume of datastore.volumes.list()) {
    if (volume.status?.isStandby && mutant !== 'system-backup-takes-standby') continue;
    // Also of a volume that is not backed up then.
    const snapshot = await takeSnapshot(context, volume);
    const isAlways = policy === 'always' && mutant !== 'system-backup-ignores-always';
    if (!isAlways && isBackedUp(context, volume, snapshot)) continue;
    const backup = { name: snapshot, snapshotName: snapshot, backupMode: 'incremental' };
    await makeBackupOf(datastore, volume, backup).catch((error: unknown) => {
      throw wrapError(`failed to create Volume ${volume.metadata.name} backup ${snapshot}`, error);
    });
    made.push(snapshot);
  }
  return made;
};

const isDone = ({ datastore, mutant }: ManagerContext, name: string): boolean => {
  const backup = datastore.backups.get(name);
  if (backup === undefined && mutant === 'fixed:system-backup-waits-for-deleted-backup')
    throw new Error(`failed creating Volume backup ${name}: it was deleted`);
  const { status } = backup ?? {};
  if (status?.state === 'Error' && mutant !== 'system-backup-ignores-failed-volume')
    throw new Error(`failed creating Volume backup ${name}: ${status.error ?? ''}`);
  if (status?.state !== 'Completed') return status?.state === 'Error';
  const volume = datastore.snapshots.get(status.snapshotName)?.spec.volume;
  return datastore.volumes.get(volume ?? '')?.status?.lastBackup === name;
};

/**
 * Backs the volumes of the cluster up as the policy says, and waits until each of these backups is the last one of its
 * volume. Longhorn gives up after a day. Throws the reason if one fails.
 */
export const backUpVolumes = async (context: ManagerContext, systemBackup: SystemBackup): Promise<void> => {
  const { clock, datastore, signal } = context;
  let left = await requestBackups(context, systemBackup);
  const isDeleted = (): boolean =>
    datastore.systemBackups.get(systemBackup.metadata.name)?.metadata.deletionTimestamp !== undefined;
  do {
    await sleep(clock.systemBackupPoll, undefined, { ref: false });
    left = left.filter((name) => !isDone(context, name));
  } while (left.length > 0 && !signal.aborted && !isDeleted());
};
