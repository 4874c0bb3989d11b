import type { BackupRecord } from './records.ts';

/** The bug that the page was given on purpose, by its name; undefined for none. */
export const mutantOf = ({ dataset }: { dataset: DOMStringMap }): string | undefined => dataset.mutant;

/** A backup as a page with this bug takes it. */
export const taken = (backup: BackupRecord, mutant: string | undefined): BackupRecord => {
  if (mutant === 'page-hides-deleting' && backup.state === 'Deleting')
    return { ...backup, state: 'Completed' };
  if (mutant === 'page-hides-error') return { ...backup, messages: null, error: '' };
  return backup;
};

/** The backup that a page with this bug deletes when it is asked to delete one of these. */
export const doomed = (
  backup: BackupRecord,
  backups: readonly BackupRecord[],
  mutant: string | undefined,
): BackupRecord =>
  (mutant === 'page-deletes-another'
    ? backups.find(({ id, volumeName }) => id !== backup.id && volumeName === backup.volumeName)
    : undefined) ?? backup;
