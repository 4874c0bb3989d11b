import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';

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
  const { datastore } = context;
  const isOf = ({ spec }: BackupVolume): boolean =>
    spec.volumeName === volumeName && spec.backupTargetName === target.metadata.name;
  const backupVolume = datastore.backupVolumes.list().find(isOf);
  if (backupVolume) return requestVolumeSync(context, backupVolume);
  await datastore.backupTargets.patch(target.metadata.name, { spec: { syncRequestedAt: timestamp() } });
};
