import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { holdBlocks } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import type { VolumeHandle } from '../../suite/steps/handles.ts';
import type { Steps } from '../../suite/steps/steps.ts';

const about: ScenarioOptions = {
  tags: ['csi-snapshots', 'slow'],
  needs: ['volume-snapshots', 'block-device'],
  disruptions: ['volume-snapshots'],
};

type Of = Pick<Steps, 'given' | 'when' | 'then'>;

/** A VolumeSnapshot that is ready to use, and its backup. */
const readyOne = async ({ given, when, then }: Of, volume: VolumeHandle, policy?: 'Retain') => {
  const claim = await given.boundClaim(volume);
  const snapshot = await when.volumeSnapshotMade(claim, await given.snapshotClass({ type: 'bak' }, policy));
  const backup = await then.handleNamesBackup(snapshot);
  await then.readyWithBackup(snapshot, backup);
  await then.known(backup);
  return { snapshot, backup };
};

scenario(
  'A VolumeSnapshot that is deleted takes its backup along, or leaves it, as its class says',
  { ...about, proves: ['V8'] },
  async ({ given, when, then }) => {
    const { volume, backup: earlier } = await backedUpVolume(given);
    const going = await readyOne({ given, when, then }, volume);
    const kept = await readyOne({ given, when, then }, volume, 'Retain');

    await when.volumeSnapshotDeleted(going.snapshot, kept.snapshot);
    await then.volumeSnapshotGone(going.snapshot, kept.snapshot);
    await then.backupGoesAlong(going.backup, going.snapshot);
    await then.goneInTheEnd(going.backup);
    await when.contentDeleted(kept.snapshot);
    await then.backupKept(kept.backup);
    await then.storeHolds(volume, [earlier, kept.backup]);
  },
);

// From Longhorn's manual tests of backups. The backup of the one is gone, and the snapshot of the other.
scenario(
  'A VolumeSnapshot that has the uid of one that was deleted is made of what that has left',
  { ...about, proves: ['V16'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: earlier } = await backedUpVolume(given);
    const kept = await readyOne({ given, when, then }, volume, 'Retain');
    const going = await readyOne({ given, when, then }, volume);
    await when.volumeSnapshotDeleted(going.snapshot, kept.snapshot);
    await then.volumeSnapshotGone(going.snapshot, kept.snapshot);
    await then.goneInTheEnd(going.backup);
    await when.contentDeleted(kept.snapshot);
    await when.snapshotRemoved(kept.backup);

    const ofSnapshot = await when.contentOfSameUid(going.snapshot);
    const made = await then.handleNamesBackup(ofSnapshot);
    await then.readyWithBackup(ofSnapshot, made);
    await then.restores(made, data);
    const ofBackup = await when.contentOfSameUid(kept.snapshot);
    await then.handleNamesFormer(ofBackup, kept.backup);
    await then.readyWithBackup(ofBackup, kept.backup);
    await then.storeHolds(volume, [earlier, kept.backup, made]);
  },
);

scenario(
  'A VolumeSnapshot is deleted while its volume is detached, or its backup target has no URL',
  {
    ...about,
    tags: ['csi-snapshots', 'backup-targets', 'slow'],
    disruptions: ['volume-snapshots', 'unmount'],
    exclusive: ['longhorn-managers'],
    proves: ['V9'],
  },
  async ({ given, when, then }) => {
    const { volume, backup: earlier } = await backedUpVolume(given);
    const first = await readyOne({ given, when, then }, volume);
    const second = await readyOne({ given, when, then }, volume);

    await when.volumeDetached(volume);
    await when.volumeSnapshotDeleted(first.snapshot);
    await then.volumeSnapshotGone(first.snapshot);
    await then.backupGoesAlong(first.backup, first.snapshot);
    await then.goneInTheEnd(first.backup);
    await then.storeHolds(volume, [earlier, second.backup]);

    await given.exclusive('longhorn-managers');
    await when.targetEmptied(volume.target);
    await then.noLastBackup(volume);
    await when.volumeSnapshotDeleted(second.snapshot);
    await then.volumeSnapshotGone(second.snapshot);
    await when.targetSet(volume.target);
    await then.known(earlier);
  },
);

// A VolumeSnapshot is made of the volume, and deleted while the store leaves the writing of its first block unanswered.
const inMidBackup: ScenarioOptions = { ...about, needs: [...(about.needs ?? []), 'wrongAnswers'] };

const deletedInMidBackup = async ({ given, when, then }: Of, volume: VolumeHandle) => {
  const claim = await given.boundClaim(volume);
  const byBak = await given.snapshotClass({ type: 'bak' });
  const silent = await holdBlocks({ given, then }, volume);
  const snapshot = await when.volumeSnapshotMade(claim, byBak);
  const backup = await then.handleNamesBackup(snapshot);
  await then.uploading(backup);
  await when.volumeSnapshotDeleted(snapshot);
  await then.volumeSnapshotGone(snapshot);
  return { silent, snapshot, backup };
};

scenario(
  'A VolumeSnapshot that is deleted in mid-backup leaves no backup behind',
  { ...inMidBackup, proves: ['V13'] },
  async ({ given, when, then }) => {
    const { volume, backup: earlier } = await backedUpVolume(given);
    await given.data(volume);
    const { silent, snapshot, backup } = await deletedInMidBackup({ given, when, then }, volume);

    await then.backupGoesAlong(backup, snapshot);
    await when.released(silent);
    await then.goneInTheEnd(backup);
    await then.goneFromStore(backup);
    await then.stillInStore(earlier);
  },
);

// Longhorn makes a backup volume only when it lists the store: here, after the first backup.
scenario(
  'A VolumeSnapshot that is deleted in the middle of the first backup of its volume leaves none behind',
  { ...inMidBackup, proves: ['V13'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const { silent, snapshot, backup } = await deletedInMidBackup({ given, when, then }, volume);
    await then.notListed(volume);

    const goes = await then.orKnownBug('first-backup-outlives-volumesnapshot', () =>
      then.backupGoesAlong(backup, snapshot),
    );
    await when.released(silent);
    if (goes) await then.goneInTheEnd(backup);
  },
);

scenario(
  'A VolumeSnapshot whose backup target is unreachable is not made, says so, and can be deleted',
  { ...about, needs: [...(about.needs ?? []), 'mounted-store'], longhorn: '>=1.9.0', proves: ['V9', 'V11'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    const { target } = volume;
    await when.targetMisled(target, 'a server that is not there');
    await then.targetReports('cannot mount');

    const snapshot = await when.volumeSnapshotMade(claim, byBak);
    await then.notMade(snapshot, `backup target ${target.name} is not available`);
    await when.volumeSnapshotDeleted(snapshot);
    await then.orKnownBug('unmade-volumesnapshot-stays', () => then.goesThoughNotMade(snapshot));
    await when.targetSet(target);
    await then.targetAvailable();
  },
);
