import { ignoreMissing } from '../../kubernetes/client.ts';
import type { BackupTarget } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';

/**
 * A backup target. It is read anew unless it is known to be available: a manager that has not seen yet that it is would
 * leave in the store for good what is deleted now.
 */
export const readTarget = async (
  { datastore: { backupTargets } }: Pick<ManagerContext, 'datastore'>,
  name: string,
): Promise<BackupTarget | undefined> => {
  const seen = backupTargets.get(name);
  return seen?.status?.available || name === '' ? seen : backupTargets.fetch(name).catch(ignoreMissing);
};
