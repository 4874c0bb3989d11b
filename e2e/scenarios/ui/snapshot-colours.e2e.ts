import { scenario } from '../../suite/scenario.ts';

scenario(
  "A volume's page has another colour for a snapshot that has a backup",
  { tags: ['ui', 'backups'], needs: ['browser'], proves: ['U18'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const [backedUp, plain] = [await given.snapshot(volume), await given.snapshot(volume)];
    const page = await given.volumePage(volume);
    const backup = await when.backedUp(backedUp);
    await then.completed(backup);
    await then.snapshotsColoured(page, { backedUp, plain });
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [backup]);
  },
);
