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
