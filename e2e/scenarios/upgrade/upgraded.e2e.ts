import { scenario } from '../../suite/scenario.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const all = ['longhorn-managers', 'cluster-settings', 'nodes', 'all-volumes'] as const;

scenario(
  'An upgrade keeps backups, recurring jobs, backup targets and standby volumes, and all go on',
  {
    tags: ['upgrade', 'slow'],
    needs: ['lab', 'upgrade', 'block-device'],
    exclusive: all,
    disruptions: ['upgrade'],
    proves: ['G1', 'J44'],
  },
  async ({ given, when, then }) => {
    await given.exclusive(...all);
    const volume = await given.volume();
    const { size } = littleData.data;
    const data = [await given.data(volume, { offset: 0, size })];
    const first = await given.settledBackup(volume);
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    const job = await given.recurringJob(volume);
    const run = async () => {
      await when.jobTriggered(job);
      await then.jobsComplete(job);
      return then.oneBackupEachTick(job);
    };
    await run();
    const resting = await given.volume();
    const dataOfResting = await given.data(resting);
    const ofResting = await given.settledBackup(resting);
    await when.volumeDetached(resting);

    const upgrade = await when.upgraded();
    await then.upgradeKept(upgrade);
    await then.keptByNumber(upgrade);

    // The volume still has the engine from before.
    data.push(await given.data(volume, { offset: size, size }));
    const byOldEngine = await given.settledBackup(volume);
    await then.follows(standby, byOldEngine);
    await when.engineUpgraded(volume, upgrade);
    data.push(await given.data(volume, { offset: 2 * size, size }));
    const ofJob = await run();
    await then.oldBackupsDeleted(job, ofJob);
    const newest = ofJob.slice(-1);
    await then.storeHolds(volume, [first, byOldEngine, ...newest]);
    await when.activated(standby);
    await then.activated(standby, data);

    await then.restores(first, data.slice(0, 1));
    await then.restores(byOldEngine, data.slice(0, 2));
    for (const backup of newest) await then.restores(backup, data);
    await then.restores(ofResting, [dataOfResting]);
  },
);
