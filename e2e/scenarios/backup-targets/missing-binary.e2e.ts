import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup target whose engine binary was removed from every node is unavailable until Longhorn has put it back',
  {
    tags: ['backup-targets', 'slow'],
    needs: ['lab', 'block-device'],
    exclusive: ['all-volumes'],
    disruptions: ['engine-binary'],
    proves: ['G9'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('all-volumes');
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    data.push(await given.data(volume, { offset: size, size }));

    const removed = await when.engineBinaryRemoved();
    await when.storeLookedInto();
    await then.targetReports('longhorn: no such file or directory');
    await then.engineBinaryPutBack(removed);
    await then.targetAvailable();

    const second = await given.settledBackup(volume);
    await when.deleted(first);
    await then.deleted(first);
    await then.storeHolds(volume, [second]);
    await then.restores(second, data);
  },
);
