import { scenario } from '../../suite/scenario.ts';

// Not derived from a document: a new Longhorn has a target `default` without a URL, beside the targets that users make.
scenario(
  'A backup is uploaded and kept, although another backup target has no URL',
  {
    tags: ['backup-targets', 'upload', 'slow'],
    needs: ['mounted-store', 'block-device'],
    disruptions: ['unmount'],
    exclusive: ['longhorn-managers'],
  },
  async ({ given, when, then, data: { volume: size, large } }) => {
    const volume = await given.volume({ size });
    await given.data(volume, large);
    const snapshot = await given.snapshot(volume);
    const other = await given.target(await given.store({ kind: 'the same kind' }));
    await given.exclusive('longhorn-managers');

    const backup = await when.backedUp(snapshot);
    await then.uploading(backup);
    await when.targetEmptied(other);
    const kept = await then.orKnownBug('unset-target-unmounts-stores', () => then.completedForGood(backup), {
      race: true,
    });
    if (kept) await then.storeHolds(volume, [backup]);
  },
);
