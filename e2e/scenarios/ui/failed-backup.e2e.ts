import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'The page of backups shows why a backup failed',
  { tags: ['ui'], needs: ['browser', 'foreignLock'], proves: ['U3'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    const lock = await given.foreignLock(volume, { of: 'a deletion' });
    await then.inForce(lock);
    const page = await given.backupPage(volume);

    const second = await when.backedUp(snapshot);
    await then.creationLostLock(second, lock);
    await then.pageShows(page, first, second);
    await then.rowShows(page, second);
    await then.pageHasNoError(page);
    await when.lockRemoved(lock);
    await then.storeHolds(volume, [first]);
  },
);
