import { showError } from './dialog.ts';

/** Sends a request to the API, seen from the page's own address; an error is shown, and no more. */
const send = async (path: string, method: string, body?: object): Promise<void> => {
  try {
    const headers = { accept: 'application/json', 'content-type': 'application/json' };
    const response = await fetch(path, { method, headers, ...(body && { body: JSON.stringify(body) }) });
    if (!response.ok) showError((await response.json()).message);
  } catch (error) {
    showError(String(error));
  }
};

/** Deletes a backup; by its volume's name in the place of its backup volume's, as Longhorn's UI does, to which it makes no difference. */
export const deleteBackup = ({ name, volumeName }: { name: string; volumeName: string }): Promise<void> =>
  send(`v1/backupvolumes/${encodeURIComponent(volumeName)}?action=backupDelete`, 'POST', { name });

export const syncBackupVolume = (name: string): Promise<void> =>
  send(`v1/backupvolumes/${encodeURIComponent(name)}?action=backupVolumeSync`, 'POST', { syncBackupVolume: true });

export const deleteBackupVolume = (name: string): Promise<void> => send(`v1/backupvolumes/${encodeURIComponent(name)}`, 'DELETE');
