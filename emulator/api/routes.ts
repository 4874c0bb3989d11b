import { toBackupVolume } from './backup.ts';
import { backupActions, deleteBackupVolume, syncAllBackupVolumes } from './backup-actions.ts';
import { backupTargetActions, createBackupTarget, deleteBackupTarget } from './backup-target-actions.ts';
import type { ApiAction } from './call.ts';
import { claimActions } from './claim-actions.ts';
import { streamedCollections } from './collections.ts';
import { createRecurringJob, deleteRecurringJob, updateRecurringJob } from './recurring-job-actions.ts';
import { toCollection, withLinks } from './resource.ts';
import { snapshotActions } from './snapshot-actions.ts';
import {
  createSystemBackup,
  createSystemRestore,
  deleteSystemBackup,
  deleteSystemRestore,
} from './system-backup.ts';
import { trimFilesystem } from './trim.ts';
import { toVolume } from './volume.ts';
import { activateStandby, createVolumeObject, listTags, updateBackupTargetName } from './volume-create.ts';

// The only request that answers 404 without a body if the object does not exist. A client accepts that 404 as
// an answer.
const getVolume: ApiAction = async ({ datastore, name, links }) => {
  const volume = datastore.volumes.get(name);
  return volume && toVolume(datastore, volume, links);
};

const listOf =
  (name: keyof typeof streamedCollections): ApiAction =>
  async ({ datastore, links }) => {
    const { type, list } = streamedCollections[name];
    return toCollection(type, list(datastore, links), links);
  };

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
  'GET volumes': listOf('volumes'),
  'GET volumes/*': getVolume,
  'POST volumes': createVolumeObject,
  'GET nodetags': listTags('node'),
  'GET disktags': listTags('disk'),
  ...actionsOf('volumes', { ...snapshotActions, ...claimActions, trimFilesystem }),
  ...actionsOf('volumes', { activate: activateStandby, updateBackupTargetName }),
  'GET backupvolumes': listOf('backupvolumes'),
  'GET backupvolumes/*': getBackupVolume,
  'PUT backupvolumes': syncAllBackupVolumes,
  'DELETE backupvolumes/*': deleteBackupVolume,
  ...actionsOf('backupvolumes', backupActions),
  'GET recurringjobs': listOf('recurringjobs'),
  'POST recurringjobs': createRecurringJob,
  'PUT recurringjobs/*': updateRecurringJob,
  'DELETE recurringjobs/*': deleteRecurringJob,
  'GET backuptargets': listOf('backuptargets'),
  'POST backuptargets': createBackupTarget,
  'DELETE backuptargets/*': deleteBackupTarget,
  ...actionsOf('backuptargets', backupTargetActions),
  'GET systembackups': listOf('systembackups'),
  'POST systembackups': createSystemBackup,
  'DELETE systembackups/*': deleteSystemBackup,
  'GET systemrestores': listOf('systemrestores'),
  'POST systemrestores': createSystemRestore,
  'DELETE systemrestores/*': deleteSystemRestore,
};
