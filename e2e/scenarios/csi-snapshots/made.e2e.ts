import { holdBlocks } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import type { VolumeHandle } from '../../suite/steps/handles.ts';
import { littleData } from '../../suite/steps/sizes.ts';
import type { Steps } from '../../suite/steps/steps.ts';

// From Longhorn's page "CSI VolumeSnapshot Associated with Longhorn Backup".
const about: ScenarioOptions = {
  tags: ['csi-snapshots', 'slow'],
  needs: ['volume-snapshots', 'block-device'],
  disruptions: ['volume-snapshots'],
};

/** A VolumeSnapshot whose backup is under way until `when.released`. */
const heldOne = async (
  { given, when, then }: Pick<Steps, 'given' | 'when' | 'then'>,
  volume: VolumeHandle,
) => {
  const claim = await given.boundClaim(volume);
  const byBak = await given.snapshotClass({ type: 'bak' });
  const silent = await holdBlocks({ given, then }, volume);
  const snapshot = await when.volumeSnapshotMade(claim, byBak);
  const backup = await then.handleNamesBackup(snapshot);
  await then.uploading(backup);
  return { silent, snapshot, backup };
};

scenario(
  'A VolumeSnapshot of the type bak makes a backup, and is ready to use once that is Completed',
  { ...about, needs: [...(about.needs ?? []), 'wrongAnswers'], proves: ['V1', 'V4'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const { silent, snapshot, backup } = await heldOne({ given, when, then }, volume);
    await when.released(silent);
    await then.readyWithBackup(snapshot, backup);
    await then.storeHolds(volume, [backup]);
    await then.restores(backup, [data]);
  },
);

// So it is too if its backup is Completed, and csi-snapshotter has not asked since, which it does after up to 5 min.
scenario(
  'A VolumeSnapshot is ready to use with its own backup alone, although its volume gets another backup target',
  {
    ...about,
    tags: ['csi-snapshots', 'backup-targets', 'slow'],
    needs: [...(about.needs ?? []), 'wrongAnswers'],
    proves: ['V4'],
  },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const other = await given.target(await given.store({ kind: 'the same kind' }));
    const { silent, snapshot, backup } = await heldOne({ given, when, then }, volume);

    const moved = await when.volumeRetargeted(volume, other);
    const kept = await then.orKnownBug('retargeted-volumesnapshot-is-ready-early', () =>
      then.waitsForItsBackup(snapshot, backup, moved),
    );
    await when.released(silent);
    if (kept) await then.readyWithBackup(snapshot, backup);
    // The other backup, at the new target, may spoil its upload.
    else await then.orKnownBug('upload-follows-next-target', () => then.completed(backup));
    await then.storeHolds(volume, kept ? [backup] : [], { ignoreOthers: !kept, afterKill: !kept });
  },
);

scenario(
  'A class without a type makes backups, and one with a wrong type none',
  // The one that .ci/run has.
  { ...about, tags: ['csi-snapshots'], proves: ['V2'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const claim = await given.boundClaim(volume);
    const byNoType = await given.snapshotClass({});
    const byWrongType = await given.snapshotClass({ type: 'backup' });

    const first = await when.volumeSnapshotMade(claim, byNoType);
    const backup = await then.handleNamesBackup(first);
    await then.readyWithBackup(first, backup);
    const second = await when.volumeSnapshotMade(claim, byWrongType);
    await then.notMade(second, 'invalid CSI snapshot type: backup');
    await then.storeHolds(volume, [backup]);
  },
);

scenario(
  'A class with the backup mode full makes full backups',
  { ...about, longhorn: '>=1.9.0', proves: ['V18'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    await given.settledBackup(volume);
    const claim = await given.boundClaim(volume);
    const byFull = await given.snapshotClass({ type: 'bak', backupMode: 'full' });

    const snapshot = await when.volumeSnapshotMade(claim, byFull);
    const backup = await then.handleNamesBackup(snapshot);
    await then.readyWithBackup(snapshot, backup);
    await then.sent(backup, { new: 0, again: littleData.data.size / 2 ** 21 });
  },
);

scenario(
  'A snapshot that CSI made and backed up can be backed up by Longhorn too, and each of the backups restores',
  { ...about, proves: ['V17'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    const snapshot = await when.volumeSnapshotMade(claim, byBak);
    const first = await then.handleNamesBackup(snapshot);
    await then.readyWithBackup(snapshot, first);

    const second = await given.backup(first.snapshot);
    await then.storeHolds(volume, [first, second]);
    for (const backup of [first, second]) await then.restores(backup, [data]);
  },
);

scenario(
  'Many VolumeSnapshots at once are all made, and all deleted',
  { ...about, proves: ['V14', 'V15'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    // Uploads of the same new blocks at once would each count them.
    const earlier = await given.settledBackup(volume);
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });

    const snapshots = [];
    for (let made = 0; made < 5; made += 1) snapshots.push(await when.volumeSnapshotMade(claim, byBak));
    const all = [];
    for (const snapshot of snapshots) {
      const backup = await then.handleNamesBackup(snapshot);
      await then.readyWithBackup(snapshot, backup);
      all.push({ snapshot, backup });
    }
    const backups = all.map(({ backup }) => backup);
    await then.storeHolds(volume, [earlier, ...backups]);
    for (const backup of backups) await then.known(backup);

    await when.volumeSnapshotDeleted(...snapshots);
    await then.volumeSnapshotGone(...snapshots);
    for (const { backup, snapshot } of all) await then.backupGoesAlong(backup, snapshot);
    for (const backup of backups) await then.goneInTheEnd(backup);
    await then.storeHolds(volume, [earlier], { deletionsAtOnce: true });
  },
);

// From Longhorn's page "CSI VolumeSnapshot Associated with Longhorn Snapshot".
scenario(
  'A VolumeSnapshot of the type snap makes a snapshot of a detached volume, which is attached for it',
  { ...about, tags: ['csi-snapshots', 'slow'], proves: ['V19'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    const claim = await given.boundClaim(volume);
    const bySnap = await given.snapshotClass({ type: 'snap' });
    await when.volumeDetached(volume);

    const snapshot = await then.readyWithSnapshot(await when.volumeSnapshotMade(claim, bySnap));
    await then.volumeDetached(volume);
    await then.restores(await given.backup(snapshot), [data]);
  },
);
