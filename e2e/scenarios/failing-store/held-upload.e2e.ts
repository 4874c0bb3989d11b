import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { heldUpload } from '../../suite/held-upload.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData } from '../../suite/steps/sizes.ts';

// Not derived from a document. The store leaves the writing of the first block unanswered, so that the upload stays
// where it is while something else happens.
const about: ScenarioOptions = {
  tags: ['failing-store', 'upload', 'slow'],
  needs: ['wrongAnswers', 'block-device'],
};

const { size } = littleData.data;
const second = { offset: size, size };

scenario(
  'A snapshot that is deleted while it is uploaded gives a backup with its data, or none',
  about,
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = [await given.data(volume)];
    await given.settledBackup(volume);
    data.push(await given.data(volume, second));
    const snapshot = await given.snapshot(volume);
    await given.data(volume, second);
    await given.snapshot(volume);
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);

    await when.snapshotGivenUp(snapshot);
    await when.released(silent);
    if (await then.ends(backup, { mayFail: true }))
      await then.orKnownBug('deleted-snapshot-spoils-upload', () => then.restores(backup, data));

    const newest = await given.settledBackup(volume);
    await then.storeHolds(volume, [newest], { ignoreOthers: true });
  },
);

// longhorn/longhorn#10184
scenario(
  'The snapshot of a backup that is being uploaded is not removed by a recurring job that cleans up',
  { ...about, tags: ['failing-store', 'upload', 'recurring-jobs', 'snapshots', 'slow'], proves: ['N10'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    data.push(await given.data(volume, second));
    const snapshot = await given.snapshot(volume);
    await given.data(volume, second);
    await given.snapshot(volume);
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);

    const job = await given.snapshotJob(volume, { task: 'snapshot-delete', keeps: 1 });
    await when.jobTriggered(job);
    await then.jobsComplete(job);
    await then.snapshotGoes(first.snapshot);
    await then.stillUploading(backup);
    const kept = await then.orKnownBug('cleanup-takes-snapshot-of-upload', () => then.snapshotStays(backup));
    await when.released(silent);
    await then.ends(backup, { mayFail: !kept });
    if (kept) await then.restores(backup, data);

    const newest = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, newest], { ignoreOthers: true });
  },
);

scenario(
  'The snapshot of a backup that is being uploaded is not removed with the end of another backup of it',
  {
    ...about,
    tags: ['failing-store', 'upload', 'snapshots', 'slow'],
    // On other clusters, the setting would also remove snapshots of other users.
    needs: ['lab', 'wrongAnswers', 'block-device'],
    longhorn: '>=1.9.0',
    disruptions: ['settings'],
    exclusive: ['cluster-settings'],
    proves: ['N10'],
  },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    await given.data(volume);
    await given.snapshot(volume);
    await given.exclusive('cluster-settings');
    const onceMade = await given.setting('a snapshot goes once its backup by hand is made');
    const { silent, backup } = await heldUpload({ given, when, then }, first.snapshot, { mode: 'full' });

    // The store has its blocks, so that it writes none.
    const again = await when.backedUp(first.snapshot);
    await then.completed(again);
    await then.lastBackup(again);
    await then.stillUploading(backup);
    const kept = await then.orKnownBug('finished-backup-takes-snapshot-of-upload', () =>
      then.snapshotStays(backup),
    );
    await when.released(silent);
    await then.ends(backup, { mayFail: !kept });
    await when.released(onceMade);
    if (kept) await then.restores(backup, data);

    const newest = await given.settledBackup(volume);
    await then.storeHolds(volume, [first, again, newest], { ignoreOthers: true });
  },
);

// As of a recurring job filesystem-trim. The replica has read the first blocks of the snapshot by then.
scenario(
  'A backup has the data of its snapshot, although a trim removes that while it is uploaded',
  { ...about, tags: [...(about.tags ?? []), 'snapshots'] },
  async ({ given, when, then }) => {
    const volume = await given.volume({ trimsSnapshots: true });
    const discarded = { offset: 2 * size, size };
    const data = [
      await given.data(volume),
      await given.data(volume, second),
      await given.data(volume, discarded),
    ];
    const { silent, backup } = await heldUpload({ given, when, then }, await given.snapshot(volume));

    await when.discarded(volume, discarded);
    await when.released(silent);
    if (await then.ends(backup, { mayFail: true }))
      await then.orKnownBug('trim-empties-upload', () => then.restores(backup, data));
  },
);

