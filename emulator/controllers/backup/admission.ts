import type { Backup } from '../../longhorn/objects.ts';
import type { Context } from '../../manager/context.ts';
import { defaultBackupTarget, labels } from '../../modelled-on.ts';
import { admit, lacksFinalizer } from '../finalizer.ts';

/**
 * Does what Longhorn's webhook does on a Backup's creation. The volume's label can be had from the snapshot, once that is known here, and
 * the target's from the volume.
 */
export const admitBackup = async ({ datastore }: Context, backup: Backup): Promise<Backup> => {
  const labelled = backup.metadata.labels?.[labels.backupVolume];
  const volume = labelled ?? datastore.snapshots.get(backup.spec.snapshotName ?? '')?.spec.volume;
  if (!lacksFinalizer(backup) && (labelled || !volume)) return backup;
  const target = datastore.volumes.get(volume ?? '')?.spec.backupTargetName ?? defaultBackupTarget;
  const accessMode = { [labels.accessMode]: 'rwo' };
  return admit(
    datastore.backups,
    { ...backup, spec: { ...backup.spec, labels: { ...accessMode, ...backup.spec.labels } } },
    { [labels.backupTarget]: target, ...(volume && { [labels.backupVolume]: volume }) },
  );
};
