import { ignoreMissing } from '../kubernetes/client.ts';
import { keepsByAge } from '../modelled-on.ts';
import type { ManagerContext } from './context.ts';

/**
 * Changes what managers of another version have left, before this one begins (upgrade/v112xto1130). Each manager may
 * do it: the changes are the same.
 */
export const upgradeObjects = async ({ datastore, mutant, version }: ManagerContext): Promise<void> => {
  const { recurringJobs, backupTargets, backupVolumes, volumes } = datastore;
  for (const { metadata, spec } of recurringJobs.list())
    if (mutant === 'upgrade-loses-jobs') await recurringJobs.delete(metadata.name).catch(ignoreMissing);
    else if (keepsByAge(version) && !spec.retentionPolicy)
      await recurringJobs.patch(metadata.name, {
        spec: { retentionPolicy: mutant === 'upgrade-keeps-jobs-by-age' ? 'age-based' : 'count-based' },
      });
  if (mutant === 'upgrade-stops-polling')
    for (const { metadata } of backupTargets.list())
      await backupTargets.patch(metadata.name, { spec: { pollInterval: '0s' } });
  if (mutant === 'upgrade-lists-anew')
    for (const { metadata } of backupVolumes.list())
      await backupVolumes.delete(metadata.name).catch(ignoreMissing);
  if (mutant === 'upgrade-activates-standby')
    for (const { metadata, spec } of volumes.list())
      if (spec.Standby) await volumes.patch(metadata.name, { spec: { Standby: false } });
};
