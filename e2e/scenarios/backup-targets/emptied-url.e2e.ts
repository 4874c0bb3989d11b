import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup target whose URL is emptied and set again forgets its backups and has them back, however fast that is',
  {
    tags: ['backup-targets', 'slow'],
    disruptions: ['unmount'],
    exclusive: ['longhorn-managers'],
    proves: ['L4', 'T9', 'T10'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await given.exclusive('longhorn-managers');
    const { target } = volume;

    const emptied = await when.targetEmptied(target);
    await then.targetReports('backup target URL is empty', { afterMounts: true });
    await then.removedFromCluster(first, emptied);
    await then.removedFromCluster(second, emptied);
    await then.noLastBackup(volume);
    await then.storeHolds(volume, [first, second]);

    await when.targetSet(target);
    await then.known(first);
    await then.known(second);
    await then.lastBackup(second);

    await when.targetFlipped(target, { times: 5 });
    await then.storeListed(await when.storeLookedInto());
    await then.known(first);
    await then.known(second);
    await then.storeHolds(volume, [first, second]);
    await when.deleted(first);
    await then.deleted(first);
    await then.storeHolds(volume, [second]);
    await then.restores(second, data);
  },
);
