import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

const about: ScenarioOptions = {
  tags: ['csi-snapshots', 'restores', 'slow'],
  needs: ['volume-snapshots', 'block-device'],
  disruptions: ['volume-snapshots'],
};

const { size } = littleData.data;

scenario(
  'A VolumeSnapshotContent with the name of a backup that does not exist is not ready to use, and says why',
  { ...about, proves: ['V10'] },
  async ({ given, when, then }) => {
    const { backup } = await backedUpVolume(given);
    const byBak = await given.snapshotClass({ type: 'bak' });

    const snapshot = await when.contentMadeByHand(backup, byBak, { isWrong: true });
    await then.orKnownBug('volumesnapshot-of-no-backup-is-ready', () => then.notReady(snapshot));
  },
);

scenario(
  'A claim gets the data of its VolumeSnapshot, be that made by a class or brought in by hand',
  { ...about, proves: ['V5', 'V6', 'V7'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, { offset: size, size }));
    const claim = await given.boundClaim(volume);
    const byBak = await given.snapshotClass({ type: 'bak' });
    const made = await when.volumeSnapshotMade(claim, byBak);
    const second = await then.handleNamesBackup(made);
    await then.readyWithBackup(made, second);
    const byHand = await when.contentMadeByHand(first, byBak);

    await then.restored(await when.claimMadeFrom(byHand, first), data.slice(0, 1));
    await then.restored(await when.claimMadeFrom(made, second), data);
  },
);

// Not derived from a document. So it is too for a moment after Longhorn has found a backup in a store that it is given.
scenario(
  'A claim of a backup that another Longhorn is still uploading waits for it, and has its data',
  about,
  async ({ given, when, then }) => {
    const { target } = await given.volume();
    const byBak = await given.snapshotClass({ type: 'bak' });
    const upload = await given.foreignUpload(target, { size });
    await when.storeLookedInto(target);
    await then.foundUnfinished(upload.backup);

    const byHand = await when.contentMadeByHand(upload.backup, byBak);
    const claim = await when.claimAskedFor(byHand, upload.backup);
    const data = await when.foreignUploadEnds(upload);
    await when.backupVolumeSynced(upload.volume);
    await then.known(upload.backup);
    await then.orKnownBug('claim-of-unread-backup-is-empty', () => then.claimHasData(claim, [data]));
  },
);

// A larger claim would need a larger volume, and the data of a smaller one would be cut off.
scenario(
  'A claim of another size than its VolumeSnapshot is refused, be it smaller or larger',
  { ...about, proves: ['V5'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const claim = await given.boundClaim(volume);
    const made = await when.volumeSnapshotMade(claim, await given.snapshotClass({ type: 'bak' }));
    const backup = await then.handleNamesBackup(made);
    await then.readyWithBackup(made, backup);

    await then.otherSizeRefused(made, { backup, size: volume.size / 2 });
    await then.orKnownBug('larger-claim-gets-smaller-volume', () =>
      then.otherSizeRefused(made, { backup, size: 2 * volume.size }),
    );
  },
);
