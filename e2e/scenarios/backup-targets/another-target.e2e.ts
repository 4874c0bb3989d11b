import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A volume that is given another backup target has backups on both, and each target lists its own',
  { tags: ['backup-targets', 'slow'], needs: ['block-device'], proves: ['C28', 'T4', 'T11'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const other = await given.target(await given.store({ kind: 'the same kind' }));

    const moved = await when.volumeRetargeted(volume, other);
    data.push(await given.data(moved, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(moved);
    await then.storeHolds(volume, [first]);
    await then.known(first);
    await then.lastBackup(second);
    await then.storeHolds(moved, [second]);

    await then.removedFromCluster(second, await when.targetRemoved(other));
    await then.storeHolds(moved, [second]);
    await then.known(first);
    await when.targetMadeAgain(other);
    await then.known(second);
    await then.lastBackup(second);

    await when.deleted(first);
    await then.deleted(first);
    await then.storeHolds(volume, []);
    await then.storeHolds(moved, [second]);
    await then.restores(second, data);
  },
);
