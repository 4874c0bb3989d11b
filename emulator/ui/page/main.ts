import {
  backupColumns,
  backupMenu,
  backupTargetColumns,
  backupTargetMenu,
  backupVolumeColumns,
  backupVolumeMenu,
  deletionQuestion,
} from './columns.ts';
import { confirmDialog, type FormValues, formDialog, showError, urlDialog } from './dialog.ts';
import { makeButton, makeElement } from './element.ts';
import { jobPage } from './job-page.ts';
import { followCollection } from './live.ts';
import { backupToDelete, backupToRestore, displayedBackup, readMutant } from './mutants.ts';
import {
  type BackupRecord,
  type BackupTargetRecord,
  type BackupVolumeRecord,
  backupsOfBackupVolume,
  type JobRecord,
  type SystemBackupRecord,
  type SystemRestoreRecord,
  type VolumeRecord,
} from './records.ts';
import { parseRoute } from './route.ts';
import { listNames, send } from './send.ts';
import { severalDialog } from './several-dialog.ts';
import { systemBackupPage } from './system-backup-page.ts';
import { createTable } from './table.ts';
import { volumePage } from './volume-page.ts';
import { volumesPage } from './volumes-page.ts';

// The pages of Longhorn's UI in the menu at the top.
const pages = {
  dashboard: 'Dashboard',
  node: 'Nodes',
  volume: 'Volumes',
  backup: 'Backups',
  backupTarget: 'Backup Targets',
  recurringJob: 'Recurring Jobs',
  systemBackups: 'System Backup',
};

/** The menu at the top of every page. */
const navigation = (): HTMLElement => {
  const items = Object.entries(pages).map(([page, name]) => {
    const link = makeElement('a', '', [name]);
    link.href = `#/${page}`;
    const item = makeElement('li', 'ant-menu-item', [link]);
    item.role = 'menuitem';
    return item;
  });
  const menu = makeElement('ul', 'ant-menu ant-menu-horizontal', items);
  menu.role = 'menu';
  return menu;
};

/** The fields of the dialog of a restore that change the volume, as far as they are emulated. */
const restoreFields = [
  { name: 'name', label: 'Name', value: '' },
  { name: 'numberOfReplicas', label: 'Number of Replicas', value: '3' },
  {
    name: 'nodeSelector',
    label: 'Node Tag',
    value: '',
    select: { options: () => listNames('nodetags'), several: true },
  },
  {
    name: 'diskSelector',
    label: 'Disk Tag',
    value: '',
    select: { options: () => listNames('disktags'), several: true },
  },
];

/**
 * Deletes a backup. Uses the volume's name in place of the backup volume's name, as Longhorn's UI does.
 * Longhorn accepts both.
 */
const deleteBackup = ({ name, volumeName }: { name: string; volumeName: string }) =>
  send(`v1/backupvolumes/${encodeURIComponent(volumeName)}?action=backupDelete`, 'POST', { name });

const syncBackupVolume = (name: string) =>
  send(`v1/backupvolumes/${encodeURIComponent(name)}?action=backupVolumeSync`, 'POST', {
    syncBackupVolume: true,
  });

const deleteBackupVolume = (name: string) => send(`v1/backupvolumes/${encodeURIComponent(name)}`, 'DELETE');

const syncAllBackupVolumes = () => send('v1/backupvolumes', 'PUT', { syncAllBackupVolumes: true });

/** What all collections have in common: a record of any of them. */
type AnyRecord = BackupRecord &
  BackupVolumeRecord &
  BackupTargetRecord &
  JobRecord &
  SystemBackupRecord &
  SystemRestoreRecord &
  VolumeRecord;

const state: {
  backups: BackupRecord[];
  backupVolumes: BackupVolumeRecord[];
  backupTargets: BackupTargetRecord[];
  recurringJobs: JobRecord[];
  systemBackups: SystemBackupRecord[];
  systemRestores: SystemRestoreRecord[];
  volumes: VolumeRecord[];
} = {
  ...{ backups: [], backupVolumes: [], backupTargets: [], recurringJobs: [] },
  ...{ systemBackups: [], systemRestores: [], volumes: [] },
};

const mutant = readMutant(document.body);

const notEmulated = (what: string): void => showError(`not emulated: ${what} in the user interface`);

