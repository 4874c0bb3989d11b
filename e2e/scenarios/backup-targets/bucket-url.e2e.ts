import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A bucket is named with its region and a path, and a backup target whose URL lacks the path reports that',
  // Only a store in a bucket has keys.
  { tags: ['backup-targets'], needs: ['keyReplaced'], proves: ['T15'] },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const { target } = volume;
    await when.targetMisled(target, 'its bucket alone, without a path');
    await then.targetReports('s3://bucket@region/path/');
    await when.targetSet(target);
    await then.known(backup);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, data);
  },
);

// The certificate of the server is not good for the endpoint itself, so a path cannot name the bucket there.
scenario(
  'A bucket is named in the host if the Secret of the backup target says so',
  { tags: ['backup-targets'], needs: ['lab', 'secretLost'], proves: ['T20'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const hosting = await given.secretLost('hosting');
    await then.inForce(hosting);
    await then.storeListed(await when.storeLookedInto());
    await then.targetAvailable();
    await then.known(first);

    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);
