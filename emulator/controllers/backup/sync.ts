import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';
import { findBackupVolume } from '../volume/status.ts';

/** Requests a sync with the store from the owner of a BackupVolume. */
export const requestVolumeSync = async (
  { datastore }: ManagerContext,
  { metadata }: BackupVolume,
): Promise<void> => {
  await datastore.backupVolumes.patch(metadata.name, { spec: { syncRequestedAt: timestamp() } });
};

/**
 * Requests a sync of a volume with the store: of its BackupVolume, or of the BackupTarget, which creates the
 * BackupVolume if it is missing.
 */
export const requestStoreSync = async (
  context: ManagerContext,
  target: BackupTarget,
  volumeName: string,
): Promise<void> => {
  const backupVolume = findBackupVolume(context, volumeName, target.metadata.name);
  if (backupVolume) return requestVolumeSync(context, backupVolume);
  await context.datastore.backupTargets.patch(target.metadata.name, {
    spec: { syncRequestedAt: timestamp() },
  });
};
