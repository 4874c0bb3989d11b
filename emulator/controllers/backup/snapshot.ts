import { isNotFound } from '../../kubernetes/client.ts';
import type { Backup } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { jobLabels, labels } from '../../modelled-on.ts';

// Source: controller/backup_controller.go
const snapshotSettings = {
  made: 'auto-cleanup-snapshot-after-on-demand-backup-completed',
  deleted: 'auto-cleanup-when-delete-backup',
} as const;

/** Deletes the snapshot of a backup that was made or deleted, if the setting says so. */
export const cleanUpSnapshot = async (
  { datastore, mutant }: ManagerContext,
  { metadata, spec }: Backup,
  when: keyof typeof snapshotSettings,
): Promise<void> => {
  // Asked for once only, and a user may have changed it just before.
  const isWanted = (await datastore.settings.fetch(snapshotSettings[when])).value === 'true';
  // A recurring job cleans up the snapshots that it took.
  const isJobs = when === 'made' && spec.labels?.[jobLabels.made] !== undefined;
  if (!isWanted || isJobs || !spec.snapshotName || mutant === 'snapshot-outlives-settings') return;
  const isInUse = datastore.backups
    .list()
    .some(
      (other) =>
        other.metadata.name !== metadata.name &&
        other.spec.snapshotName === spec.snapshotName &&
        ['', 'Pending', 'InProgress'].includes(other.status?.state ?? ''),
    );
  if (isInUse && mutant === 'fixed:finished-backup-takes-snapshot-of-upload') return;
  // Longhorn looks at the name alone.
  const ofVolume = datastore.snapshots.get(spec.snapshotName)?.spec.volume;
  const isAnothers = ofVolume !== undefined && ofVolume !== metadata.labels?.[labels.backupVolume];
  if (isAnothers && mutant === 'fixed:deleted-backup-takes-namesake') return;
  await datastore.snapshots.delete(spec.snapshotName).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
};
