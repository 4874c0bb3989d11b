import { followedVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const about: ScenarioOptions = { tags: ['standby', 'slow'], needs: ['block-device'] };
const { size } = littleData.data;
const added = { offset: size, size };

scenario(
  'A standby volume whose backup target is changed has the newest backup of its source once it is activated',
  about,
  async ({ given, when, then }) => {
    const other = await given.target(await given.store({ kind: 'the same kind' }));
    const { volume, standby } = await followedVolume({ given, when, then });

    await when.standbyRetargeted(standby, other);
    await given.data(volume, added);
    const second = await given.settledBackup(volume);
    await when.activated(standby);
    await then.orKnownBug('retargeted-standby-misses-newest', () => then.activatedWith(standby, second));
  },
);

scenario(
  'A standby volume of which snapshots are made follows its source all the same',
  { ...about, proves: ['DR3'] },
  async ({ given, when, then }) => {
    const { volume, data, standby } = await followedVolume({ given, when, then });

    const older = await when.standbySnapshotted(standby);
    await when.standbySnapshotted(standby);
    data.push(await given.data(volume, added));
    const second = await given.settledBackup(volume);
    const goesOn = () => then.followsDespiteSnapshots(standby, second);
    const isFollowing = await then.orKnownBug('snapshots-stop-standby', goesOn);
    if (!isFollowing && older !== undefined) await when.snapshotDeleted(older);
    await then.follows(standby, second);
    await when.activated(standby);
    await then.activated(standby, data);
  },
);

scenario(
  'A standby volume that is made larger follows its source all the same',
  about,
  async ({ given, when, then }) => {
    const { volume, data, standby } = await followedVolume({ given, when, then });

    const larger = { size: 2 * littleData.volume };
    await when.standbyGrown(standby, larger);
    data.push(await given.data(volume, added));
    const second = await given.settledBackup(volume);
    await then.toldOf(standby, second);
    const follows = () => then.followsThoughLarger(standby, second);
    if (!(await then.orKnownBug('larger-standby-follows-no-more', follows))) {
      const grown = await when.volumeGrown(volume, larger);
      await then.follows(standby, await given.settledBackup(grown));
    }
    await when.activated(standby);
    await then.activated(standby, data);
  },
);

scenario(
  'A standby volume that has lost the label of its source is activated with its newest backup',
  about,
  async ({ given, when, then }) => {
    const { volume, data, standby } = await followedVolume({ given, when, then });

    await when.sourceLabelLost(standby);
    data.push(await given.data(volume, added));
    await given.settledBackup(volume);
    await when.activated(standby);
    const ends = () => then.activatedThoughUnlabelled(standby);
    const isEnded = await then.orKnownBug('unlabelled-standby-is-never-activated', ends);
    if (!isEnded) await when.sourceLabelSet(standby);
    await then.activated(standby, data);
  },
);

scenario(
  'A volume that was backed up on standby is backed up whole once it is activated',
  { ...about, tags: ['standby', 'backups', 'slow'] },
  async ({ given, when, then }) => {
    const { volume, data, standby } = await followedVolume({ given, when, then });
    if ((await when.restoringBackedUp(standby)) === undefined) return;

    data.push(await given.data(volume, added));
    const second = await given.settledBackup(volume);
    await then.follows(standby, second);
    await when.activated(standby);
    const activated = await then.activated(standby, data);
    const later = await when.backedUp(await given.snapshot(activated));
    await then.completed(later);
    await then.orKnownBug('standby-restores-into-snapshot', () => then.restores(later, data));
  },
);
