import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document: every user of backups relies on this.
const about: ScenarioOptions = { tags: ['failing-store'], needs: ['listingDenied'] };

/** After the data of a first backup, so that a second backup has all blocks of the first. */
const more = { offset: littleData.data.size, size: littleData.data.size / 2 };

/** Overwrites the first data, so that the first backup has blocks that a second one lacks. */
const others = { offset: 0, size: littleData.data.size };

scenario(
  'The deletion of a backup leaves the others whole, though they cannot be listed',
  { ...about, proves: ['D2'], cells: ['delete | backups/ | no permission to list it'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, more));
    const second = await given.settledBackup(volume);
    const unlistable = await given.listingDenied({ of: volume, folder: 'backups' });
    await then.inForce(unlistable);

    await when.deleted(first);
    await then.deletionTried(first);
    await then.inForce(unlistable);

    await when.released(unlistable);
    await then.goneInTheEnd(first);
    await when.storeLookedInto();
    await then.known(second);
    await then.orKnownBug('deletion-destroys-other-backups', async () => {
      await then.storeHolds(volume, [second], { ignoreOthers: true });
      await then.restores(second, data);
    });
  },
);

scenario(
  'The deletion of a backup removes the blocks that it alone has, or fails, while the blocks cannot be listed',
  { ...about, proves: ['D4'], cells: ['delete | blocks/ | no permission to list it'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const data = await given.data(volume, others);
    const second = await given.settledBackup(volume);
    const unlistable = await given.listingDenied({ of: volume, folder: 'blocks' });
    await then.inForce(unlistable);

    await when.deleted(first);
    await then.deletionTried(first);
    await then.inForce(unlistable);

    await when.released(unlistable);
    await then.goneInTheEnd(first);
    await then.orKnownBug('unlistable-blocks-are-unknown', () => then.storeHolds(volume, [second]));
    await then.storeHolds(volume, [second], { ignoreOthers: true });
    await then.restores(second, [data]);
  },
);

scenario(
  'A store whose volumes cannot be listed is not treated as empty',
  { ...about, cells: ['list volumes | volumes/ | no permission to list it'] },
  async ({ given, when, then }) => {
    const { volume, backup } = await backedUpVolume(given);
    const unlistable = await given.listingDenied({ of: 'the store' });
    await then.inForce(unlistable);

    const sync = await when.storeLookedInto();
    await then.orKnownBug('unlistable-store-is-empty', () => then.staysKnown(backup, sync));

    await when.released(unlistable);
    await when.storeLookedInto();
    await then.known(backup);
    await then.storeHolds(volume, [backup]);
  },
);

scenario(
  'The backups of a volume stay in Longhorn while they cannot be listed',
  { ...about, cells: ['list backups | backups/ | no permission to list it'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, more));
    const second = await given.settledBackup(volume);
    const unlistable = await given.listingDenied({ of: volume, folder: 'backups' });
    await then.inForce(unlistable);

    const sync = await when.storeLookedInto();
    await then.orKnownBug('unlistable-store-is-empty', () => then.staysKnown(first, sync));
    await then.inForce(unlistable);

    await when.released(unlistable);
    await when.storeLookedInto();
    await then.known(first);
    await then.known(second);
    await then.storeHolds(volume, [first, second]);
    await then.restores(second, data);
  },
);

scenario(
  'A backup that is being deleted does not disappear while its config cannot be read',
  {
    ...about,
    needs: ['readingDenied'],
    proves: ['D1'],
    cells: ['inspect | backups/ | no permission to enter it'],
    // On other versions the manager panics, as it does over any removal that fails after its Backup is gone.
    longhorn: '>=1.10.4 <1.11.0 || >=1.11.3',
  },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    await given.data(volume, more);
    const second = await given.settledBackup(volume);
    const unreadable = await given.readingDenied({ of: volume, folder: 'backups' });
    await then.inForce(unreadable);

    await when.deleted(first);
    const kept = await then.orKnownBug('unreadable-config-is-gone', () => then.notDeleted(first));
    await then.stillInStore(first);

    await when.released(unreadable);
    if (kept) await then.goneInTheEnd(first);
    // If the promise was broken, Longhorn finds the first backup in the store again, as if it had never been deleted.
    await when.storeLookedInto();
    await then.known(second);
    await then.storeHolds(volume, [second], { ignoreOthers: true });
  },
);
