import type { Backup } from './types.ts';

/** The states of a backup; `""` is a new one. The CRD has no enum, so other values can occur. */
export type BackupState = '' | 'Pending' | 'InProgress' | 'Completed' | 'Error' | 'Unknown' | 'Deleting';

/** The state of a backup. A backup without a status counts as new. */
export const backupState = (backup: Backup): string => backup.status?.state ?? '';

/**
 * Describes the state of a backup and its messages in one line: `Pending ("Wait for backup b to be deleted")`,
 * `InProgress 40 %`.
 */
export const describeBackup = (backup: Backup): string => {
  const { progress, error, messages } = backup.status ?? {};
  const state = backupState(backup);
  const said = [
    messages?.info && `"${messages.info}"`,
    messages?.error && `messages.error "${messages.error}"`,
    error && `error "${error}"`,
  ].filter((text) => text !== undefined && text !== '');
  const shown = state === '' ? 'new' : state === 'InProgress' ? `InProgress ${progress ?? 0} %` : state;
  return said.length === 0 ? shown : `${shown} (${said.join(', ')})`;
};
