import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

scenario(
  'The page of backup volumes shows only those that have a text in their name',
  { tags: ['ui', 'backups', 'slow'], needs: ['browser'], proves: ['U5'] },
  async ({ given, when, then }) => {
    const first = await backedUpVolume(given);
    const second = await backedUpVolume(given);
    const page = await given.backupVolumesPage();
    await then.listed(page, [first.volume, second.volume]);
    await when.filteredByName(page, first.volume);
    await then.listed(page, [first.volume], [second.volume]);
    await when.filterEmptied(page);
    await then.listed(page, [first.volume, second.volume]);
    await then.pageHasNoError(page);
    for (const { volume, backup } of [first, second]) await then.storeHolds(volume, [backup]);
  },
);

scenario(
  'The page of backups sorts them by each of its columns',
  { tags: ['ui', 'backups', 'slow'], needs: ['browser', 'block-device'], proves: ['U6'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const backups = [];
    // The sizes of what is new are in no order.
    for (const [index, size] of [4, 8, 2].entries()) {
      await given.data(volume, { offset: 16 * index * mebibyte, size: size * mebibyte });
      const backup = await when.backedUp(await given.snapshot(volume), index === 1 ? { mode: 'full' } : {});
      await then.completed(backup);
      backups.push(backup);
    }
    const page = await given.backupPage(volume);
    await then.sortedByColumns(page);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, backups);
  },
);
