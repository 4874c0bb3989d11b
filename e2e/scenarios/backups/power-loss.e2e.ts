import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// Each run of a recurring job takes a snapshot, and a loss of power takes many nodes at once. One replica stands for all.
scenario(
  'A volume whose node loses its power soon after a snapshot is opened again, and has its data',
  {
    tags: ['snapshots', 'slow'],
    needs: ['lab', 'block-device'],
    // Also scenarios that wait for their turn have volumes and stores on the node.
    exclusive: ['nodes', 'all-volumes'],
    disruptions: ['node-fault'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('nodes', 'all-volumes');
    const volume = await given.volume({ local: true });
    // So little that the node does not write it to make room.
    const data = await given.data(volume, { offset: 0, size: 4 * mebibyte });

    const crashed = await when.nodeCrashedAfterSnapshot(volume);
    await then.inForce(crashed);
    await then.nodeLost(crashed);
    await when.released(crashed);
    await then.orKnownBug('power-loss-empties-metadata', () => then.openedAgain(volume, { crashed, data }));
  },
);
