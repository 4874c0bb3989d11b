import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'Several volumes are restored in one dialog, and put on standby in another',
  { tags: ['ui', 'restores', 'standby', 'slow'], needs: ['browser', 'block-device'], proves: ['U14'] },
  async ({ given, when, then }) => {
    const sources = [await backedUpVolume(given), await backedUpVolume(given)];
    const backups = sources.map(({ backup }) => backup);
    const page = await given.backupVolumesPage();
    const restores = await when.severalMadeOnPage(page, { backups, become: 'restored' });
    const standbys = await when.severalMadeOnPage(page, { backups, become: 'put on standby' });
    for (const restore of restores) {
      const { data = [] } = sources.find(({ backup }) => backup === restore.backup) ?? {};
      await then.restored(restore, data);
    }
    for (const standby of standbys) await then.follows(standby, standby.backup);
    await then.pageHasNoError(page);
    for (const { volume, backup } of sources) await then.storeHolds(volume, [backup]);
  },
);
