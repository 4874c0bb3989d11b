import { backedUpVolume } from '../../suite/backed-up-volume.ts';
import { scenario } from '../../suite/scenario.ts';
import type { ScenarioOptions } from '../../suite/scenario-core.ts';
import { littleData, mebibyte } from '../../suite/steps/sizes.ts';

const about = {
  tags: ['system-backups', 'restores', 'slow'],
  // A system restore changes all of Longhorn.
  needs: ['lab', 'block-device'],
  exclusive: ['default-backup-target', 'all-volumes'],
  disruptions: ['default-target'],
} as const satisfies Partial<ScenarioOptions>;

scenario(
  'A system restore makes what is missing, a volume from its latest backup, and leaves what is there',
  {
    ...about,
    exclusive: ['default-backup-target', 'all-volumes', 'cluster-settings'],
    disruptions: ['default-target', 'settings'],
    proves: ['S15', 'S17', 'S19', 'S23'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes', 'cluster-settings');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const job = await given.systemBackupJob(target, { keeps: 1 });
    const lost = await given.volume({ target });
    const kept = await given.volume({ target });
    await given.data(lost);
    await given.settledBackup(lost);
    const data = await given.data(lost);
    const latest = await given.settledBackup(lost);
    await given.data(kept);
    await given.settledBackup(kept);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);

    const { fault: tagged } = await given.tags();
    const newest = await given.data(kept);
    await when.volumeRemoved(lost);
    await when.jobTakenAway(job);
    await then.systemRestoreRefused(systemBackup);
    await when.volumeDetached(kept);
    const restore = await when.systemRestored(systemBackup);
    await then.systemRestoreRefused(systemBackup, restore);
    await then.systemRestoreCompletes(restore);
    await then.volumesMarked(restore, { made: lost, left: kept });
    await then.restored(await then.volumeMadeFrom(restore, latest), [data]);
    await then.volumeHasData(kept, newest);
    await then.jobMadeAgain(restore, job);
    await then.inForce(tagged);
  },
);

