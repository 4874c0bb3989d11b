import { formDialog } from './dialog.ts';
import { makeButton, makeElement } from './element.ts';
import { menuButton } from './menu.ts';
import { repeatedInput } from './repeated-input.ts';
import { listNames, send } from './send.ts';

type Mutated = { mutant: string | undefined };

const act = (volume: string, action: string, input: object): ReturnType<typeof send> =>
  send(`v1/volumes/${encodeURIComponent(volume)}?action=${action}`, 'POST', input);

const targetDialog = (volume: string): void =>
  formDialog(
    'Update Backup Target',
    [
      {
        name: 'backupTargetName',
        label: 'BackupTarget',
        value: 'default',
        select: { options: () => listNames('backuptargets') },
      },
    ],
    (values) => void act(volume, 'updateBackupTargetName', values),
  );

// With labels, the request has no backup mode (longhorn-ui, src/models/snapshot.js; known bug labelled-backup-is-not-full).
const backUp = async (
  volume: string,
  { labels, backupMode, mutant }: { labels: Record<string, string>; backupMode: string } & Mutated,
): Promise<void> => {
  const isOld = mutant === 'page-backs-up-old-snapshot';
  const { data: [old] = [] } = ((isOld && (await act(volume, 'snapshotCRList', {}))) || {}) as {
    data?: { name: string }[];
  };
  const snapshot = old ?? (await act(volume, 'snapshotCRCreate', {}));
  if (!snapshot) return;
  const isLabelled = Object.keys(labels).length > 0;
  await act(volume, 'snapshotBackup', {
    name: snapshot.name,
    ...(isLabelled && mutant !== 'page-forgets-labels' && { labels }),
    ...((!isLabelled || mutant === 'fixed:labelled-backup-is-not-full') && { backupMode }),
  });
};

const backupDialog = (volume: string, mutant: string | undefined): void => {
  const { nodes, read } = repeatedInput({
    add: 'Add Labels',
    placeholders: ['Labels Key', 'Value'],
    initial: [],
  });
  formDialog(
    'Create Backup',
    [{ name: 'fullBackup', label: 'Full Backup', value: '', isBox: true }],
    ({ fullBackup }) =>
      void backUp(volume, {
        labels: Object.fromEntries(read()),
        backupMode: fullBackup ? 'full' : 'incremental',
        mutant,
      }),
    nodes,
  );
};

/** The page of a volume: its menu, and the part with its backups. */
export const volumePage = (volume: string, mutant: string | undefined): HTMLElement[] => {
  const menu = menuButton(
    () => [{ key: 'updateBackupTargetName', name: 'Update Backup Target', disabled: false }],
    () => targetDialog(volume),
  );
  const create = makeButton('ant-btn ant-btn-primary', 'Create Backup', () => backupDialog(volume, mutant));
  return [
    makeElement('div', 'out-container-button', [menu]),
    makeElement('div', 'ant-card', ['Snapshots and Backups', create]),
  ];
};
