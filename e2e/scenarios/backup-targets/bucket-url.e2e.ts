import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

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
