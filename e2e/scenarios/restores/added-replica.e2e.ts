import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const reads = littleData.data.size / (2 * mebibyte);

// Not derived from a document. By Longhorn's source, a replica that is added during a restore is restored by a request
// of its own.
scenario(
  'A restore that is given one more replica ends, although no other restore may begin beside it',
  {
    tags: ['restores', 'slow'],
    // Meanwhile nobody else can restore anything.
    needs: ['lab', 'wrongAnswers'],
    exclusive: ['cluster-settings', 'all-volumes'],
    disruptions: ['settings'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('cluster-settings', 'all-volumes');
    const { volume, data, backup } = await backedUpVolume(given);
    const limit = await given.setting('one volume of a node is restored at a time');
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
      every: reads,
    });
    const restore = await when.restored(backup, { replicas: 1 });
    await then.restoring(restore);
    await when.replicaAdded(restore);

    await when.released(silent);
    await then.orKnownBug('restore-limit-counts-itself', () => then.restoredInItsPlace(restore));
    await when.released(limit);
    await then.restored(restore, data);
  },
);
