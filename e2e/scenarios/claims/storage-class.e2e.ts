import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about: ScenarioOptions = { tags: ['claims'], needs: ['block-device'], disruptions: ['claims'] };

// From Longhorn's page "Storage Class Parameters".
scenario(
  'A StorageClass names the backup target and the recurring jobs of its volumes, or the backup to restore',
  { ...about, proves: ['J23', 'R14', 'T5'] },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const [of, byGroup] = [await given.recurringJob(volume), await given.recurringJob(volume)];

    const byNothing = await when.claimMade(await given.classNaming());
    await then.hasTarget(byNothing);
    const { target } = volume;
    const all = await given.classNaming({ target, jobs: { of, byGroup } });
    const byAll = await when.claimMade(all);
    await then.hasTarget(byAll, target.name);
    await then.inJobs(byAll, { of, byGroup });

    const byBackup = await given.classNaming({ backup });
    const restore = await then.claimGetsBackup(byBackup, backup);
    await then.restored(restore, data);
  },
);

// From Longhorn's page "Restore from a Backup".
scenario(
  'A PersistentVolume and a claim of a restored volume have the StorageClass that its source had at its backup',
  { ...about, proves: ['R7'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const storageClass = await given.classNaming({ target });
    const backup = await given.settledBackup(await when.claimMade(storageClass));

    const restore = await when.restored(backup, { replicas: 1 });
    await then.restored(restore, []);
    await then.claimHasClass(await when.claimedByApi(restore), storageClass);
  },
);

// From Longhorn's page "Recurring Snapshots and Backups".
scenario(
  "A claim rules its volume's recurring jobs: what is taken from the claim goes from the volume too",
  { ...about, tags: ['claims', 'recurring-jobs'], proves: ['J22'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const [own, job] = [await given.recurringJob(volume), await given.recurringJob(volume)];
    await when.jobLeft(job);
    const claim = await given.boundClaim(volume);
    await then.inJobs(volume, { of: own, byDefault: true });

    await when.claimLabelled(claim, { job, by: 'group' });
    await then.inJobs(volume, { byGroup: job });
    await when.claimLabelled(claim, { job, by: 'name' });
    await then.inJobs(volume, { of: job });
  },
);
