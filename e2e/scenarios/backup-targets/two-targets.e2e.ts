import { scenario } from '../../suite/scenario.ts';

// Not derived from a document: with several targets, each volume names the target of its backups.
scenario(
  'Backups on two backup targets never mix',
  { tags: ['backup-targets', 'slow'], needs: ['block-device'], proves: ['T13'] },
  async ({ given, when, then }) => {
    const one = await given.volume();
    const target = await given.target(await given.store({ kind: 'the same kind' }));
    await then.sameStoreRefused(target);
    const other = await given.volume({ target });
    await given.data(one);
    const data = await given.data(other);
    const first = await given.settledBackup(one);
    const second = await given.settledBackup(other);

    for (const each of [one.target, target]) await then.storeListed(await when.storeLookedInto(each));
    await then.onlyOnItsTarget(first);
    await then.onlyOnItsTarget(second);
    await then.storeHolds(one, [first]);
    await then.storeHolds(other, [second]);

    await when.deleted(first);
    await then.deleted(first);
    await then.storeHolds(one, []);
    await then.known(second);
    await then.storeHolds(other, [second]);
    await then.restores(second, [data]);
  },
);
