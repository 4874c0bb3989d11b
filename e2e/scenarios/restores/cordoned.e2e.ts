import { scenario } from '../../suite/scenario.ts';

scenario(
  'A volume is restored to the node that can be scheduled, and not to one that is cordoned',
  {
    tags: ['restores', 'slow'],
    needs: ['block-device'],
    exclusive: ['cluster-settings', 'all-volumes'],
    disruptions: ['settings', 'cordon'],
    proves: ['R13'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('cluster-settings', 'all-volumes');
    const volume = await given.volume();
    // Before the backup, so that each longhorn-manager has seen it long since.
    const { on } = await given.cordoned(volume);
    const data = await given.data(volume);
    const backup = await given.settledBackup(volume);

    const restore = await when.restored(backup, { replicas: 1 });
    await then.restored(restore, [data]);
    await then.placedOn(restore, { on });
  },
);
