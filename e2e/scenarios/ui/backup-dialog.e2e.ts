import { scenario } from '../../suite/scenario.ts';

scenario(
  'A backup that is made in the dialog of its volume has the labels, the mode and the target that were chosen',
  {
    tags: ['ui', 'backups', 'slow'],
    needs: ['browser', 'block-device'],
    proves: ['C2', 'U10'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const other = await given.target(await given.store({ kind: 'the same kind' }));
    const page = await given.volumePage(volume);
    const moved = await when.retargetedOnPage(page, volume, other);

    const labels = { made: 'by-hand', 'corral.test/of': 'dialog' };
    const labelled = await when.backedUpOnPage(page, moved, { labels });
    await then.backedUpAsChosen(labelled);
    await then.modeAsChosen(labelled);
    const full = await when.backedUpOnPage(page, moved, { full: true });
    await then.backedUpAsChosen(full);
    await then.modeAsChosen(full);
    for (const backup of [labelled, full]) await then.ofNewSnapshot(backup);
    await then.sent(full, { new: 0, again: 8 });

    // Without new data, an incremental backup would end before anybody sees it InProgress.
    await given.data(moved);
    const both = await when.backedUpOnPage(page, moved, { labels, full: true });
    await then.backedUpAsChosen(both);
    await then.orKnownBug('labelled-backup-is-not-full', () => then.modeAsChosen(both));
    await then.pageHasNoError(page);
    await then.storeHolds(moved, [labelled, full, both]);
    await then.storeHolds(volume, []);
  },
);
