import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

scenario(
  'A standby volume follows each backup, and has the newest even if it is activated before it followed',
  {
    tags: ['standby'],
    needs: ['block-device'],
    proves: ['DR12', 'DR2', 'DR5', 'DR6', 'DR8', 'I11', 'T14'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    await then.targetFixed(volume.target);

    data.push(await given.data(volume, { offset: size, size }));
    const full = await when.backedUp(await given.snapshot(volume), { mode: 'full' });
    await then.completed(full);
    await then.follows(standby, full);

    data.push(await given.data(volume, { offset: 2 * size, size }));
    const newest = await when.backedUp(await given.snapshot(volume));
    await then.completed(newest);
    await when.activated(standby);
    const activated = await then.activated(standby, data);
    await then.targetFree(volume.target);

    const wish = await when.standbyWished(standby);
    data.push(await given.data(activated, { offset: 3 * size, size }));
    const last = await given.settledBackup(activated);
    await then.noWayBack(standby, wish);
    await then.restores(last, data);
  },
);

scenario(
  'A standby volume that is activated during a restore finishes the restore first',
  {
    tags: ['standby'],
    needs: ['block-device', 'serverSlow'],
    disruptions: ['store-stall'],
    proves: ['DR9'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const { data, backup } = await backedUpVolume(given, { size }, large);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const standby = await when.standbyMade(backup);
    await then.restoring(standby);
    await when.activated(standby);
    await then.restoring(standby);
    await when.released(slow);
    await then.activated(standby, data);
  },
);
