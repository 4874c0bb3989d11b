import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const about: ScenarioOptions = {
  tags: ['backup-deletion', 'late-failure', 'held'],
  timeout: '40m',
  disruptions: ['process-hold'],
};

scenario(
  'A deletion that cannot remove a block, and fails after its backup has gone, ends no manager',
  { ...about, needs: ['denyDeletion'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    await given.data(volume, littleData.data);
    const first = await given.settledBackup(volume);
    await given.data(volume, littleData.data);
    const second = await given.settledBackup(volume);
    const block = await given.immutableBlock(first, { beside: [second] });
    const held = await given.heldRemoval(first, { until: 'config' });

    await when.deleted(first);
    await then.inForce(held);
    await when.wentOn(held);
    // For Longhorn a backup is gone that has no config.
    await then.deleted(first);
    await then.inForce(held);
    await then.inForce(block);
    await when.released(held);
    await then.blockLeft(block, volume, [second]);

    // Nobody is told of it; the next deletion that ends finds it.
    await when.released(block);
    await when.deleted(second);
    await then.deleted(second);
    await then.storeHolds(volume, []);
  },
);

scenario(
  'A backup volume that is deleted while the blocks of its last backup are being removed ends no manager',
  about,
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    await given.data(volume, littleData.data);
    const last = await given.settledBackup(volume);
    const held = await given.heldRemoval(last, { until: 'block' });

    await when.deleted(last);
    await then.inForce(held);
    await when.wentOn(held);
    await then.deleted(last);
    await then.inForce(held);
    await when.backupVolumeDeleted(volume);
    await when.released(held);
    await then.storeHolds(volume, []);
  },
);
