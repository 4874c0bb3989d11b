import { followedVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A volume that has grown is backed up whole, and its standby volume grows along',
  {
    tags: ['standby', 'backups', 'slow'],
    needs: ['block-device'],
    proves: ['C26', 'DR14'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first, standby } = await followedVolume({ given, when, then });

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

// A recurring job that retains some backups deletes that one after a while.
scenario(
  'A standby volume grows with its source, although the backup that it was made from is gone',
  { tags: ['standby', 'slow'], needs: ['block-device'], proves: ['DR14'] },
  async ({ given, when, then }) => {
    const { size } = littleData.data;
    const { volume, data, backup: first, standby } = await followedVolume({ given, when, then });
    data.push(await given.data(volume, { offset: size, size }));
    await then.follows(standby, await given.settledBackup(volume));
    await when.deleted(first);
    await then.deleted(first);

    const grown = await when.volumeGrown(volume, { size: 2 * littleData.volume });
    data.push(await given.data(grown, { offset: grown.size - size, size }));
    const third = await given.settledBackup(grown);
    await then.toldOf(standby, third);
    await then.orKnownBug('standby-stops-without-its-backup', () =>
      then.followsWithoutOrigin(standby, third),
    );
    await when.activated(standby);
    await then.activated({ ...standby, backup: third }, data);
  },
);

// Its disks are those of another cluster, and may be shared.
scenario(
  'A standby volume that has no room to grow with its source says so',
  {
    tags: ['standby', 'slow'],
    needs: ['lab', 'block-device'],
    // Meanwhile nobody else gets a replica on that node.
    exclusive: ['all-volumes'],
    disruptions: ['settings'],
    proves: ['DR14'],
  },
  async ({ given, when, then }) => {
    const { size } = littleData.data;
    await given.exclusive('all-volumes');
    const { volume, data, standby } = await followedVolume({ given, when, then });
    const grown = await when.volumeGrown(volume, { size: 2 * littleData.volume });
    const full = await given.standbyDisksFull(standby);
    data.push(await given.data(grown, { offset: grown.size - size, size }));
    const second = await given.settledBackup(grown);
    await then.toldOf(standby, second);
    await then.orKnownBug('full-disks-stop-standby', () => then.followsOrHasNoRoom(standby, second));
    await when.released(full);
    await then.follows(standby, second);
    await when.activated(standby);
    await then.activated({ ...standby, backup: second }, data);
  },
);