scenario(
  'A system restore that cannot make a volume fails',
  { ...about, proves: ['S15'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const lost = await given.volume({ target });
    await given.data(lost);
    const backup = await given.settledBackup(lost);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.volumeRemoved(lost);
    await when.deleted(backup);
    await then.deleted(backup);

    const restore = await when.systemRestored(systemBackup);
    await then.orKnownBug('system-restore-leaves-volume-out', () => then.systemRestoreFails(restore, lost));
  },
);

scenario(
  'A system restore makes a second backup target, and a volume from its backup there once that answers',
  {
    ...about,
    needs: ['lab', 'block-device', 'serverGone'],
    disruptions: ['default-target', 'store-stall'],
    proves: ['S21'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const lost = await given.volume();
    const data = await given.data(lost);
    const latest = await given.settledBackup(lost);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.volumeRemoved(lost);
    await then.removedFromCluster(latest, await when.targetRemoved(lost.target));
    const completed = async (restore: Awaited<ReturnType<typeof when.systemRestored>>) => {
      await then.systemRestoreCompletes(restore);
      return then.volumeMadeFrom(restore, latest);
    };

    // The target is there, and nobody knows its backups yet, as with a store that is far away or has many.
    const gone = await given.serverGone();
    await then.inForce(gone);
    const restore = await when.systemRestored(systemBackup);
    await then.targetMadeAgain(restore, lost.target);
    await when.released(gone);
    await when.storeLookedInto(lost.target);
    const isMade = await then.orKnownBug('system-restore-waits-for-no-target', () => completed(restore));
    await then.known(latest);
    const made = await completed(isMade ? restore : await when.systemRestored(systemBackup));
    await then.restored(made, [data]);
  },
);

scenario(
  'A system restore makes a StorageClass again, and a setting that names it',
  {
    ...about,
    needs: ['lab'],
    exclusive: ['default-backup-target', 'all-volumes', 'cluster-settings'],
    disruptions: ['default-target', 'settings'],
    proves: ['S15'],
  },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes', 'cluster-settings');
    const storageClass = await given.storageClass();
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    await given.classOfSetting(storageClass);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.classTakenAway(storageClass);
    const kept = await given.setting('six volumes are restored on a node at once');

    const restore = await when.systemRestored(systemBackup);
    await then.orKnownBug('setting-stops-system-restore', () => then.classMadeAgain(restore, storageClass));
    // The documents leave it to the cluster.
    await then.inForce(kept);
  },
);

scenario(
  'A system restore ends, although its system backup has a PersistentVolume without a volume',
  { ...about, needs: ['lab'], proves: ['S19'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const lost = await given.persistentVolume();
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.persistentVolumeDeleted(lost);

    const restore = await when.systemRestored(systemBackup);
    const ends = () => then.endsDespitePersistentVolume(restore, lost);
    await then.orKnownBug('volumeless-pv-stops-system-restore', ends);
  },
);

scenario(
  'A system restore ends, although its system backup has a claim without a PersistentVolume',
  { ...about, proves: ['S19'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume({ target });
    await when.volumeDetached(volume);
    const claimed = await given.claimedPersistentVolume(volume);
    const waiting = await given.otherClaim(claimed);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.claimDeleted(waiting);

    const restore = await when.systemRestored(systemBackup);
    const ends = () => then.endsDespiteClaim(restore, claimed, waiting);
    await then.orKnownBug('volumeless-claim-stops-system-restore', ends);
  },
);

// A restore makes all PersistentVolumes before the first claim, and waits for the volume of each: here, for one that is
// not there, as it does for hours for one that is being restored.
scenario(
  'A system restore keeps a PersistentVolume for its own claim',
  { ...about, proves: ['S31'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const volume = await given.volume({ target });
    await when.volumeDetached(volume);
    const claimed = await given.claimedPersistentVolume(volume);
    const volumeless = await given.persistentVolume();
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    for (const each of [claimed, volumeless]) await when.persistentVolumeDeleted(each);

    await given.otherClaim(claimed);
    const restore = await when.systemRestored(systemBackup);
    await then.orKnownBug('restored-pv-goes-to-another-claim', () => then.keptForClaim(restore, claimed));
    const ends = () => then.endsDespitePersistentVolume(restore, volumeless);
    await then.orKnownBug('volumeless-pv-stops-system-restore', ends);
  },
);

scenario(
  'A system restore makes a volume that was cloned from its own last backup',
  { ...about, proves: ['S15'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const source = await given.volume({ size: 512 * mebibyte, target });
    await given.data(source);
    const clone = await given.clonedVolume(source);
    const data = await given.data(clone);
    const latest = await given.settledBackup(clone);
    // Cloned again, it would take longer than the restore.
    await given.data(source, { offset: 64 * mebibyte, size: 256 * mebibyte });
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.volumeRemoved(clone);
    await when.volumeDetached(source);

    const restore = await when.systemRestored(systemBackup);
    await then.systemRestoreCompletes(restore);
    const again = await then.volumeMadeFrom(restore, latest);
    await then.orKnownBug('system-restore-clones-again', () => then.clonedVolumeRestored(again, [data]));
  },
);

// Not derived from a document. By Longhorn's source, a volume without a last backup of its own, as one on standby, or one
// whose backup target was changed, is made from the backup that it was once made from.
scenario(
  'A system restore makes a standby volume again, although the backup that it was made from is gone',
  { ...about, tags: ['system-backups', 'standby', 'slow'], proves: ['S15'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const { volume, data, backup: first } = await backedUpVolume(given, { target });
    const standby = await when.standbyMade(first);
    await then.follows(standby, first);
    data.push(await given.data(volume, { ...littleData.data, offset: littleData.data.size }));
    const second = await given.settledBackup(volume);
    await then.follows(standby, second);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.standbyDeleted(standby);
    await when.deleted(first);
    await then.deleted(first);
    await when.volumeDetached(volume);

    const restore = await when.systemRestored(systemBackup);
    await then.orKnownBug('system-restore-leaves-standby-out', async () => {
      const again = await then.standbyMadeAgain(restore, standby);
      await then.follows(again, second);
      await when.activated(again);
      await then.activated(again, data);
    });
  },
);

scenario(
  'A system restore makes a volume that was itself restored from its latest backup, on whichever target that is',
  { ...about, proves: ['S15'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const source = await given.volume({ target });
    const data = [await given.data(source)];
    const origin = await given.settledBackup(source);
    const lost = await then.restores(origin, data);
    data.push(await given.data(lost, { ...littleData.data, offset: littleData.data.size }));
    const latest = await given.settledBackup(lost);
    await when.volumeRetargeted(lost, await given.target(await given.store({ kind: 'the same kind' })));
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.volumeRemoved(lost);
    await when.volumeDetached(source);

    const restore = await when.systemRestored(systemBackup);
    await then.systemRestoreCompletes(restore);
    await then.orKnownBug('system-restore-takes-old-origin', async () => {
      await then.restored(await then.volumeMadeFrom(restore, latest), data);
    });
  },
);

scenario(
  'A system restore whose pod is killed goes on, or fails',
  { ...about, proves: ['S18'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const lost = await given.volume({ target });
    await given.data(lost);
    await given.settledBackup(lost);
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    await when.volumeRemoved(lost);

    const restore = await when.systemRestored(systemBackup);
    await when.restorePodKilled(restore);
    await then.orKnownBug('restarted-system-restore-is-empty', () =>
      then.restartedRestoreGoesOn(restore, lost),
    );
  },
);

scenario(
  'A system restore whose system backup cannot be read fails',
  { ...about, needs: ['lab', 'fileMissing'], proves: ['S19'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    const missing = await given.fileMissing({ configOf: systemBackup });
    await then.inForce(missing);
    await then.systemRestoreFails(await when.systemRestored(systemBackup));
    await then.inForce(missing);
  },
);

scenario(
  'A second system restore is rejected as soon as the first one is requested',
  { ...about, needs: ['lab'], proves: ['S17'] },
  async ({ given, when, then }) => {
    await given.exclusive('default-backup-target', 'all-volumes');
    const target = await given.defaultTargetOn(await given.store({ kind: 'the same kind' }));
    const systemBackup = await when.systemBackedUp(target, { label: 'the system backup' });
    await then.systemBackupReady(systemBackup);
    const restore = await when.systemRestored(systemBackup);
    await then.orKnownBug('second-system-restore-is-accepted', () =>
      then.secondRestoreRefused(systemBackup, restore),
    );
    await then.systemRestoreCompletes(restore);
  },
);
