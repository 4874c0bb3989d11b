import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

// Not derived from a document: object stores give such answers at any time, and expect their clients to handle them.
const about: ScenarioOptions = { tags: ['failing-store'], needs: ['wrongAnswers'] };

const requests = ['list', 'look', 'read', 'write', 'delete'] as const;

/** After the data of a first backup, so that a second backup has all blocks of the first. */
const more = { offset: littleData.data.size, size: littleData.data.size / 2 };

// The user of the store has four rights alone: see policyOf in e2e/store/drivers/s3/policy.ts.
scenario(
  'Backups are made, restored and deleted on a store that sometimes asks for fewer requests',
  { ...about, tags: ['failing-store', 'slow'], proves: ['T16'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    for (const to of requests) await then.inForce(await given.wrongAnswers('SlowDown', { to, every: 3 }));

    const data = [await given.data(volume)];
    const first = await given.settledBackup(volume);
    data.push(await given.data(volume, more));
    const second = await given.settledBackup(volume);
    await then.restores(second, data);

    await when.deleted(first);
    await then.deleted(first);
    await then.storeHolds(volume, [second]);
    await then.restores(second, data);
  },
);

scenario(
  'A deletion that gets every listing in pages of two removes no block of another backup',
  { ...about, tags: ['failing-store', 'slow'], proves: ['D2'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const paged = await given.wrongAnswers('short pages', { to: 'list' });
    await then.inForce(paged);
    const data = [await given.data(volume)];
    const first = await given.settledBackup(volume);
    data.push(await given.data(volume, more));
    const second = await given.settledBackup(volume);
    const third = await given.settledBackup(volume);

    await when.deleted(first);
    await then.deleted(first);
    await then.inForce(paged);
    await then.storeHolds(volume, [second, third]);
    await then.restores(second, data);
    await then.restores(third, data);
  },
);

// longhorn/longhorn#13646, #13756: the user must learn which permission is missing.
scenario(
  'A store that denies access is reported at the backup, and at the backup target',
  { ...about, tags: ['failing-store', 'slow'], proves: ['L19'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);

    const unwritable = await given.wrongAnswers('AccessDenied', { to: 'write' });
    await then.inForce(unwritable);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.creationFails(second, 'creation-denied');
    await when.released(unwritable);

    const unlistable = await given.wrongAnswers('AccessDenied', { to: 'list' });
    await then.inForce(unlistable);
    const sync = await when.storeLookedInto();
    await then.targetReports('AccessDenied');
    await then.staysKnown(first, sync);

    await when.released(unlistable);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.known(first);
    await then.storeHolds(volume, [first], { ignoreOthers: true });
    await then.restores(first, data);
  },
);

// Of the two times that an upload writes the config of its backup, the second one is refused. The last of 16 to 19
// blocks has a progress of 100 % in Longhorn's formula.
scenario(
  'A backup of 17 blocks whose config cannot be written in the end is not Completed',
  { ...about, tags: ['failing-store', 'slow'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { offset: littleData.data.size, size: 34 * mebibyte }));
    const snapshot = await given.snapshot(volume);
    const refused = await given.wrongAnswers('AccessDenied', {
      to: 'write',
      below: { of: volume, folder: 'backups' },
      every: 2,
    });

    const second = await when.backedUp(snapshot);
    await then.orKnownBug('unwritten-backup-is-completed', () =>
      then.creationFails(second, 'creation-denied'),
    );

    await when.released(refused);
    const third = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, third], { ignoreOthers: true });
    await then.restores(third, data);
  },
);

// As with a wrong clock in a store or in a proxy before it: it refuses all signed requests.
scenario(
  'A store whose clock differs by 20 minutes is reported at the backup target, and no backup is lost',
  { ...about, tags: ['failing-store', 'slow'], proves: ['L19'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);

    const late = [];
    for (const to of requests) late.push(await given.wrongAnswers('another time', { to }));
    for (const each of late) await then.inForce(each);
    const sync = await when.storeLookedInto();
    await then.targetReports('RequestTimeTooSkewed');
    await then.staysKnown(first, sync);

    for (const each of late) await when.released(each);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.known(first);
    await then.storeHolds(volume, [first]);
    await then.restores(first, data);
  },
);

// By Longhorn's source, the Backups that it compares with a listing are those that there are after it.
scenario(
  'A backup that is made while Longhorn waits for a listing of the store stays, although that lacks it',
  { ...about, tags: ['failing-store', 'slow'] },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given);
    const snapshot = await given.snapshot(volume);
    const late = await given.wrongAnswers('late', { to: 'list', below: { of: volume, folder: 'backups' } });
    await then.inForce(late);
    await when.backupVolumeLookedInto(volume);
    await then.listingAwaited(volume, late);

    const second = await when.backedUp(snapshot);
    await then.completed(second);
    const sync = await when.storeLookedInto();
    await then.listingAwaited(volume, late);
    await when.released(late);
    await then.orKnownBug('late-listing-deletes-backup', () => then.staysKnown(second, sync));
    await then.known(second);
    await then.storeHolds(volume, [first, second]);
  },
);
