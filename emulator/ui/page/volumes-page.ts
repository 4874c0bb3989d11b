import { type Column, formatSize } from './cell.ts';
import { formDialog } from './dialog.ts';
import { makeButton, makeElement } from './element.ts';
import type { VolumeRecord } from './records.ts';
import { listNames, send } from './send.ts';
import { createTable } from './table.ts';

/** The first columns of Longhorn's UI. */
const columns = (mutant: string | undefined): Column<VolumeRecord>[] => [
  { title: 'State', width: 160, cell: ({ state }) => ({ text: state }) },
  {
    title: 'Name',
    width: 200,
    cell: ({ name, standby }) => ({
      text: name,
      href: `#/volume/${encodeURIComponent(name)}`,
      ...(standby && mutant !== 'page-hides-standby' && { mark: true, tooltip: 'Disaster Recovery Volume' }),
    }),
  },
  { title: 'Size', width: 100, cell: ({ size }) => ({ text: formatSize(size) }) },
];

const blockSizes: Record<string, string> = {
  'ignored (follow the global setting)': '0',
  '2 Mi': '2097152',
  '16 Mi': '16777216',
};

/** A part of a form that is closed at first. */
const panel = (title: string, content: HTMLElement): HTMLElement => {
  const header = makeElement('div', 'ant-collapse-header', [title]);
  header.role = 'button';
  content.hidden = true;
  header.addEventListener('click', () => {
    content.hidden = !content.hidden;
  });
  return makeElement('div', 'ant-collapse-item', [header, content]);
};

const creationDialog = (mutant: string | undefined): void =>
  formDialog(
    'Create Volume',
    [
      { name: 'name', label: 'Name', value: '' },
      { name: 'size', label: 'Size', value: '20' },
      { name: 'numberOfReplicas', label: 'Number of Replicas', value: '3' },
      {
        ...{ name: 'backupTargetName', label: 'Backup Target', value: 'default' },
        select: { options: () => listNames('backuptargets') },
      },
      {
        ...{
          name: 'backupBlockSize',
          label: 'Backup Block Size',
          value: 'ignored (follow the global setting)',
        },
        select: { options: () => Object.keys(blockSizes) },
        wrap: (row) => panel('Advanced Configurations', row),
      },
    ],
    ({ name, size, numberOfReplicas, backupTargetName, backupBlockSize }) => {
      const chosen = mutant === 'page-ignores-block-size' ? '0' : blockSizes[String(backupBlockSize)];
      void send('v1/volumes', 'POST', {
        ...{ name, size: `${size}Gi`, numberOfReplicas: Number(numberOfReplicas), backupTargetName },
        ...{ backupBlockSize: chosen, accessMode: 'rwo', frontend: 'blockdev', dataEngine: 'v1' },
        staleReplicaTimeout: 20,
      });
    },
  );

const activationDialog = ({ name }: VolumeRecord): void =>
  formDialog(
    'Activate Disaster Recovery Volume',
    [
      {
        name: 'frontend',
        label: 'Frontend',
        value: 'Block Device',
        select: { options: () => ['Block Device'] },
      },
    ],
    () =>
      void send(`v1/volumes/${encodeURIComponent(name)}?action=activate`, 'POST', { frontend: 'blockdev' }),
  );

/** The page of volumes: its button, and its table. */
export const volumesPage = (mutant: string | undefined) => ({
  button: makeButton('ant-btn', 'Create Volume', () => creationDialog(mutant)),
  table: createTable<VolumeRecord>({
    id: 'volumeTable',
    columns: columns(mutant),
    menu: ({ standby }) =>
      standby ? [{ key: 'activate', name: 'Activate Disaster Recovery Volume', disabled: false }] : [],
    onSelect: (_, volume) => activationDialog(volume),
  }),
});
