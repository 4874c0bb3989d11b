import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { mebibyte } from '../../suite/steps/sizes.ts';

// Not derived from a document: Longhorn's API and its recurring jobs refuse volumes on standby and volumes that are
// being restored, the webhook of snapshots and backups does not.
scenario(
  'A volume that is still being restored is not backed up as if it were empty',
  {
    tags: ['restores', 'backups', 'slow'],
    needs: ['block-device', 'wrongAnswers'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
    });
    const restore = await when.restored(first);
    await then.restoring(restore);

    const second = await when.restoringBackedUp(restore);
    await then.inForce(silent);
    await when.released(silent);
    await then.restored(restore, data);
    if (second !== undefined && (await then.ends(second, { mayFail: true })))
      await then.orKnownBug('unrestored-volume-is-backed-up-empty', () => then.restores(second, data));
    await then.storeHolds(volume, [first]);
  },
);

scenario(
  'A clone of a volume that is still being restored has the data of its backup, or is rejected',
  { tags: ['restores'], needs: ['block-device', 'wrongAnswers'] },
  async ({ given, when, then }) => {
    const { volume, data, backup } = await backedUpVolume(given);
    const silent = await given.wrongAnswers('silence', {
      to: 'read',
      below: { of: volume, folder: 'blocks' },
    });
    const restore = await when.restored(backup);
    await then.restoring(restore);

    const clone = await when.restoringCloned(restore);
    await then.inForce(silent);
    await when.released(silent);
    await then.restored(restore, data);
    if (clone !== undefined)
      await then.orKnownBug('unrestored-volume-is-cloned-empty', () =>
        then.clonedVolumeRestored(clone, data),
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

// The copy must last longer than the deletion: two replicas of 768 MiB. The end is copied last.
scenario(
  'A clone has the data of its snapshot, or fails, if that is deleted while it is copied',
  { tags: ['snapshots', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const size = 768 * mebibyte;
    const end = { offset: size - 16 * mebibyte, size: 16 * mebibyte };
    const source = await given.volume({ size: 1024 * mebibyte });
    await given.data(source, { offset: 0, size: end.offset });
    const data = await given.data(source, end);
    const snapshot = await given.snapshot(source);
    await given.data(source, end);
    await given.snapshot(source);
    const clone = await when.snapshotCloned(snapshot);
    await when.snapshotGivenUp(snapshot);
    await then.orKnownBug('deleted-snapshot-spoils-clone', () =>
      then.clonedOrFailed(clone, { of: snapshot, data: [data] }),
    );
  },
);
