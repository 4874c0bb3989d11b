import { soakName } from '../../e2e/soak/actions.ts';
import { emulatedVersions } from '../../emulator/modelled-on.ts';
import type { Fix, InjectedBug, Mutant } from '../../emulator/mutants.ts';

/**
 * A scenario that must fail on a mutant, and the step that must fail. `scenario` may also be a cell of the
 * crash matrix or a soak. `by` is the step's name in scenarios (then.heldBack), or its whole sentence.
 */
type ExpectedKill = { scenario: string; by: string };

const csiMade =
  'A VolumeSnapshot of the type bak makes a backup, and is ready to use once that is Completed [s3]';
const csiTypes = 'A class without a type makes backups, and one with a wrong type none';
const csiSameUid = 'A VolumeSnapshot that has the uid of one that was deleted is made of what that has left';
const csiSnap =
  'A VolumeSnapshot of the type snap makes a snapshot of a detached volume, which is attached for it';
const csiFull = 'A class with the backup mode full makes full backups';
const csiMany = 'Many VolumeSnapshots at once are all made, and all deleted';
const csiDeleted = 'A VolumeSnapshot that is deleted takes its backup along, or leaves it, as its class says';
const csiDetached =
  'A VolumeSnapshot is deleted while its volume is detached, or its backup target has no URL';
const csiMidBackup = 'A VolumeSnapshot that is deleted in mid-backup leaves no backup behind [s3]';
const csiFirstDeleted =
  'A VolumeSnapshot that is deleted in the middle of the first backup of its volume leaves none behind [s3]';
const csiUnreachable =
  'A VolumeSnapshot whose backup target is unreachable is not made, says so, and can be deleted';
const csiWrongName =
  'A VolumeSnapshotContent with the name of a backup that does not exist is not ready to use, and says why';
const csiClaim = 'A claim gets the data of its VolumeSnapshot, be that made by a class or brought in by hand';
const newOwner =
  'A snapshot that is deleted is gone in the end, although its volume changes its owner meanwhile';
const csiRetargeted =
  'A VolumeSnapshot is ready to use with its own backup alone, although its volume gets another backup target [s3]';
const csiOtherSize = 'A claim of another size than its VolumeSnapshot is refused, be it smaller or larger';
const standbyRefuses =
  'A volume that is put on standby by the API follows its source, takes no write, and nothing is made of it';
const restoreTags =
  'A volume is restored to the node and the disk that have its tags, and a tag that none has is reported';
const restoreTooLarge = 'A restore of a volume that no disk can hold is not begun, and says why';
const manyBackups =
  'The 1001 backups of one volume, and one of a volume of 250 GiB, are all listed in a slow store [s3]';
const duringRebuild =
  'Backups that are made while a replica is rebuilt have all data of their snapshots [s3]';
const workload =
  'A backup has what a workload has written without a sync, and names that workload, which its restore remembers';
const frozen = 'The file system of a volume that asks for it is frozen for a snapshot, and thawed after it';
const underLoad =
  'A backup that is made while a workload writes has what the workload had at one time, all that was synced before included';
const standbyByCsi = 'A standby volume is made from a backup of CSI, and follows those that CSI makes later';
const csiRestarted =
  'A VolumeSnapshot whose CSI plugin ends in mid-backup has that one backup, and is ready in the end [s3]';
const restoreCordon =
  'A volume is restored to the node that can be scheduled, and not to one that is cordoned';
const snapshotLimits =
  'A volume takes no more snapshots than it may have, and none that is too large, until one is removed';
const manySnapshots = 'A volume says that it has too many snapshots as long as it has as many as it may have';
const purgeDisabled =
  'A deleted snapshot stays while the setting of Longhorn forbids a purge, and goes once that is allowed';
const trimMarks =
  'A trim marks all snapshots of a volume as removed if the volume allows that, and none of another volume';
const trimJob =
  'A recurring job with the task filesystem-trim frees the space of the files that a workload has removed';
const systemSnapshots =
  'The snapshot that Longhorn has made for a rebuild goes by itself with the next rebuild';
const blocksAtOnce =
  'As many blocks of a backup are uploaded at once, and restored at once, as the settings say [s3]';
const restoreDegraded =
  'A volume that lacks a replica is restored, and activated if it is on standby, unless the setting forbids that';
const restoreLimit =
  'A node restores as many volumes at once as the setting says, and a volume on standby does not count [s3]';
const classNames =
  'A StorageClass names the backup target and the recurring jobs of its volumes, or the backup to restore';
const claimClass =
  'A PersistentVolume and a claim of a restored volume have the StorageClass that its source had at its backup';
const claimRules =
  "A claim rules its volume's recurring jobs: what is taken from the claim goes from the volume too";
const statefulSet =
  'A StatefulSet runs again on volumes that are restored under their old names, and has its files';
const waits = 'A backup made during a deletion waits for it, then runs';
const waitsLong = 'A backup made during a deletion waits for as long as the deletion is held open';
const fails = 'A deletion that fails is tried again, and a backup made beside it goes on';
const failsBefore = 'A backup made after a deletion failed does not wait for it';
const killed = 'A deletion whose manager is killed is begun again';
const meetsOldLock = 'A deletion is held up by a lock that nobody refreshes until it expires';
const meetsDeletion = 'A backup that meets the lock of a deletion fails for good';
const sameWords = 'The same lock message is temporary for a deletion, and final for a backup';
const killedHeld = 'A deletion that is held open when its manager is killed is begun again';
const deadUpload =
  'A backup whose replica dies during the upload fails with the reason, and the next backup is whole';
const noSpace = 'A backup for which the store has no space fails, and harms no other backup';
const deniedWriting =
  'A backup to a store to which Longhorn may not write fails with the reason, and the next one is made once it may';
const lostConfig =
  'A backup whose config is missing from the store disappears from Longhorn, and is back with its config';
const changedTarget = 'Backups survive a change of their target to another kind of store and back';
const renewedKey =
  'A key that expires during an upload fails that backup alone, and backups continue with a new key';
const holds = "A backup holds its snapshot's data, whatever becomes of the volume and of its snapshots";
const backupContents = 'A backup names its source, and reports what it has sent';
const sideBySide =
  'Two backups of a volume are made side by side, and one of a detached volume attaches it meanwhile';
const volumeGoes = 'A backup volume that is deleted goes with all its backups, and the next backup is whole';
const emptyStore = 'A store that was found empty loses no file, and its backups are back with its files';
const otherTarget =
  'A volume that is given another backup target has backups on both, and each target lists its own';
const unreachable =
  'A backup that is deleted while its target is unreachable stays in the store, and is back when the target is';
const otherLonghorn =
  'A backup of another Longhorn appears beside a volume that cannot be read, and is restored and deleted';
const foundBlockSize =
  'A backup that is found in a store has the block size that its config states, and 2 MiB if it states none';
const targetPage =
  'A backup target is made, changed and deleted on its page, which shows why it is unavailable';
const volumesPage = 'The page of backup volumes syncs all volumes, or one';
const pageShowsCreation = 'The page of backups shows why a backup failed';
const noURL =
  'A new Longhorn has one backup target, default, which has no URL, reports that, and cannot be deleted';
const compressed = 'Backups are restored however they are compressed';
const largeBlocks = 'All backups of a volume have its block size, and a restored volume may have another';
const defaultBlocks =
  'The default size of backup blocks applies only to volumes that are made after it is set';
