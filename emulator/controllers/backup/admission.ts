import type { Backup } from '../../longhorn/objects.ts';
import type { Context } from '../../manager/context.ts';
import { labels } from '../../modelled-on.ts';
import { admit, lacksFinalizer } from '../finalizer.ts';

/** Does what Longhorn's webhook does on a Backup's creation. The volume's label can be had from the snapshot, once that is known here. */
export const admitBackup = async ({ datastore }: Context, backup: Backup): Promise<Backup> => {
  const volume = datastore.snapshots.get(backup.spec.snapshotName ?? '')?.spec.volume;
  const isLabelled = backup.metadata.labels?.[labels.backupVolume] !== undefined;
  if (!lacksFinalizer(backup) && (isLabelled || !volume)) return backup;
  const accessMode = { [labels.accessMode]: 'rwo' };
  return admit(
    datastore.backups,
    { ...backup, spec: { ...backup.spec, labels: { ...accessMode, ...backup.spec.labels } } },
    { [labels.backupTarget]: 'default', ...(volume && { [labels.backupVolume]: volume }) },
  );
};
