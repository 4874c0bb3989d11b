import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup is restored in a dialog, any one or the latest, as it was chosen there',
  {
    tags: ['ui', 'restores'],
    needs: ['browser'],
    disruptions: ['settings'],
    proves: ['U9'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const before = await given.data(volume);
    const first = await given.settledBackup(volume);
    const after = await given.data(volume);
    const second = await given.settledBackup(volume);
    const tags = await given.tags();

    const backups = await given.backupPage(volume);
    const chosen = await when.restoredOnPage(backups, first, { replicas: 1, tags });
    await then.madeAsChosen(chosen);
    const volumes = await given.backupVolumesPage();
    const latest = await when.latestRestoredOnPage(volumes, second);
    await then.madeAsChosen(latest);

    await then.restored(chosen, [before]);
    await then.restored(latest, [after]);
    for (const page of [backups, volumes]) await then.pageHasNoError(page);
    await then.storeHolds(volume, [first, second]);
  },
);
