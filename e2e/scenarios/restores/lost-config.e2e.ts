import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';

scenario(
  'A restore from a backup whose config is missing or empty fails with the reason, and succeeds once the config is back',
  {
    tags: ['restores', 'failing-store'],
    needs: ['fileMissing', 'fileEmptied'],
    proves: ['R5', 'R17', 'R19', 'R52'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    await then.storeHolds(volume, [backup]);

    // No polls: a sync of the store would make Longhorn remove the Backup object.
    await when.pollIntervalSet(volume.target, '0s');
    const gone = await given.fileMissing({ configOf: backup });
    await then.inForce(gone);
    await then.restoreFails(await when.restored(backup), 'restore-without-backup');
    await when.released(gone);
    await when.storeLookedInto();
    await then.known(backup);

    const emptied = await given.fileEmptied({ configOf: backup });
    await then.inForce(emptied);
    await then.restoreFails(await when.restored(backup), 'restore-config-spoilt');
    await when.released(emptied);

    const restore = await when.restored(backup);
    await then.restored(restore, data);
    await then.unusedMeanwhile(restore);
    await then.storeHolds(volume, [backup]);
  },
);
