import { scenario } from '../../suite/scenario.ts';
import type { BackupHandle } from '../../suite/steps/handles.ts';

scenario(
  'A standby volume goes on after a node has lost its power',
  {
    tags: ['standby', 'slow'],
    needs: ['lab', 'block-device', 'serverSlow'],
    // Also scenarios that wait for their turn have volumes and stores on the node.
    exclusive: ['nodes', 'all-volumes'],
    disruptions: ['store-stall', 'node-fault'],
    proves: ['DR15'],
  },
  async ({ given, when, then, data: { volume: size, large, small } }) => {
    await given.exclusive('nodes', 'all-volumes');
    const slowStore = async () => {
      const slow = await given.serverSlow();
      await then.inForce(slow);
      return slow;
    };
    const volume = await given.volume({ size });
    const data = [await given.data(volume, { ...large, size: small.offset })];
    const first = await given.settledBackup(volume);
    let slow = await slowStore();
    const standby = await when.standbyMade(first);
    const goesOn = async (backup: BackupHandle) => {
      await then.restoring(standby, backup);
      const crashed = await when.restorerNodeCrashed(standby, backup);
      await then.inForce(crashed);
      await when.released(slow);
      await then.nodeLost(crashed);
      await when.released(crashed);
      await then.followsInTheEnd(standby, backup);
      for (const each of [volume, standby]) await then.healthy(each);
    };
    await goesOn(first);

    data.push(await given.data(volume, small));
    const snapshot = await given.snapshot(volume);
    slow = await slowStore();
    const second = await when.backedUp(snapshot);
    await then.completed(second);
    await goesOn(second);

    await when.activated(standby);
    await then.restoredInTheEnd(standby, data);
    await then.storeHolds(volume, [first, second], { afterKill: true });
  },
);