const metrics = 'The metrics report each backup by its state and size, and the time of the last one';
const goneBySetting =
  'Settings remove snapshots with their backups or before them, and failed backups after their time';
const nfsOptions =
  'NFS options in the URL of a backup target replace those of Longhorn, but a mount never hangs forever';
const twoTargets = 'Backups on two backup targets never mix';
const jobDenied = 'A recurring job goes on making backups while it may not delete any';
const jobReadOnly = 'A recurring job goes on making backups while the engine deletes none';
const uninstalled =
  'An uninstallation leaves all in the store, and the next Longhorn lists and restores it [s3]';
const removedVolumes =
  'No longhorn-manager ends over backups whose volumes are deleted and whose replicas are killed, again and again [s3]';
const systemBundle =
  'A system backup has the documented kinds of objects, those of a volume with a claim among them, and no others';
const defaultResource =
  'The ConfigMap longhorn-default-resource moves the default backup target, and what it leaves open stays';
const encryptedVolume =
  'An encrypted volume is encrypted in the backup store, and its files are read after a restore, and on standby too';
const binaryRemoved =
  'A backup target whose engine binary was removed from every node is unavailable until Longhorn has put it back';
const upgraded =
  'An upgrade keeps backups, recurring jobs, backup targets and standby volumes, and all go on';
const longRun = 'A run of a recurring job that lasts longer than a tick is not overlapped by the next [s3]';
const byAge =
  'A recurring job that keeps backups by their age removes its own that are too old, and no younger one';
const twoJobs = 'Each of two recurring jobs keeps its own newest backups, and no manual backup is removed';
const othersGoOn = 'A recurring job that fails for one volume still backs up its other volumes';
const lacksBlock = 'A restore that lacks a block fails, until a full backup has brought the block back';
const damagedBlock = 'A restore that meets a damaged block fails, until a full backup has repaired the block';
const besideRestore =
  'Backups that are deleted during a restore of one of them are removed after it, and its data are right';
const standbyActivated =
  'A standby volume follows each backup, and has the newest even if it is activated before it followed';
const lostConfigRestore =
  'A restore from a backup whose config is missing or empty fails with the reason, and succeeds once the config is back';
const standbyElsewhere =
  'A standby volume follows the backups of another Longhorn at its poll interval, and has the newest however it is activated';
const standbyDeleted =
  'A standby volume continues with the next backup, whichever backups are deleted meanwhile';
const grownVolume = 'A volume that has grown is backed up whole, and its standby volume grows along';
const onlyChanges = 'A standby volume reads only the blocks of a new backup that have changed';
const activatedMidway = 'A standby volume that is activated during a restore finishes the restore first';
const restoredSnapshot =
  'A restored volume has as many replicas as were asked for, and one snapshot, without which its data last';
const besideBackup = 'A backup is made while another one of its volume is restored, and both are whole';
const snapshotTasks =
  'Snapshot jobs keep their own newest snapshots, and snapshot-delete jobs remove the old ones of any origin';
const failingBackups =
  'A recurring job whose backups fail keeps the snapshots of its last backup and of its last run alone';
const byForce =
  'A recurring job that is to make a backup by force makes one though it may delete no snapshot';
const scaledDown =
  'A volume whose workload ends while a recurring job backs it up is backed up, and then detached';
const jobsBySetting =
  'A volume is restored with its recurring job if the setting says so, unless it is overruled for the volume';
const restoredJobs =
  'The recurring job of a restored volume is the same one, or one new one if that was changed, and backs it up';
const jobGroups =
  'A volume without a recurring job is in the group default, and a job that is deleted takes its labels along';
const fullEachTime = 'A recurring job with a full-backup-interval makes each nth backup a full one';
const leftOut =
  'A recurring job skips a detached volume until that is allowed, and a volume that has left the job';
const pageDeletes = 'The page of backups deletes the one that it names, and shows how another waits for that';
const pageShowsDeletion = 'The page of backups shows why a deletion failed, for as long as it fails';
const pageGoesOn =
  'The page of backups goes on by itself after the manager that it was connected to is killed';
const raggedSecret = 'Credentials that end with a space or a newline are rejected';
const refusedOfJobs = 'An invalid recurring job is rejected, and limits that are too small are corrected';
const refusedOfVolumes =
  'An invalid volume or restore is rejected, and a volume from a backup has the size of the backup';
const blockSizes =
  'The size of backup blocks is 2 or 16 MiB, divides the size of the volume, and never changes';
const backupDialog =
  'A backup that is made in the dialog of its volume has the labels, the mode and the target that were chosen';
const systemBackupPage = 'A system backup is made, restored and deleted on its page, which shows what it is';
const standbyPage = 'A standby volume is marked on the page of volumes, and is activated there';
const blockSizePage =
  'The size of backup blocks is chosen for a volume on its page, and shown with it and its backups';
const snapshotColours = "A volume's page has another colour for a snapshot that has a backup";
const labelsPopUp = 'The labels of a backup are shown in a pop-up of its page';
const workloadPopUp = 'The workload that used the volume of a backup is shown in a pop-up of its page';
const filtered = 'The page of backup volumes shows only those that have a text in their name';
const sorted = 'The page of backups sorts them by each of its columns';
const severalPage = 'Several volumes are restored in one dialog, and put on standby in another';
const jobPage = 'A recurring job is made, changed and deleted on its page, which shows what it is';
const restoreDialog = 'A backup is restored in a dialog, any one or the latest, as it was chosen there';
const refusedOfBackups = 'A backup of a missing snapshot, or to an unavailable target, is rejected';
// With this seed, the first run does everything that its bugs need to show.
const soak = soakName(326);
const systemBackup =
  'A system backup is in the store of the default target, is found again there, and is deleted with its files alone';
const systemBackupJob =
  'A recurring job makes system backups, keeps its newest ones, and none but its own is removed';
const systemBackupJobAway =
  'A recurring job still counts its system backups after the target was on another store';
const systemBackupPolicies = 'A system backup backs up the volumes that its policy names, and no others';
const systemBackupOfReverted =
  'A system backup backs up a volume that was reverted to a snapshot after its last backup';
const restoredClass = 'A system restore makes a StorageClass again, and a setting that names it';
const systemRestore =
  'A system restore makes what is missing, a volume from its latest backup, and leaves what is there';
const unreadSystemBackup =
  'A system backup whose config was missing for a moment can be used again, and deleted';
const workloadMeanwhile =
  'A workload that wants a detached volume on another node while a recurring job backs it up waits, and then has it';
// An operation of the crash matrix.
const loses = 'follow a store that loses a backup and finds it';

/**
 * For every mutant of the emulator: the scenarios that must fail on it, and the assertion for this bug that
 * must fail.
 */
