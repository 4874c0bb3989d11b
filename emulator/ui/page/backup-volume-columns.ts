import { type Column, formatSize, type MenuItem } from './cell.ts';
import type { BackupVolumeRecord } from './records.ts';
import { backupsHref } from './route.ts';

/** The columns of the backup volumes, in the order and under the titles of Longhorn's UI. */
export const backupVolumeColumns: Column<BackupVolumeRecord>[] = [
  {
    title: 'Name',
    width: 200,
    cell: ({ volumeName, name, messages }) => ({
      text: volumeName,
      href: backupsHref({ volume: volumeName, backupVolume: name }),
      ...(messages?.error && { tooltip: messages.error, warning: true }),
    }),
  },
  { title: 'Size', width: 80, cell: ({ size }) => ({ text: formatSize(size) }) },
  { title: 'Backup Target', width: 200, cell: ({ backupTargetName }) => ({ text: backupTargetName }) },
  { title: 'Last Backup At', width: 200, cell: ({ lastBackupAt }) => ({ text: lastBackupAt }) },
  { title: 'Created At', width: 180, cell: ({ created }) => ({ text: created }) },
  // Always empty here, as in the table of backups.
  { title: 'PV/PVC', width: 120, cell: () => ({ text: '' }) },
  { title: 'Workload/Pod', width: 230, cell: () => ({ text: '' }) },
];

/** What can be done to a backup volume. */
export const backupVolumeMenu = ({ lastBackupName, messages }: BackupVolumeRecord): MenuItem[] => {
  const disabled = lastBackupName === '' || !!messages?.error;
  return [
    { key: 'recovery', name: 'Create Disaster Recovery Volume', disabled },
    { key: 'restoreLatestBackup', name: 'Restore Latest Backup', disabled },
    { key: 'syncBackupVolume', name: 'Sync Backup Volume', disabled: false },
    { key: 'deleteAll', name: 'Delete All Backups', disabled: false },
  ];
};
