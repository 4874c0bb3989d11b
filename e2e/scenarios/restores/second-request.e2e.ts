import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

// Each of two replicas reads each block once. The request before the last gets no answer. It is from the slower
// replica, so the other one ends before.
const reads = (2 * littleData.data.size) / (2 * mebibyte);

// Not derived from a document: a store may deny access for some seconds, and a restore that has read the configs needs
// them no more.
scenario(
  'A restore goes on if the config of its backup cannot be read once all replicas have begun',
  { tags: ['restores', 'failing-store', 'slow'], needs: ['wrongAnswers'] },
  async ({ given, when, then, skip }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
      every: reads - 1,
    });
    const restore = await when.restored(backup);
    if (restore.replicas < 2) skip('its volumes have one replica, as one node is ready');
    await then.restoring(restore);
    await then.restoreWaits(restore);

    const unread = await given.wrongAnswers('AccessDenied', {
      to: 'look',
      below: { of: volume, folder: 'backups' },
    });
    await then.inForce(unread);
    const kept = await then.orKnownBug('second-request-gives-restore-up', () => then.restoreWaits(restore));

    await when.released(unread);
    await when.released(silent);
    await then.restored(kept ? restore : await when.restored(backup), data);
    // Where the bug shows, the replica that waited was ended with its lock.
    await then.storeHolds(volume, [backup], { afterKill: true });
  },
);
