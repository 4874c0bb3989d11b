import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { gibibyte } from '../../suite/steps/sizes.ts';

scenario(
  'A restore of a volume that no disk can hold is not begun, and says why',
  {
    tags: ['restores'],
    // Elsewhere a disk may be larger. A file system of Longhorn's disks has no file of 16 TiB or more.
    needs: ['lab', 'block-device'],
    proves: ['R50'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const { target } = volume;
    const large = await given.largeForeignBackup(target, { size: 15 * 1024 * gibibyte, filled: gibibyte });
    await when.storeLookedInto(target);
    await then.known(large);

    const restore = await when.restored(large, { replicas: 1 });
    await then.missingSpaceSaid(restore);
    await then.orKnownBug('unplaced-restore-is-given-up', () => then.unplacedWaits(restore));
    await then.restores(backup, data);
    await then.missingSpaceSaid(restore);
    await then.storeHolds(large.volume, [large]);
  },
);
