import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// By Longhorn's source, nothing needs the unchanged block that is gone: a restore reads the blocks that differ
// (backupstore, deltablock.go, populateBlocksForIncrementalRestore), a backup looks for those that have changed
// (backupBlock), and syncs read configs (v1.12.1, and master of 2026-08-20).
scenario(
  'A standby volume reads only the blocks of a new backup that have changed',
  {
    tags: ['standby', 'failing-store'],
    needs: ['block-device', 'fileMissing'],
    proves: ['DR1'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const kept = await given.data(volume, { offset: 0, size });
    await given.data(volume, { offset: size, size });
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    // A replica that failed meanwhile would be made anew from the whole of the second backup.
    await then.healthy(standby);

    const lost = await given.fileMissing(await given.blockOf(first));
    await then.inForce(lost);
    const changed = await given.data(volume, { offset: size, size: 2 * size });
    const second = await given.settledBackup(volume);
    await then.follows(standby, second);
    await then.inForce(lost);
    await when.released(lost);

    await when.activated(standby);
    await then.activated(standby, [kept, changed]);
    await then.storeHolds(volume, [first, second]);
  },
);