// Longhorn makes a backup volume only when it lists the store: here, after the first backup.
scenario(
  'The first backup of a volume stays deleted if it is deleted while it is uploaded',
  about,
  async ({ given, when, then }) => {
    const volume = await given.volume();
    await given.data(volume);
    const snapshot = await given.snapshot(volume);
    await when.pollIntervalSet(volume.target, '0s');
    const { silent, backup } = await heldUpload({ given, when, then }, snapshot);
    await then.notListed(volume);

    await when.deleted(backup);
    await when.released(silent);
    await then.goneInTheEnd(backup);
    await then.orKnownBug('first-backup-outlives-its-deletion', () => then.goneFromStore(backup));
  },
);

// The store takes three blocks of the upload, and no refresh of its lock.
scenario(
  'A backup that is deleted while its upload has lost its lock stays deleted',
  { ...about, tags: [...(about.tags ?? []), 'backupstore-locks'] },
  async ({ given, when, then }) => {
    const { volume, data, backup: first } = await backedUpVolume(given);
    await given.data(volume, second);
    const snapshot = await given.snapshot(volume);
    const silent = await given.wrongAnswers('silence', {
      to: 'write',
      below: { of: volume, folder: 'blocks' },
      every: 4,
    });
    const backup = await when.backedUp(snapshot);
    await then.uploading(backup);
    const lock = await then.storeLocked(backup);
    const unrefreshed = await given.wrongAnswers('AccessDenied', { to: 'write', below: lock });
    await then.inForce(unrefreshed);
    await then.lockExpires(lock);

    await when.deleted(backup);
    await then.goneInTheEnd(backup);
    await when.released(unrefreshed);
    await when.released(silent);
    await then.orKnownBug('upload-outlives-its-lock', () => then.goneFromStore(backup));
    await then.restores(first, data);
  },
);

scenario(
  'A backup of an older snapshot that ends after that of a newer one is not the last backup',
  about,
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    await given.settledBackup(volume);
    await given.data(volume, second);
    const older = await given.snapshot(volume);
    // The store has these blocks, so that the upload of the newer snapshot writes none.
    const copied = await given.copiedData(volume, data, { to: size });
    const newer = await given.snapshot(volume);
    const { silent, backup: overtaken } = await heldUpload({ given, when, then }, older);

    const newest = await when.backedUp(newer);
    await then.completed(newest);
    await then.lastBackup(newest);
    await when.released(silent);
    await then.completed(overtaken);
    await then.orKnownBug('last-to-end-is-last-backup', () => then.staysLastBackup(newest));
    await then.restores(newest, [data, copied]);
  },
);

// The volume grows while its older snapshot is uploaded. The store has the blocks of the newer one.
scenario(
  'A backup is restored in its size, although an upload that began before its volume grew ended later',
  { ...about, tags: [...(about.tags ?? []), 'restores'] },
  async ({ given, when, then }) => {
    const volume = await given.volume();
    const data = await given.data(volume);
    await given.settledBackup(volume);
    await given.data(volume, second);
    const { silent, backup: older } = await heldUpload({ given, when, then }, await given.snapshot(volume));

    const grown = await when.volumeGrown(volume, { size: 2 * littleData.volume });
    const copied = [
      await given.copiedData(grown, data, { to: size }),
      await given.copiedData(grown, data, { to: 2 * littleData.volume - size }),
    ];
    const newer = await when.backedUp(await given.snapshot(grown));
    await then.completed(newer);
    await when.released(silent);
    await then.completed(older);
    await when.backupVolumeSynced(grown);
    await then.orKnownBug('growth-during-upload-cuts-restores', () =>
      then.restores(newer, [data, ...copied]),
    );
  },
);
