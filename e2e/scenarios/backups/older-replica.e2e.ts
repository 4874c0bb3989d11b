import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const { size } = littleData.data;

// A replica waits to be rebuilt while its node has others to rebuild, too, or while its volume is detached.
scenario(
  'A volume all of whose replicas have failed has the data of the one that failed last',
  {
    tags: ['backups', 'slow'],
    needs: ['lab', 'block-device'],
    // Meanwhile nobody else gets a replica rebuilt, or one on that node.
    exclusive: ['cluster-settings', 'all-volumes'],
    disruptions: ['settings', 'replica-kill'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('cluster-settings', 'all-volumes');
    const volume = await given.volume();
    const data = [await given.data(volume, { offset: 0, size })];
    const limit = await given.setting('no replica is rebuilt');
    const left = await when.oneReplicaLeft(volume);
    data.push(await given.data(volume, { offset: size, size }));
    const full = await given.fullDisks(left);
    const last = await when.lastReplicaKilled(volume, left);
    const salvaged = () => then.salvagedWithNewest(volume, { ...left, ...last, data });
    await then.orKnownBug('older-replica-is-salvaged', salvaged);
    for (const each of [full, limit]) await when.released(each);
  },
);
