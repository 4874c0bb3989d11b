import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';

const about = (seed: string, variant: string): ScenarioOptions => ({
  seed: `delete-backup-asynchronously#${seed}`,
  tags: ['ui', variant],
  needs: ['browser'],
});

// One backup is kept in each scenario. If somebody else has the page open too, Longhorn may send a change only to
// that page, and not even a resync reports the end of the last backup to this one.
scenario(
  'The page of backups deletes the one that it names, and shows how another waits for that',
  { ...about('normal', 'held'), disruptions: ['process-hold'], proves: ['C14', 'U1', 'U2'] },
  async ({ given, when, then, data }) => {
    const { volume, backup: first } = await backedUpVolume(given, { size: data.volume });
    const kept = await given.settledBackup(volume);
    // All blocks are new to the store. A smaller upload may end between two polls of Longhorn.
    await given.data(volume, data.large);
    const snapshot = await given.snapshot(volume);
    const page = await given.backupPage(volume);
    await then.rowShows(page, first);
    // Injected last: the fault waits for the deletion only for a limited time, and opening a page takes a minute on a
    // busy machine.
    const held = await given.heldDeletion(first);

    await when.deletedOnPage(page, first);
    await then.deleting(first);
    await then.inForce(held);
    await then.unchanged(kept);
    const third = await when.backedUp(snapshot);
    await then.heldBack(third, { first });
    await then.pageShows(page, first, kept, third);
    await then.rowShows(page, third);

    await when.released(held);
    await then.deleted(first);
    const made = await then.orKnownBug(
      'waiting-backup-loses-lock',
      () => then.waitedAndCompleted(third, { first }),
      { race: true },
    );
    if (!made) return;
    await then.pageFollowed(page, first, kept, third);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [kept, third]);
  },
);

scenario(
  'The page of backups shows why a deletion failed, for as long as it fails',
  { ...about('error', 'in-error'), needs: ['browser', 'immutableFile'], proves: ['U1'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const kept = await given.settledBackup(volume);
    const immutable = await given.immutableConfig(first);
    await then.inForce(immutable);
    const page = await given.backupPage(volume);

    await when.deleted(first);
    await then.deletionFails(first);
    await then.pageShows(page, first);
    await then.rowShows(page, first);
    await then.deletionFailsAgain(first);

    await when.madeMutable(immutable, first);
    await then.deletedInTheEnd(first);
    await then.pageFollowed(page, first);
    await then.pageHasNoError(page);
    await then.storeHolds(volume, [kept]);
  },
);

scenario(
  'The page of backups goes on by itself after the manager that it was connected to is killed',
  {
    ...about('crash', 'manager-kill'),
    exclusive: ['longhorn-managers'],
    disruptions: ['manager-kill'],
    proves: ['U4'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const kept = await given.settledBackup(volume);
    // Before the page is opened: a scenario that this one waits for may kill the manager that the page is connected to.
    await given.exclusive('longhorn-managers');
    const page = await given.backupPage(volume);

    await when.pageDisconnected(page);
    await then.pageIsBack(page);
    await when.deleted(first);
    await then.deleted(first);
    await then.pageFollowed(page, first);
    await then.pageHasNoError(page);
    await when.sharedAgain();
    await then.storeHolds(volume, [kept]);
  },
);
