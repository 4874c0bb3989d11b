import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// As where an export makes root another user, who may not write. A new volume would have other folders in the store.
scenario(
  'A backup to a store to which Longhorn may not write fails with the reason, and the next one is made once it may',
  { tags: ['failing-store', 'backup-targets', 'slow'], needs: ['writingDenied'], proves: ['T29'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const denied = await given.writingDenied({ of: volume, folder: 'blocks' });
    await then.inForce(denied);

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await when.backedUp(await given.snapshot(volume));
    await then.creationFails(second, 'creation-denied');
    await then.inForce(denied);
    await then.known(first);

    await when.released(denied);
    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true });
    await then.restores(third, data);
  },
);
