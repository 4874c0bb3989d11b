import type { BackupRecord } from './records.ts';

/** The name of the page's mutant, undefined for none. */
export const readMutant = ({ dataset }: { dataset: DOMStringMap }): string | undefined => dataset.mutant;

const unknownWorkload = JSON.stringify({
  workloadsStatus: [{ podName: 'none', podStatus: 'none', workloadName: 'none', workloadType: 'none' }],
});

/** A backup as a page with this mutant shows it. */
export const displayedBackup = (backup: BackupRecord, mutant: string | undefined): BackupRecord => {
  if (mutant === 'page-hides-deleting' && backup.state === 'Deleting')
    return { ...backup, state: 'Completed' };
  if (mutant === 'page-swaps-labels') {
    const { KubernetesStatus = '{}', ...others } = backup.labels ?? {};
    const swapped = Object.fromEntries(Object.entries(others).map(([key, value]) => [value, key]));
    return { ...backup, labels: { ...swapped, KubernetesStatus } };
  }
  if (mutant === 'page-forgets-workload' && backup.labels?.KubernetesStatus)
    return { ...backup, labels: { ...backup.labels, KubernetesStatus: unknownWorkload } };
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
