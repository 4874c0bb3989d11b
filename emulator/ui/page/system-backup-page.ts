import type { Column } from './cell.ts';
import { confirmDialog, formDialog } from './dialog.ts';
import { makeButton } from './element.ts';
import type { SystemBackupRecord, SystemRestoreRecord } from './records.ts';
import { send } from './send.ts';
import { createTable } from './table.ts';

type AnyRecord = Omit<SystemRestoreRecord, 'systemBackup'> & { version: string };

const column = (title: string, width: number, field: keyof AnyRecord): Column<AnyRecord> => ({
  title,
  width,
  cell: (each) => ({ text: each[field] }),
});

/** Of both tables, with the order and titles of Longhorn's UI, which shows the age in words. */
const columns = [
  column('Name', 120, 'name'),
  column('Version', 120, 'version'),
  column('State', 120, 'state'),
  column('Age', 120, 'createdAt'),
  column('Error', 220, 'error'),
];

const policies = ['If-Not-Present', 'Always', 'Disabled'];

const restoreDialog = (systemBackup: SystemBackupRecord): void =>
  formDialog(
    'Restore System Backup',
    [
      { name: 'name', label: 'Name', value: '' },
      { name: 'version', label: 'Version', value: systemBackup.version, disabled: true },
      { name: 'systemBackup', label: 'System Backup', value: systemBackup.name, disabled: true },
    ],
    (values) => void send('v1/systemrestores', 'POST', values),
  );

const deletionDialog = (what: string, path: string, name: string): void =>
  confirmDialog(
    { title: `Are you sure you want to delete ${what} ${name}?`, content: '' },
    () => void send(`v1/${path}/${encodeURIComponent(name)}`, 'DELETE'),
  );

/** The page of system backups: its button, and the tables of system backups and their restores. */
export const systemBackupPage = (mutant: string | undefined) => {
  const backups = createTable<AnyRecord>({
    id: 'systemBackupsTable',
    columns,
    menu: () => [
      { key: 'delete', name: 'Delete', disabled: false },
      { key: 'restore', name: 'Restore', disabled: false },
    ],
    onSelect: (key, record) => {
      if (key === 'restore') restoreDialog(record);
      else deletionDialog('System Backup', 'systembackups', record.name);
    },
  });
  const restores = createTable<AnyRecord>({
    id: 'systemRestoresTable',
    columns,
    menu: () => [{ key: 'delete', name: 'Delete', disabled: false }],
    onSelect: (_, { name }) => deletionDialog('System Restore', 'systemrestores', name),
  });
  const create = makeButton('ant-btn', 'Create', () =>
    formDialog(
      'Create System Backup',
      [
        { name: 'name', label: 'Name', value: '' },
        {
          ...{ name: 'volumeBackupPolicy', label: 'Volume Backup Policy', value: 'If-Not-Present' },
          select: { options: () => policies },
        },
      ],
      ({ name, volumeBackupPolicy }) => {
        const chosen = mutant === 'page-ignores-policy' ? 'If-Not-Present' : String(volumeBackupPolicy);
        void send('v1/systembackups', 'POST', { name, volumeBackupPolicy: chosen.toLowerCase() });
      },
    ),
  );
  return {
    nodes: [create, backups.root, restores.root],
    update: (systemBackups: SystemBackupRecord[], systemRestores: SystemRestoreRecord[]): void => {
      backups.update(systemBackups);
      const versionOf = (name: string) => systemBackups.find((each) => each.id === name)?.version ?? '';
      restores.update(systemRestores.map((each) => ({ ...each, version: versionOf(each.systemBackup) })));
    },
  };
};
