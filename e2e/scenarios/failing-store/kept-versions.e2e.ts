import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// The purpose of object lock: somebody who may delete all backups, or may make Longhorn delete them, cannot destroy
// them.
scenario(
  'Backups that were deleted from a bucket with object lock are known and complete again once the deletion is undone',
  { tags: ['failing-store', 'slow'], needs: ['versionsKept'] },
  async ({ given, when, then }) => {
    const kept = await given.versionsKept();
    await then.inForce(kept);
    const volume = await given.volume();
    const before = await given.data(volume);
    const first = await given.settledBackup(volume);
    const after = await given.data(volume, { offset: littleData.data.size, size: littleData.data.size / 2 });
    const second = await given.settledBackup(volume);
    const noted = await given.versionsNoted(kept, volume);

    for (const backup of [first, second]) {
      await when.deleted(backup);
      await then.deleted(backup);
    }
    await then.storeHolds(volume, []);
    await then.inForce(kept);

    await when.broughtBack(noted);
    await when.storeLookedInto();
    for (const backup of [first, second]) await then.known(backup);
    await then.storeHolds(volume, [first, second]);
    await then.restores(first, [before]);
    await then.restores(second, [before, after]);
  },
);
