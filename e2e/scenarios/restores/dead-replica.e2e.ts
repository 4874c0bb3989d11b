import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A restore of which a replica dies goes on, and the replica is rebuilt',
  {
    tags: ['restores', 'slow'],
    needs: ['block-device', 'serverSlow'],
    disruptions: ['store-stall', 'replica-kill'],
    proves: ['R22'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const { volume, data, backup } = await backedUpVolume(given, { size }, large);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const restore = await when.restored(backup, { replicas: 2 });
    await then.restoring(restore);
    const killed = await when.replicaKilled(restore);
    await then.inForce(killed);
    await then.restoring(restore);
    await when.released(slow);
    await then.restored(restore, data);
    await then.healthy(restore);
    await then.storeHolds(volume, [backup], { afterKill: true });
  },
);
