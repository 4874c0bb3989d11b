import { toBackupVolume } from './backup.ts';
import { backupActions, deleteBackupVolume, syncAllBackupVolumes } from './backup-actions.ts';
import { backupTargetActions, createBackupTarget, deleteBackupTarget } from './backup-target-actions.ts';
import type { ApiAction } from './call.ts';
import { followed } from './collections.ts';
import { toCollection, withLinks } from './resource.ts';
import { snapshotActions } from './snapshot-actions.ts';
import { toVolume } from './volume.ts';

// Alone among them it has no body for what is not there, and a client takes that 404 for an answer.
const getVolume: ApiAction = async ({ datastore, name, links }) => {
  const volume = datastore.volumes.get(name);
  return volume && toVolume(datastore, volume, links);
};

const listBackupVolumes: ApiAction = async ({ datastore, links }) =>
  toCollection('backupVolume', followed.backupvolumes.list(datastore, links), links);

// Not an error for one that is not there: Longhorn's CSI plugin of old relied on that.
const getBackupVolume: ApiAction = async ({ datastore, name, links }) =>
  toBackupVolume(name, datastore.backupVolumes.get(name), links);

const actionsOf = (path: string, actions: Record<string, ApiAction>): Record<string, ApiAction> =>
  Object.fromEntries(Object.entries(actions).map(([name, action]) => [`POST ${path}/*?${name}`, action]));

/**
 * Every request that is answered: method and path below /v1, * for a name, and the action if there is one. They
 * are those of recurring jobs and of the page; Longhorn has many more, see its api/router.go.
 */
export const routes: Record<string, ApiAction> = {
  // Who connects asks for it.
  'GET ': async ({ links }) => withLinks({ type: 'apiVersion' }, links),
  'GET volumes/*': getVolume,
  ...actionsOf('volumes', snapshotActions),
  'GET backupvolumes': listBackupVolumes,
  'GET backupvolumes/*': getBackupVolume,
  'PUT backupvolumes': syncAllBackupVolumes,
  'DELETE backupvolumes/*': deleteBackupVolume,
  ...actionsOf('backupvolumes', backupActions),
  'POST backuptargets': createBackupTarget,
  'DELETE backuptargets/*': deleteBackupTarget,
  ...actionsOf('backuptargets', backupTargetActions),
};