export const expectedKills: Record<InjectedBug, readonly ExpectedKill[]> = {
  'second-not-held': [
    { scenario: waits, by: 'then.heldBack' },
    { scenario: waitsLong, by: 'then.heldBack' },
  ],
  'message-missing': [{ scenario: waits, by: 'then.heldBack' }],
  'lost-snapshot-awaited': [
    {
      scenario:
        'A backup whose snapshot goes while it waits for a deletion fails, and its volume is detached again',
      by: 'then.creationFails',
    },
  ],
  'held-by-error': [
    { scenario: failsBefore, by: 'then.neverHeldBack' },
    { scenario: fails, by: 'then.wentOnDuringError' },
  ],
  'deletion-never-ends': [{ scenario: waits, by: 'then.deleted' }],
  'cfg-left-behind': [{ scenario: waits, by: 'then.storeHolds' }],
  'blocks-left-behind': [
    { scenario: waits, by: 'then.storeHolds' },
    { scenario: soak, by: 'then.storeHolds' },
  ],
  'finalizer-stays-without-volume': [{ scenario: waitsLong, by: 'then.deleted' }],
  'manager-panics': [{ scenario: meetsOldLock, by: 'Then no longhorn-manager was started again meanwhile' }],
  'never-retried': [{ scenario: failsBefore, by: 'then.deletionFailsAgain' }],
  'retried-without-backoff': [{ scenario: killed, by: 'then.deletingAgain' }],
  'error-text-lost': [{ scenario: failsBefore, by: 'then.deletionFails' }],
  'error-in-wrong-field': [{ scenario: failsBefore, by: 'then.deletionFails' }],
  'crash-not-noticed': [
    { scenario: killedHeld, by: 'then.deletionForgotten' },
    { scenario: killed, by: 'then.deletionForgotten' },
  ],
  'no-record-message-missing': [{ scenario: killedHeld, by: 'then.deletionForgotten' }],
  'csi-handle-names-snapshot': [{ scenario: csiMade, by: 'then.handleNamesBackup' }],
  'csi-ready-before-completed': [{ scenario: csiMade, by: 'then.readyWithBackup' }],
  'csi-type-required': [{ scenario: csiTypes, by: 'then.handleNamesBackup' }],
  'csi-type-ignored': [{ scenario: csiTypes, by: 'then.notMade' }],
  'csi-left-snapshot-refused': [{ scenario: csiSameUid, by: 'then.handleNamesBackup' }],
  'csi-left-backup-ignored': [{ scenario: csiSameUid, by: 'then.handleNamesFormer' }],
  'csi-detached-volume-refused': [{ scenario: csiSnap, by: 'then.readyWithSnapshot' }],
  'csi-restart-makes-another': [{ scenario: csiRestarted, by: 'then.storeHolds' }],
  'csi-mode-ignored': [{ scenario: csiFull, by: 'then.sent' }],
  'csi-deletion-keeps-backup': [
    { scenario: csiDeleted, by: 'then.backupGoesAlong' },
    { scenario: csiMany, by: 'then.backupGoesAlong' },
    { scenario: csiDetached, by: 'then.backupGoesAlong' },
    { scenario: csiMidBackup, by: 'then.backupGoesAlong' },
  ],
  'csi-retained-backup-goes': [{ scenario: csiDeleted, by: 'then.backupKept' }],
  'csi-formats-again': [{ scenario: statefulSet, by: 'then.podsHaveFiles' }],
  'class-backup-ignored': [{ scenario: classNames, by: 'then.claimGetsBackup' }],
  'class-target-ignored': [{ scenario: classNames, by: 'then.hasTarget' }],
  'class-jobs-ignored': [{ scenario: classNames, by: 'then.inJobs' }],
  'class-of-claim-forgotten': [{ scenario: claimClass, by: 'then.claimHasClass' }],
  'workload-not-backed-up': [{ scenario: workload, by: 'then.namesWorkload' }],
  'workload-not-restored': [{ scenario: workload, by: 'then.remembersWorkload' }],
  'claim-jobs-ignored': [{ scenario: claimRules, by: 'then.inJobs' }],
  'claim-jobs-added-only': [{ scenario: claimRules, by: 'then.inJobs' }],
  'csi-error-unsaid': [{ scenario: csiUnreachable, by: 'then.notMade' }],
  'csi-smaller-claim-taken': [{ scenario: csiOtherSize, by: 'then.otherSizeRefused' }],
  'csi-claim-gets-newest-backup': [{ scenario: csiClaim, by: 'then.restored' }],
  'finalizer-forgotten': [
    {
      scenario: 'delete a backup | update backups the second backup: finalizers=null | crash before',
      by: 'then.goneInTheEnd',
    },
  ],
  'synced-before-listed': [
    { scenario: `${loses} | create backups the second backup | crash before`, by: 'then.known' },
  ],
  'retry-creates-two': [
    { scenario: `${loses} | create backups the second backup | answer lost`, by: 'then.knownAsStored' },
  ],
  'lock-never-expires': [
    { scenario: meetsOldLock, by: 'then.resolvedByItself' },
    { scenario: meetsDeletion, by: 'then.completed' },
  ],
  'same-type-locks-conflict': [
    { scenario: sameWords, by: 'then.completedBeside' },
    { scenario: sideBySide, by: 'then.uploadedSideBySide' },
    { scenario: besideBackup, by: 'then.uploading' },
  ],
  'progress-stays': [{ scenario: sideBySide, by: 'then.progressRose' }],
  'ticket-stays': [
    { scenario: sideBySide, by: 'then.attachmentGivenBack' },
    { scenario: scaledDown, by: 'then.volumeDetached' },
  ],
  // A scenario with an upload's lock proves nothing: the upload ends before the deletion that ignores its
  // lock.
  'lock-ignored': [{ scenario: meetsOldLock, by: 'then.lostLock' }],
  'lost-lock-retried-creation': [{ scenario: meetsDeletion, by: 'then.creationLostLock' }],
  'head-backed-up': [{ scenario: holds, by: 'then.restores' }],
  'older-snapshot-not-read': [{ scenario: holds, by: 'then.restores' }],
  'rebuild-empties-snapshots': [{ scenario: duringRebuild, by: 'then.restores' }],
  'snapshot-limits-ignored': [{ scenario: snapshotLimits, by: 'then.snapshotRefused' }],
  'snapshot-size-unlimited': [{ scenario: snapshotLimits, by: 'then.snapshotRefused' }],
  'many-snapshots-unsaid': [{ scenario: manySnapshots, by: 'then.manySnapshotsSaid' }],
  'many-snapshots-stay': [{ scenario: manySnapshots, by: 'then.manySnapshotsSaid' }],
  'disabled-purge-goes-on': [{ scenario: purgeDisabled, by: 'then.snapshotNotPurged' }],
  'trim-marks-no-snapshot': [{ scenario: trimMarks, by: 'then.snapshotsMarkedByTrim' }],
  'trim-marks-all-snapshots': [{ scenario: trimMarks, by: 'then.snapshotUnmarked' }],
  'trim-frees-nothing': [{ scenario: trimJob, by: 'then.spaceFreed' }],
  'system-snapshots-stay': [{ scenario: systemSnapshots, by: 'then.snapshotGoes' }],
  'snapshot-without-sync': [{ scenario: workload, by: 'then.podsHaveFiles' }],
  'freeze-ignored': [{ scenario: frozen, by: 'then.frozenForSnapshot' }],
  'file-system-stays-frozen': [{ scenario: frozen, by: 'then.thawed' }],
  'snapshot-torn': [{ scenario: underLoad, by: 'then.recordsInOrder' }],
  'purge-loses-data': [{ scenario: holds, by: 'then.restores' }],
  'newest-snapshot-purged': [{ scenario: snapshotTasks, by: 'then.snapshotMarked' }],
  'marked-snapshot-stays': [{ scenario: snapshotTasks, by: 'then.snapshotsLeft' }],
  'snapshot-keeps-volume-attached': [{ scenario: snapshotTasks, by: 'then.volumeDetached' }],
  'backups-go-with-snapshot': [
    { scenario: holds, by: 'then.storeHolds' },
    { scenario: soak, by: 'then.storeHolds' },
  ],
  'target-of-backup-ignored': [
    {
      scenario:
        'A volume of which nothing is said but that it is on standby, and of which backup, follows its source',
      by: 'then.follows',
    },
  ],
  'target-not-filled-in': [{ scenario: backupContents, by: 'then.filledIn' }],
  'labels-lost': [{ scenario: backupContents, by: 'then.labelled' }],
  'url-of-another-backup': [{ scenario: backupContents, by: 'then.urlNames' }],
  'upload-threads-ignored': [{ scenario: blocksAtOnce, by: 'then.heldAtOnce' }],
  'upload-threads-unlimited': [{ scenario: blocksAtOnce, by: 'then.heldAtOnce' }],
  'restore-threads-ignored': [{ scenario: blocksAtOnce, by: 'then.heldAtOnce' }],
  'blocks-sent-again': [{ scenario: backupContents, by: 'then.sent' }],
  'block-size-ignored': [{ scenario: largeBlocks, by: 'then.blocksAreOf' }],
  'grown-volume-keeps-stored-size': [{ scenario: grownVolume, by: 'then.restores' }],
  'compression-ignored': [{ scenario: compressed, by: 'then.compressedBy' }],
  'last-backup-stays': [{ scenario: backupContents, by: 'then.lastBackup' }],
  'snapshot-outlives-settings': [{ scenario: goneBySetting, by: 'then.snapshotsLeft' }],
  'failed-backup-stays': [{ scenario: goneBySetting, by: 'then.failedOneGoes' }],
  'failed-backup-never-kept': [{ scenario: goneBySetting, by: 'then.failedOneKept' }],
  'dead-upload-stays': [{ scenario: deadUpload, by: 'then.creationFails' }],
  'dead-upload-completes': [{ scenario: deadUpload, by: 'then.creationFails' }],
  'upload-lost-with-pod-completes': [
    {
      scenario:
        'A backup whose instance manager dies during the upload fails with the reason, and the next backup is whole',
      by: 'then.creationFails',
    },
  ],
  'upload-lost-with-node-stays': [
    {
      scenario:
        'A backup whose node loses its power during the upload ends all the same, and the next backup is whole',
      by: 'then.endsInAnyCase',
    },
  ],
  'upload-without-server-completes': [
    {
      scenario:
        'A backup whose store is lost during the upload fails with the reason in bounded time, and the next backup is whole',
      by: 'then.creationFails',
    },
  ],
  'failed-upload-completes': [
    { scenario: noSpace, by: 'then.creationFails' },
    { scenario: deniedWriting, by: 'then.creationFails' },
  ],
  'lost-backup-stays': [
    { scenario: lostConfig, by: 'then.removedFromCluster' },
    { scenario: otherLonghorn, by: 'then.removedFromCluster' },
  ],
  'deletion-beside-restore': [{ scenario: besideRestore, by: 'then.restored' }],
  'activated-volume-goes-back': [{ scenario: standbyActivated, by: 'then.noWayBack' }],
  'activation-misses-newest': [
    { scenario: standbyActivated, by: 'then.activated' },
    { scenario: activatedMidway, by: 'then.activated' },
  ],
  'evicted-node-keeps-standby': [
    {
      scenario: 'A standby volume whose replica is evicted from its node has one on another, and follows on',
      by: 'then.evicted',
    },
  ],
  'standby-detaches': [{ scenario: standbyDeleted, by: 'then.staysAttached' }],
  'standby-keeps-its-size': [{ scenario: grownVolume, by: 'then.follows' }],
  'standby-detaches-to-grow': [{ scenario: grownVolume, by: 'then.staysAttached' }],
  'lost-replica-ends-restore': [
    {
      scenario: 'A restore of which a replica dies goes on, and the replica is rebuilt',
      by: 'then.restored',
    },
    {
      scenario: 'A standby volume whose replica or engine dies gets it back, and follows on',
      by: 'then.follows',
    },
  ],
  'standby-reads-everything': [{ scenario: onlyChanges, by: 'then.follows' }],
  'standby-ends-with-its-backup': [{ scenario: standbyDeleted, by: 'then.follows' }],
  'restore-skips-blocks': [{ scenario: lacksBlock, by: 'then.restoreFails' }],
  'restore-leaves-old-data': [{ scenario: holds, by: 'then.restores' }],
  'restore-without-config-ends-well': [{ scenario: lostConfigRestore, by: 'then.restoreFails' }],
  'restore-leaves-second-snapshot': [{ scenario: restoredSnapshot, by: 'then.oneSnapshot' }],
  'restored-data-go-with-snapshot': [{ scenario: restoredSnapshot, by: 'then.restored' }],
  'restored-replicas-by-default': [{ scenario: restoredSnapshot, by: 'then.hasReplicas' }],
  'device-while-restored': [
    { scenario: lostConfigRestore, by: 'then.unusedMeanwhile' },
    { scenario: standbyRefuses, by: 'then.takesNoWrite' },
  ],
  'standby-skips-csi-backups': [{ scenario: standbyByCsi, by: 'then.follows' }],
  'standby-skips-full-backups': [{ scenario: standbyActivated, by: 'then.follows' }],
  'api-takes-standby-for-any': [{ scenario: standbyRefuses, by: 'then.standbyRefuses' }],
  'tags-ignored': [{ scenario: restoreTags, by: 'then.placedOn' }],
  'size-unchecked': [{ scenario: restoreTooLarge, by: 'then.missingSpaceSaid' }],
  'cordon-ignored': [{ scenario: restoreCordon, by: 'then.placedOn' }],
  'missing-disk-tag-unsaid': [{ scenario: restoreTags, by: 'then.missingTagSaid' }],
  'degraded-restore-waits': [{ scenario: restoreDegraded, by: 'then.restoredDegraded' }],
  'degraded-standby-always-activated': [{ scenario: restoreDegraded, by: 'then.restoreWaits' }],
  'restore-limit-ignored': [{ scenario: restoreLimit, by: 'then.restoreWaits' }],
  'standby-counts-as-restore': [{ scenario: restoreLimit, by: 'then.follows' }],
  'restore-ends-with-its-engine': [
    {
      scenario: 'A volume whose instance manager dies during its restore has all data in the end',
      by: 'then.restoredInTheEnd',
    },
    {
      scenario: 'A standby volume goes on after a node has lost its power',
      by: 'then.restoredInTheEnd',
    },
  ],
  'full-backup-spares-blocks': [
    { scenario: damagedBlock, by: 'then.restores' },
    { scenario: backupContents, by: 'then.sent' },
  ],
  'backup-volume-stays-stored': [{ scenario: volumeGoes, by: 'then.storeHolds' }],
  'failed-upload-ends-replica': [{ scenario: noSpace, by: 'then.hasStayedHealthy' }],
  'old-compression-unknown': [{ scenario: otherLonghorn, by: 'then.restores' }],
  'found-backup-not-pulled': [{ scenario: otherLonghorn, by: 'then.known' }],
  'first-page-only': [{ scenario: manyBackups, by: 'then.allListed' }],
  'metrics-of-others': [{ scenario: metrics, by: 'then.metered' }],
  'polled-without-interval': [
    { scenario: standbyElsewhere, by: 'then.staysBehind' },
    { scenario: goneBySetting, by: 'then.failedOneOutlivesMinute' },
  ],
  'found-block-size-ignored': [{ scenario: foundBlockSize, by: 'then.blocksReported' }],
  'forgotten-volumes-removed': [{ scenario: emptyStore, by: 'then.known' }],
  'former-target-cleared': [
    { scenario: otherTarget, by: 'then.storeHolds' },
    { scenario: soak, by: 'then.storeHolds' },
  ],
  'uninstallation-takes-files-along': [{ scenario: uninstalled, by: 'then.storeHolds' }],
  'uninstallation-unconfirmed': [{ scenario: uninstalled, by: 'then.uninstallationRefused' }],
  'failed-backup-stops-uninstallation': [{ scenario: uninstalled, by: 'then.uninstalled' }],
  'backup-without-volume-ends-manager': [{ scenario: removedVolumes, by: 'then.managersLive' }],
  'default-resource-ignored': [{ scenario: defaultResource, by: 'then.isOnNamedStore' }],
  'default-resource-resets': [{ scenario: defaultResource, by: 'then.isPolledEach' }],
  'encryption-takes-space': [{ scenario: encryptedVolume, by: 'then.headerIsExtra' }],
  'encryption-ignored': [{ scenario: encryptedVolume, by: 'then.encryptedInStore' }],
  'missing-binary-ignored': [{ scenario: binaryRemoved, by: 'then.targetReports' }],
  'missing-binary-not-put-back': [{ scenario: binaryRemoved, by: 'then.engineBinaryPutBack' }],
  'upgrade-loses-jobs': [{ scenario: upgraded, by: 'then.upgradeKept' }],
  'upgrade-stops-polling': [{ scenario: upgraded, by: 'then.upgradeKept' }],
  'upgrade-lists-anew': [{ scenario: upgraded, by: 'then.upgradeKept' }],
  'upgrade-activates-standby': [{ scenario: upgraded, by: 'then.upgradeKept' }],
  'upgrade-keeps-jobs-by-age': [{ scenario: upgraded, by: 'then.keptByNumber' }],
  'target-takes-files-along': [
    { scenario: otherTarget, by: 'then.storeHolds' },
    { scenario: soak, by: 'then.storeHolds' },
  ],
  'deletion-tried-without-target': [{ scenario: unreachable, by: 'then.goneAlone' }],
  'unreachable-forgets-backups': [{ scenario: unreachable, by: 'then.known' }],
  'bucket-url-unchecked': [
    {
      scenario:
        'A bucket is named with its region and a path, and a backup target whose URL lacks the path reports that [s3]',
      by: 'then.targetReports',
    },
  ],
  'virtual-hosting-ignored': [
    {
      scenario: 'A bucket is named in the host if the Secret of the backup target says so [s3]',
      by: 'then.storeListed',
    },
  ],
  'certificate-unchecked': [
    {
      scenario:
        'A store whose certificate Longhorn does not trust is reported, and is used once the Secret has its authority [s3]',
      by: 'then.targetReports',
    },
  ],
  'target-reason-lost': [
    { scenario: unreachable, by: 'then.targetReports' },
    { scenario: noURL, by: 'then.defaultTargetUnset' },
  ],
  'nfs-options-ignored': [{ scenario: nfsOptions, by: 'then.mountedWith' }],
  'nfs-defaults-forgotten': [{ scenario: nfsOptions, by: 'then.mountedByDefault' }],
  'nfs-options-kept': [{ scenario: nfsOptions, by: 'then.mountedWith' }],
  'nothing-refused': [
    { scenario: noURL, by: 'then.defaultTargetStays' },
    { scenario: twoTargets, by: 'then.sameStoreRefused' },
    { scenario: standbyActivated, by: 'then.targetFixed' },
    { scenario: `${raggedSecret} [s3]`, by: 'then.refused' },
  ],
  'jobs-unchecked': [{ scenario: refusedOfJobs, by: 'then.refused' }],
  'job-limits-kept': [{ scenario: refusedOfJobs, by: 'then.limitsCorrected' }],
  'volumes-unchecked': [
    { scenario: refusedOfVolumes, by: 'then.changeRefused' },
    { scenario: blockSizes, by: 'then.refused' },
  ],
  'restored-size-kept': [{ scenario: refusedOfVolumes, by: 'then.sizeOfBackup' }],
  'access-mode-forgotten': [{ scenario: refusedOfVolumes, by: 'then.corrected' }],
  'default-block-size-ignored': [{ scenario: defaultBlocks, by: 'then.corrected' }],
  'standby-block-size-kept': [{ scenario: blockSizes, by: 'then.corrected' }],
  'backups-unchecked': [{ scenario: refusedOfBackups, by: 'then.refused' }],
  'system-backups-unchecked': [
    {
      scenario: 'A system backup is rejected while the default backup target has no URL',
      by: 'then.systemBackupRefused',
    },
  ],
  'system-backup-policy-unset': [
    { scenario: 'The policy of a system backup is if-not-present by default', by: 'then.corrected' },
  ],
  'old-store-kept': [{ scenario: changedTarget, by: 'then.removedFromCluster' }],
  'cordoned-node-hides-backups': [{ scenario: uninstalled, by: 'then.known' }],
  'old-key-kept': [{ scenario: `${renewedKey} [s3]`, by: 'then.targetAvailable' }],
  'cleanup-error-fails-job': [{ scenario: jobDenied, by: 'then.jobsComplete' }],
  'deleted-volume-stops-job': [
    {
      scenario:
        'A recurring job goes on with its other volumes although one is deleted while it is backed up [s3]',
      by: 'then.oneBackupEachTick',
    },
  ],
  'retain-ignored': [{ scenario: jobReadOnly, by: 'then.jobLogs' }],
  'retain-off-by-one': [{ scenario: jobReadOnly, by: 'then.jobLogs' }],
  'age-ignored': [{ scenario: byAge, by: 'then.keptByAge' }],
  'job-hides-everything': [{ scenario: jobDenied, by: 'then.oneBackupEachTick' }],
  'snapshots-pile-up': [
    { scenario: jobDenied, by: 'then.oldBackupsDeleted' },
    { scenario: snapshotTasks, by: 'then.snapshotsLeft' },
  ],
  'failed-runs-leave-snapshots': [{ scenario: failingBackups, by: 'then.snapshotsLeft' }],
  'jobs-share-retention': [{ scenario: twoJobs, by: 'then.jobLogs' }],
  'failed-backup-stops-job': [
    { scenario: 'A recurring job whose node restarts during its first run goes on', by: 'then.runEnds' },
  ],
  'failing-volume-stops-job': [{ scenario: othersGoOn, by: 'then.oneBackupEachTick' }],
  'concurrency-ignored': [{ scenario: othersGoOn, by: 'then.oneVolumeAtATime' }],
  'force-ignored': [{ scenario: byForce, by: 'then.oneBackupEachTick' }],
  'job-labels-lost': [
    { scenario: snapshotTasks, by: 'then.snapshotTaken' },
    { scenario: fullEachTime, by: 'then.labelled' },
  ],
  'job-history-ignored': [{ scenario: snapshotTasks, by: 'then.runsKept' }],
  'runs-overlap': [{ scenario: longRun, by: 'then.tickLeftOut' }],
  'own-snapshots-alone': [{ scenario: snapshotTasks, by: 'then.snapshotsLeft' }],
  'default-group-forgotten': [{ scenario: jobGroups, by: 'then.inJobs' }],
  'default-group-for-all': [{ scenario: jobGroups, by: 'then.inJobs' }],
  'job-labels-stay': [{ scenario: jobGroups, by: 'then.jobLabelsGone' }],
  'never-full': [{ scenario: fullEachTime, by: 'then.fullInterval' }],
  'volume-stays-on-its-node': [{ scenario: workloadMeanwhile, by: 'then.workloadHasVolume' }],
  'detached-not-left-out': [{ scenario: leftOut, by: 'then.leftOut' }],
  'jobs-not-restored': [{ scenario: jobsBySetting, by: 'then.jobRestored' }],
  'choice-of-jobs-ignored': [{ scenario: jobsBySetting, by: 'then.noJobRestored' }],
  'restored-jobs-double': [{ scenario: restoredJobs, by: 'then.jobRestored' }],
  'standby-restores-jobs': [{ scenario: restoredJobs, by: 'then.noJobRestored' }],
  'restored-volume-left-out': [{ scenario: restoredJobs, by: 'then.oneBackupEachTick' }],
  'cleans-up-manual-backups': [
    { scenario: jobDenied, by: 'then.jobLogs' },
    { scenario: soak, by: 'then.runEnds' },
  ],
  'system-backup-not-uploaded': [{ scenario: systemBackup, by: 'then.storeHoldsSystemBackups' }],
  'system-backup-takes-others-along': [{ scenario: systemBackup, by: 'then.storeHoldsSystemBackups' }],
  'system-backup-lacks-claims': [{ scenario: systemBundle, by: 'then.systemBackupHas' }],
  'system-backup-has-nodes': [{ scenario: systemBundle, by: 'then.systemBackupHas' }],
  'system-backup-skips-a-state': [{ scenario: systemBackup, by: 'then.systemBackupMade' }],
  'system-backup-takes-old-backups': [{ scenario: systemBackupPolicies, by: 'then.volumeBackedUp' }],
  'system-backup-takes-standby': [
    {
      scenario:
        'A system backup backs up the source of a standby volume, and leaves that alone, which follows on',
      by: 'then.systemBackupReady',
    },
  ],
  'system-backup-ignores-always': [{ scenario: systemBackupPolicies, by: 'then.volumeBackedUp' }],
  'system-backup-ignores-disabled': [{ scenario: systemBackupPolicies, by: 'then.volumeLeftOut' }],
  'system-backup-ignores-failed-volume': [
    {
      scenario: 'A system backup fails with the backup of a volume, and says so [s3]',
      by: 'then.systemBackupFailsWithVolume',
    },
  ],
  'system-restores-unchecked': [{ scenario: systemRestore, by: 'then.systemRestoreRefused' }],
  'system-restore-reads-anything': [
    { scenario: 'A system restore whose system backup cannot be read fails', by: 'then.systemRestoreFails' },
  ],
  'system-restore-skips-a-state': [{ scenario: systemRestore, by: 'then.systemRestoreCompletes' }],
  'system-restore-takes-oldest-backup': [{ scenario: systemRestore, by: 'then.volumeMadeFrom' }],
  'system-restore-replaces-volumes': [{ scenario: systemRestore, by: 'then.volumeHasData' }],
  'system-restore-restores-nodes': [{ scenario: systemRestore, by: 'then.inForce' }],
  'system-restore-forgets-jobs': [{ scenario: systemRestore, by: 'then.jobMadeAgain' }],
  'system-restore-sets-all-settings': [{ scenario: restoredClass, by: 'then.inForce' }],
  'system-restore-marks-only-new-volumes': [{ scenario: systemRestore, by: 'then.volumesMarked' }],
  'system-backups-not-found': [{ scenario: systemBackup, by: 'then.systemBackupReady' }],
  'system-backups-pile-up': [{ scenario: systemBackupJob, by: 'then.systemBackupsKept' }],
  'snapshot-cleanup-takes-manual-ones': [{ scenario: restoredSnapshot, by: 'then.snapshotsLeft' }],
  'job-removes-manual-system-backups': [{ scenario: systemBackupJob, by: 'then.systemBackupsKept' }],
  'failed-system-backup-counts': [
    {
      scenario: 'A recurring job removes a system backup that failed, and keeps the last good one [s3]',
      by: 'then.systemBackupsKept',
    },
  ],
  'page-hides-deleting': [{ scenario: pageDeletes, by: 'then.pageShows' }],
  'page-hides-error': [
    { scenario: pageShowsDeletion, by: 'then.pageShows' },
    { scenario: pageShowsCreation, by: 'then.rowShows' },
  ],
  'page-deletes-another': [{ scenario: pageDeletes, by: 'then.deleting' }],
  'page-restores-latest': [{ scenario: restoreDialog, by: 'then.madeAsChosen' }],
  'page-backs-up-old-snapshot': [{ scenario: backupDialog, by: 'then.ofNewSnapshot' }],
  'page-forgets-labels': [{ scenario: backupDialog, by: 'then.backedUpAsChosen' }],
  'page-colours-no-backup': [{ scenario: snapshotColours, by: 'then.snapshotsColoured' }],
  'page-restores-first-of-several': [{ scenario: severalPage, by: 'then.restored' }],
  'page-filters-nothing': [{ scenario: filtered, by: 'then.listed' }],
  'page-sorts-nothing': [{ scenario: sorted, by: 'then.sortedByColumns' }],
  'page-swaps-labels': [{ scenario: labelsPopUp, by: 'then.labelsShown' }],
  'page-forgets-workload': [{ scenario: workloadPopUp, by: 'then.workloadShown' }],
  'page-hides-standby': [{ scenario: standbyPage, by: 'then.markedAsStandby' }],
  'page-ignores-block-size': [{ scenario: blockSizePage, by: 'then.blockSizeOfVolumeShown' }],
  'page-ignores-policy': [{ scenario: systemBackupPage, by: 'then.systemBackupAsChosen' }],
  'page-keeps-schedule': [{ scenario: jobPage, by: 'then.jobAsChosen' }],
  'page-hides-reason': [{ scenario: targetPage, by: 'then.targetShown' }],
  'page-syncs-nothing': [{ scenario: volumesPage, by: 'then.removedFromCluster' }],
  'streams-repeat-themselves': [
    {
      scenario: "A stream of Longhorn's API sends nothing while nothing changes, and then what has changed",
      by: 'then.streamsQuiet',
    },
  ],
  'page-stays-cut-off': [{ scenario: pageGoesOn, by: 'then.pageIsBack' }],
  'replica-helper-lost': [{ scenario: waits, by: 'given.volume' }],
};

