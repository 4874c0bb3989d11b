import type { Backup, Volume } from '../longhorn/objects.ts';
import type { Datastore } from '../manager/datastore.ts';
import { labels } from '../modelled-on.ts';
import type { Mutant } from '../mutants.ts';

// metrics_collector/backup_collector.go. The metric has no value for Deleting: such a backup is as one that is new.
const states = ['', 'Pending', 'InProgress', 'Completed', 'Error', 'Unknown'];

const line = (name: string, of: Record<string, string>, value: number): string =>
  `longhorn_${name}{${Object.entries(of)
    .map(([label, text]) => `${label}="${text}"`)
    .join(',')}} ${value}\n`;

const ofBackup = ({ metadata, status }: Backup): string => {
  const of = {
    backup: metadata.name,
    recurring_job: status?.labels?.RecurringJob ?? '',
    volume: metadata.labels?.[labels.backupVolume] ?? '',
  };
  return (
    line('backup_state', of, Math.max(0, states.indexOf(status?.state ?? ''))) +
    line('backup_actual_size_bytes', of, Number(status?.size ?? 0))
  );
};

const ofVolume = (node: string, { metadata, status }: Volume): string => {
  const at = status?.lastBackupAt ? Date.parse(status.lastBackupAt) / 1000 : 0;
  return line('volume_last_backup_at', { node, pvc: '', pvc_namespace: '', volume: metadata.name }, at);
};

type Source = { datastore: Datastore; node: string; mutant: Mutant | undefined };

/**
 * Three metrics of a manager, in the text format of Prometheus: the state and the size of the backups that it owns, and
 * the time of the last backup of the volumes that it owns.
 */
export const describeMetrics = ({ datastore: { backups, volumes }, node, mutant }: Source): string => {
  const isOwn = ({ status }: Backup | Volume): boolean =>
    status?.ownerID === node || mutant === 'metrics-of-others';
  return [
    ...backups.list().filter(isOwn).map(ofBackup),
    ...volumes
      .list()
      .filter(isOwn)
      .map((volume) => ofVolume(node, volume)),
  ].join('');
};
