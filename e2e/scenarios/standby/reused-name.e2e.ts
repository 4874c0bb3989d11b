import { backedUpVolume, followedVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

// Not derived from a document. By Longhorn's source, a standby volume compares the names of backups alone.
scenario(
  'A standby volume restores a backup that was made again under the name of the one that it has',
  { tags: ['standby', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const { volume, backup: first, standby } = await followedVolume({ given, when, then });
    await when.deleted(first);
    await then.deleted(first);
    await then.noLastBackup(volume);

    const data = await given.data(volume);
    const second = await when.madeAgain(await given.snapshot(volume), first);
    await then.completed(second);
    await then.lastBackup(second);
    await when.activated(standby);
    await then.orKnownBug('standby-ignores-reused-backup-name', () => then.activated(standby, [data]));
    await then.storeHolds(volume, [second]);
  },
);

scenario(
  'A standby volume can be activated, although a smaller volume was backed up under the name of its source',
  { tags: ['standby', 'slow'], needs: ['block-device'] },
  async ({ given, when, then }) => {
    const { volume, data, standby } = await followedVolume({ given, when, then });
    await when.volumeRemoved(volume);

    const smaller = await given.volumeMadeAgain(volume, { size: littleData.volume / 2 });
    const second = await given.settledBackup(smaller);
    await then.toldOf(standby, second);
    await when.activated(standby);
    const ends = () => then.activationEnds(standby);
    if (!(await then.orKnownBug('smaller-source-stops-standby', ends))) {
      await when.deleted(second);
      await then.deleted(second);
    }
    await then.activated(standby, data);
  },
);

scenario(
  'A standby volume follows its source, although that was made again with backup blocks of another size',
  { tags: ['standby', 'slow'], needs: ['block-device'], longhorn: '>=1.10.0' },
  async ({ given, when, then }) => {
    const { volume, backup: first } = await backedUpVolume(given, { blockSize: 2 * mebibyte });
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    await when.volumeRemoved(volume);

    const again = await given.volumeMadeAgain(volume, {
      size: littleData.volume,
      blockSize: 16 * mebibyte,
    });
    const data = await given.data(again);
    const second = await given.settledBackup(again);
    const follows = () => then.follows(standby, second);
    if (!(await then.orKnownBug('other-block-size-ends-standby', follows))) return;
    await when.activated(standby);
    await then.activated(standby, [data]);
  },
);