/**
 * For every bug of Longhorn that the emulator can fix: the scenarios that show the bug, by their names in a
 * report. With the fix, each must report the bug as fixed. The list is empty if only the store matrix shows
 * the bug.
 */
export const scenariosOfFix: Record<Fix, readonly string[]> = {
  'fixed:deletion-destroys-other-backups': [
    'The deletion of a backup leaves the others whole, though they cannot be listed',
  ],
  'fixed:stored-data-counts-small-blocks': [largeBlocks],
  'fixed:found-backup-has-no-block-size': [foundBlockSize],
  'fixed:default-resource-undoes-changes': [
    'The default backup target stays on the store that a user has moved it to, whichever longhorn-manager starts',
  ],
  'fixed:refused-default-resource-ends-managers': [
    'A longhorn-manager starts, though another backup target has the store that the ConfigMap longhorn-default-resource names',
  ],
  'fixed:unlabelled-backup-ends-managers': [
    'A backup without labels that is found in the store of an encrypted volume ends no longhorn-manager',
  ],
  'fixed:kubectl-activation-misses-newest': [standbyElsewhere],
  'fixed:encrypted-backup-hangs-as-plain': [
    'A backup of an encrypted volume is restored to a plain one as it is in the store',
  ],
  'fixed:grown-volume-is-not-restored': [
    'A backup is restored whose volume has grown on another Longhorn since the last poll',
  ],
  'fixed:unlabelled-backup-is-never-deleted': [
    'A backup that was found in a store is deleted, though it has lost the label of its backup target',
  ],
  'fixed:lock-fails-open': [
    'A deletion does not begin beside an upload whose lock cannot be listed',
    'A deletion does not begin beside an upload whose lock is empty',
    'A deletion does not begin beside an upload whose lock cannot be read, as the server answers with an error [s3]',
  ],
  'fixed:unlistable-store-is-empty': [
    'A store whose volumes cannot be listed is not treated as empty',
    'The backups of a volume stay in Longhorn while they cannot be listed',
  ],
  'fixed:unreadable-config-is-gone': [
    'A backup that is being deleted does not disappear while its config cannot be read',
  ],
  'fixed:config-removed-without-volume-cfg': [],
  'fixed:unlistable-blocks-are-unknown': [
    'The deletion of a backup removes the blocks that it alone has, or fails, while the blocks cannot be listed',
  ],
  'fixed:unreadable-neighbour-keeps-blocks': [
    'The deletion of a backup removes the blocks that it alone has, or fails, beside another whose config is empty',
  ],
  'fixed:unread-volume-cfg-ends-replica': [
    'A backup that cannot read volume.cfg fails, and its volume loses no replica',
  ],
  'fixed:unwritten-backup-is-completed': [
    'A backup of 17 blocks whose config cannot be written in the end is not Completed [s3]',
  ],
  'fixed:upload-outlives-its-lock': [
    'A backup that is deleted while its upload has lost its lock stays deleted [s3]',
  ],
  'fixed:deletion-outlives-its-lock': [
    'A backup that is made while a deletion has lost its lock keeps its blocks [s3]',
  ],
  'fixed:last-to-end-is-last-backup': [
    'A backup of an older snapshot that ends after that of a newer one is not the last backup [s3]',
  ],
  'fixed:whole-backup-goes-as-failed': [
    'A backup that is whole is not deleted as a failed one, although its progress could not be asked for once [s3]',
  ],
  'fixed:deletion-brings-backup-volume-back': [
    'A backup volume that is deleted stays away, although one of its backups was being deleted [s3]',
  ],
  'fixed:backup-has-time-of-its-upload': ['A backup has the time of its snapshot, whenever it is made'],
  'fixed:foreign-file-stops-store': [
    'Files of others in a store hide no backup, and keep no deletion from removing blocks',
  ],
  'fixed:first-backup-outlives-its-deletion': [
    'The first backup of a volume stays deleted if it is deleted while it is uploaded [s3]',
  ],
  'fixed:copied-store-hides-its-backups': [
    'The backups of a copied store can be restored once the backup target that was copied is gone',
  ],
  'fixed:deleted-snapshot-spoils-clone': [
    'A clone has the data of its snapshot, or fails, if that is deleted while it is copied',
  ],
  'fixed:dotted-job-never-runs': ['A recurring job of which Kubernetes takes no CronJob is rejected'],
  'fixed:deleted-snapshot-counts-as-kept': [
    'A snapshot-delete job keeps as many snapshots as it is to, although the newest one was deleted by hand',
  ],
  'fixed:deleted-backup-counts-as-kept': [
    'A recurring job keeps as many backups as it is to, although one of them is being deleted by hand [s3]',
  ],
  'fixed:deleted-snapshot-spoils-upload': [
    'A snapshot that is deleted while it is uploaded gives a backup with its data, or none [s3]',
  ],
  'fixed:trim-empties-snapshot': [
    'A snapshot keeps data that are discarded in its volume while an older snapshot is marked as removed',
  ],
  'fixed:trim-empties-upload': [
    'A backup has the data of its snapshot, although a trim removes that while it is uploaded [s3]',
  ],
  'fixed:reused-snapshot-name-spoils-backup': [
    'A backup has all data of its snapshot, although the name of an older snapshot was used again',
  ],
  'fixed:smaller-volume-cuts-restores': [
    'A backup is restored in its size, although a smaller volume was backed up under the name of its volume',
  ],
  'fixed:growth-during-upload-cuts-restores': [
    'A backup is restored in its size, although an upload that began before its volume grew ended later [s3]',
  ],
  'fixed:claim-of-unread-backup-is-empty': [
    'A claim of a backup that another Longhorn is still uploading waits for it, and has its data',
  ],
  'fixed:odd-size-hides-backups': [
    'A backup in a store is found, although a volume here has the name of its volume, and a size that its blocks do not divide',
  ],
  'fixed:restored-job-serves-others': [
    'A job that is restored with a volume leaves the snapshots of other volumes alone',
  ],
  'fixed:odd-size-ends-restores': [
    'A backup is restored, although its volume was made again with smaller backup blocks and another size',
  ],
  'fixed:upload-miscounts-blocks': [lacksBlock],
  'fixed:waiting-backup-loses-lock': [
    'A backup that waited for a deletion is made although blocks are still being removed',
  ],
  'fixed:upload-follows-next-target': [
    'A backup is uploaded to its own backup target, although its volume is backed up to another one meanwhile [s3]',
  ],
  'fixed:uncloned-volume-is-backed-up-empty': [
    'A volume that is still being cloned is not backed up as if it were empty',
  ],
  'fixed:unrestored-volume-is-cloned-empty': [
    'A clone of a volume that is still being restored has the data of its backup, or is rejected [s3]',
  ],
  'fixed:unrestored-volume-is-backed-up-empty': [
    'A volume that is still being restored is not backed up as if it were empty [s3]',
  ],
  'fixed:standby-ignores-reused-backup-name': [
    'A standby volume restores a backup that was made again under the name of the one that it has',
  ],
  'fixed:smaller-source-stops-standby': [
    'A standby volume can be activated, although a smaller volume was backed up under the name of its source',
  ],
  'fixed:other-block-size-ends-standby': [
    'A standby volume follows its source, although that was made again with backup blocks of another size',
  ],
  'fixed:added-replica-ends-standby': [
    'A standby volume that gets one more replica keeps its data, although its backup cannot be read meanwhile',
  ],
  'fixed:larger-standby-follows-no-more': [
    'A standby volume that is made larger follows its source all the same',
  ],
  'fixed:standby-stops-without-its-backup': [
    'A standby volume grows with its source, although the backup that it was made from is gone',
    'A standby volume whose engine dies goes on, although the backup that it was made from is gone',
  ],
  'fixed:full-disks-stop-standby': ['A standby volume that has no room to grow with its source says so'],
  'fixed:unlabelled-standby-is-never-activated': [
    'A standby volume that has lost the label of its source is activated with its newest backup',
  ],
  'fixed:restore-limit-counts-itself': [
    'A restore that is given one more replica ends, although no other restore may begin beside it [s3]',
  ],
  'fixed:second-request-gives-restore-up': [
    'A restore goes on if the config of its backup cannot be read once all replicas have begun [s3]',
  ],
  'fixed:missing-mark-outlives-its-cause': [
    'A backup that was missing in the store, and stayed in Longhorn, is deleted with its files once they are back',
  ],
  'fixed:backup-outlives-its-backup-volume': [
    'A backup volume that is deleted goes with all its backups, although they could not be listed while they were made [s3]',
  ],
  'fixed:volumeless-claim-stops-system-restore': [
    'A system restore ends, although its system backup has a claim without a PersistentVolume',
  ],
  'fixed:restored-pv-goes-to-another-claim': ['A system restore keeps a PersistentVolume for its own claim'],
  'fixed:volumeless-pv-stops-system-restore': [
    'A system restore ends, although its system backup has a PersistentVolume without a volume',
  ],
  'fixed:restore-given-up-over-lock': [
    'A restore that meets the lock of a deletion is retried, and succeeds',
  ],
  'fixed:missing-volume-cfg-not-shown': [
    'A backup volume whose volume.cfg is missing reports that, and keeps its backups',
  ],
  'fixed:refused-system-backup-config-is-never-written': [
    'A system backup whose config the store has refused once has it in the end, or fails [s3]',
  ],
  'fixed:retargeted-standby-misses-newest': [
    'A standby volume whose backup target is changed has the newest backup of its source once it is activated',
  ],
  'fixed:snapshots-stop-standby': [
    'A standby volume of which snapshots are made follows its source all the same',
  ],
  'fixed:orphaned-upload-is-begun-again': [
    'A backup whose manager is killed during its upload is not begun again, although another is being deleted [s3]',
  ],
  'fixed:upload-outlives-its-url': [
    'A backup whose backup target is changed to another store while it is uploaded is not Completed there [s3]',
  ],
  'fixed:upload-outlives-its-target': [
    'A backup whose backup target is deleted while it is uploaded does not stay InProgress [s3]',
  ],
  'fixed:system-backup-forgotten-without-secret': [
    'A system backup that is requested while the Secret of the target is missing is made once it is back, or fails [s3]',
  ],
  'fixed:negative-poll-interval-never-pauses': ['A negative poll interval of a backup target is rejected'],
  'fixed:misspelt-policy-backs-nothing-up': [
    'A system backup whose policy for backups of volumes is misspelt is rejected, or fails',
  ],
  'fixed:deleted-backup-takes-namesake': [
    'A backup that is deleted leaves a snapshot of another volume, although that has the name of its own',
  ],
  'fixed:late-listing-deletes-backup': [
    'A backup that is made while Longhorn waits for a listing of the store stays, although that lacks it [s3]',
  ],
  'fixed:lost-backup-takes-snapshot': [
    'A backup that is gone from its store leaves its snapshot, where a deleted one takes it along',
  ],
  'fixed:unplaced-restore-is-given-up': [
    'A restore for which no node has the tag yet is not given up, and is made once a node has it',
  ],
  'fixed:missing-node-tag-unsaid': [restoreTags],
  'fixed:snapshot-of-rebuild-is-deleted': [
    'A snapshot that is made while the rebuild of a replica is prepared is kept',
    'A backup that is begun while the rebuild of a replica is prepared has the data of its snapshot, or fails [s3]',
  ],
  'fixed:targetless-volume-is-not-backed-up': [
    'A volume whose backup target is deleted is backed up no more, and an event says so',
  ],
  'fixed:older-replica-is-salvaged': [
    'A volume all of whose replicas have failed has the data of the one that failed last',
  ],
  'fixed:verified-rebuild-keeps-snapshots': [
    'A snapshot can be deleted after a replica was rebuilt while its longhorn-manager was replaced',
  ],
  'fixed:missing-secret-not-reported': [
    'A backup target whose Secret is emptied or deleted reports that, and is used again once the Secret is back [s3]',
  ],
  'fixed:restarted-standby-loses-its-data': [
    'A standby volume whose engine dies keeps the data that it has, although a block of its backup cannot be read then',
  ],
  'fixed:crashed-standby-stays-faulted': [
    'A standby volume whose only replica dies goes on with the data that it has',
  ],
  'fixed:standby-restores-into-snapshot': [
    'A volume that was backed up on standby is backed up whole once it is activated',
  ],
  'fixed:failed-standby-stays-faulted': [
    'A standby volume that cannot read its next backup reports that, and goes on once the store answers [s3]',
  ],
  'fixed:refused-job-is-not-restored': [
    'A volume is restored with the recurring job of another Longhorn, or an event says why not',
  ],
  'fixed:deleted-job-leaves-labels': [jobGroups],
  'fixed:system-backup-deletion-ignores-refusal': [
    'A system backup whose files the store keeps is not reported as deleted',
  ],
  'fixed:unread-system-backup-stays-in-error': [unreadSystemBackup],
  'fixed:unread-system-backup-is-never-deleted': [unreadSystemBackup],
  'fixed:cleanup-takes-snapshot-of-upload': [
    'The snapshot of a backup that is being uploaded is not removed by a recurring job that cleans up [s3]',
  ],
  'fixed:reverted-volume-is-not-backed-up': [systemBackupOfReverted],
  'fixed:second-system-restore-is-accepted': [
    'A second system restore is rejected as soon as the first one is requested',
  ],
  'fixed:system-restore-waits-for-no-target': [
    'A system restore makes a second backup target, and a volume from its backup there once that answers',
  ],
  'fixed:finished-backup-takes-snapshot-of-upload': [
    'The snapshot of a backup that is being uploaded is not removed with the end of another backup of it [s3]',
  ],
  'fixed:system-backup-waits-for-deleted-backup': [
    'A system backup of which the backup of a volume is deleted fails',
  ],
  'fixed:reused-system-backup-name-makes-nothing': [
    'A new system backup with the name of one in the store is rejected, fails or is made',
  ],
  'fixed:deleted-system-backup-comes-back': [
    'A system backup that is deleted during its upload stays deleted [s3]',
  ],
  'fixed:ended-manager-stops-system-backup': [
    'A system backup whose manager ends during its upload is made all the same, or fails [s3]',
  ],
  'fixed:setting-stops-system-restore': [restoredClass],
  'fixed:system-restore-leaves-standby-out': [
    'A system restore makes a standby volume again, although the backup that it was made from is gone',
  ],
  'fixed:system-restore-takes-old-origin': [
    'A system restore makes a volume that was itself restored from its latest backup, on whichever target that is',
  ],
  'fixed:system-restore-clones-again': [
    'A system restore makes a volume that was cloned from its own last backup',
  ],
  'fixed:restarted-system-restore-is-empty': ['A system restore whose pod is killed goes on, or fails'],
  'fixed:system-restore-leaves-volume-out': ['A system restore that cannot make a volume fails'],
  'fixed:recurring-system-backup-forgotten': [systemBackupJobAway],
  'fixed:labelled-backup-is-not-full': [backupDialog],
  'fixed:workload-cuts-off-backup': [workloadMeanwhile],
  'fixed:power-loss-empties-metadata': [
    'A volume whose node loses its power soon after a snapshot is opened again, and has its data',
  ],
  'fixed:first-backup-outlives-volumesnapshot': [csiFirstDeleted],
  'fixed:bare-volume-is-rejected': [
    'A volume of which nothing is said but that it is on standby, and of which backup, follows its source',
  ],
  'fixed:larger-claim-gets-smaller-volume': [csiOtherSize],
  'fixed:retargeted-volumesnapshot-is-ready-early': [csiRetargeted],
  'fixed:volumesnapshot-of-no-backup-is-ready': [csiWrongName],
  'fixed:unmade-volumesnapshot-stays': [csiUnreachable],
  'fixed:new-owner-forgets-deletion': [newOwner],
  'fixed:snapshot-stays-while-detached': [
    'A snapshot that is deleted while its volume is detached is removed',
  ],
};

/** The version of Longhorn in which there is what a mutant breaks. Undefined for the emulator's own. */
export const versionOfMutant = (mutant: Mutant): string | undefined =>
  mutant === 'age-ignored' ? emulatedVersions.next : undefined;
