import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// No document asks for these either: object stores answer so on any day, and have their users live with it.
const about: ScenarioOptions = { tags: ['failing-store'], timeout: '40m', needs: ['wrongAnswers'] };

const requests = ['list', 'look', 'read', 'write', 'delete'] as const;

/** Behind the data of a first backup, which so has no block that a second one lacks. */
const more = { offset: littleData.data.size, size: littleData.data.size / 2 };

scenario(
  'Backups are made, restored and deleted on a store that now and then asks for fewer requests',
  about,
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    for (const to of requests) await then.inForce(await given.wrongAnswers('SlowDown', { to, every: 3 }));

    const data = [await given.data(volume, littleData.data)];
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
  'A deletion removes no block of another backup, though every listing comes in pages of two',
  { ...about, proves: ['D2'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    const paged = await given.wrongAnswers('short pages', { to: 'list' });
    await then.inForce(paged);
    const data = [await given.data(volume, littleData.data)];
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

// longhorn/longhorn#13646, #13756: which right is missing is what its user has to learn.
scenario(
  'A store that denies access says so where its user looks: at the backup, and at the backup target',
  { ...about, proves: ['L19'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = await given.data(volume, littleData.data);
    const first = await given.settledBackup(volume);

    const unwritable = await given.wrongAnswers('AccessDenied', { to: 'write' });
    await then.inForce(unwritable);
    const second = await when.backedUp(await given.snapshot(volume));
    await then.creationFails(second, 'creation-denied');
    await when.released(unwritable);

    const unlistable = await given.wrongAnswers('AccessDenied', { to: 'list' });
    await then.inForce(unlistable);
    const sync = await when.storeLookedInto();
    await then.targetTells('AccessDenied');
    await then.staysKnown(first, sync);

    await when.released(unlistable);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.known(first);
    await then.storeHolds(volume, [first], { besides: true });
    await then.restores(first, [data]);
  },
);

// As where the clock of a store, or of what stands before it, is wrong: it refuses whatever is signed.
scenario(
  'A store to which every request seems 20 minutes old says so at the backup target, and no backup is lost',
  { ...about, tags: ['failing-store', 'slow'], proves: ['L19'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ size: littleData.volume });
    const data = await given.data(volume, littleData.data);
    const first = await given.settledBackup(volume);

    const late = [];
    for (const to of requests) late.push(await given.wrongAnswers('another time', { to }));
    for (const each of late) await then.inForce(each);
    const sync = await when.storeLookedInto();
    await then.targetTells('RequestTimeTooSkewed');
    await then.staysKnown(first, sync);

    for (const each of late) await when.released(each);
    await when.storeLookedInto();
    await then.targetAvailable();
    await then.known(first);
    await then.storeHolds(volume, [first]);
    await then.restores(first, [data]);
  },
);
