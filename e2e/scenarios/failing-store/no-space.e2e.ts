import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

scenario(
  'A backup for which the store has no space fails, and harms no other backup',
  { tags: ['failing-store'], needs: ['diskNearlyFull'], proves: ['D13'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    // There is room for some of its blocks, but not for all.
    const full = await given.diskNearlyFull(5 * mebibyte);
    await then.inForce(full);

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await when.backedUp(await given.snapshot(volume));
    await then.creationFails(second, 'creation-denied');
    await then.inForce(full);
    await then.storeHolds(volume, [first], { ignoreOthers: true });

    await when.released(full);
    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true });
    await then.restores(first, data.slice(0, 1));
    await then.restores(third, data);

    // This also removes the files that the failed backup left.
    await when.deleted(second);
    await then.goneInTheEnd(second);
    await then.storeHolds(volume, [first, third]);
    await then.hasStayedHealthy(volume, { since: second });
  },
);
