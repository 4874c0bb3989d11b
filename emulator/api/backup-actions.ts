import type { BackupVolume } from '../longhorn/objects.ts';
import { timestamp } from '../manager/context.ts';
import { backupsOfVolume, byName, toBackup, toBackupVolume } from './backup.ts';
import { type ApiAction, type ApiCall, stringField } from './call.ts';
import { NotFound, withErrorContext } from './errors.ts';
import { toCollection } from './resource.ts';

const backupList: ApiAction = async ({ datastore, name, links }) => {
  const { spec } = datastore.backupVolumes.get(name) ?? {};
  const backups =
    spec === undefined
      ? []
      : backupsOfVolume(datastore, { volume: spec.volumeName, target: spec.backupTargetName });
  return toCollection(
    'backup',
    backups.map((backup) => toBackup(backup, links)),
    links,
  );
};

const nameOf = ({ input }: ApiCall): string => {
  const name = stringField(input, 'name');
  if (!name) throw new Error('empty backup name is not allowed');
  return name;
};

const backupGet: ApiAction = async (call) => {
  const backupName = nameOf(call);
  return withErrorContext(`failed to get backup '${backupName}' of volume '${call.name}'`, () => {
    const backup = call.datastore.backups.get(backupName);
    if (!backup) throw new NotFound('backup', backupName);
    return toBackup(backup, call.links);
  });
};

/**
 * Deletes a Backup object and answers at once. The deletion in the store comes later, and its result shows in
 * the object.
 */
const backupDelete: ApiAction = async (call) => {
  const { datastore, name, links } = call;
  const backupName = nameOf(call);
  if (datastore.backups.get(backupName)) {
    await withErrorContext(`failed to delete backup '${backupName}' of volume '${name}'`, () =>
      datastore.backups.delete(backupName),
    );
  }
  return toBackupVolume(name, datastore.backupVolumes.get(name), links);
};

// In seconds: a request that comes within this time after the last one is refused.
const leastBetweenSyncs = 10;

const mayRequestSync = ({ spec }: BackupVolume): boolean =>
  Date.now() - (Date.parse(spec.syncRequestedAt ?? '') || 0) >= leastBetweenSyncs * 1000;

/** Requests a sync of a BackupVolume with the store. */
export const requestSync = ({ datastore }: Pick<ApiCall, 'datastore'>, name: string): Promise<unknown> =>
  datastore.backupVolumes.patch(name, { spec: { syncRequestedAt: timestamp() } });

/** Requests a sync of all BackupVolumes with the store. Of those that refuse it, only Longhorn's log tells. */
export const syncAllBackupVolumes: ApiAction = async (call) => {
  const { datastore, input, links } = call;
  const known = datastore.backupVolumes.list().sort(byName);
  if (input.syncAllBackupVolumes === true)
    for (const each of known.filter(mayRequestSync)) await requestSync(call, each.metadata.name);
  return toCollection(
    'backupVolume',
    known.map((backupVolume) => toBackupVolume(backupVolume.metadata.name, backupVolume, links)),
    links,
  );
};

const backupVolumeSync: ApiAction = async (call) => {
  const { datastore, name, links, input } = call;
  if (input.syncBackupVolume === true)
    await withErrorContext(`failed to synchronize backup volume ${name}`, () => {
      const known = datastore.backupVolumes.get(name);
      if (known && !mayRequestSync(known))
        throw new Error(`failed to synchronize backup volume '${name}' in ${leastBetweenSyncs} seconds`);
      return requestSync(call, name);
    });
  return toBackupVolume(name, datastore.backupVolumes.get(name), links);
};

/** Actions on a BackupVolume and its Backups, by name. */
export const backupActions: Record<string, ApiAction> = {
  backupList,
  backupGet,
  backupDelete,
  backupVolumeSync,
};

/** Deletes a BackupVolume object with all its Backups. */
export const deleteBackupVolume: ApiAction = async ({ datastore, name }) => {
  await withErrorContext(`failed to delete backup volume '${name}'`, () =>
    datastore.backupVolumes.delete(name),
  );
  return undefined;
};
