import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Longhorn syncs a backup volume after each backup of its own, so only backups of others show what kubectl leaves out.
scenario(
  'A standby volume follows the backups of another Longhorn at its poll interval, and has the newest however it is activated',
  {
    tags: ['standby', 'backup-targets', 'slow'],
    timeout: '60m',
    needs: ['block-device'],
    proves: ['DR4', 'DR22', 'DR27'],
  },
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    await when.pollIntervalSet(target, '0s');
    const { size } = littleData.data;
    const first = await given.foreignBackup(target, { size });
    await when.storeLookedInto(target);
    await then.known(first.backup);
    const byKubectl = await when.standbyMade(first.backup);
    const byAPI = await when.standbyMade(first.backup, { another: true });
    for (const standby of [byKubectl, byAPI]) await then.follows(standby, first.backup);

    const second = await given.foreignBackup(target, { size, after: first });
    await then.staysBehind(byKubectl, first.backup);
    await when.activatedByKubectl(byKubectl);
    const hasNewest = await then.orKnownBug('kubectl-activation-misses-newest', () =>
      then.activatedWith(byKubectl, second.backup),
    );
    await then.activated(byKubectl, [hasNewest ? second.data : first.data]);

    await when.pollIntervalSet(target, '10s');
    await then.follows(byAPI, second.backup);
    await when.pollIntervalSet(target, '0s');
    const third = await given.foreignBackup(target, { size, after: second });
    await when.activated(byAPI);
    await then.activatedWith(byAPI, third.backup);
    await then.activated(byAPI, [third.data]);
    await then.storeHolds(first.volume, [first.backup, second.backup, third.backup]);
  },
);
