import { toBackupVolume } from './backup.ts';
import { backupActions, deleteBackupVolume, syncAllBackupVolumes } from './backup-actions.ts';
import { backupTargetActions, createBackupTarget, deleteBackupTarget } from './backup-target-actions.ts';
import type { ApiAction } from './call.ts';
import { streamedCollections } from './collections.ts';
import { toCollection, withLinks } from './resource.ts';
import { snapshotActions } from './snapshot-actions.ts';
import { toVolume } from './volume.ts';

// The only request that answers 404 without a body if the object does not exist. A client accepts that 404 as
// an answer.
const getVolume: ApiAction = async ({ datastore, name, links }) => {
  const volume = datastore.volumes.get(name);
  return volume && toVolume(datastore, volume, links);
};

const listBackupVolumes: ApiAction = async ({ datastore, links }) =>
  toCollection('backupVolume', streamedCollections.backupvolumes.list(datastore, links), links);

// An unknown backup volume is not an error: old versions of Longhorn's CSI plugin relied on that.
const getBackupVolume: ApiAction = async ({ datastore, name, links }) =>
  toBackupVolume(name, datastore.backupVolumes.get(name), links);

const actionsOf = (path: string, actions: Record<string, ApiAction>): Record<string, ApiAction> =>
  Object.fromEntries(Object.entries(actions).map(([name, action]) => [`POST ${path}/*?${name}`, action]));

/**
 * All requests that the API answers, as method, path below /v1 (* for a name) and action. Recurring jobs and
 * the user interface need these. Longhorn has many more (api/router.go).
 */
export const routes: Record<string, ApiAction> = {
  // Clients request this when they connect.
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
