import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// The report of longhorn/longhorn#14000: a client that applies the object with its own labels takes this one away.
scenario(
  'A backup that was found in a store is deleted, though it has lost the label of its backup target',
  {
    tags: ['backup-deletion', 'backup-targets', 'slow'],
    // An interrupted run leaves a Backup that cannot be deleted. A lab goes with it.
    needs: ['lab'],
    proves: ['D16'],
  },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const { backup, volume } = await given.foreignBackup(target, { size: littleData.data.size });
    await when.storeLookedInto(target);
    await then.known(backup);

    await when.targetLabelLost(backup);
    await when.deleted(backup);
    const isDeleted = await then.orKnownBug('unlabelled-backup-is-never-deleted', () =>
      then.deletingUnlabelled(backup),
    );
    if (!isDeleted) {
      await then.stillInStore(backup);
      await when.targetLabelSet(backup);
    }
    await then.deleted(backup);
    await then.storeHolds(volume, []);
  },
);
