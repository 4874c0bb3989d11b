import { backupState } from '../longhorn/backup-state.ts';
import type { Backup } from '../longhorn/types.ts';
import type { ShownRow } from './table-watcher.ts';

/** How the page shows a backup. */
export type RowState = {
  /** The text of its row in the column Creation State, or the percentage of the progress bar there. */
  state: string;
  /** Whether the red icon is in the column Volume. */
  warning: boolean;
};

/**
 * How the page must show a backup, from its custom resource, in the terms of Longhorn's user interface
 * (src/routes/backup/BackupList.js).
 */
export const rowStateOf = (backup: Backup): RowState => ({
  state: backupState(backup) === 'InProgress' ? `${backup.status?.progress ?? 0} %` : backupState(backup),
  warning: !!backup.status?.messages?.error,
});

/** A backup in the API of longhorn-manager (api/model.go, source of v1.8.0 to v1.12.1). */
export type ShownBackup = {
  name: string;
  state: string;
  progress?: number;
  messages?: Record<string, string> | null;
};

/** How the page must show a backup, from the API object that it received. */
export const rowStateOfResource = ({ state, progress = 0, messages }: ShownBackup): RowState => ({
  state: state === 'InProgress' ? `${progress} %` : state,
  warning: !!messages?.error,
});

/** How a row shows its backup. */
export const rowStateOfRow = ({ state, progress, warning }: ShownRow): RowState => ({
  state: progress === null ? state : `${progress} %`,
  warning,
});

/** Describes a row state for explanations. Undefined means that there is no row. */
export const describeRowState = (row: RowState | undefined): string => {
  if (row === undefined) return 'no row';
  return `${row.state === '' ? 'no state' : row.state}${row.warning ? ' with the red icon' : ''}`;
};

/** Whether two row states are equal. */
export const isAlike = (one: RowState | undefined, other: RowState | undefined): boolean =>
  one?.state === other?.state && one?.warning === other?.warning;

/** A row state, and the time at which it started. An undefined `row` means that there is no row. */
export type RowPeriod = { at: number; row: RowState | undefined };

/** Removes entries that repeat the one before. */
export const distinct = (periods: readonly RowPeriod[]): RowPeriod[] =>
  periods.filter(({ row }, index) => {
    const before = periods[index - 1];
    return before === undefined || !isAlike(before.row, row);
  });
