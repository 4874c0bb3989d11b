import { encodeBackupURL } from '../../backupstore/url.ts';
import type { TargetClient } from '../../engine/target-client.ts';
import type { Backup } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/** Where a volume's backups are: the URL of the store, its client, and the name of the volume. */
export type StoredVolumePlace = { client: TargetClient; url: string; volume: string };

const unknown = '-1';
const small = '2097152';
const known = [small, '16777216'];

/**
 * The block size of a backup that a sync found (backup_volume_controller.go, reconcile): by its config, 2 MiB if that
 * states none, and -1 if it states another, cannot be read, is unfinished, or has no labels.
 */
export const foundBlockSize = async (
  { mutant, log }: ManagerContext,
  { client, url, volume }: StoredVolumePlace,
  backup: string,
): Promise<string> => {
  if (mutant === 'found-block-size-ignored') return small;
  const info = await client.inspect(encodeBackupURL({ url, volume, backup })).catch((error) => {
    log.warning('Failed to get backupInfo from remote backup target', { backup, error });
    return undefined;
  });
  if (info === undefined || info === 'inProgress') return unknown;
  if ((info.Labels ?? null) === null && mutant !== 'fixed:found-backup-has-no-block-size') return unknown;
  const stated = info.Parameters?.['backup-block-size'] || small;
  return known.includes(stated) ? stated : unknown;
};

/** Gives the Backups of a volume whose block size was unknown that of their configs. Only with the fix. */
export const learnBlockSizes = async (
  context: ManagerContext,
  place: StoredVolumePlace,
  backups: readonly Backup[],
): Promise<void> => {
  if (context.mutant !== 'fixed:found-backup-has-no-block-size') return;
  for (const { metadata, spec } of backups) {
    if (spec.backupBlockSize !== unknown) continue;
    const backupBlockSize = await foundBlockSize(context, place, metadata.name);
    await context.datastore.backups.patch(metadata.name, { spec: { backupBlockSize } });
  }
};
