import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup volume that is deleted goes with all its backups, and the next backup is whole',
  { tags: ['backup-deletion'], timeout: '40m', proves: ['D9', 'D10'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = [await given.data(volume, littleData.data)];
    const first = await given.settledBackup(volume);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);

    await when.backupVolumeDeleted(volume);
    await then.storeHolds(volume, []);
    await then.goneInTheEnd(first);
    await then.goneInTheEnd(second);
    await then.noLastBackup(volume);

    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [third]);
    await then.lastBackup(third);
    await then.restores(third, data);
  },
);
