import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A volume whose instance manager dies during its restore has all data in the end',
  {
    tags: ['restores', 'manager-kill', 'slow'],
    // Elsewhere an instance manager has the engines and replicas of others.
    needs: ['lab', 'block-device', 'serverSlow'],
    exclusive: ['longhorn-managers'],
    disruptions: ['store-stall', 'manager-kill'],
    proves: ['R24'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const { data, backup } = await backedUpVolume(given, { size }, large);
    await given.exclusive('longhorn-managers');
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const restore = await when.restored(backup);
    await then.restoring(restore);
    const killed = await when.restorerPodKilled(restore);
    await then.inForce(killed);
    await when.released(killed);
    await when.released(slow);
    await then.restoredInTheEnd(restore, data);
    await when.shared();
    await then.restores(backup, data);
  },
);

scenario(
  'A volume whose node loses its power during its restore has all data in the end',
  {
    tags: ['restores', 'slow'],
    needs: ['lab', 'block-device', 'serverSlow'],
    // Also scenarios that wait for their turn have volumes and stores on the node.
    exclusive: ['nodes', 'all-volumes'],
    disruptions: ['store-stall', 'node-fault'],
    proves: ['R23'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    await given.exclusive('nodes', 'all-volumes');
    const { volume, data, backup } = await backedUpVolume(given, { size }, large);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const restore = await when.restored(backup);
    await then.restoring(restore);
    const crashed = await when.restorerNodeCrashed(restore);
    await then.inForce(crashed);
    await when.released(slow);
    await then.nodeLost(crashed);
    await when.released(crashed);
    await then.restoredInTheEnd(restore, data);
    await then.healthy(volume);
    await then.restores(backup, data);
  },
);
