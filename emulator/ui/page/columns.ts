import { type Cell, type Column, formatSize, type MenuEntry } from './cell.ts';
import type { BackupRecord, BackupTargetRecord, BackupVolumeRecord } from './records.ts';
import { backupsHref } from './route.ts';

const errorOf = ({ messages }: BackupRecord): string => messages?.error ?? '';

const volumeCell = (backup: BackupRecord): Cell => {
  const tooltip = errorOf(backup);
  return { text: backup.volumeName, ...(tooltip && { tooltip, warning: true }) };
};

// This cell shows only status.error, which is empty after a failed deletion.
const stateCell = ({ state, progress, error }: BackupRecord): Cell => {
  if (state === 'InProgress') return { text: '', progress };
  if (state === 'Error') return { text: state, className: 'error', tooltip: error };
  return { text: state };
};

const blockSizeCell = ({ state, blockSize }: BackupRecord): Cell => {
  if (state !== 'Completed') return { text: '' };
  return blockSize === '-1' ? { text: 'Error', className: 'error' } : { text: formatSize(blockSize) };
};

const plain = (
  title: string,
  width: number,
  text: (backup: BackupRecord) => string,
  sort?: keyof BackupRecord,
): Column<BackupRecord> => ({
  title,
  width,
  ...(sort && { sort }),
  cell: (backup) => ({ text: text(backup) }),
});

const sizeOf = (
  title: string,
  width: number,
  field: 'size' | 'reUploadedDataSize' | 'newlyUploadDataSize',
): Column<BackupRecord> =>
  plain(title, width, (backup) => (backup.state === 'Completed' ? formatSize(backup[field]) : ''), field);

type Used = {
  pvName?: string;
  workloadsStatus?:
    | { podName: string; podStatus: string; workloadName: string; workloadType: string }[]
    | null;
};

const statusOf = ({ labels }: BackupRecord): Used => JSON.parse(labels?.KubernetesStatus ?? '{}');

const workloadCell = (backup: BackupRecord): Cell => {
  const [used] = statusOf(backup).workloadsStatus ?? [];
  if (used === undefined) return { text: '' };
  const pairs: [string, string][] = [
    ['Workload Name', used.workloadName],
    ['Workload Type', used.workloadType],
    ['Pod Name', used.podName],
    ['Pod Status', used.podStatus],
  ];
  return { text: used.podName, popUp: { title: 'Workload/Pod Status When Backup Created', pairs } };
};

/** The columns of a backup volume's backups, with the order and titles of Longhorn's UI. */
export const backupColumns: Column<BackupRecord>[] = [
  plain('ID', 100, ({ id }) => id, 'id'),
  { title: 'Volume', width: 120, cell: volumeCell },
  { title: 'Creation State', width: 120, cell: stateCell },
  plain('Backup Mode', 120, ({ backupMode }) => backupMode || 'incremental', 'backupMode'),
  { title: 'Backup Block Size', width: 150, cell: blockSizeCell, sort: 'blockSize' },
  plain('Backup Target', 120, ({ backupTargetName }) => backupTargetName, 'backupTargetName'),
  plain('Snapshot Name', 150, ({ snapshotName }) => snapshotName, 'snapshotName'),
  sizeOf('Size', 90, 'size'),
  sizeOf('Re-Uploaded Data Size', 150, 'reUploadedDataSize'),
  sizeOf('Newly Uploaded Data Size', 150, 'newlyUploadDataSize'),
  // This one and the next show what used the volume at the time of its backup.
  plain('PV/PVC', 90, (backup) => (statusOf(backup).pvName ? 'Bound' : '')),
  { title: 'Workload/Pod', width: 150, cell: workloadCell },
  plain('Snapshot Created', 150, ({ snapshotCreated }) => snapshotCreated, 'snapshotCreated'),
  {
    title: 'Labels',
    width: 80,
    cell: ({ labels }) => {
      const { KubernetesStatus: _, ...others } = labels ?? {};
      const popUp = { heading: 'Backup Labels', pairs: Object.entries(others) };
      return { text: '', icon: 'tags', popUp };
    },
  },
];

/** The menu of a backup. */
export const backupMenu = (backup: BackupRecord): MenuEntry[] => {
  const disabled = errorOf(backup) !== '' || backup.url === '';
  return [
    { key: 'delete', name: 'Delete', disabled: false },
    { key: 'restore', name: 'Restore', disabled },
    { key: 'getUrl', name: 'Get URL', disabled },
  ];
};

/** The question before a backup is deleted. */
export const deletionQuestion = ({ name }: BackupRecord) => ({
  title: `Are you sure you want to delete backup ${name} ?`,
  content: 'A restore that is reading this backup fails when it goes, and so does its volume.',
});

/** The columns of the backup volumes, with the order and titles of Longhorn's UI. */
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
  // Always empty, as in the table of backups.
  { title: 'PV/PVC', width: 120, cell: () => ({ text: '' }) },
  { title: 'Workload/Pod', width: 230, cell: () => ({ text: '' }) },
];

/** The menu of a backup volume. */
export const backupVolumeMenu = ({ lastBackupName, messages }: BackupVolumeRecord): MenuEntry[] => {
  const disabled = lastBackupName === '' || !!messages?.error;
  return [
    { key: 'recovery', name: 'Create Disaster Recovery Volume', disabled },
    { key: 'restoreLatestBackup', name: 'Restore Latest Backup', disabled },
    { key: 'syncBackupVolume', name: 'Sync Backup Volume', disabled: false },
    { key: 'deleteAll', name: 'Delete All Backups', disabled: false },
  ];
};

/** The columns of the backup targets, with the order and titles of Longhorn's UI. */
export const backupTargetColumns = (mutant: string | undefined): Column<BackupTargetRecord>[] => [
  { title: 'Name', width: 150, cell: ({ name }) => ({ text: name }) },
  { title: 'URL', width: 220, cell: ({ backupTargetURL }) => ({ text: backupTargetURL }) },
  { title: 'Credential Secret', width: 150, cell: ({ credentialSecret }) => ({ text: credentialSecret }) },
  { title: 'Poll Interval', width: 100, cell: ({ pollInterval }) => ({ text: pollInterval }) },
  {
    title: 'Status',
    width: 90,
    cell: ({ available, message }) => ({
      text: available ? 'Available' : 'Error',
      className: available ? 'healthy' : 'error',
      ...(message && { more: true, tooltip: mutant === 'page-hides-reason' ? 'Error' : message }),
    }),
  },
];

/** The menu of a backup target. */
export const backupTargetMenu = ({ name }: BackupTargetRecord): MenuEntry[] => [
  { key: 'edit', name: 'Edit', disabled: false },
  { key: 'delete', name: 'Delete', disabled: name === 'default' },
];
