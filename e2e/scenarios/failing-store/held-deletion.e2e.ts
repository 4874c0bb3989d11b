import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

// Not derived from a document. The store leaves the removal of blocks unanswered, and takes no refresh of the lock, as a
// bucket that is full: whoever deletes backups then wants to free space for the next one.
scenario(
  'A backup that is made while a deletion has lost its lock keeps its blocks',
  {
    tags: ['failing-store', 'backup-deletion', 'backupstore-locks', 'slow'],
    needs: ['wrongAnswers', 'block-device'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'delete',
      below: { of: volume, folder: 'blocks' },
    });
    await then.inForce(silent);
    await when.deleted(first);
    await then.deleted(first);
    const lock = await then.storeLocked(first, { of: 'a deletion' });
    const unrefreshed = await given.wrongAnswers('AccessDenied', { to: 'write', below: lock });
    await then.inForce(unrefreshed);
    await then.lockExpires(lock);

    const second = await when.backedUp(snapshot);
    await then.completed(second);
    await when.released(unrefreshed);
    await when.released(silent);
    await then.lockGone(lock);
    await then.orKnownBug('deletion-outlives-its-lock', () => then.storeHolds(volume, [second]));
  },
);
