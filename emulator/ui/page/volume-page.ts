import { formatSize } from './cell.ts';
import { formDialog } from './dialog.ts';
import { makeButton, makeElement } from './element.ts';
import { menuButton } from './menu.ts';
import type { VolumeRecord } from './records.ts';
import { repeatedInput } from './repeated-input.ts';
import { listNames, send } from './send.ts';
import { withTooltip } from './table.ts';

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

type SnapshotRecord = { name: string; crCreationTime: string };

const tree = (snapshots: SnapshotRecord[], backedUp: Set<string>): HTMLElement[] =>
  snapshots.map(({ name }) => {
    const icon = makeElement('div', 'tree-snapshot-icon');
    icon.style.background = backedUp.has(name) ? '#33AB65' : '#3085d5';
    const short = makeElement('p', 'snapshot-name', [name.slice(0, 8)]);
    const desc = makeElement('div', 'tree-snapshot-desc', [short]);
    return withTooltip(makeElement('div', '', [icon, desc]), `Name: ${name}`);
  });

/** The page of a volume: its menu, what it is, and the part with its backups. */
export const volumePage = (volume: string, mutant: string | undefined) => {
  const menu = menuButton(
    () => [{ key: 'updateBackupTargetName', name: 'Update Backup Target', disabled: false }],
    () => targetDialog(volume),
  );
  const create = makeButton('ant-btn ant-btn-primary', 'Create Backup', () => backupDialog(volume, mutant));
  const blockSize = makeElement('span');
  const info = makeElement('div', 'ant-card', [
    makeElement('div', 'row', [makeElement('span', '', ['Backup Block Size:']), blockSize]),
  ]);
  const snapshots = makeElement('div');
  snapshots.id = 'tree-snapshot';
  let known: SnapshotRecord[] = [];
  let backedUp: string[] = [];
  let drawn = '';
  // Drawn only if it has changed: an element that is replaced keeps its tooltip.
  const draw = (): void => {
    const now = JSON.stringify([known, backedUp]);
    if (now === drawn) return;
    drawn = now;
    snapshots.replaceChildren(...tree(known, new Set(mutant === 'page-colours-no-backup' ? [] : backedUp)));
  };
  void act(volume, 'snapshotCRList', {}).then((answer) => {
    known = (answer as { data?: SnapshotRecord[] } | undefined)?.data ?? [];
    draw();
  });
  return {
    nodes: [
      makeElement('div', 'out-container-button', [menu]),
      info,
      makeElement('div', 'ant-card', ['Snapshots and Backups', create, snapshots]),
    ],
    update: (volumes: VolumeRecord[]): void => {
      const { backupBlockSize, backupStatus = [] } = volumes.find(({ name }) => name === volume) ?? {};
      backedUp = backupStatus.map(({ snapshot }) => snapshot);
      draw();
      blockSize.textContent = backupBlockSize === undefined ? '' : formatSize(backupBlockSize);
    },
  };
};
