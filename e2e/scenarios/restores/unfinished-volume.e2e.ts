import { scenario } from '../../suite/scenario.ts';

// Not derived from a document: Longhorn's API and its recurring jobs refuse volumes on standby and volumes that are
// being restored, the webhook of snapshots and backups does not.
scenario(
  'A volume that is still being restored is not backed up as if it were empty',
  {
    tags: ['restores', 'backups'],
    needs: ['block-device', 'wrongAnswers'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const first = await given.settledBackup(volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
    });
    const restore = await when.restored(first);
    await then.restoring(restore);

    const second = await when.restoringBackedUp(restore);
    await then.inForce(silent);
    await when.released(silent);
    await then.restored(restore, [data]);
    if (second !== undefined && (await then.ends(second, { mayFail: true })))
      await then.orKnownBug('unrestored-volume-is-backed-up-empty', () => then.restores(second, [data]));
    await then.storeHolds(volume, [first]);
  },
);

scenario(
  'A clone of a volume that is still being restored has the data of its backup, or is rejected',
  { tags: ['restores'], needs: ['block-device', 'wrongAnswers'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const backup = await given.settledBackup(volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
    });
    const restore = await when.restored(backup);
    await then.restoring(restore);

    const clone = await when.restoringCloned(restore);
    await then.inForce(silent);
    await when.released(silent);
    await then.restored(restore, [data]);
    if (clone !== undefined)
      await then.orKnownBug('unrestored-volume-is-cloned-empty', () =>
        then.clonedVolumeRestored(clone, [data]),
      );
  },
);

// Longhorn begins to copy with its next look at the engine, and sees the end with one after that: each 5 s.
scenario(
  'A volume that is still being cloned is not backed up as if it were empty',
  { tags: ['backups'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const source = await given.volume();
    const data = await given.data(source);
    const backup = await when.cloningBackedUp(source);
    if (backup !== undefined && (await then.ends(backup, { mayFail: true })))
      await then.orKnownBug('uncloned-volume-is-backed-up-empty', () => then.restores(backup, [data]));
  },
);
