import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A store that was found empty loses no file, and its backups are back with its files',
  { tags: ['failing-store'], needs: ['storeEmptied'], proves: ['L3', 'L16'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    const emptied = await given.storeEmptied();
    await then.inForce(emptied);

    const sync = await when.storeLookedInto();
    await then.removedFromCluster(first, sync);
    await then.removedFromCluster(second, sync);
    await then.noLastBackup(volume);
    await then.inForce(emptied);

    await when.released(emptied);
    await when.storeLookedInto();
    await then.known(first);
    await then.known(second);
    await then.lastBackup(second);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);
