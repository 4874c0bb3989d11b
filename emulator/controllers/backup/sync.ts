import type { BackupTarget, BackupVolume } from '../../longhorn/objects.ts';
import { type ManagerContext, timestamp } from '../../manager/context.ts';

/** Asks the owner of a BackupVolume to look at the store again. */
export const requestVolumeSync = async (
  { datastore }: ManagerContext,
  { metadata }: BackupVolume,
): Promise<void> => {
  await datastore.backupVolumes.patch(metadata.name, { spec: { syncRequestedAt: timestamp() } });
};

/**
 * Asks for a look at a volume of the store: by its BackupVolume, or, while it has none, by the BackupTarget,
 * which will make it.
 */
export const requestSync = async (
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
