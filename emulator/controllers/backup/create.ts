import type { Backup, Volume } from '../../longhorn/objects.ts';
import type { Datastore } from '../../manager/datastore.ts';
import { finalizer, labels } from '../../modelled-on.ts';

/**
 * Makes a Backup of a volume, with all that Longhorn's webhook adds, and refuses it as the webhook does. The admission
 * policy that stands for it does not judge managers.
 */
export const makeBackupOf = async (
  { backups, backupTargets }: Pick<Datastore, 'backups' | 'backupTargets'>,
  { metadata: { name: volume }, spec: { backupTargetName: target, accessMode } }: Volume,
  {
    name,
    labels: given,
    ...spec
  }: { name: string } & Pick<Backup['spec'], 'snapshotName' | 'backupMode' | 'labels'>,
): Promise<Backup> => {
  const refusal = (why: string): Error =>
    new Error(`admission webhook "validator.longhorn.io" denied the request: ${why}`);
  const found = backupTargets.get(target);
  if (!found)
    throw refusal(`failed to get backup target ${target}: backuptarget.longhorn.io "${target}" not found`);
  if (found.status?.available === false) throw refusal(`backup target ${target} is not available`);
  return backups.create({
    metadata: {
      ...{ name, finalizers: [finalizer] },
      labels: { [labels.backupTarget]: target, [labels.backupVolume]: volume },
    },
    spec: { ...spec, labels: { [labels.accessMode]: accessMode, ...given } },
  });
};
