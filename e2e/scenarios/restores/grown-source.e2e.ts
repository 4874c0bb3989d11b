import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// With a poll interval of 0, Longhorn does not learn the new size of the volume before the restore.
scenario(
  'A backup is restored whose volume has grown on another Longhorn since the last poll',
  { tags: ['restores', 'backup-targets', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    await when.pollIntervalSet(target, '0s');
    const { size } = littleData.data;
    const first = await given.foreignBackup(target, { size });
    await when.storeLookedInto(target);
    await then.known(first.backup);
    await when.backupVolumeSynced(first.volume);

    const second = await given.foreignBackup(target, { size: 2 * size, after: first });
    const early = await when.restored(first.backup);
    await then.orKnownBug('grown-volume-is-not-restored', () => then.restoredAsStored(early, [first.data]));

    await when.backupVolumeSynced(second.volume);
    await then.known(second.backup);
    await then.restores(first.backup, [first.data]);
    await then.restores(second.backup, [second.data]);
  },
);
