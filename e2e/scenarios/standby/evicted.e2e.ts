import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A standby volume whose replica is evicted from its node has one on another, and follows on',
  {
    tags: ['standby', 'slow'],
    // Elsewhere a node has replicas of others, which would have to go too.
    needs: ['lab', 'block-device'],
    exclusive: ['cluster-settings', 'all-volumes'],
    disruptions: ['settings'],
    proves: ['DR24'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('cluster-settings', 'all-volumes');
    const { size } = littleData.data;
    const { volume, data, backup: first } = await backedUpVolume(given, {}, { offset: 0, size });
    const standby = await when.standbyMade(first, { replicas: 1 });
    await then.follows(standby, first);

    const node = await when.evicted(standby);
    await then.evicted(standby, node);
    data.push(await given.data(volume, { offset: size, size }));
    const second = await given.settledBackup(volume);
    await then.follows(standby, second);
    await when.activated(standby);
    await then.activated(standby, data);
    await then.storeHolds(volume, [first, second]);
  },
);
