import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A volume that has grown is backed up whole, and its standby volume grows along',
  {
    tags: ['standby', 'backups'],
    needs: ['block-device'],
    proves: ['C26', 'DR14'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);

    const grown = await when.volumeGrown(volume, { size: 2 * littleData.volume });
    const { size } = littleData.data;
    data.push(await given.data(grown, { offset: grown.size - size, size }));
    const second = await given.settledBackup(grown);
    // A volume that is made before Longhorn knows the new size gets the old one, and its restore never ends (v1.12.1).
    await when.backupVolumeSynced(grown);
    await then.restores(second, data);
    await then.follows(standby, second);
    await then.staysAttached(standby);

    await when.activated(standby);
    await then.activated({ ...standby, backup: second }, data);
    await then.storeHolds(grown, [first, second]);
  },
);
