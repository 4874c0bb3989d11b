import type { BackupTarget } from '../longhorn/objects.ts';
import { timestamp } from '../manager/context.ts';
import { type ApiAction, type ApiCall, stringField } from './call.ts';
import { toBackupTarget } from './collections.ts';
import { NotFound, withErrorContext } from './errors.ts';

// The API has pollInterval as a string of seconds.
const specOf = ({ input }: ApiCall) => {
  const interval = stringField(input, 'pollInterval');
  if (!/^-?\d+$/.test(interval)) throw new Error(`invalid backup target polling interval '${interval}'`);
  return {
    backupTargetURL: stringField(input, 'backupTargetURL'),
    credentialSecret: stringField(input, 'credentialSecret'),
    pollInterval: `${interval}s`,
  };
};

/** Creates a BackupTarget. */
export const createBackupTarget: ApiAction = (call) => {
  const name = stringField(call.input, 'name');
  return withErrorContext(`failed to create backup target ${name}`, async () =>
    toBackupTarget(
      await call.datastore.backupTargets.create({
        metadata: { name },
        spec: { ...specOf(call), syncRequestedAt: null },
      }),
      call.links,
    ),
  );
};

const backupTargetUpdate: ApiAction = (call) => {
  const name = stringField(call.input, 'name');
  return withErrorContext(`failed to update backup target ${name}`, async () => {
    if (!call.datastore.backupTargets.get(name)) throw new NotFound('backupTarget', name);
    const spec: BackupTarget['spec'] = { ...specOf(call), syncRequestedAt: timestamp() };
    return toBackupTarget(await call.datastore.backupTargets.patch(name, { spec }), call.links);
  });
};

/** Actions on a BackupTarget, by name. */
export const backupTargetActions: Record<string, ApiAction> = { backupTargetUpdate };

/** Deletes a BackupTarget object. */
export const deleteBackupTarget: ApiAction = async ({ datastore, name }) => {
  await withErrorContext(`failed to delete backup target ${name}`, () =>
    datastore.backupTargets.delete(name),
  );
  return undefined;
};
