import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// By the documents, such a restore ends well; the data stay encrypted.
scenario(
  'A backup of an encrypted volume is restored to a plain one as it is in the store',
  { tags: ['restores', 'slow'], needs: ['block-device'], proves: ['R37'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const written = await given.foreignBackup(target, { size: littleData.volume, encrypted: true });

    await when.storeLookedInto(target);
    await then.known(written.backup);
    await when.backupVolumeSynced(written.volume);
    const restore = await when.restored(written.backup);
    await then.orKnownBug('encrypted-backup-hangs-as-plain', () =>
      then.restoredAsStored(restore, [written.data]),
    );
  },
);
