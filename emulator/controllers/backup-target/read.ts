import type { BackupTarget } from '../../longhorn/objects.ts';
import type { ManagerContext } from '../../manager/context.ts';
import { readUnless } from '../../manager/datastore.ts';

/**
 * A backup target. It is read anew unless it is known to be available: a manager that has not seen yet that it is would
 * leave in the store for good what is deleted now.
 */
export const readTarget = async (
  { datastore: { backupTargets } }: Pick<ManagerContext, 'datastore'>,
  name: string,
): Promise<BackupTarget | undefined> =>
  name === '' ? undefined : readUnless(backupTargets, name, ({ status }) => status?.available === true);
