import { scenario } from '../../suite/scenario.ts';

scenario(
  'Two backups of a volume are made side by side, and one of a detached volume attaches it meanwhile',
  {
    tags: ['backups', 'upload', 'slow'],
    needs: ['block-device'],
    proves: ['C10', 'C12', 'C16', 'C17'],
  },
  async ({ given, when, then, data }) => {
    const volume = await given.volume({ size: data.volume });
    const large = await given.data(volume, data.large);
    const one = await given.snapshot(volume);
    const small = await given.data(volume, data.small);
    const other = await given.snapshot(volume);

    const first = await when.backedUp(one);
    const second = await when.backedUp(other);
    await then.uploadedSideBySide(first, second);
    await then.progressRose(first);
    await then.attachmentGivenBack(first);

    await when.volumeDetached(volume);
    const third = await when.backedUp(one);
    await then.completed(third);
    await then.attachmentGivenBack(third);
    await then.attachedMeanwhile(third);
    // `ignoreOthers`: the block counts of the first two backups both include the blocks that both have sent.
    await then.storeHolds(volume, [first, second, third], { ignoreOthers: true });
    await then.restores(first, [large]);
    await then.restores(second, [small]);
  },
);
