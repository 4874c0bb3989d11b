import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A volume that lacks a replica is restored, and activated if it is on standby, unless the setting forbids that',
  {
    tags: ['restores', 'standby', 'slow'],
    needs: ['block-device'],
    exclusive: ['cluster-settings'],
    disruptions: ['settings'],
    proves: ['DR7', 'R51'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    await given.exclusive('cluster-settings');
    // One node alone has the tags, and takes one replica of a volume.
    const { node, disk } = await given.tags({ besides: volume });
    const how = { replicas: 2, tags: { node, disk } };

    await then.restoredDegraded(await when.restored(backup, how), data);

    const standby = await when.standbyMade(backup, how);
    await then.follows(standby, backup);
    const forbidden = await given.setting('no volume is used that lacks a replica from the beginning');
    await when.activated(standby);
    await then.restoreWaits(standby);
    await when.released(forbidden);
    await then.restoredDegraded(standby, data);
  },
);
