import { followedVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

scenario(
  'A standby volume is marked on the page of volumes, and is activated there',
  { tags: ['ui', 'standby', 'slow'], needs: ['browser', 'block-device'], proves: ['U15'] },
  async ({ given, when, then }) => {
    const { volume, data, backup, standby } = await followedVolume({ given, when, then });
    const page = await given.volumesPage();
    await then.markedAsStandby(page, { standby, volume });
    await when.activatedOnPage(page, standby);
    await then.activated(standby, data);
    await then.noLongerMarked(page, standby);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [backup]);
  },
);

scenario(
  'The size of backup blocks is chosen for a volume on its page, and shown with it and its backups',
  {
    tags: ['ui', 'backups', 'slow'],
    needs: ['browser', 'block-device'],
    longhorn: '>=1.10.0',
    proves: ['U20'],
  },
  async ({ given, when, then }) => {
    const volumes = await given.volumesPage();
    const size = 16 * mebibyte;
    const volume = await when.volumeMadeOnPage(volumes, size);
    const own = await given.volumePage(volume);
    await then.blockSizeOfVolumeShown(own, volume);
    await given.data(volume);
    const backup = await given.settledBackup(volume);
    await then.blocksAreOf(backup, size);
    const backups = await given.backupPage(volume);
    await then.blockSizeOfBackupShown(backups, backup, volume);
    for (const page of [volumes, own, backups]) await then.pageHasNoError(page);
    await then.storeHolds(volume, [backup]);
  },
);