const restoreDialog = (backup: BackupRecord | undefined): void => {
  if (!backup) return;
  const { url, backupTargetName, blockSize } = backupToRestore(backup, state.backups, mutant);
  const hidden = {
    ...{ fromBackup: url, backupTargetName, dataEngine: 'v1', accessMode: 'rwo', encrypted: false },
    ...{ restoreVolumeRecurringJob: 'ignored', staleReplicaTimeout: 20 },
    backupBlockSize: ['2097152', '16777216'].includes(blockSize) ? blockSize : '0',
  };
  formDialog(`Restore Backup ${backup.name}`, restoreFields, (values) => {
    const volume = { ...hidden, ...values, numberOfReplicas: Number(values.numberOfReplicas) };
    void send('v1/volumes', 'POST', volume);
  });
};

const backups = createTable<BackupRecord>({
  id: 'backDetailTable',
  columns: backupColumns,
  isSortable: mutant !== 'page-sorts-nothing',
  menu: backupMenu,
  onSelect: (key, backup) => {
    if (key === 'delete')
      confirmDialog(
        deletionQuestion(backup),
        () => void deleteBackup(backupToDelete(backup, state.backups, mutant)),
      );
    else if (key === 'getUrl') urlDialog(backup.url);
    else restoreDialog(backup);
  },
});

let checkedVolumes: BackupVolumeRecord[] = [];

// The backup target is not sent: Longhorn takes that of the backup.
const severalVolumes = (title: string, { isStandby }: { isStandby: boolean }): void => {
  const backups = checkedVolumes.flatMap(
    ({ lastBackupName }) => state.backups.find(({ name }) => name === lastBackupName) ?? [],
  );
  const tabs = checkedVolumes.map(({ name, volumeName }) => (isStandby ? name : volumeName));
  severalDialog(title, tabs, (values) => {
    for (const [index, each] of values.entries()) {
      const backup = backups[mutant === 'page-restores-first-of-several' ? 0 : index];
      void send('v1/volumes', 'POST', {
        ...each,
        ...{ fromBackup: backup?.url, dataEngine: 'v1', accessMode: 'rwo', staleReplicaTimeout: 20 },
        backupBlockSize: backup?.blockSize,
        ...(isStandby && { standby: true, frontend: '' }),
      });
    }
  });
};

const severalButtons = [
  makeButton('ant-btn', 'Restore Latest Backup', () =>
    severalVolumes('Restore Multiple Latest Backups', { isStandby: false }),
  ),
  makeButton('ant-btn', 'Create Disaster Recovery Volume', () =>
    severalVolumes('Create Multiple Disaster Recovery Volumes', { isStandby: true }),
  ),
];

const backupVolumes = createTable<BackupVolumeRecord>({
  onChecked: (rows) => {
    checkedVolumes = rows;
  },
  id: 'backTable',
  columns: backupVolumeColumns,
  menu: backupVolumeMenu,
  onSelect: (key, { name, volumeName, lastBackupName }) => {
    const question = {
      title: 'Are you sure delete all the backups?',
      content: `All backups of volume ${volumeName} go.`,
    };
    if (key === 'deleteAll') confirmDialog(question, () => void deleteBackupVolume(name));
    else if (key === 'syncBackupVolume') void syncBackupVolume(name);
    else if (key === 'restoreLatestBackup')
      restoreDialog(state.backups.find((backup) => backup.name === lastBackupName));
    else notEmulated(key);
  },
});

// Converts a duration in Go's format to seconds.
const secondsOf = (duration: string): string => {
  const units: Record<string, number> = { h: 3600, m: 60, s: 1 };
  const parts = [...duration.matchAll(/(\d+)([hms])/g)];
  return String(parts.reduce((sum, [, number, unit]) => sum + Number(number) * (units[unit ?? ''] ?? 0), 0));
};

const targetForm = (
  title: string,
  { name, backupTargetURL, credentialSecret, pollInterval }: Omit<BackupTargetRecord, 'id'>,
  onOk: (values: FormValues) => void,
): void =>
  formDialog(
    title,
    [
      { name: 'name', label: 'Name', value: name, disabled: name !== '' },
      { name: 'backupTargetURL', label: 'URL', value: backupTargetURL },
      { name: 'credentialSecret', label: 'Credential Secret', value: credentialSecret },
      { name: 'pollInterval', label: 'Poll Interval', value: secondsOf(pollInterval) },
    ],
    onOk,
  );

const newTarget = {
  ...{ name: '', backupTargetURL: '', credentialSecret: '', pollInterval: '300s' },
  ...{ available: false, message: '' },
};

const pathOfTarget = (name: string): string => `v1/backuptargets/${encodeURIComponent(name)}`;

const backupTargets = createTable<BackupTargetRecord>({
  id: 'backupTargetTable',
  columns: backupTargetColumns(mutant),
  menu: backupTargetMenu,
  onSelect: (key, target) => {
    const { name } = target;
    const question = {
      title: `Are you sure you want to delete ${name} backup target ?`,
      content: '',
      ok: 'Delete',
    };
    if (key === 'delete') confirmDialog(question, () => void send(pathOfTarget(name), 'DELETE'));
    else
      targetForm(
        `Edit Backup Target ${name}`,
        target,
        (values) => void send(`${pathOfTarget(name)}?action=backupTargetUpdate`, 'POST', { ...values, name }),
      );
  },
});

