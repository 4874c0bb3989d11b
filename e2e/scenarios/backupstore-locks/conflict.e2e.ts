import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = (variant: string): ScenarioOptions => ({
  seed: 'backup-store-lock-conflict',
  tags: ['backupstore-locks', variant],
});

scenario(
  'A deletion that meets an upload loses the lock, and succeeds later by itself',
  { ...about('upload'), proves: ['D6'] },
  async (steps) => {
    const { given, when, then, data } = steps;
    const { volume, backup: first } = await backedUpVolume(given, { size: data.volume }, data.small);
    await given.data(volume, data.large);
    const snapshot = await given.snapshot(volume);

    const second = await when.backedUp(snapshot);
    await then.uploading(second);
    await when.deleted(first);
    const lock = await then.storeLocked(second);

    await then.lostLock(first, lock);
    await then.undisturbed(second);
    await then.resolvedByItself(first);
    await then.storeHolds(volume, [second]);
  },
);

scenario(
  'A deletion is held up by a lock that nobody refreshes until it expires',
  { ...about('expiring'), needs: ['foreignLock'], proves: ['D8'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const lock = await given.foreignLock(volume, { of: 'a backup' });
    await then.inForce(lock);

    await when.deleted(first);
    await then.lostLock(first, lock);
    await when.lockAbandoned(lock);
    await then.resolvedByItself(first);
    await then.heldUpUntilExpiry(first, lock);

    await when.lockRemoved(lock);
    await then.storeHolds(volume, []);
  },
);

scenario(
  'A backup that meets the lock of a deletion fails for good',
  { ...about('expiring'), needs: ['foreignLock'], proves: ['C17'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    const lock = await given.foreignLock(volume, { of: 'a deletion' });

    const second = await when.backedUp(snapshot);
    await then.creationLostLock(second, lock);
    await then.attachmentGivenBack(second);
    await when.lockAbandoned(lock);
    await then.expired(lock);
    const third = await when.backedUp(snapshot);
    await then.completed(third);
    await then.neverTriedAgain(second);

    await when.lockRemoved(lock);
    await then.storeHolds(volume, [first, third]);
  },
);

scenario(
  'The same lock message is temporary for a deletion, and final for a backup',
  { ...about('told-apart'), needs: ['foreignLock'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    await given.data(volume);
    const snapshot = await given.snapshot(volume);

    const ofBackup = await given.foreignLock(volume, { of: 'a backup' });
    const second = await when.backedUp(snapshot);
    await then.completedBeside(second, ofBackup);

    const ofDeletion = await given.foreignLock(volume, { of: 'a deletion' });
    const third = await when.backedUp(snapshot);
    await then.creationLostLock(third, ofDeletion);
    await when.deleted(first);
    await then.lostLock(first, ofBackup);

    await when.lockRemoved(ofBackup, first);
    await then.deletedInTheEnd(first);
    await then.inForce(ofDeletion);

    await when.lockRemoved(ofDeletion);
    const fourth = await when.backedUp(snapshot);
    await then.completed(fourth);
    await then.neverTriedAgain(third);
    await then.storeHolds(volume, [second, fourth]);
  },
);
