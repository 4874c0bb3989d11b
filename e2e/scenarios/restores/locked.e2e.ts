import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A restore that meets the lock of a deletion is retried, and succeeds',
  { tags: ['restores', 'backupstore-locks'], needs: ['foreignLock'], proves: ['R18'] },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const lock = await given.foreignLock(volume, { of: 'a deletion' });

    const restore = await when.restored(backup);
    const kept = await then.orKnownBug('restore-given-up-over-lock', () => then.restoreWaits(restore));
    await then.inForce(lock);
    await when.lockRemoved(lock);
    await then.restored(kept ? restore : await when.restored(backup), data);
    await then.storeHolds(volume, [backup]);
  },
);

scenario(
  'A standby volume that meets the lock of a deletion is only delayed',
  {
    tags: ['standby', 'backupstore-locks'],
    needs: ['foreignLock'],
    proves: ['DR18'],
  },
  async ({ given, when, then }) => {
    const { volume, backup } = await backedUpVolume(given);
    const lock = await given.foreignLock(volume, { of: 'a deletion' });

    const standby = await when.standbyMade(backup);
    const kept = await then.orKnownBug('restore-given-up-over-lock', () => then.restoreWaits(standby));
    await then.inForce(lock);
    await when.lockRemoved(lock);
    await then.follows(kept ? standby : await when.standbyMade(backup), backup);
    await then.storeHolds(volume, [backup]);
  },
);