/** The form by which the names of a page are filtered. */
const createFilter = (onFilter: () => void) => {
  const input = makeElement('input', 'ant-input');
  const root = makeElement('form', 'ant-form', [input, makeElement('button', 'ant-btn', ['Go'])]);
  const filter = { root, text: '' };
  root.addEventListener('submit', (event) => {
    event.preventDefault();
    filter.text = mutant === 'page-filters-nothing' ? '' : input.value.trim();
    onFilter();
  });
  return filter;
};

/** The button above the table of a page. */
const buttonOf = {
  backupVolumes: makeButton('ant-btn', 'Sync All Backup Volumes', () => {
    if (mutant !== 'page-syncs-nothing') void syncAllBackupVolumes();
  }),
  backupTargets: makeButton('ant-btn', 'Create Backup Target', () =>
    targetForm('Create Backup Target', newTarget, (values) => void send('v1/backuptargets', 'POST', values)),
  ),
};

const nameFilter = createFilter(() => update());

const recurringJobs = jobPage(mutant, (jobs) => {
  state.recurringJobs = jobs;
  update();
});

const systemBackups = systemBackupPage(mutant);
const volumes = volumesPage(mutant);

const [title, view, live] = [makeElement('h1'), makeElement('main'), makeElement('footer')];
document.body.append(navigation(), title, view, live);

let volume: ReturnType<typeof volumePage> | undefined;

const update = (): void => {
  const route = parseRoute(location.hash);
  if (route.page === 'backups') {
    const known = state.backupVolumes.find(({ name }) => name === route.backupVolume);
    backups.update(
      backupsOfBackupVolume(state.backups, known).map((backup) => displayedBackup(backup, mutant)),
    );
  }
  if (route.page === 'backupVolumes')
    backupVolumes.update(
      state.backupVolumes.filter(({ volumeName }) => volumeName.includes(nameFilter.text)),
    );
  if (route.page === 'backupTargets') backupTargets.update(state.backupTargets);
  if (route.page === 'recurringJobs') recurringJobs.table.update(state.recurringJobs);
  if (route.page === 'volumes') volumes.table.update(state.volumes);
  if (route.page === 'volume') volume?.update(state.volumes);
  if (route.page === 'systemBackups') systemBackups.update(state.systemBackups, state.systemRestores);
};

const show = (): void => {
  const route = parseRoute(location.hash);
  if (route.page === 'notEmulated') {
    const home = makeElement('a', '', ['Backup']);
    home.href = '#/backup';
    title.replaceChildren(`not emulated: ${route.path}`);
    view.replaceChildren(home);
    return;
  }
  if (route.page === 'volume') {
    title.replaceChildren(`Volume / ${route.volume}`);
    volume = volumePage(route.volume, mutant);
    view.replaceChildren(...volume.nodes);
    update();
    return;
  }
  if (route.page === 'backups') {
    title.replaceChildren(`Backup / ${route.volume}`);
    view.replaceChildren(backups.root);
  } else if (route.page === 'recurringJobs') {
    title.replaceChildren('Recurring Job');
    view.replaceChildren(recurringJobs.button, recurringJobs.table.root);
  } else if (route.page === 'volumes') {
    title.replaceChildren('Volume');
    view.replaceChildren(volumes.button, volumes.table.root);
  } else if (route.page === 'systemBackups') {
    title.replaceChildren('System Backup');
    view.replaceChildren(...systemBackups.nodes);
  } else {
    title.replaceChildren(route.page === 'backupVolumes' ? 'Backup' : 'Backup Target');
    const { root } = route.page === 'backupVolumes' ? backupVolumes : backupTargets;
    const filter = route.page === 'backupVolumes' ? [...severalButtons, nameFilter.root] : [];
    view.replaceChildren(buttonOf[route.page], ...filter, root);
  }
  update();
};

for (const name of Object.keys(state) as (keyof typeof state)[]) {
  const sign = makeElement('span');
  live.append(sign);
  followCollection<AnyRecord>(name.toLowerCase(), {
    isReopened: mutant !== 'page-stays-cut-off',
    onData: (data) => {
      state[name] = data;
      update();
    },
    onState: (now) => {
      sign.className = `socket-${now}`;
      sign.textContent = `${name}: ${now}`;
    },
  });
}

window.addEventListener('hashchange', show);
show();
