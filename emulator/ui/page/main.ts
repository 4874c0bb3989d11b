import { backupColumns, backupMenu, deletionQuestion } from './backup-columns.ts';
import { backupVolumeColumns, backupVolumeMenu } from './backup-volume-columns.ts';
import { confirmDialog, showError, urlDialog } from './dialog.ts';
import { element } from './element.ts';
import { follow } from './live.ts';
import { doomed, mutantOf, taken } from './mutants.ts';
import { navigation } from './navigation.ts';
import { type BackupRecord, type BackupVolumeRecord, backupsOf } from './records.ts';
import { deleteBackup, deleteBackupVolume, syncBackupVolume } from './requests.ts';
import { readRoute } from './route.ts';
import { createTable } from './table.ts';

const state: { backups: BackupRecord[]; backupVolumes: BackupVolumeRecord[] } = { backups: [], backupVolumes: [] };

const mutant = mutantOf(document.body);

const notEmulated = (what: string): void => showError(`not emulated: ${what} in the user interface`);

const backups = createTable<BackupRecord>({
  id: 'backDetailTable',
  columns: backupColumns,
  menu: backupMenu,
  onSelect: (key, backup) => {
    if (key === 'delete') confirmDialog(deletionQuestion(backup), () => void deleteBackup(doomed(backup, state.backups, mutant)));
    else if (key === 'getUrl') urlDialog(backup.url);
    else notEmulated(key);
  },
});

const backupVolumes = createTable<BackupVolumeRecord>({
  id: 'backTable',
  columns: backupVolumeColumns,
  menu: backupVolumeMenu,
  onSelect: (key, { name, volumeName }) => {
    const question = { title: 'Are you sure delete all the backups?', content: `All backups of volume ${volumeName} go.` };
    if (key === 'deleteAll') confirmDialog(question, () => void deleteBackupVolume(name));
    else if (key === 'syncBackupVolume') void syncBackupVolume(name);
    else notEmulated(key);
  },
});

const [title, view, live] = [element('h1'), element('main'), element('footer')];
document.body.append(navigation(), title, view, live);

const update = (): void => {
  const route = readRoute(location.hash);
  if (route.page === 'backups') {
    const known = state.backupVolumes.find(({ name }) => name === route.backupVolume);
    backups.update(backupsOf(state.backups, known).map((backup) => taken(backup, mutant)));
  }
  if (route.page === 'backupVolumes') backupVolumes.update(state.backupVolumes);
};

const show = (): void => {
  const route = readRoute(location.hash);
  if (route.page === 'notEmulated') {
    const home = element('a', '', ['Backup']);
    home.href = '#/backup';
    title.replaceChildren(`not emulated: ${route.path}`);
    view.replaceChildren(home);
    return;
  }
  title.replaceChildren(route.page === 'backups' ? `Backup / ${route.volume}` : 'Backup');
  view.replaceChildren(route.page === 'backups' ? backups.root : backupVolumes.root);
  update();
};

for (const name of ['backups', 'backupVolumes'] as const) {
  const sign = element('span');
  live.append(sign);
  follow<BackupRecord & BackupVolumeRecord>(name.toLowerCase(), {
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
