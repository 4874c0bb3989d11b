import { alreadyExists, isConflict } from '../../kubernetes/client.ts';
import { ownerReference, withCondition } from '../../kubernetes/objects.ts';
import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { notEmulated } from '../../manager/not-emulated.ts';
import { backupVolumeName, finalizer, labels } from '../../modelled-on.ts';
import { forgetObject } from '../finalizer.ts';

type Status = NonNullable<BackupTarget['status']>;

/** The status a BackupTarget begins with. */
export const newBackupTargetStatus: Status = {
  ownerID: '',
  available: false,
  conditions: null,
  lastSyncedAt: null,
};

const lasting = (message: string | undefined): string =>
  message?.replaceAll(/time="[^"]*"|0x[0-9a-f]+/g, '') ?? '';

// The command's log lines are part of the message, and what it prints of a bucket are addresses. If nothing but
// those and times has changed it is not written again: that would be an event, and with it the next try at once.
const unavailable = (status: Status, message: string): Status => {
  const before = status.conditions?.find(({ type }) => type === 'Unavailable');
  if (before?.status === 'True' && !status.available && lasting(before.message) === lasting(message))
    return status;
  const condition = { type: 'Unavailable', status: 'True', reason: 'Unavailable', message } as const;
  return {
    ...status,
    available: false,
    conditions: withCondition(status.conditions, condition, timestamp()),
  };
};

const available = (status: Status): Status => ({
  ...status,
  available: true,
  conditions: withCondition(status.conditions, { type: 'Unavailable', status: 'False' }, timestamp()),
});

const volumesOf = ({ datastore }: ManagerContext, { metadata }: BackupTarget): BackupVolume[] =>
  datastore.backupVolumes.list().filter(({ spec }) => spec.backupTargetName === metadata.name);

/** Takes the BackupVolumes of a target out of this cluster; the Backups go with them. */
export const forgetVolumes = async (context: ManagerContext, target: BackupTarget): Promise<void> => {
  for (const backupVolume of volumesOf(context, target)) {
    forgotten.add(backupVolume.spec.volumeName);
    await forgetObject(context.datastore.backupVolumes, backupVolume);
  }
};

// For a bug: the volumes that this process has taken out of the cluster, and that may be found again.
const forgotten = new Set<string>();

const removeForgotten = async (
  { targets, mutant }: ManagerContext,
  target: BackupTarget,
  inStore: string[],
): Promise<void> => {
  if (mutant !== 'forgotten-volumes-removed') return;
  const client = await targets.open(target);
  for (const volume of inStore)
    if (forgotten.delete(volume)) await client.removeVolume(target.spec.backupTargetURL, volume);
};

// Has the owner of a BackupVolume look at its backups. One that has changed since it was read, as by the end of a look that was
// under way, is not asked: Longhorn drops the conflict, and the target counts as synced.
const askVolume = async ({ datastore }: ManagerContext, backupVolume: BackupVolume): Promise<void> => {
  const spec = { ...backupVolume.spec, syncRequestedAt: timestamp() };
  await datastore.backupVolumes.update({ ...backupVolume, spec }).catch((error) => {
    if (!isConflict(error)) throw error;
  });
};

// Brings the BackupVolumes in line with the volumes the store has, and has those known before look at their
// backups.
const syncVolumes = async (
  context: ManagerContext,
  { target, known, inStore }: { target: BackupTarget; known: BackupVolume[]; inStore: string[] },
): Promise<void> => {
  const { datastore } = context;
  const isKnown = (volume: string): boolean => known.some(({ spec }) => spec.volumeName === volume);
  for (const volume of inStore.filter((name) => !isKnown(name))) {
    await datastore.backupVolumes
      .create({
        metadata: {
          name: backupVolumeName(volume, target.metadata.name),
          labels: { [labels.backupTarget]: target.metadata.name, [labels.backupVolume]: volume },
          finalizers: [finalizer],
          ownerReferences: [ownerReference(target)],
        },
        spec: { backupTargetName: target.metadata.name, volumeName: volume, syncRequestedAt: null },
      })
      .catch((error) => {
        if (!alreadyExists(error)) throw error;
      });
  }
  for (const backupVolume of known) {
    if (!inStore.includes(backupVolume.spec.volumeName)) {
      forgotten.add(backupVolume.spec.volumeName);
      await forgetObject(datastore.backupVolumes, backupVolume);
    } else if (!backupVolume.metadata.deletionTimestamp) await askVolume(context, backupVolume);
  }
};

/**
 * Looks into a target's store, brings its BackupVolumes in line with it, and gives what the target's status
 * is to become.
 */
export const syncTarget = async (context: ManagerContext, target: BackupTarget): Promise<Status> => {
  const status = { ...newBackupTargetStatus, ...target.status };
  const url = target.spec.backupTargetURL;
  const beyond = notEmulated(target).join('; ');
  if (url === '' || beyond) {
    await forgetVolumes(context, target);
    const why = context.mutant === 'target-reason-lost' ? 'not available' : 'backup target URL is empty';
    return { ...unavailable(status, beyond || why), lastSyncedAt: null };
  }
  // As Longhorn has them since v1.9.1, before it looks into the store.
  const known = volumesOf(context, target);
  const client = await context.targets.open(target).catch((error) => {
    throw new Error(`failed to init backup target clients: ${error.message}`);
  });
  try {
    await client.systemBackups(url);
  } catch (error) {
    context.log.error('Failed to get info from backup store', { backupTarget: target.metadata.name, error });
    if (context.mutant === 'unreachable-forgets-backups') await forgetVolumes(context, target);
    if (context.mutant === 'target-reason-lost') return unavailable(status, '');
    return unavailable(
      status,
      `failed to list system backups in ${url}: error listing system backup in ${url}: ${(error as Error).message}`,
    );
  }
  // Longhorn too first says that it is there, and synchronises in the next round.
  if (!status.available) return available(status);
  // An error from here on goes nowhere but to its log, and the target stays available (syncBackupVolume).
  const inStore = await client.backupVolumes(url).catch((error: Error) => {
    throw new Error(
      `failed to list backup volumes in ${url}: error listing backup volume names: ${error.message}`,
    );
  });
  await removeForgotten(context, target, inStore);
  await syncVolumes(context, { target, known, inStore });
  return { ...status, lastSyncedAt: timestamp() };
};
