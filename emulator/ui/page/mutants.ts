import type { BackupRecord } from './records.ts';

/** The name of the page's mutant, undefined for none. */
export const readMutant = ({ dataset }: { dataset: DOMStringMap }): string | undefined => dataset.mutant;

/** A backup as a page with this mutant shows it. */
export const displayedBackup = (backup: BackupRecord, mutant: string | undefined): BackupRecord => {
  if (mutant === 'page-hides-deleting' && backup.state === 'Deleting')
    return { ...backup, state: 'Completed' };
  if (mutant === 'page-hides-error') return { ...backup, messages: null, error: '' };
  return backup;
};

/** The backup that a page with this mutant deletes in place of `backup`. */
export const backupToDelete = (
  backup: BackupRecord,
  backups: readonly BackupRecord[],
  mutant: string | undefined,
): BackupRecord =>
  (mutant === 'page-deletes-another'
    ? backups.find(({ id, volumeName }) => id !== backup.id && volumeName === backup.volumeName)
    : undefined) ?? backup;

/** The backup that a page with this mutant restores in place of `backup`. */
export const backupToRestore = (
  backup: BackupRecord,
  backups: readonly BackupRecord[],
  mutant: string | undefined,
): BackupRecord =>
  (mutant === 'page-restores-latest'
    ? backups
        .filter(({ volumeName }) => volumeName === backup.volumeName)
        .reduce((latest, each) => (each.created > latest.created ? each : latest), backup)
    : undefined) ?? backup;
