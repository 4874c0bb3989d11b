import { scenario } from '../../suite/scenario.ts';

scenario(
  'Backups that are deleted during a restore of one of them are removed after it, and its data are right',
  {
    tags: ['restores', 'backup-deletion', 'slow'],
    needs: ['serverSlow'],
    disruptions: ['store-stall'],
    proves: ['D7', 'R17'],
  },
  async ({ given, when, then, data: { volume: size, large, small } }) => {
    const volume = await given.volume({ size });
    const data = await given.data(volume, { ...large, size: small.offset });
    const first = await given.settledBackup(volume);
    await given.data(volume, small);
    const second = await given.settledBackup(volume);
    const slow = await given.serverSlow();
    await then.inForce(slow);

    const restore = await when.restored(first);
    await then.restoring(restore);
    await when.deleted(first);
    await when.deleted(second);
    await then.restored(restore, [data]);
    await when.released(slow);
    await then.deletedAfterRestore(first, restore);
    await then.deletedAfterRestore(second, restore);
    // Both wait for the restore, and so begin and end at once.
    await then.orKnownBug(
      'deletions-at-once-miss-blocks',
      () => then.storeHolds(volume, [], { deletionsAtOnce: true }),
      { race: true },
    );
  },
);
