import { timestamp } from '../manager/context.ts';
import { backupsOf, toBackup, toBackupVolume } from './backup.ts';
import { type Action, type Call, textOf } from './call.ts';
import { NotFound, wrapped } from './errors.ts';
import { toCollection } from './resource.ts';

const listOf = ({ datastore, links }: Call, of: { volume: string; target: string }) =>
  toCollection(
    'backup',
    backupsOf(datastore, of).map((backup) => toBackup(backup, links)),
    links,
  );

const backupList: Action = async (call) => {
  const { spec } = call.datastore.backupVolumes.get(call.name) ?? {};
  if (!spec) return toCollection('backup', [], call.links);
  return listOf(call, { volume: spec.volumeName, target: spec.backupTargetName });
};

const backupListByVolume: Action = async (call) => {
  const volume = textOf(call.input, 'name');
  return listOf(call, { volume, target: call.datastore.volumes.get(volume)?.spec.backupTargetName ?? '' });
};

const nameOf = ({ input }: Call): string => {
  const name = textOf(input, 'name');
  if (!name) throw new Error('empty backup name is not allowed');
  return name;
};

const backupGet: Action = async (call) => {
  const backupName = nameOf(call);
  return wrapped(`failed to get backup '${backupName}' of volume '${call.name}'`, () => {
    const backup = call.datastore.backups.get(backupName);
    if (!backup) throw new NotFound('backup', backupName);
    return toBackup(backup, call.links);
  });
};

/**
 * Asks for the deletion of a Backup's object and answers at once: whether it succeeds in the store is to be
 * seen in that object.
 */
const backupDelete: Action = async (call) => {
  const { datastore, name, links } = call;
  const backupName = nameOf(call);
  if (datastore.backups.get(backupName)) {
    await wrapped(`failed to delete backup '${backupName}' of volume '${name}'`, () =>
      datastore.backups.delete(backupName),
    );
  }
  return toBackupVolume(name, datastore.backupVolumes.get(name), links);
};

const backupVolumeSync: Action = async ({ datastore, name, links, input }) => {
  const sync = () => datastore.backupVolumes.patch(name, { spec: { syncRequestedAt: timestamp() } });
  if (input.syncBackupVolume === true) await wrapped(`failed to synchronize backup volume ${name}`, sync);
  return toBackupVolume(name, datastore.backupVolumes.get(name), links);
};

/** What can be done to a BackupVolume and its Backups, by the action's name. */
export const backupActions: Record<string, Action> = {
  backupList,
  backupListByVolume,
  backupGet,
  backupDelete,
  backupVolumeSync,
};

/** Asks for the deletion of a BackupVolume with all its Backups. */
export const deleteBackupVolume: Action = async ({ datastore, name }) => {
  await wrapped(`failed to delete backup volume '${name}'`, () => datastore.backupVolumes.delete(name));
  return undefined;
};
