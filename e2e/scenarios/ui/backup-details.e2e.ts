import { scenario } from '../../suite/scenario.ts';

scenario(
  'The labels of a backup are shown in a pop-up of its page',
  { tags: ['ui', 'backups'], needs: ['browser'], proves: ['U8'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const labels = { made: 'by-hand', reason: 'a label of a user' };
    const backup = await when.backedUp(await given.snapshot(volume), { labels });
    await then.completed(backup);
    const other = await given.settledBackup(volume);
    const page = await given.backupPage(volume);
    await then.labelsShown(page, backup, labels);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [backup, other]);
  },
);

scenario(
  'The workload that used the volume of a backup is shown in a pop-up of its page',
  {
    tags: ['ui', 'claims', 'slow'],
    needs: ['browser', 'block-device'],
    disruptions: ['claims'],
    proves: ['U7'],
  },
  async ({ given, when, then }) => {
    const set = await given.statefulSet({ count: 1 });
    await then.workloadKnown(set);
    for (const { volume } of set.pods) {
      // Longhorn has a page of the volume's backups once one is settled.
      const first = await given.settledBackup(volume);
      const own = await given.volumePage(volume);
      const backup = await when.backedUpOnPage(own, volume, { full: true });
      await then.backedUpAsChosen(backup);
      const page = await given.backupPage(volume);
      await then.workloadShown(page, backup, set);
      await then.pageHasNoError(page);
      await then.storeHolds(volume, [first, backup]);
    }
  },
);
