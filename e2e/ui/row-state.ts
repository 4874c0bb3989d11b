import { backupState } from '../longhorn/backup-state.ts';
import type { Backup } from '../longhorn/types.ts';
import type { ShownRow } from './table-watcher.ts';

/** What the page shows of a backup. */
export type RowState = {
  /** Its row's text in the column Creation State, or the percent of the bar there. */
  state: string;
  /** With the red icon in the column Volume. */
  warning: boolean;
};

/**
 * How the page must show a backup: what its custom resource says, in the words of Longhorn's user interface
 * (src/routes/backup/BackupList.js).
 */
export const rowStateOf = (backup: Backup): RowState => ({
  state: backupState(backup) === 'InProgress' ? `${backup.status?.progress ?? 0} %` : backupState(backup),
  warning: !!backup.status?.messages?.error,
});

/** A backup as the API of longhorn-manager shows it (api/model.go, source of v1.8.0 to v1.12.1). */
export type ShownBackup = {
  name: string;
  state: string;
  progress?: number;
  messages?: Record<string, string> | null;
};

/** How the page must show a backup that it got. */
export const rowStateOfResource = ({ state, progress = 0, messages }: ShownBackup): RowState => ({
  state: state === 'InProgress' ? `${progress} %` : state,
  warning: !!messages?.error,
});

/** What a row shows. */
export const rowStateOfRow = ({ state, progress, warning }: ShownRow): RowState => ({
  state: progress === null ? state : `${progress} %`,
  warning,
});

/** In words, for explanations; no row is that of a backup that is not there. */
export const describeRowState = (row: RowState | undefined): string => {
  if (row === undefined) return 'no row';
  return `${row.state === '' ? 'no state' : row.state}${row.warning ? ' with the red icon' : ''}`;
};

/** Whether two rows are the same. */
export const isAlike = (one: RowState | undefined, other: RowState | undefined): boolean =>
  one?.state === other?.state && one?.warning === other?.warning;

/** A row and since when; undefined: no row. */
export type Stretch = { at: number; row: RowState | undefined };

/** Stretches without those that only repeat the one before. */
export const distinct = (stretches: readonly Stretch[]): Stretch[] =>
  stretches.filter(({ row }, index) => {
    const before = stretches[index - 1];
    return before === undefined || !isAlike(before.row, row);
  });
