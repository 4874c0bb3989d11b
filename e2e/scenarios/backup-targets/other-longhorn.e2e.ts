import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A backup of another Longhorn appears beside a volume that cannot be read, and is restored and deleted',
  {
    tags: ['backup-targets'],
    needs: ['fileEmptied', 'fileMissing'],
    proves: ['D19', 'I6', 'L1', 'L7', 'R28', 'R29'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const emptied = await given.fileEmptied({ configOf: volume });
    await then.inForce(emptied);
    const { target } = volume;
    const foreign = await given.foreignBackup(target, { size: littleData.data.size });
    const old = await given.foreignBackup(target, { size: littleData.data.size, by: 'v1.0' });

    await when.pollIntervalSet(target, '10s');
    await then.known(foreign.backup);
    await then.known(first);
    await then.known(old.backup);
    await when.pollIntervalSet(target, '5m');
    await then.restores(foreign.backup, [foreign.data]);
    await then.restores(old.backup, [old.data]);
    await then.inForce(emptied);

    await when.deleted(foreign.backup);
    await then.deleted(foreign.backup);
    await then.storeHolds(foreign.volume, []);

    // The other Longhorn removes the config first when it deletes its backup.
    const deleted = await given.fileMissing({ configOf: old.backup });
    await then.inForce(deleted);
    await then.removedFromCluster(old.backup, await when.storeLookedInto(target));
    await then.known(first);
    await when.released(emptied);
    await then.storeHolds(volume, [first]);
  },
);
