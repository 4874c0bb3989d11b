import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about: ScenarioOptions = {
  tags: ['backup-deletion', 'late-failure', 'held'],
  exclusive: ['longhorn-managers'],
  disruptions: ['process-hold', 'manager-kill'],
};

const bug = 'manager-panics-on-late-failure';

scenario(
  'A deletion that cannot remove a block, and fails after its backup is gone, crashes no manager',
  {
    ...about,
    needs: ['immutableFile', 'mounted-store', 'block-device'],
    cells: ['delete | blocks/xx/yy/ | no permission to change it'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    await given.data(volume);
    const second = await given.settledBackup(volume);
    const block = await given.immutableBlock(first, { beside: [second] });
    await given.exclusiveBefore(bug, 'longhorn-managers');
    const held = await given.heldRemoval(first, { until: 'config' });

    await when.deleted(first);
    await then.inForce(held);
    await when.deletionContinued(held);
    // Longhorn removes the Backup object as soon as the config is gone.
    await then.deleted(first);
    await then.inForce(held);
    await then.inForce(block);
    await when.released(held);
    await then.blockLeft(block, volume, [second]);

    // Longhorn does not report the block that is left. The next deletion that completes removes it.
    await when.released(block);
    await when.deleted(second);
    await then.deleted(second);
    await then.storeHolds(volume, []);
    await then.orKnownBug(bug, () => then.managersLive());
  },
);

scenario(
  'A backup volume that is deleted while the blocks of its last backup are being removed crashes no manager',
  { ...about, tags: [...(about.tags ?? []), 'slow'], needs: ['mounted-store'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    await given.exclusiveBefore(bug, 'longhorn-managers');
    const held = await given.heldRemoval(first, { until: 'block' });

    await when.deleted(first);
    await then.inForce(held);
    await when.deletionContinued(held);
    await then.deleted(first);
    await then.inForce(held);
    await when.backupVolumeDeleted(volume);
    await when.released(held);
    await then.storeHolds(volume, []);

    const second = await when.backedUp(snapshot);
    await then.completed(second);
    await then.storeHolds(volume, [second]);
    await then.orKnownBug(bug, () => then.managersLive());
  },
);
