import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const reads = littleData.data.size / (2 * mebibyte);

scenario(
  'A node restores as many volumes at once as the setting says, and a volume on standby does not count',
  {
    tags: ['restores', 'standby', 'slow'],
    needs: ['block-device', 'wrongAnswers'],
    exclusive: ['cluster-settings', 'all-volumes'],
    disruptions: ['settings'],
    proves: ['R25'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('cluster-settings', 'all-volumes');
    const { volume, data, backup } = await backedUpVolume(given);

    const none = await given.setting('no volume is restored, but those on standby');
    const waiting = await when.restored(backup, { replicas: 1 });
    const standby = await when.standbyMade(backup, { replicas: 1 });
    await then.follows(standby, backup);
    await then.restoreWaits(waiting);
    await then.waitsForPlace(waiting);
    await when.released(none);
    await then.restored(waiting, data);

    const one = await given.setting('one volume of a node is restored at a time');
    const silent = await given.wrongAnswers('silence', {
      ...{ to: 'read', below: { of: volume, folder: 'blocks' }, every: reads },
    });
    const restores = await when.severalRestored(backup);
    await when.released(silent);
    await then.oneAtATimeOnNode(restores);
    await when.released(one);
  },
);
