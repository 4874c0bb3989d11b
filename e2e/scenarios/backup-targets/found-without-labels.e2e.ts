import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document. Longhorn v1.0 to v1.2 wrote `null` where a backup had no labels.
scenario(
  'A backup without labels that is found in the store of an encrypted volume ends no longhorn-manager',
  {
    tags: ['backup-targets', 'manager-kill', 'slow'],
    // Elsewhere others would lose a manager, again and again.
    needs: ['lab'],
    exclusive: ['longhorn-managers'],
    disruptions: ['manager-kill'],
  },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    await given.exclusive('longhorn-managers');
    const found = await given.foreignBackup(target, {
      size: littleData.data.size,
      unlabelled: true,
      encrypted: true,
    });

    await when.storeLookedInto(target);
    const unharmed = await then.orKnownBug('unlabelled-backup-ends-managers', () =>
      then.knownUnharmed(found.backup),
    );
    if (unharmed) return;
    await then.managersEndAgain();
    await when.foreignDecrypted(found);
    await then.known(found.backup);
    await then.managersReady();
    // The size of a volume that is encrypted is less by that of its header.
    await when.backupVolumeSynced(found.volume);
    await then.restores(found.backup, [found.data]);
    await then.storeHolds(found.volume, [found.backup]);
  },
);
