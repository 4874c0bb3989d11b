import type { BugRow } from './bug.ts';

const issue = (number: number) => `https://github.com/longhorn/longhorn/issues/${number}` as const;

/** The bugs of longhorn-manager: of its controllers, and of the program that it runs for a recurring job. */
export const managerBugs = {
  'waiting-backup-loses-lock': {
    title: 'A backup that waited for a deletion loses the lock to it, and fails for good',
    severity: 'objects lost',
    promise: 'a backup that waited for a deletion is made when that is over',
    happens:
      'the deleted backup is gone for Longhorn as soon as its config is; its blocks are removed after that, still under its lock, and the backup that starts meanwhile fails to get its own and is not tried again',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Error', says: 'creation-lost-lock' }],
    steps: [
      'Make a backup of a volume with much data (or hold the removal of its blocks), and delete it.',
      'Make a second backup of the volume while the first is Deleting: it is Pending, and waits.',
      'The first one goes while its blocks are still being removed: the second one starts, and is in Error for good.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile and checkMonitor; backupstore, deltablock.go, DeleteDeltaBlockBackup',
    seen: 'a whole real v1.8.2: the first gone after 27.3 s, the second in Error after 38.7 s, never InProgress; a whole real v1.12.1 (2026-11-22), the removal of blocks held: Pending, then Error after 9.5 s',
  },
  'unrestored-volume-is-backed-up-empty': {
    title: 'A backup of a volume that is still being restored is Completed, and empty',
    severity: 'data loss',
    promise: 'a backup that is Completed has the data of its volume, or a volume without data yet is refused',
    happens:
      "the webhook refuses neither snapshots nor backups of a volume whose restore is under way, the API only those of a volume on standby. The file that is being restored is no part of the volume until its end, so the snapshot has nothing: the backup is Completed with 0 bytes, and is the volume's last one",
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Restore a backup to a new volume, from a slow store.',
      'Make a Snapshot (createSnapshot: true) of the new volume meanwhile, and a Backup of that.',
      'The Backup is Completed with size 0. The restore ends well, and the new volume has the data.',
      'A volume restored from the new Backup has zeros.',
    ],
    source:
      'longhorn-manager, webhook/resources/snapshot and backup, api/snapshot.go (IsStandby alone), app/recurringjob/util.go, filterVolumesForJob (which leaves such volumes out); longhorn-engine, pkg/sync/rpc/server.go, postFullRestoreOperations; v1.12.1, managers of v1.8.2, v1.10.2 and v1.13.0-dev',
    seen: 'a whole real v1.12.1 (2026-11-28), S3, the readings of blocks left unanswered: the backup was Completed after 7 s, with 0 bytes; the restore ended well, and a volume restored from that backup had zeros',
  },
  'unrestored-volume-is-cloned-empty': {
    title: 'A clone of a volume that is still being restored is complete, and empty',
    severity: 'data loss',
    promise: 'a clone has the data of its source, or a source without data yet is refused',
    happens:
      'a clone waits until its source is attached, which a volume is while it is restored. Longhorn takes a snapshot of the source then, which has nothing, as the file that is being restored is no part of the volume until its end. The clone is complete at once, healthy, and has zeros; it is not cloned again. The restore ends well',
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Restore a backup to a new volume, from a slow store.',
      'Make a Volume of the same size with spec.dataSource vol://NAME meanwhile, where NAME is the new volume.',
      'status.cloneStatus.state of the clone is copy-completed-awaiting-healthy, and completed once it is attached. It has zeros.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, checkAndInitVolumeClone (the source must be attached, no more), and webhook/resources/volume/validator.go, verifyVolumeDataSource; v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the readings of blocks left unanswered: the clone was complete meanwhile, and had zeros; the restore of its source ended well',
  },
  'uncloned-volume-is-backed-up-empty': {
    title: 'A backup of a volume that is still being cloned is Completed, and empty',
    severity: 'data loss',
    promise: 'a backup that is Completed has the data of its volume, or a volume without data yet is refused',
    happens:
      'a volume that gets the data of another one is attached meanwhile, and belongs to the group default. Neither the webhook nor the API refuses snapshots and backups of it, and a recurring job leaves out volumes that are being restored, not those that are being cloned. The file that is being copied is no part of the volume until its end, so the snapshot has nothing: the backup is Completed with 0 bytes, and is the last one of the volume. The clone ends well',
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Write data to a volume, and make a Volume of the same size with spec.dataSource vol://NAME, where NAME is the first one.',
      'As soon as it is attached, make a Snapshot (createSnapshot: true) of it, and a Backup of that.',
      'The Backup is Completed with size 0. A volume restored from it has zeros.',
    ],
    source:
      'longhorn-manager, webhook/resources/snapshot and backup, and app/recurringjob/util.go, filterVolumesForJob (RestoreRequired alone); longhorn-engine, pkg/sync/rpc/server.go, postCloning (the copy is reloaded and reverted to at the end); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS, a clone of 16 MiB of data: the backup was Completed, and a volume restored from it had zeros',
  },
  'deleted-snapshot-spoils-clone': {
    title: 'A clone of a snapshot that is deleted meanwhile is complete, with other data',
    severity: 'data loss',
    promise: 'a clone has the data of its snapshot, or fails',
    happens:
      'nothing keeps a snapshot from being deleted while a volume is made of it, unless that is a linked clone: its file is merged with the next one in place, and the copy, which has it open, takes the newer data for all that it had not read yet. The clone is complete and healthy. So may be a claim whose VolumeSnapshot (type snap) is deleted once the claim is bound, which is before the copy, or whose snapshot a recurring job of the task snapshot-delete removes',
    symptoms: [{ of: 'restore', lacks: 'other data' }],
    steps: [
      'Write 768 MiB to a volume, make a snapshot s1, overwrite the last 16 MiB, and make a snapshot s2.',
      'Make a Volume of the same size with spec.dataSource snap://NAME/s1. Once its replicas have a file volume-snap-s1.img, delete s1 (kubectl delete snapshots.longhorn.io): it goes.',
      'The clone is complete. Its last 16 MiB are those that were written after s1.',
    ],
    source:
      'longhorn-engine, pkg/sync/rpc/server.go, VolumeExport and SnapshotPurge, and pkg/replica/replica.go, PrepareRemoveDisk; longhorn-manager, webhook/resources/snapshot/validator.go, Delete (linked clones alone), and controller/snapshot_controller.go; v1.12.1. The same of uploads: deleted-snapshot-spoils-upload',
    seen: 'a whole real v1.12.1 (2026-12-01): the last 16 MiB of the clone, of 768, were those that were written after s1; so it was by hand with its engine alone (2026-11-30)',
  },
  'standby-ignores-reused-backup-name': {
    title: 'A volume on standby ignores a new backup that has the name of the one that it has restored',
    severity: 'data loss',
    promise: 'a volume on standby that is activated has the data of the last backup',
    happens:
      'a restore is requested only if the name of the last backup changes, and a last backup that goes changes nothing. The activation compares names too, so it ends well with the older data. A later backup is restored as the difference to the new backup of that name, and the older blocks stay',
    symptoms: [{ of: 'restore', lacks: 'other data' }],
    steps: [
      'Make the first Backup of a volume by kubectl, with a name of your own, and a volume on standby from it.',
      'Delete the Backup, write other data, and make a Backup under the same name: Completed.',
      'Activate the volume on standby: it has the older data.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, updateRequestedBackupForVolumeRestore and checkAndFinishVolumeRestore; longhorn-engine, pkg/sync/rpc/server.go, canDoIncrementalRestore; v1.12.1, managers of v1.8.2, v1.10.2 and v1.13.0-dev',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: the volume was activated, and had the data of the deleted backup; a later backup only in the source',
  },
  'smaller-source-stops-standby': {
    title: 'A volume on standby whose source was made again, smaller, can no longer be activated',
    severity: 'outage',
    promise: 'a volume on standby can be activated with the data that it has, or says why not',
    happens:
      'before it restores a backup, Longhorn compares the size of the BackupVolume with that of the volume on standby. If it is smaller, only the log says so: the volume is neither restored nor activated, and shows no error. It is free again once the smaller backup is deleted',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby' }],
    steps: [
      'Make a backup of a volume of 20 Mi, and a volume on standby from it.',
      'Delete the volume, make one of 10 Mi under its name, and back that up.',
      'Set spec.Standby of the volume on standby to false: status.isStandby stays true.',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go, checkSizeBeforeRestoration and refresh; v1.12.1, and the same check in v1.8.2, v1.10.2 and v1.11.2',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: on standby for 3 min after spec.Standby was false, without an event or a condition; activated, with its data, once the smaller backup was deleted',
  },
  'other-block-size-ends-standby': {
    title:
      'A volume on standby is faulted for good by the next backup if its source is made again with backup blocks of another size',
    severity: 'outage',
    versions: '>=1.10.0',
    promise: 'a volume on standby follows its source, although that was made again with another block size',
    happens:
      'an incremental restore needs both backups to have blocks of one size, and fails at once if not. Longhorn restores the whole backup where the one before is gone, but not in this case: the failure counts as one of each replica, and the volume is faulted, with all its data. So it is after the source was restored with blocks of 16 MiB in place of 2 MiB, as the documents offer it',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-other-block-size' }],
    steps: [
      'Make a volume of 64 Mi with spec.backupBlockSize 2097152 and a backup of it, and a volume on standby from that.',
      'Delete the volume, make it again with spec.backupBlockSize 16777216, write to it, and back it up.',
      'The volume on standby is Faulted. Its event FailedRestore says "backup block size is changed from 2097152 to 16777216".',
    ],
    source:
      'backupstore, deltablock.go, RestoreDeltaBlockBackupIncrementally; longhorn-engine, pkg/sync/rpc/server.go, canDoIncrementalRestore (looks only whether the last backup is there); longhorn-manager, controller/engine_controller.go, handleRestoreError; read in v1.12.1 and the newest backupstore (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-29): faulted with the first backup of the new source, with this event',
  },
  'restarted-standby-loses-its-data': {
    title:
      'A volume on standby whose engine begins anew removes all that it has restored, and reads the whole backup again',
    severity: 'data loss',
    promise: 'a volume on standby keeps the data that it has until it has those of its backup again',
    happens:
      'what a replica has restored is known to its process alone. If the engine ends (with its instance manager, its node, or a new place for the volume), all replicas begin anew, and each is told to restore the last backup, though it has that. It removes the file with the data before it reads the first block. If one block cannot be read then, for more than nine minutes, the restore is given up: the volume is faulted for good, and none of its replicas has what they had. The store may be lost, which is what the volume is for. If the config of the backup cannot be read, the files stay, and the volume is faulted as well',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted, without its data' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby. Wait until it has restored that, and is healthy.',
      'Move one block of the backup (blocks/XX/YY/CHECKSUM.blk) aside in the store.',
      'Delete the pod of the instance manager in which the engine of the volume on standby runs.',
      'Nine minutes after it was attached again, the volume is Faulted. Its event FailedRestore names the block, and the volume-snap-*.img of its replicas lack the data.',
    ],
    source:
      'longhorn-engine, pkg/sync/rpc/server.go, StartRestore (RestoreInfo in memory; without it, a full restore into the file of the snapshot), pkg/sync/backup.go, RestoreBackup (the existing snapshot), and pkg/replica/restore.go, OpenVolumeDev (RemoveAll); longhorn-manager, controller/engine_controller.go, syncWithRestoreStatus (lastRestoredBackup is what the replicas say); v1.12.1, and the same in the engine of v1.8.2 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: faulted 8 min 51 s after its instance manager was deleted, and two of its replicas had lost the data, whose checksum they had had before; with the block back, another volume on standby had all data',
  },
  'added-replica-ends-standby': {
    title:
      'A volume on standby loses all its replicas as soon as it gets another one while its backup cannot be read',
    severity: 'outage',
    promise: 'a volume on standby keeps the data that it has, although one more replica cannot be filled',
    happens:
      'a replica that a volume on standby gets (one more, a failed one that is rebuilt, or one in place of one that is evicted) is filled from the store. Longhorn requests the backup of all replicas for that, and each request reads its config first: if that fails once, each replica counts as failed, also those that have had the whole backup for long. The volume is faulted for good, though nothing had to be restored; the store may have been away for some seconds, or be lost, which is what the volume is for',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-without-backup' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby with one replica. Wait until it has restored that.',
      'Move the config of the backup (backups/backup_NAME.cfg) aside in the store.',
      'Set spec.numberOfReplicas of the volume on standby to 2.',
      'As soon as the second replica runs, the volume is Faulted. Its event FailedRestore says "cannot find ... in backupstore" for both.',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go, syncWithRestoreStatus (lastRestoredBackup is emptied while the replicas differ) and controller/volume_controller.go (each replica with a restore error is failed, and no salvage of a volume on standby); longhorn-engine, pkg/sync/backup.go, RestoreBackup: one error for each replica, as in second-request-gives-restore-up; read in v1.12.1. Near: longhorn/longhorn#10105',
    seen: 'a whole real v1.12.1 (2026-11-29): faulted soon after the second replica ran, with this event',
  },
  'power-loss-empties-metadata': {
    title:
      'A volume whose nodes lose power soon after a snapshot can no longer be attached, though its data are there',
    severity: 'outage',
    promise: 'a replica can be opened again after a loss of power',
    happens:
      'a snapshot gives each replica a new head, whose metadata file is written and renamed, but not synced to the disk. If the node loses power before its kernel has written it (on ext4: from 5 s to about 30 s after the snapshot), the file is there and empty. Longhorn mends an empty volume.meta, not an empty file of the head: the replica cannot be opened (EOF). If that is so for all replicas, the volume is salvaged, attached and faulted again and again. One such replica alone is tried for ten minutes, and then replaced',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted' }],
    steps: [
      'Make a volume with two replicas, attach it, write to it, and wait 30 s.',
      'Make a Snapshot (createSnapshot: true). 15 s later, switch off the nodes of both replicas, and on again.',
      'In the folder of each replica, volume-head-001.img.meta has 0 bytes. The volume goes attaching, faulted, detaching for good, with an event AutoSalvaged each time.',
      'Write volume-head-001.img.meta by hand (Name: its own, Parent: the file of the snapshot): the volume is attached, and has all data.',
    ],
    source:
      'longhorn-engine, pkg/replica/replica.go, encodeToFile (Close and Rename without Sync) and tryRecoverVolumeMetaFile (volume.meta alone); read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-21). A fork of it was mended: openebs-archive/jiva#337',
    seen: 'a whole real v1.12.1 (2026-11-29), by hand: faulted for 7 min, until the files were written by hand; then the checksum was right. With one of two nodes, the volume was degraded for 10 min; by the scenario (2026-11-30)',
  },
  'larger-standby-follows-no-more': {
    title: 'A volume on standby that is made larger with kubectl follows its source no more, without a word',
    severity: 'outage',
    promise: 'a volume on standby cannot be made larger than its source, or follows it all the same',
    happens:
      'Longhorn grows a volume on standby with its source, and refuses to grow it otherwise in its API and its page, but not if spec.size is changed with kubectl. The next backup is then of a smaller volume: it is not restored, and the volume cannot be activated, as only the log says. It cannot be made smaller again; it goes on when its source has grown to its size and is backed up',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby, larger than its source' }],
    steps: [
      'Make a backup of a volume of 64 Mi, and from it a volume on standby.',
      `kubectl -n longhorn-system patch volumes.longhorn.io NAME --type merge -p '{"spec":{"size":"134217728"}}' for the volume on standby: it is accepted.`,
      'Write to the source, and back it up: the volume on standby names the new backup as the last one, and does not restore it. Set spec.Standby to false: status.isStandby stays true.',
      'Grow the source to 128 Mi and back it up: the volume on standby goes on.',
    ],
    source:
      'longhorn-manager, types/volumes.go, IsVolumeReady (a volume on standby may grow), api/volume.go, VolumeExpand (refuses it), and controller/engine_controller.go, checkSizeBeforeRestoration, as in smaller-source-stops-standby; read in v1.12.1',
    seen: "a whole real v1.12.1 (2026-11-30), NFS, with a tgtd that can change the size of a volume: the next backup was not restored, and a manager's log said that the source is smaller; it followed again once the source was as large",
  },
  'standby-stops-without-its-backup': {
    title:
      'A volume on standby no longer grows with its source, nor survives the end of its engine, once the backup that it was made from is gone',
    severity: 'outage',
    versions: '>=1.10.0',
    promise:
      'a volume on standby grows with its source, and goes on after its engine has ended, whichever backups have gone',
    happens:
      'the webhook looks up the backup of fromBackup at each change of a volume on standby, also at those of Longhorn itself, and refuses them once the backup is gone, as it is after a while with every recurring job that retains some. So if the source has grown, the volume is not made larger, and restores no further backup. If its engine ends (with its instance manager, or its node), the volume is faulted, and is never detached to begin anew. Only the log says why. It goes on when it is activated, if the store is still there. By the source, an upgrade from v1.9 to v1.10 fails with such a volume, and no longhorn-manager starts: it writes the size of the backup blocks of each volume',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby, without its backup' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby. Make another backup, wait until it is restored, and delete the first one.',
      'Grow the source, write to it, and back it up: the volume on standby names the new backup as the last one, keeps its size, and does not restore it.',
      'Or delete the pod of the instance manager with the engine of the volume on standby: it is Faulted, and stays so.',
      'The log of a longhorn-manager repeats "failed to inspect the backup config".',
    ],
    source:
      'longhorn-manager, webhook/resources/volume/mutator.go, mutate (called by Update too); controller/engine_controller.go, checkSizeBeforeRestoration (UpdateVolume with the new size) and refresh (the error is logged alone); controller/volume_attachment_controller.go, reconcile (UpdateVolume without the node); upgrade/v19xto1100/upgrade.go, upgradeVolumes; read in v1.10.0, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-20); v1.9.2 does not have it. The same check keeps such a volume from being removed (standby-stuck-without-its-backup)',
    seen: "a whole real v1.12.1 (2026-11-30), NFS: a volume on standby whose source had grown kept its size for 4 min, and a manager's log had the refusal of its own request each 5 s; another one, whose instance manager was deleted, was faulted for 4 min, with 29 refusals to detach it; activated, both had all data",
  },
  'full-disks-stop-standby': {
    title:
      'A volume on standby whose disks have no room for it to grow follows its source no more, nor can it be activated, without a word',
    severity: 'outage',
    promise: 'a volume on standby that cannot grow with its source says so',
    happens:
      'a backup of a source that has grown changes the size of the volume on standby. The disks of its replicas are looked at only after that: if one of them has no room, the volume keeps the new size by its spec, and the old one in fact; the engine refuses the backup every 5 s. The volume stays attached, healthy and on standby, says nothing, and restores no further backup, be it ever so small. Activated, it stays on standby too, as it does not have its last backup. Only the log says why. It goes on once the disk has room',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby, without room to grow' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby.',
      'Let the disks of a replica of the volume on standby take nothing more: raise their storageReserved (nodes.longhorn.io) above their size.',
      'Grow the source, write to it, and back it up: the volume on standby names the new backup as the last one, has its size by its spec, and does not restore it.',
      'The log of a longhorn-manager repeats "Failed to start volume expansion" and "need to expand the DR volume".',
    ],
    source:
      "longhorn-manager, controller/engine_controller.go, checkSizeBeforeRestoration (UpdateVolume with the new size, without a look at the disks, and true once spec.size is as large), and controller/volume_controller.go, reconcileVolumeSize (CheckReplicasSizeExpansion; a warning, and an annotation of the PersistentVolume, if there is one); longhorn-engine, pkg/sync/backup.go, RestoreBackup; v1.12.1. An ordinary volume's growth is rejected at once (manager/volume.go, Expand). Near: longhorn/longhorn#8513 (an ordinary volume)",
    seen: 'a whole real v1.12.1 (2026-12-01): the volume on standby did not restore the second backup for 4 min, while the log repeated why; once the disks had room it did',
  },
  'bare-volume-is-rejected': {
    title: 'A volume that says neither its data engine nor its number of replicas is rejected',
    severity: 'misleading',
    versions: '>=1.10.0',
    promise: 'a Volume with Standby, fromBackup and an empty frontend alone is accepted',
    happens:
      'the webhook takes the default number of replicas from a setting that has one for each data engine, and looks for that of a data engine without a name: it sets the default of that later. So a Volume as the documents have it for kubectl is rejected, with a text about a setting that is in order. One that says either of the two is accepted',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'rejected' }],
    steps: [
      'Make a Volume by kubectl with spec.Standby true, spec.fromBackup and spec.frontend "" alone.',
      'It is rejected: the default-replica-count setting value for data engine  is not defined, value is map[v1:2 v2:2].',
    ],
    source:
      'longhorn-manager, webhook/resources/volume/mutator.go, Create (getDefaultReplicaCount with spec.dataEngine, before mutate sets that); read in v1.10.2, v1.11.2 and v1.12.1; v1.9.2 has one default for all',
    seen: 'a whole real v1.12.1 (2026-12-01): rejected so; with a number of replicas it was accepted',
  },
  'unlabelled-standby-is-never-activated': {
    title:
      'A volume on standby that has lost the label of its source follows it no more, and cannot be activated',
    severity: 'outage',
    promise:
      'a volume on standby that is activated has the newest backup of its source, or says why it is not activated',
    happens:
      'a volume on standby learns of new backups by its label backup-volume, which the webhook gives it once, and nothing keeps: kubectl replace or label, or a tool that applies a manifest, may remove it. It then restores nothing more. The activation finds the source by the URL of the backup, and waits for its newest backup, which is never requested: the volume stays on standby for good, and a longhorn-manager looks at it without a pause. Only its log says why. With the label back, it goes on',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby, without the label of its source' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby.',
      'kubectl -n longhorn-system label volumes.longhorn.io NAME backup-volume- for the volume on standby.',
      'Write to the source, and back it up. Set spec.Standby of the volume on standby to false: status.isStandby stays true.',
      'The log of a longhorn-manager has "Failed to find the backup volume label" and "needs to restore the latest backup", many times a second. Give it the label again: it is activated.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, ReconcileBackupVolumeState (by the label) and checkAndFinishVolumeRestore (by the URL, and enqueueVolume), and webhook/resources/volume/mutator.go, which sets the label in Create alone; v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: still on standby 177 s after spec.Standby was false, as only a log said; activated with all data 38 s after the label was back',
  },
  'restore-limit-counts-itself': {
    title:
      'A restore never ends if it gets a replica while as many restores are under way on its node as may be',
    severity: 'outage',
    promise: 'a restore ends on a replica that it gets meanwhile, however many restores may run on its node',
    happens:
      'a replica that comes during a restore (a failed one that is rebuilt, one more, or one in place of one that is evicted) is restored by a request of its own. Longhorn looks first whether a place is free among the restores of the node (concurrent-volume-backup-restore-per-node-limit), and only then whether the volume has one. At the limit it waits for its own place: the volume stays attached, degraded and RestoreInProgress for good, and only the log says why. Its place is never given back, so that no other restore begins on that node either, until the limit is raised or the volume is deleted',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'being restored' }],
    steps: [
      'Set concurrent-volume-backup-restore-per-node-limit to 1, and make a backup of a volume to a slow store.',
      'Restore it to a volume with one replica. While it is written, set spec.numberOfReplicas to 2.',
      'The first replica ends the restore. The second is WO, and status.restoreStatus of the Engine never says that it is restoring: the volume stays RestoreInProgress.',
      'The log of a longhorn-manager repeats "Failed to acquire restore counter, retry later", with growing pauses. With a limit of 2 the restore ends.',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go, acquireRestoringCounter (looks at the limit before restoringCounterAcquired) and refresh (the place is given back when lastRestoredBackup changes, or with an error); read in v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-29), S3: under way for good with one replica restored, and restored once the limit was raised',
  },
  'second-request-gives-restore-up': {
    title:
      'A restore is given up if the config of its backup cannot be read once, long after all replicas have begun',
    severity: 'outage',
    promise:
      'a restore that all replicas have begun goes on, though the config of its backup cannot be read again',
    happens:
      'while one replica has ended the restore and another has not, longhorn-manager requests it again every 5 s, and each request reads the configs from the store first: if that fails once, all replicas are marked as failed, also the one that has the whole data, and the volume is faulted for good. With one replica nothing is requested again, and the restore ends well',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-without-backup' }],
    steps: [
      'Make a backup to a bucket, and restore it to a volume with two replicas.',
      'Let one replica wait for its last block (leave the reading of one block unanswered) until the other has all.',
      "Deny the reading of the backup's config (HEAD of backups/backup_NAME.cfg: 403), as a store may do for some seconds.",
      'Within 5 s the volume is Faulted. Its event FailedRestore says "cannot find ... in backupstore" for both replicas, though nothing but one block was still to be read.',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go (a restore is requested again while the replicas differ in lastRestored) and controller/volume_controller.go (each replica with a restore error is failed); longhorn-engine, pkg/sync/backup.go, RestoreBackup: one error for each replica; read in v1.8.0, v1.9.2, v1.10.1, v1.11.2, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#13869',
    seen: 'a whole real v1.12.1 (2026-11-28), S3, two replicas: twice: under way for 83 s and 116 s while one block was not answered, then faulted within 2.3 s of the first refusal',
  },
  'upload-follows-next-target': {
    title:
      'An upload goes on to the server of another backup target as soon as its volume is backed up to that',
    severity: 'misleading',
    notOn: ['nfs'],
    promise: 'a backup is uploaded to its own backup target, whichever one its volume gets meanwhile',
    happens:
      'a replica keeps the keys and the endpoint of the last backup that it was asked for in its environment, and an upload reads them anew for each request: from then on an upload to another target sends its blocks, its config and the removal of its lock to the wrong server. It fails with the refusal of that server (an unknown certificate, AccessDenied, NoSuchBucket), though its own target is in order; by the source it is Completed, in the wrong store, where the other server knows the bucket and the key',
    symptoms: [
      { of: 'history', kind: 'Backup', state: 'Error', says: 'creation-not-trusted' },
      { of: 'history', kind: 'Backup', state: 'Error', says: 'creation-denied' },
    ],
    steps: [
      'Make two backup targets on two S3 servers, and a volume on the first. Begin a backup with much data.',
      'While it is InProgress, change spec.backupTargetName of the volume to the second target, and make a backup there.',
      'The first backup is in Error: the second server refuses its blocks. Its lock and a half config stay in the first store.',
    ],
    source:
      'longhorn-engine, pkg/sync/rpc/server.go, BackupCreate (SetupCredential); backupstore, util/credential.go and s3/s3_service.go, newInstance; longhorn-manager, webhook/resources/volume/validator.go, which allows the change; read in v1.8.0, v1.10.1, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#12170',
    seen: 'a whole real v1.12.1 (2026-11-28), two S3 servers with their own certificates, the writing of blocks left unanswered at the first: twice, in Error within 45 s of its answer, "certificate signed by unknown authority" for a block of the first store',
  },
  'retargeted-standby-misses-newest': {
    title:
      'A standby volume whose backup target is changed follows its source no more, and is activated with old data',
    severity: 'silent',
    promise: 'a standby volume that is activated has the newest backup of its source',
    happens:
      'the change of spec.backupTargetName is accepted, although that of the URL of a target is refused while a volume is on standby. If the new target has no backup volume of the source, the volume has no last backup any more: it restores nothing more, and its activation checks nothing. It succeeds, with the data of the last restore. The page of volumes offers the change ("Update Backup Target")',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'activated without the newest backup' }],
    steps: [
      'Make a backup, a standby volume of it, and a second backup target. Set spec.backupTargetName of the standby volume to that target: it is accepted.',
      'Make another backup of the source. status.lastBackup of the standby volume is empty, and it restores nothing.',
      'Activate it: it is an ordinary volume, with the data of the first backup.',
    ],
    source:
      'longhorn-manager, webhook/resources/volume/validator.go, validateBackupTarget (the target must exist, no more); controller/volume_controller.go, ReconcileBackupVolumeState (the backup volume of the new target) and checkAndFinishVolumeRestore (without a backup volume nothing is checked); read in v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the change was accepted; 12 s later the next backup was in the store; activated, the volume was an ordinary one after 2.5 s, with the first backup',
  },
  'snapshots-stop-standby': {
    title: 'Two snapshots of a standby volume stop it: it restores nothing more, and cannot be activated',
    severity: 'outage',
    versions: '>=1.4.0',
    promise: 'a standby volume takes no snapshot, or follows its source all the same',
    happens:
      'Longhorn refuses snapshots of a standby volume in its API and its page, but not Snapshot objects that are made with kubectl. With two of them each restore ends with "found more than 1 snapshot in the replicas, hence started to purge snapshots before the restore", every few seconds and in the log alone. It goes on when one of them is deleted',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'on standby, with snapshots' }],
    steps: [
      'Make a backup, and a standby volume of it. Create two Snapshot objects of the standby volume: both are made.',
      'Make another backup of the source. The standby volume names it as its last backup, and does not restore it.',
      'Delete one of the snapshots: it goes on.',
    ],
    source:
      'longhorn-engine, pkg/sync/backup.go, RestoreBackup; longhorn-manager, webhook/resources/snapshot/validator.go, Create, without the check that api/snapshot.go has; read in v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#12933',
    seen: "a whole real v1.12.1 (2026-11-29), NFS: both snapshots were made; the next backup was not restored for 103 s, only a manager's log said why; with one snapshot deleted, it was restored after 15 s, and the volume was activated with all data",
  },
  'upload-outlives-its-target': {
    title:
      'A backup whose backup target is deleted meanwhile stays InProgress for good, and keeps its volume attached',
    severity: 'misleading',
    promise: 'a backup ends, as Completed or in Error, or goes, whatever becomes of its backup target',
    happens:
      'each look at the Backup ends with the error that its target is not found, before the state of the upload is read. So it stays InProgress, though the store has it whole, and its ticket keeps the volume attached. By the source, a recurring job that made it waits for it without an end, and its next runs are not started. The Backup can be deleted',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'InProgress' }],
    steps: [
      'Make a second backup target, a volume on it, and begin a backup with much data.',
      'While it is InProgress: kubectl -n longhorn-system delete backuptarget NAME. It is accepted.',
      'The upload goes on to its end in the store. The Backup stays InProgress, and the volume attached, for good.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, getBackupTarget ("failed to find the backup target") before syncWithMonitor; webhook/resources/backuptarget/validator.go, Delete, which asks for standby volumes only; read in v1.8.0, v1.9.2, v1.10.1, v1.11.2, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#6491',
    seen: 'a whole real v1.12.1 (2026-11-29), S3, the writing of blocks left unanswered while the target was deleted: the store had the backup whole, and the Backup was InProgress for 144 s more, until it was deleted',
  },
  'whole-backup-goes-as-failed': {
    title:
      'A backup that is whole in the store is deleted after a day as one that failed, if its progress could not be asked for once',
    severity: 'data loss',
    promise: 'a backup that the store has whole is not deleted as one that failed',
    happens:
      'the manager that owns a Backup asks for the progress of its upload through the instance manager of its own node, whichever node has the volume. One answer that fails, as where that node is drained, sets the Backup to Error for good, while the upload of a volume in use goes on elsewhere and ends whole. A sync that finds it to be the last backup of the volume sets it to Completed. If another one has ended by then, nothing looks at it again: it stays in Error, and after the time of the setting failed-backup-ttl (a day) a sync deletes it with its files',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Error', gone: true }],
    steps: [
      'Begin a backup with much data, of an attached volume whose engine and replicas are on other nodes than status.ownerID of the Backup names. Set spec.pollInterval of the backup target to 0.',
      'Delete the instance manager of that node, or drain the node: the Backup is in Error with "failed to get ... backup status". Its upload ends whole in the store.',
      'Make another backup of the volume. Set failed-backup-ttl to 1, and the poll interval to 10s: the first Backup is deleted, and the store has no files of it any more.',
    ],
    source:
      'longhorn-manager, engineapi/backup_monitor.go, linerTimer (each error is final; exponentialBackOffTimer tries again for a day, but only after a request that timed out); controller/backup_controller.go, getBackupTarget with controllerID; controller/backup_volume_controller.go, reconcile (SyncRequestedAt only where LastBackupName changes; DeleteBackup by failedBackupTTL without a look at the store); v1.12.1. Near: longhorn/longhorn#12562 (no backup begins while that node is drained), longhorn/longhorn#3898',
    seen: 'a whole real v1.12.1 (2026-11-30), S3: in Error once the instance manager of its owner was deleted, whole in the store, and deleted with its files a minute after the next backup',
  },
  'orphaned-upload-is-begun-again': {
    title:
      'A backup whose manager is replaced during its upload, while another backup is deleted, is uploaded once more under its name',
    severity: 'misleading',
    promise: 'an upload that is under way is not begun again',
    happens:
      'a manager that takes over an upload looks for deletions of other backups of the volume before it asks the replica. It sets the Backup to Pending until they are over, while the upload goes on, and forgets that it was InProgress: it then requests the backup from the replica again. Two uploads of one name run, or the config of the backup, which is whole by then, is replaced by that of an unfinished one until the second upload ends. Nothing is left of it if that one fails',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Pending' }],
    steps: [
      'Begin a backup with much data of a volume that has another one. While it is InProgress, delete the other: it is Deleting, and then in Error with the lock of the upload, for some seconds or up to 30.',
      'While it is Deleting, kill the longhorn-manager that status.ownerID of the new Backup names, without grace.',
      'The new Backup is Pending with "Wait for backup ... to be deleted", and then InProgress again: the log of the instance manager says a second time "Backing up snapshot".',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, checkMonitor (Deleting sets Pending, whatever the state was); engineapi/backup_monitor.go, NewBackupMonitor (Pending requests SnapshotBackup); longhorn-engine, pkg/sync/rpc/list.go, BackupAdd replaces a backup of the same name; backupstore, deltablock.go, performBackup; v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the writing of blocks left unanswered: 9 s after its manager was killed the Backup was Pending, while the replica still uploaded it',
  },
  'upload-outlives-its-url': {
    title:
      'A backup whose backup target is changed to another store meanwhile is Completed there, and keeps its volume attached',
    severity: 'silent',
    promise: 'a backup that is Completed is in the store of its backup target',
    happens:
      'the upload goes on to the former store, and the Backup takes its end from there. Longhorn then looks for it in the new store, does not find it, and notes no more: it stays Completed on a target that does not have it, cannot be restored, and its ticket keeps the volume attached. So it is until the next backup of the volume to the new store, or the URL is changed back. The other Backups of the former store go at once',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Completed, in another store' }],
    steps: [
      'Begin a backup with much data. While it is InProgress, change spec.backupTargetURL of its target to another store.',
      'The upload ends in the first store. The Backup is Completed, its status.lastSyncedAt is empty, and its ticket stays in the VolumeAttachment.',
      'The second store does not have it. The log of a longhorn-manager says "Backup info is nil" each 30 s.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile (syncWithMonitor sets Completed before BackupGet; backupInfo == nil returns, and the ticket goes only with status.lastSyncedAt); webhook/resources/backuptarget/validator.go, which asks for standby volumes only; v1.12.1. Near: longhorn/longhorn#6491 (a URL that is not valid)',
    seen: 'a whole real v1.12.1 (2026-11-30), from NFS to S3: Completed for 7 min, with its ticket, and only the former store had it',
  },
  'refused-system-backup-config-is-never-written': {
    title:
      'A system backup whose config the store has refused once is Uploading for an hour, and then Ready without a config',
    severity: 'silent',
    versions: '>=1.4.0',
    promise: 'a system backup that is Ready can be restored, and one that cannot be uploaded fails',
    happens:
      'Longhorn writes the archive, then the config. If the second is refused, each further try ends with "already exists", as the archive is there, and that counts as no error. It stays Uploading; after an hour, by the source, the time-out has no error to report and it is Ready. Nothing can be restored from it: the config is missing',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Uploading' }],
    steps: [
      'Let a proxy before the bucket refuse one PUT of system-backup.cfg (403), and create a SystemBackup.',
      'The store has system-backup.zip. The SystemBackup stays Uploading, and no further PUT comes.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, UploadSystemBackup (ErrorAlreadyExists counts as no error; errors.Wrap of nil after the time-out); backupstore, systembackup/system_backup.go, Upload; read in v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-29), S3, a proxy that refused one PUT: the archive alone in the store, and Uploading for 2 min more, though the store took everything again',
  },
  'system-backup-forgotten-without-secret': {
    title:
      'A system backup that is requested while the Secret of the target is missing is never made, and never fails',
    severity: 'silent',
    versions: '>=1.4.0',
    notOn: ['nfs'],
    promise: 'a system backup is Ready or in Error in the end',
    happens:
      'Longhorn opens the backup target before anything else. Where that fails (the Secret is missing), it tries four times within 35 ms, without a state or an event, and then forgets the SystemBackup: it has no resync. It stays without a state when the Secret is back. Any change of it, such as an annotation, has it made at once. By the source, a recurring job that made it waits for it without an end, and its next runs are not started',
    symptoms: [
      { of: 'history', kind: 'SystemBackup', state: '' },
      { of: 'history', kind: 'SystemBackup', state: 'CreatingVolumeBackups' },
    ],
    steps: [
      'Set the default backup target to a bucket, and delete the Secret with its keys. The target stays available (known bug missing-secret-not-reported).',
      'Create a SystemBackup: it is accepted, and has no state. Create the Secret again.',
      'The SystemBackup has no state, for good. kubectl -n longhorn-system annotate systembackup NAME x=y: it is made at once.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, syncSystemBackup (the client of the target before reconcile), handleErr (three retries) and NewSystemBackupController (resync 0); read in v1.4.0, v1.6.2, v1.8.0, v1.10.1, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#6631',
    seen: 'a whole real v1.12.1 (2026-11-29), S3: without a state for 21 s with the Secret missing, and for 2 min after it was back; annotated, it was made at once',
  },
  'missing-mark-outlives-its-cause': {
    title:
      'A backup that was missing in the store for a moment is not deleted there, though Longhorn says so',
    severity: 'silent',
    promise: 'a backup that is deleted while it is in the store is deleted there too',
    happens:
      'a Backup whose files are missing gets the label longhorn.io/delete-custom-resource-only, and is then deleted. If that is refused or interrupted (by an admission policy, or as the manager ends) and the files are back by the next look, the Backup stays, Completed, and so does the label: whoever deletes the Backup later has the object removed and nothing else. Its files stay, and the next look brings it back',
    symptoms: [{ of: 'store', findings: [], left: true }],
    steps: [
      'Make a backup, deny the deletion of its Backup object (an admission policy), and move its config in the store away. Sync its backup volume: the Backup has the label longhorn.io/delete-custom-resource-only.',
      'Move the config back, sync again, and remove the policy: the Backup is Completed, and keeps the label.',
      'kubectl -n longhorn-system delete backups NAME: it goes at once, without a state Deleting, and its files stay in the store. With the next sync it is back.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, syncBackups (the label, then the deletion) and controller/utils.go, checkIfRemoteDataCleanupIsNeeded; nothing removes the label; read in v1.8.0, v1.9.2, v1.10.1, v1.11.2 and v1.12.1. Near: longhorn/longhorn#9530',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS, the deletion denied by an admission policy: deleted after that, it was gone at once, and its config stayed in the store',
  },
  'system-backup-deletion-ignores-refusal': {
    title:
      'A system backup whose files the store keeps goes all the same, and comes back as Ready without its archive',
    severity: 'silent',
    promise: 'a system backup stays while the store refuses to remove its files',
    happens:
      'an error of the store is only logged, and the object goes. What can be removed is removed: of a system backup whose config cannot be removed the archive is gone. With the next sync it is back, Ready, and cannot be restored',
    symptoms: [{ of: 'store', findings: ['system-backup-archive-missing'], left: true }],
    steps: [
      'Make a system backup, and wait until it is Ready.',
      'Make its system-backup.cfg immutable at the server (chattr +i), or deny DELETE of that key.',
      'Delete the SystemBackup: it is gone within a second, without a message. In the store its system-backup.zip is gone, and its system-backup.cfg is there.',
      'Sync the default backup target: the SystemBackup is back, Ready.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, cleanupRemoteSystemBackupFiles (it returns nothing); v1.8.0, v1.12.1 and the newest source (2026-08). longhorn/longhorn-manager#1612 chose this for a store that cannot be reached',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS, the config immutable: gone within 3 s, its archive too; with the next sync it was back, Ready, without the archive',
  },
  'deleted-system-backup-comes-back': {
    title: 'A system backup that is deleted during its upload is in the store all the same, and comes back',
    severity: 'objects lost',
    notOn: ['nfs', 'cifs'],
    promise: 'a system backup that is deleted is deleted in the store too',
    happens:
      'nothing ends the upload. A bucket has nothing of it until its archive is written whole, so that the deletion finds nothing to remove, and the object goes at once. The upload writes the archive and the config after that: with the next look into the store the SystemBackup is back, Ready. By the source, on a mounted store the files go, and the upload is tried again each second for an hour, without its archive',
    symptoms: [{ of: 'store', findings: [], left: true }],
    steps: [
      'Have a bucket that is slow, and make a SystemBackup.',
      'Delete it while it is Uploading: it is gone at once.',
      'Its archive and its config are in the bucket when the upload has ended. With the next poll the SystemBackup is there again, Ready.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, reconcile (a goroutine that nothing ends), UploadSystemBackup and cleanupRemoteSystemBackupFiles; backupstore, systembackup/system_backup.go, Upload; read in v1.8.2, v1.10.2, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-29), S3, the writing of the archive left unanswered: gone 0.4 s after the deletion; both files were in the bucket 3 s after it answered, and the SystemBackup was Ready again with the next sync',
  },
  'ended-manager-stops-system-backup': {
    title: 'A system backup whose longhorn-manager ends during the upload is uploaded for an hour, in vain',
    severity: 'silent',
    promise: 'a system backup whose longhorn-manager ends is made all the same, or fails',
    happens:
      'the archive is in the file system of the container that has made it. The next longhorn-manager goes on with the upload alone, of a file that it does not have, each second anew. The SystemBackup stays Uploading, with a warning in a log; by the source it is in Error after an hour, and the run of its recurring job waits along',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Uploading' }],
    steps: [
      'Have a store that is slow, and make a SystemBackup.',
      'Delete the pod of the longhorn-manager in its status.ownerID while it is Uploading.',
      'The SystemBackup stays Uploading. The log of a longhorn-manager has "no such file or directory" each second.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, reconcile (Uploading) and UploadSystemBackup; read in v1.8.2, v1.10.2, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#5286 (the same log of another cause)',
    seen: 'a whole real v1.12.1 (2026-11-30), S3: still Uploading five minutes after its manager had ended, and the store had nothing of it',
  },
  'unread-system-backup-stays-in-error': {
    title: 'A system backup whose config could not be read once stays in Error, though it is whole',
    severity: 'misleading',
    promise: 'a system backup that can be read again is Ready with the next sync',
    happens:
      'a sync takes a system backup by its folder, and reads its config once. If that fails, as while another cluster is still uploading it, the object is in Error for good: no sync reads it again',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Error' }],
    steps: [
      'Make a system backup, and move its system-backup.cfg out of its folder in the store.',
      'Change the default backup target to another store and back, with a sync each time: the SystemBackup is in Error.',
      'Move the file back, and sync the target as often as you like: the SystemBackup stays in Error.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, reconcile (Syncing; nothing follows Error) and controller/backup_target_controller.go, syncSystemBackup (AlreadyExists is ignored); v1.8.0, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#13985',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS, the config moved aside while the target was moved to another store and back: in Error, and still so after two syncs with the config in its place',
  },
  'unread-system-backup-is-never-deleted': {
    title:
      'A system backup whose config could not be read cannot be deleted: its files stay, and it comes back',
    severity: 'silent',
    promise: 'a system backup in Error is deleted with its files',
    happens:
      'a SystemBackup that was found in the store knows the version in its path only from its config. Without that its deletion does nothing in the store, and the next sync brings it back',
    symptoms: [{ of: 'store', findings: [], left: true }],
    steps: [
      'Put a folder backupstore/system-backups/v1.12.1/half with a file system-backup.zip into the store of the default backup target.',
      'Sync the target: the SystemBackup half is in Error.',
      'Delete it: it is gone at once, the folder stays, and the next sync brings it back, in Error again.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, cleanupRemoteSystemBackupFiles (status.version is empty; the label longhorn.io/version would have it); v1.8.0, v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: the SystemBackup in Error was gone within a second, and both of its files stayed; with the next sync it was back',
  },
  'backup-outlives-its-backup-volume': {
    title: 'A backup that was not the last one when Longhorn looked stays when its backup volume is deleted',
    severity: 'objects lost',
    promise: 'a backup volume that is deleted goes with all its backups',
    happens:
      'a Backup goes with its BackupVolume as that owns it. A Backup that was made in this cluster gets its owner only when a sync finds that it is the last one: it gets none if the next backup ends before that sync, or if the update has a conflict, which is ignored. It then stays, Completed, though all files of the volume are gone; so it does when its backup target is removed',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Completed' }],
    steps: [
      'Make a backup of a volume, and some more in quick succession, until one of them has no metadata.ownerReferences (or leave LIST of the folder backups/ in the bucket unanswered while two backups are made, and sync after that).',
      'Delete the backup volume: its folder in the store goes, and the Backups with an owner.',
      'The Backup without an owner stays Completed for good, and cannot be restored.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, reconcile (OwnerReferences only where LastBackupName changes, and IsConflict is ignored); v1.8.0, v1.9.2, v1.10.1, v1.11.2, v1.12.1 and the newest source (2026-08). Near: longhorn/longhorn#5896',
    seen: 'a soak on a whole real v1.12.1 (2026-11-28, seed 328), NFS: four backups within a minute; one without metadata.ownerReferences was Completed 13 min after its backup volume and all files had gone; a second run on S3, LIST of the backups unanswered while two were made: no owner, and Completed',
  },
  'restore-given-up-over-lock': {
    title: 'A restore that meets the lock of a deletion is given up, and its volume is faulted for good',
    severity: 'outage',
    versions: '>=1.8.0 <1.11.4 || >=1.12.0 <1.12.2',
    promise: 'a restore that meets the lock of a deletion is tried again, and ends well',
    happens:
      'longhorn-manager recognises a lock by words that the library of the store has not used since v1.8.0, and takes it for a failure of each replica: the volume is faulted, and nothing tries again; so is a volume on standby whose next backup meets a deletion, as that of an old backup by a recurring job',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-lost-lock' }],
    steps: [
      'Make two backups of a volume with much data, and delete the first one.',
      'While it is Deleting, make a volume from the second one.',
      'The volume is Faulted, and stays so when the deletion is over. Its event FailedRestore says "failed to acquire lock".',
    ],
    upstream: issue(13685),
    source:
      'longhorn-manager, controller/engine_controller.go, restoreGetLockFailedPatternMsg, read in v1.8.0, v1.8.2, v1.9.2, v1.10.1, v1.11.0 and v1.12.1, beside backupstore, lock.go',
    seen: 'longhorn/longhorn#13685 (v1.12.0, a volume on standby); a whole real v1.12.1 (2026-11-26), a lock of a deletion on the volume: the restore given up within 40 s; so on a v1.13.0-dev whose source is of 2026-08-21, before the fix',
  },
  'first-backup-outlives-its-deletion': {
    title:
      'The first backup of a volume that is deleted during its upload is uploaded all the same, and comes back',
    severity: 'silent',
    promise: 'a backup that was deleted during its upload stays deleted',
    happens:
      'a Backup is deleted in the store only if Longhorn has a BackupVolume, which it makes when it lists the store after the first backup. Until then the object goes at once, and nothing tells the replica: the upload goes on, and with the next look into the store the Backup is back, Completed. If the volume was attached for the backup alone, a half backup stays in the store, and keeps each later deletion from removing blocks',
    symptoms: [{ of: 'store', findings: [], left: true }],
    steps: [
      'Make a new volume, write much data, and begin its first backup.',
      'While it is InProgress: kubectl -n longhorn-system delete backups NAME. It is gone at once, without a state Deleting.',
      'When the upload has ended, sync the backup target: the Backup is back, Completed, without spec.snapshotName.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile (backupVolume != nil); v1.12.1, and the same in the newest source (2026-08). Near: longhorn/longhorn#3122',
    seen: 'a whole real v1.12.1 (2026-11-28), S3, the writing of the first block left unanswered: the Backup was gone within 4 s; once the store answered, its config was in the store, whole',
  },
  'odd-size-hides-backups': {
    title:
      'A backup whose blocks do not divide the present size of its volume is not found in the store, and no other one of the volume is noticed any more',
    severity: 'objects lost',
    versions: '>=1.10.0',
    promise: 'each backup in the store is known to Longhorn, and a new one becomes the last one',
    happens:
      'for a backup that it finds in the store, a longhorn-manager makes a Backup, and its own webhook refuses that where the volume of this name in the cluster has a size that the blocks of the backup do not divide, though the backup is of another volume, or of another time. The sync of the BackupVolume ends there, each time anew, and in the log alone: the backup is not shown and cannot be restored, the BackupVolume keeps its last backup, size and labels, and backups that are gone from the store stay. So it is where the store was set up anew (another cluster, or a target that was changed or away), if a volume with blocks of 16 MiB was made again in the same name with blocks of 2 MiB and grown by 2 MiB, or just has the name of one in another cluster',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'unknown' }],
    steps: [
      'Make a volume of 64 Mi with spec.backupBlockSize 16777216, and a backup of it. Delete the volume.',
      'Make it again with 66 Mi and spec.backupBlockSize 2097152.',
      'Set the URL of the backup target to another store, and back: the Backup is not there again, and status.lastSyncedAt of the BackupVolume is empty.',
      'The log of a longhorn-manager repeats "Failed to create backup ... in the cluster", "must be an integer multiple of the backup block size".',
    ],
    source:
      'longhorn-manager, webhook/resources/backup/validator.go, validateBackupBlockSize (the size of the Volume of the same name), and controller/backup_volume_controller.go, reconcile (the first Backup that cannot be made ends the sync); read in v1.10.0, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#11758 (all Backups were refused, v1.10.0-rc), and odd-size-ends-restores',
    seen: 'a whole real v1.12.1 (2026-12-01), NFS, a backup that states blocks of 16 MiB: not found for 3 min, with the refusal in a log at each try, while the BackupVolume had no last backup, no size and no time of a sync; once the volume of its name was removed, the backup was Completed within 6 s',
  },
  'copied-store-hides-its-backups': {
    title: 'The newest backup in a copy of a store cannot be used once the target that was copied is gone',
    severity: 'objects lost',
    promise: 'the backups of a copied store can be restored once the store that was copied is gone',
    happens:
      "a Backup has the name of the backup alone, so that of two targets with the same backups only one's are shown. The backup volume of the other target makes itself an owner of the last backup all the same: when the first target goes, all Backups go and are found on the other one, but for the last: its object stays, names the target that is gone, and hides the backup in the copy for good",
    symptoms: [{ of: 'history', kind: 'Backup', state: 'on another backup target' }],
    steps: [
      'Make two backups of a volume. Copy the store to another place (cp -a, or the replica of a bucket), and make a second backup target of it: kubectl get backups -l backup-target=SECOND finds none.',
      'Delete the first backup target, and sync the second: the first backup is there, on the second target. The newest keeps the label of the first one.',
      'Delete that Backup by hand: its files stay, and with the next sync it is on the second target.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, reconcile (a Backup that exists is not created, and the target of the last backup is not compared); v1.12.1, and the same in the newest source (2026-08). Near: longhorn/longhorn#10625',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: for 4 min 48 s the newest backup named the target that was gone; deleted by hand, it was found on the other one. In another run the first target was deleted before Longhorn had read the copied store: both backups were found there',
  },
  'found-backup-has-no-block-size': {
    title:
      'A backup that is found in the store before its upload has ended, or that has no labels, can have no standby volume',
    severity: 'misleading',
    versions: '>=1.10.0',
    promise: 'a backup that is found in the store has the block size that its config states',
    happens:
      'the block size is read once, as the Backup is made. If the config says that the backup is unfinished then, or cannot be read, or has no labels (as those of Longhorn v1.0 to v1.2 may), spec.backupBlockSize is -1, which stands for a wrong size. Nothing reads it again when the backup is Completed, and a standby volume takes its block size from there: each is rejected. An ordinary restore is not',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'with an unknown block size' }],
    steps: [
      'Give two Longhorns a backup target on one store, the second with a poll interval of 10 s. Begin a backup with much data on the first.',
      'While it is InProgress there, the second Longhorn finds it: kubectl -n longhorn-system get backups NAME -o yaml has backupBlockSize "-1".',
      'Wait until it is Completed on both: it is still "-1". Make a standby volume from it: it is rejected because of spec.backupBlockSize.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, reconcile (blockSize, and backupInfo.Labels != nil), and webhook/resources/volume/mutator.go (volume.Spec.Standby); read in v1.10.0, v1.10.2, v1.11.3, v1.12.0, v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: -1 for a backup that was found during its upload, after that had ended too, and for one with null labels',
  },
  'unlabelled-backup-ends-managers': {
    title:
      'A backup without labels in the store ends a longhorn-manager, again and again, if its volume is encrypted',
    severity: 'outage',
    versions: '>=1.12.0',
    promise: 'longhorn-manager lives on, whatever backups it finds in a store',
    happens:
      'a Backup of an encrypted volume gets a label more, also if its config has none at all (as those of Longhorn v1.0 to v1.2 may): the process ends by a write to a nil map, and again after each start, until the configs in the store are mended. Nothing that this manager owns goes on meanwhile. By the source, another manager that takes the Backup over ends too',
    symptoms: [{ of: 'panic', says: 'manager-panics-on-found-backup' }],
    steps: [
      'Back up an encrypted volume with v1.12. Its volume.cfg then has the label volume-encrypted. In the config of the backup in the store, write "Labels": null, as Longhorn v1.2 did.',
      'Give another Longhorn of v1.12 a backup target on that store, or delete its Backup objects: it finds the backup.',
      'kubectl -n longhorn-system get pods -l app=longhorn-manager: one is in CrashLoopBackOff.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile (backupInfo.Labels[types.LonghornLabelVolumeEncrypted]); read in v1.12.0, v1.12.1 and the newest source (2026-08); v1.11.0 does not have it',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: a manager ended as soon as it had found the backup, three times in a minute, and lived on once volume.cfg had been mended; the development branch of v1.13 (2026-08-21) too',
  },
  'default-resource-undoes-changes': {
    title:
      'The default backup target goes back to the store of the ConfigMap whenever a longhorn-manager starts',
    severity: 'silent',
    promise: 'the default backup target stays on the store that a user has moved it to',
    happens:
      'each longhorn-manager applies the ConfigMap longhorn-default-resource (the values defaultBackupStore of Helm) as it starts, also if that has not changed since it was last applied. What a user has set in the backup target since, by its page or kubectl, is overwritten without a word, weeks later, by the restart of any node: the next backups go to the store of before. A value that is there and empty empties the URL: there are no backups at all. Of settings, Longhorn remembers which ConfigMap it has applied; of the backup target, it does not',
    symptoms: [{ of: 'history', kind: 'BackupTarget', state: 'moved back' }],
    steps: [
      'Install Longhorn with defaultBackupStore.backupTarget, or write backup-target into the ConfigMap longhorn-default-resource.',
      'Change the URL of the backup target default, on its page or by kubectl.',
      'Delete a longhorn-manager pod. As soon as the next one has started, the URL is that of the ConfigMap again.',
    ],
    source:
      'longhorn-manager, datastore/longhorn.go, CreateOrUpdateDefaultBackupTarget, called by app/daemon.go, startManager, and by controller/kubernetes_configmap_controller.go (AddFunc); read in v1.8.0 to v1.12.1 and master (2026-08-14). Near: longhorn/longhorn#9581 and #4369, of the settings of v1.7 and older',
    seen: 'a whole real v1.12.1 (2026-12-01), NFS: back on the store of the ConfigMap within 7 s of the kill of a manager',
  },
  'refused-default-resource-ends-managers': {
    title:
      'No longhorn-manager starts any more if the default backup target was moved, and its old store has another target',
    severity: 'outage',
    promise: 'a longhorn-manager starts, whatever backup targets a user has made',
    happens:
      'a longhorn-manager that starts sets the backup target default to the store of the ConfigMap longhorn-default-resource. If another backup target has that store by now, or any standby volume exists, the webhook refuses it, and the process ends, at each start again. Nothing that the manager owns goes on; with a restart of all nodes, as for an upgrade, the whole Longhorn is down',
    symptoms: [{ of: 'log', says: ['manager-start-refused'] }],
    steps: [
      'Install Longhorn with defaultBackupStore.backupTarget, or write backup-target into the ConfigMap longhorn-default-resource.',
      'Change the URL of the backup target default. Make a second backup target with the URL of before, to have its backups at hand (or a standby volume).',
      'Delete a longhorn-manager pod: the next one is in CrashLoopBackOff. It says "Error starting manager", and that the url is the same to that of the second backup target.',
    ],
    source:
      'longhorn-manager, app/daemon.go, startManager (the error of CreateOrUpdateDefaultBackupTarget ends it), and webhook/resources/backuptarget/validator.go, Update; read in v1.8.0 to v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-12-01), NFS: the manager ended 4 s after the kill, and started once the other target was deleted',
  },
  'encrypted-backup-hangs-as-plain': {
    title: 'A backup of an encrypted volume that is restored to a plain volume never ends, without a word',
    severity: 'silent',
    versions: '>=1.12.0',
    promise:
      'a restore of an encrypted backup without its encryption ends, with data that cannot be read, or its failure is reported',
    happens:
      'the sizes of the Backup and the BackupVolume are less by the 16 MiB of the encryption header, and the new volume gets that size, encrypted or not. The engine refuses to restore a larger backup volume, every 5 s. Longhorn cannot parse the refusal, and only logs it: the volume stays attached, healthy and RestoreInProgress for good, without an event or a failed condition',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'being restored' }],
    steps: [
      'Back up an encrypted volume with v1.12: its volume.cfg has the label volume-encrypted.',
      'Restore the backup to a Volume with fromBackup, and without encrypted: true.',
      'The volume has 16 MiB less than its backup needs, and stays RestoreInProgress. A longhorn-manager logs "cannot be larger than normal restore volume" every 5 s.',
    ],
    source:
      'longhorn-manager, controller/utils.go (getCorrectedEncryptedVolumeSize), webhook/resources/volume/mutator.go (bv.Status.Size), and controller/engine_controller.go (handleRestoreError); longhorn-engine, pkg/sync/backup.go, RestoreBackup; v1.12.0, v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the volume of 48 MiB was refused a backup of 64 MiB every 5 s, and stayed attached, healthy and RestoreInProgress until it was deleted',
  },
  'grown-volume-is-not-restored': {
    title:
      'The restore of a backup whose volume has grown since Longhorn last looked never ends, without a word',
    severity: 'silent',
    versions: '>=1.8.0',
    promise: 'a restore of a backup that Longhorn shows as Completed ends, or its failure is reported',
    happens:
      'the new volume gets the size that the BackupVolume has, and the engine compares it with the size in the store. If the source has grown since the last sync of the BackupVolume, the engine refuses the restore every 5 s, also of an older backup. Longhorn cannot parse the refusal, and only logs it: the volume stays attached, healthy and RestoreInProgress for good. Another cluster learns of the growth at its next poll, or never with a poll interval of 0; the cluster of the source about a second after the backup is Completed',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'being restored' }],
    steps: [
      'Give two Longhorns a backup target on one store, the second with a poll interval of 0. Back a volume up on the first, and sync the target on the second.',
      'On the first: expand the volume, and make another backup.',
      'On the second: restore the first backup. The volume stays RestoreInProgress. A longhorn-manager logs "cannot be larger than normal restore volume" every 5 s.',
    ],
    source:
      'longhorn-manager, webhook/resources/volume/mutator.go (bv.Status.Size) and controller/engine_controller.go (handleRestoreError); longhorn-engine, pkg/sync/backup.go, RestoreBackup; v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the engine refused the restore every 5 s, and the volume stayed attached, healthy and RestoreInProgress for the 3 min 30 s of the scenario; after a sync of the BackupVolume both backups were restored',
  },
  'kubectl-activation-misses-newest': {
    title: 'A standby volume that kubectl activates may lack the newest backup, without a word',
    severity: 'silent',
    promise: 'a standby volume has the newest backup of the store when it is activated',
    happens:
      'the API asks for a sync of the backup volume before it ends the standby, and the activation waits for that. With kubectl, as the documents say it too, nobody asks: the volume is activated at once with the last backup that a poll has found. What another cluster has backed up since is missing, and there is no way back to standby',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'activated without the newest backup' }],
    steps: [
      'Give two Longhorns a backup target on one store, the second with a poll interval of 0. Back a volume up on the first, sync the target on the second, and make a standby volume there.',
      'Make another backup on the first. On the second: kubectl -n longhorn-system patch volumes.longhorn.io NAME --type merge -p \'{"spec":{"Standby":false,"frontend":"blockdev"}}\'.',
      'The volume is activated with the data of the first backup. Activated on the page instead, it has those of the second.',
    ],
    source:
      'longhorn-manager, manager/volume.go, Activate (triggerBackupVolumeToSync), and controller/volume_controller.go, checkAndFinishVolumeRestore, which waits for a sync but asks for none; the same in v1.8.0, v1.9.2, v1.10.2, v1.11.3, v1.12.0, v1.12.1 and the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS, poll interval 0: activated within 3 s with the older backup, the newer one in the store',
  },
  'unlabelled-backup-is-never-deleted': {
    title:
      'A backup that was found in the store and has lost the label of its backup target cannot be deleted',
    severity: 'objects lost',
    promise:
      'a backup that was found in the store can be deleted, also without the label of its backup target',
    happens:
      'without the label the target is looked for by the snapshot of the backup, and a backup that was found in the store names none. Each look ends there, before the deletion: the Backup stays with its finalizer, and its files stay in the store. Nothing but the log says why',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'without a backup target' }],
    steps: [
      'Give Longhorn a backup target with a backup of another Longhorn, and sync it.',
      'kubectl -n longhorn-system label backups NAME backup-target-, and then delete it: kubectl -n longhorn-system delete backups NAME.',
      'It stays, with a deletionTimestamp. The log of a longhorn-manager says "failed to get the snapshot  of the backup NAME". It goes once the label is back.',
    ],
    upstream: issue(14000),
    source:
      'longhorn-manager, controller/backup_controller.go, getBackupTargetName; the same in v1.8.0, v1.10.2, v1.12.0, v1.12.1 and the newest source (2026-08)',
    seen: 'longhorn/longhorn#14000 (master-head of 2026-09); a whole real v1.12.1 (2026-11-28), NFS: not Deleting within 106 s, and only the log said why',
  },
  'missing-volume-cfg-not-shown': {
    title: 'A backup volume whose volume.cfg is missing says nothing',
    severity: 'silent',
    promise: 'a backup volume reports that its volume.cfg is missing',
    happens:
      'the error of the listing goes only to the log of longhorn-manager: status.messages, which is for errors of listing and reading, stays empty, so the page of backups shows none either; new backups of the volume in the store do not appear, and nobody learns why',
    symptoms: [{ of: 'history', kind: 'BackupVolume', state: 'without a message' }],
    steps: [
      'Make a backup of a volume, and move its volume.cfg in the store away.',
      'Sync the backup target, and wait a minute.',
      'kubectl -n longhorn-system get backupvolumes -o yaml: status.messages is null. The log of a longhorn-manager says "Failed to list backups from backup target", and names volume.cfg.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, reconcile: it returns before it sets Status.Messages; read in v1.2.0, v1.6.0, v1.8.0 to v1.12.1 and the newest source (2026-08). longhorn/longhorn#1199 was the same on the page of v1.0, and was fixed there',
    seen: 'a whole real v1.12.1 (2026-11-27), NFS: no message for 3 min 48 s after the listing had failed',
  },
  'missing-secret-not-reported': {
    title: 'A backup target whose Secret was deleted is still reported as available',
    severity: 'silent',
    versions: '>=1.10.2',
    promise: 'a backup target whose Secret does not exist reports that',
    happens:
      'the error goes only to the log of longhorn-manager: status.available stays true, without a reason, and status.lastSyncedAt stands still; new backups in the store do not appear, and a backup that is deleted stays',
    symptoms: [{ of: 'history', kind: 'BackupTarget', state: 'available' }],
    steps: [
      'Make a backup target on S3, and wait until it is available.',
      'Delete its Secret, and sync the target.',
      'kubectl -n longhorn-system get backuptargets.longhorn.io: it is available. The log of a longhorn-manager says "failed to init backup target clients", and that the Secret was not found.',
    ],
    source:
      'longhorn-manager, controller/backup_target_controller.go, reconcile: it returns the error of getBackupTarget before it sets the condition; read in v1.10.2, v1.11.0 to v1.12.1 and master (2026-08-21). v1.8.0 to v1.10.1 set it (getInfoFromBackupStore); the change is abd38df1d, for longhorn/longhorn#12472',
    seen: 'a whole real v1.12.1 (2026-11-28), S3: available stayed true for 3.5 min without the Secret, and only the log said why',
  },
  'negative-poll-interval-never-pauses': {
    title: 'A backup target with a negative poll interval is synced without a pause',
    severity: 'outage',
    promise: 'a negative poll interval of a backup target is refused',
    happens:
      'neither the webhook nor the API refuses it, and the timer of a negative interval fires at once, again and again: a longhorn-manager requests syncs as fast as its limit of 50 requests a second lets it, so its other requests wait behind these, and the store is listed each second',
    symptoms: [{ of: 'history', kind: 'BackupTarget', state: 'synced without a pause' }],
    steps: [
      'Make a backup target, and wait until it is available.',
      `kubectl -n longhorn-system patch backuptargets.longhorn.io NAME --type merge -p '{"spec":{"pollInterval":"-5m0s"}}': it is accepted.`,
      'kubectl -n longhorn-system get backuptargets.longhorn.io NAME -w -o jsonpath=\'{.status.lastSyncedAt}{"\\n"}\': a new time each second.',
    ],
    source:
      'longhorn-manager, controller/backup_target_controller.go, BackupStoreTimer.Start (wait.PollUntilContextCancel of apimachinery, whose timer has no pause for an interval below 0), webhook/resources/backuptarget/validator.go and api/backup.go, newBackupTarget; read in v1.8.0, v1.10.0, v1.12.1 and master (2026-08-21). longhorn/longhorn#543 was the same fault of the setting backupstore-poll-interval, which v1.8.0 replaced',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: -5m0s was accepted, and the store was looked into each second, until the interval was 0 again',
  },
  'failed-standby-stays-faulted': {
    title: 'A volume on standby that cannot read its next backup once is faulted for good',
    severity: 'outage',
    promise: 'a volume on standby that could not read a backup goes on once the store answers',
    happens:
      'the failure of an incremental restore counts as a failure of each replica: all are marked as failed, the volume is faulted, and as a volume on standby is not salvaged, nothing tries again; it follows no further backup, and a new one has to be made',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-not-read' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby.',
      'Deny the reading of blocks in the store (s3:GetObject on blocks/), and make a second backup with new data: it is Completed.',
      'After some minutes the volume on standby is Faulted. Its event FailedRestore says "AccessDenied".',
      'Allow the reading again, and make a third backup: the volume on standby stays Faulted.',
    ],
    upstream: issue(10105),
    source:
      'longhorn-manager, controller/volume_controller.go, ReconcileEngineReplicaState (a replica with a restore error is failed) and ReconcileVolumeState (no salvage of a volume on standby), read in master (2026-08-21)',
    seen: 'longhorn/longhorn#10105 (v1.8.0-rc2: the config of the backup was not found); a whole real v1.12.1 (2026-11-27), on S3, the reading of blocks denied: faulted after nine minutes, and still so two minutes after the store answered',
  },
  'standby-restores-into-snapshot': {
    title: 'A volume that was backed up on standby has backups without what it has restored since',
    severity: 'data loss',
    promise: 'a backup of a volume that was on standby has all its data, or it can make no backup on standby',
    happens:
      'Longhorn refuses snapshots of a volume on standby in its API and its page, but not Snapshot and Backup objects that are made with kubectl. The engine merges such a snapshot with the one that it restores into, so that each later restore changes the data of a snapshot that is backed up already. Once the volume is activated, an incremental backup is the difference to that snapshot: what was restored in between is in neither. It is Completed, its blocks are whole, and every incremental backup after it takes the gap over',
    symptoms: [{ of: 'restore' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby. Create a Snapshot of that (createSnapshot: true), and a Backup of the Snapshot: both are made.',
      'Write to the source, and back it up: the volume on standby restores that.',
      'Activate it: it has all data. Make a snapshot and a backup of it: Completed.',
      'A volume restored from that backup lacks what was written to the source in step 2.',
    ],
    source:
      'longhorn-engine, pkg/sync/backup.go, RestoreBackup (purges to one snapshot, and restores into the parent of the head), and pkg/sync/rpc/server.go, postIncrementalRestoreOperations (FoldFile into it); longhorn-manager, webhook/resources/snapshot and backup, Create, without the check of api/snapshot.go; read in v1.8.2, v1.9.2, v1.10.2, v1.11.3 and v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: the backup of the snapshot on standby was made, and the next one of the source restored; activated, the volume had all data, and a volume restored from its next backup had not',
  },
  'crashed-standby-stays-faulted': {
    title: 'A volume on standby all of whose replicas end is faulted for good, though its data are whole',
    severity: 'outage',
    promise: 'a volume on standby goes on once its replicas can run again',
    happens:
      'a volume whose replicas have all failed is salvaged, as it is after a power cut, but not one on standby, nor one that is being restored. It needs no fault of the store: if its only replica ends, or all of them do (their processes, or their nodes), it is faulted and detached for good, with all data on the disks. It follows no further backup, and cannot be activated; a new one has to be made',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby with one replica. Wait until it has restored that.',
      'Kill the process of its replica, in the pod of its instance manager.',
      'The volume on standby is Faulted and detached, and stays so. Make another backup: it is not restored. By the source, an ordinary volume with one replica is salvaged, and attached again.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, ReconcileVolumeState (autoSalvage && !v.Status.IsStandby && !v.Status.RestoreRequired), the same in v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#10105 (a backup that cannot be read)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: faulted within 3 s of the kill of the process of its replica, then detached, and still so 17 min later, when it was deleted; the next backup was not restored',
  },
  'older-replica-is-salvaged': {
    title:
      'A volume all of whose replicas have failed comes back with data of before, though its newest replica is whole',
    severity: 'data loss',
    promise: 'a volume all of whose replicas have failed has the data of the one that failed last',
    happens:
      'Longhorn salvages the replica that failed last, and those that failed in the minute before. But it leaves out those on a node that is down, or on a disk that takes no more replicas (by default, one that is more than 75 % full), before it looks which that is. So it salvages a replica that failed hours or days before and waits to be rebuilt: the volume is attached, without all that was written since, and only an event says AutoSalvaged. The newest replica is then rebuilt from it, and what it had is gone for good. So it is after nodes went down one after the other, where that of the newest replica comes back last; and of a detached volume, whose failed replica is not rebuilt, if the node of the other is down when it is attached',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'attached with older data' }],
    steps: [
      'Make a volume with two replicas, attach it, and write to it. Set concurrent-replica-rebuild-per-node-limit to 0, so that a failed replica waits.',
      'Kill the process of one replica, in the pod of its instance manager. Write other data.',
      'Let the disk of the other replica take no more replicas: raise its storageReserved (nodes.longhorn.io) above its size.',
      'Kill the process of the other replica. The volume is attached again within a minute, and lacks the other data.',
      'Or power off the node of one replica, write, power off the node of the other, and switch the first one on alone.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, ReconcileVolumeState (IsNodeDownOrDeleted and diskSchedulable before lastFailedAt, AutoSalvageTimeLimit after it), the same in v1.8.0, v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). The test plan of the auto-salvage wants the replica that failed first to remain failed (longhorn/longhorn-manager#500, case 3)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: attached again 14 s after it was faulted, without data that the images of its other replica had',
  },
  'snapshot-of-rebuild-is-deleted': {
    title: 'A snapshot that is made while Longhorn prepares the rebuild of a replica is deleted again',
    severity: 'data loss',
    versions: '>=1.5.0',
    promise: 'a snapshot stays until somebody deletes it',
    happens:
      'before a replica is rebuilt, its longhorn-manager has the snapshots purged, and waits for the rebuild to begin: 10 s at least, 30 s at most, with the settings that Longhorn has by itself. After that it compares the Snapshots of the volume, as they are, with a list of what the engine had before. A snapshot that was made and became ready meanwhile is not in that list, and is deleted for good, with what can be restored by it alone. So are those of recurring jobs, and those that are being backed up: such a backup is Completed, and has data that were written later (deleted-snapshot-spoils-upload). Nothing but a line of the log says so. Each failed node, disk or replica leads to such a rebuild',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }, { of: 'restore' }],
    steps: [
      'Attach a volume, and increase its number of replicas by one (or delete a replica).',
      'As soon as status.currentReplicaAddressMap of its engine has the new replica, make a snapshot. It is ready about 5 s later.',
      'Wait until the volume is healthy: the snapshot is gone.',
      'The log of the longhorn-manager of the engine has "Deleting snapshot CR for the snapshot ...".',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go: syncEngine reads the engine, calls ReconcileEngineState (rebuildNewReplica, startRebuilding: it waits until the engine has the replica, and that is after waitForPreRebuildPurge, 2 * EnginePollInterval), and then syncSnapshotCRs with the same engine; read in v1.5.0, v1.8.0, v1.10.0, v1.11.0, v1.12.1 and master (2026-08-21). longhorn/longhorn#6133 (v1.3.2, open) describes snapshots that a rebuild deleted, without a cause',
    seen: 'a whole real v1.12.1 (2026-11-30), three times: a snapshot that was made once the engine had the new replica was ready 5 s later, and its longhorn-manager deleted it when the rebuild had begun; once it was gone when the rebuild had ended, once it was still being deleted. A backup of such a snapshot on S3, the writing of its first block left unanswered, was Completed, and a volume restored from it had another checksum; nobody had deleted anything',
  },
  'verified-rebuild-keeps-snapshots': {
    title:
      'A snapshot can no longer be deleted after a replica was rebuilt while its longhorn-manager was replaced',
    severity: 'silent',
    versions: '>=1.12.0',
    promise: 'a snapshot that is deleted goes, once all replicas of its volume are healthy',
    happens:
      'a replica is marked as being rebuilt, and the request of the longhorn-manager that waits for the end of the rebuild takes the mark away. If that manager ends meanwhile (an upgrade, a restart of its node), or its connection is lost, the copying goes on. Since v1.12.0 the next manager sees that it has ended, and has the replica made healthy, but leaves the mark. From then on no snapshot of the volume is deleted, neither by hand nor by a recurring job: they stay deleting, keep the volume attached, and take room, up to the limit of 250, beyond which the volume cannot be backed up. By the source, no other failed replica of the volume is rebuilt either, as its snapshots are purged before. Only logs say why. It ends when a workload wants the volume on another node: the replica is then refused, and rebuilt again',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleting' }],
    steps: [
      'Make a volume with two replicas and six snapshots, so that a rebuild lasts half a minute.',
      'Kill the process of a replica. As soon as status.rebuildStatus of the engine says isRebuilding, delete the pod of the longhorn-manager on the node of the volume (--grace-period=0 --force).',
      'Wait until the volume is healthy. The log of the new longhorn-manager has "completed rebuilding but is still in WO mode".',
      'Delete the oldest snapshot: it stays, and the log has "cannot remove a snapshot because tcp://... is rebuilding".',
    ],
    source:
      'longhorn-manager, controller/engine_controller.go, verifyCompletedRebuild (longhorn/longhorn-manager#4658, for longhorn/longhorn#9626), and longhorn-engine, pkg/controller/rebuild.go, VerifyRebuildReplica: neither calls SetRebuilding(false), as pkg/sync/sync.go, reloadAndVerify, does; pkg/sync/sync.go, DeleteSnapshot and PurgeSnapshots; read in v1.12.0, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: healthy 46 s after the kill, when the next longhorn-manager said "completed rebuilding but is still in WO mode"; a snapshot that was deleted then was neither marked as removed nor gone 3 min 54 s later, the log had the refusal 16 times, and the volume was not detached when nothing else wanted it any more',
  },
  'unset-target-unmounts-stores': {
    title: 'A backup target without a URL has the stores of all others unmounted, every 30 s',
    severity: 'data loss',
    notOn: ['s3'],
    promise: 'a backup target without a URL leaves the backups on others alone',
    happens:
      'each longhorn-manager that looks at a target without a URL, as at its resync, unmounts all stores on its node, below uploads too: the rest is written into the folder beneath, the backup is Completed, and goes with the next look into the store; a new Longhorn has such a target, default',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Completed', gone: true }],
    steps: [
      'Leave the backup target default without a URL, and make another one whose store is mounted.',
      'Make backups of a volume on that, each with new data, for some minutes.',
      'Some are Completed, and gone seconds later. Their locks stay in the store; the log of the instance manager has "Trying to force clean up mount point" during the upload.',
    ],
    source:
      'longhorn-manager, controller/backup_target_controller.go, reconcile and cleanUpAllMounts, read in v1.8.0 to v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-26), default without a URL, five scenarios on mounted stores at once: unmounted 0.9 s after the lock of an upload was written, Completed 7.4 s later, gone 1.4 s after that; another backup was never listed. It was hidden there later, where stores had been removed whose mounts Longhorn keeps: the clean-up hangs for 90 s at the first mount whose server has gone, and gives up',
  },
  'standby-stuck-without-its-backup': {
    title: 'A volume on standby cannot be removed any more once the backup that it was made from has gone',
    severity: 'outage',
    versions: '>=1.10.0',
    promise: 'a volume on standby can be removed, whichever backups have gone',
    happens:
      'the webhook looks up the backup of fromBackup whenever the volume is changed, and refuses the change where it is not found, also that which ends its deletion: it stays, deleting, and while it does no backup target can be changed or removed',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'deleting' }],
    steps: [
      'Put a volume on standby from a backup, and make another backup.',
      'Delete the first backup, then the volume on standby.',
      'It stays, deleting. kubectl annotate says why: "failed to inspect the backup config". It goes once its spec.Standby is false.',
    ],
    source:
      'longhorn-manager, webhook/resources/volume/mutator.go, mutate, read in v1.10.0, v1.10.1, v1.11.2, v1.12.1 and master (2026-08-21); v1.9.2 does not have it',
    seen: 'a whole real v1.12.1 (2026-11-26): deleting for 6 min, with neither engine nor replica, until spec.Standby was false',
  },
  'backup-looked-at-anew': {
    title: 'A backup loses its state as it ends, and a recurring job that asks then gives its volume up',
    severity: 'silent',
    versions: '>=1.9.0',
    promise: 'a recurring job sees a backup that it has made to its end, and removes the old ones',
    happens:
      'where the note that a backup is Completed conflicts with another change of it, it is monitored anew: its state and its snapshot are empty for some 5 s, and the run says that it cannot find its status; the backup is Completed after that, no old one is removed, and the Job is Complete',
    symptoms: [{ of: 'log', says: ['job-loses-sight'] }],
    steps: [
      'Have recurring jobs back up several volumes on a busy cluster.',
      'Look at the logs of their pods for "cannot find the status of the backup".',
      'The Backup went from InProgress to no state, and then to Completed.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile (UpdateBackupStatus after disableBackupMonitor), and app/recurringjob/volume.go, doRecurringBackup, read in v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-26), load 10, twice in some twenty runs: InProgress 142 %, no state for 5.3 s, Completed',
  },
  'broken-target-is-looked-at-on-and-on': {
    title: 'A backup target that cannot be used is checked twice a second, without end',
    severity: 'noise',
    promise: 'a backup target that cannot be used is looked at as often as its poll interval says',
    happens:
      'the reason in its condition has what changes with each look, as the times in the log of a mount, or the id of a request; the note of it is an update, by which the target is looked at again',
    symptoms: [{ of: 'history', kind: 'BackupTarget', state: 'Unavailable', says: 'target-not-mounted' }],
    steps: [
      'Give a backup target the URL of an NFS server that is not there.',
      'Watch it: kubectl -n longhorn-system get backuptargets.longhorn.io NAME -w -o name.',
      'It is updated several times a second, and each look tries three mounts.',
    ],
    upstream: issue(13831),
    source:
      'longhorn-manager, controller/backup_target_controller.go, reconcile (the deferred UpdateBackupTargetStatus), read in v1.8.2 and v1.12.1; what an S3 server says is mended on master since 2026-08-27',
    seen: 'a whole real v1.12.1 (2026-11-26): 40 looks in 19 s at a target on an NFS server without a name, each with another text of 5,700 characters',
  },
  'dead-mount-holds-up-emptied-target': {
    title:
      'A backup target whose URL was emptied is called available while a mount hangs whose server has gone',
    severity: 'misleading',
    notOn: ['s3'],
    promise: 'a backup target whose URL was emptied says at once that it has none',
    happens:
      'each longhorn-manager goes through all mounts first, also those of targets that were deleted, which it never takes away; at one whose server has gone it hangs for 90 s, and gives up',
    symptoms: [{ of: 'history', kind: 'BackupTarget', state: 'available' }],
    steps: [
      'Make a backup target on an NFS server, delete it, and then the server.',
      'Empty the URL of another backup target.',
      'It stays available for 90 s or more. The log says "Failed to clean up all mount points" and "input/output error".',
    ],
    source:
      'longhorn-manager, controller/backup_target_controller.go, reconcile and cleanUpAllMounts, in v1.8.2, v1.12.1 and master (2026-08-21); backupstore, util/util.go, CleanUpMountPoints',
    seen: 'a whole real v1.12.1 (2026-11-26): available for 92 s after its URL was emptied, and another time, with two servers gone, for longer than 162 s',
  },
  'targets-mix-credentials': {
    title: 'Two backup targets that are used at once may get the credentials of each other',
    severity: 'outage',
    notOn: ['nfs'],
    promise: 'a restore reads its backup target with the credentials of that target',
    happens:
      'an instance manager serves all volumes of its node. Each request for a backup or a restore writes its keys and its endpoint into the environment of the process, without a lock, and they are read from there after that: of two requests at once for two targets, one may use what the other has written. What cannot be looked at so counts as missing, and the restore is given up: its volume is faulted for good. By the source a backup may be uploaded with them too, to the endpoint of the other target',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'faulted', says: 'restore-without-backup' }],
    steps: [
      'Make two backup targets on two S3 servers with different keys, and a backup on each.',
      'Restore both at the same time, again and again, so that their engines are on one node.',
      'Now and then a volume is Faulted: "failed to get the current restoring backup info: cannot find .../volume.cfg in backupstore". The log of the server has no request for the file at that time, and the file is there.',
    ],
    source:
      'longhorn-instance-manager, pkg/proxy/backup.go, SnapshotBackup, BackupRestore and setEnv; longhorn-engine, pkg/sync/backup.go, RestoreBackup, which reads the backup in that process; v1.12.1, and the same in the newest source (2026-08)',
    seen: 'a whole real v1.12.1 (2026-11-27), free-running: two restores from two S3 targets, asked for within 7 ms of each other on one node; one of them given up, with its volume.cfg in the store all the time',
  },
  'misspelt-policy-backs-nothing-up': {
    title: 'A system backup whose policy for volumes is misspelt is Ready without a backup of any volume',
    severity: 'silent',
    versions: '>=1.5.0',
    promise: 'a system backup with an unknown policy for volumes is rejected, or fails',
    happens:
      'any value of volumeBackupPolicy is accepted, also in the parameters of a recurring job, and one that is neither always nor if-not-present means disabled: the system backup is Ready, and a restore of it makes the volumes without a backup anew, empty',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Ready' }],
    steps: [
      'Make a volume, and no backup of it.',
      'Create a SystemBackup with spec.volumeBackupPolicy: Always (the documents write always): it is accepted.',
      'It is Ready within seconds, and kubectl -n longhorn-system get backups.longhorn.io shows no backup of the volume.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, BackupVolumes (the switch returns nothing for another policy), webhook/resources/systembackup/validator.go; read in v1.8.2, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS: Ready, and the volume had no backup',
  },
  'reverted-volume-is-not-backed-up': {
    title: 'A system backup leaves out a volume that was reverted to a snapshot after its last backup',
    severity: 'silent',
    promise:
      'a system backup with the policy if-not-present backs up each volume whose data differ from its last backup',
    happens:
      'only snapshots that are newer than that of the last backup, and not empty, show that a volume has changed. A revert makes none, so the volume counts as backed up. The system backup is Ready, and a restore of it gives the volume the data from before the revert',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Ready' }],
    steps: [
      'Write data to a volume, and make a snapshot. Write other data, and make a backup.',
      'Attach the volume in maintenance mode, revert it to the snapshot, and detach it.',
      'Create a SystemBackup with spec.volumeBackupPolicy: if-not-present.',
      'It is Ready, and kubectl -n longhorn-system get backups.longhorn.io shows no new backup of the volume: its last one has the other data.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, isVolumeBackupUpToDate (size and creation time of the snapshots alone), and longhorn-engine, pkg/replica/replica.go, revertDisk (an empty head); read in v1.8.0, v1.9.2, v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the system backup was Ready, and the reverted volume had no backup since',
  },
  'system-backup-waits-for-deleted-backup': {
    title: 'A system backup waits for a day for the backup of a volume that was deleted meanwhile',
    severity: 'silent',
    versions: '>=1.5.0',
    promise: 'a system backup fails if the backup of a volume does, and says so',
    happens:
      'Longhorn looks each 5 s whether each backup that it has made is Completed and the last one of its volume. A backup that is gone is only logged, and waited for: the system backup stays CreatingVolumeBackups for 24 h, without an event, and so does the run of its recurring job, whose next ones are not started. By the source, so it does if another backup of the volume ends within the same 5 s (as that of a backup job of the same minute), or if the volume is deleted then',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'CreatingVolumeBackups' }],
    steps: [
      'Make a backup of a volume, and write some data.',
      'Create a SystemBackup with volumeBackupPolicy always, and delete the Backup that it makes of the volume as soon as that is Completed (kubectl get backups.longhorn.io -w).',
      'When the Backup is gone, the SystemBackup stays CreatingVolumeBackups. The log of its longhorn-manager says each 5 s that the backup was not found.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, WaitForVolumeBackupToComplete (NotFound: continue) and isVolumeLastBackupSynced, and datastore/datastore.go, VolumeBackupTimeout; read in v1.5.0, v1.8.2, v1.12.1 and master (2026-08-21). The symptom is in longhorn/longhorn#6631 and longhorn/longhorn#8614, without the cause',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: CreatingVolumeBackups for the 90 s of the scenario after its backup was gone',
  },
  'reused-system-backup-name-makes-nothing': {
    title: 'A new system backup with the name of one in the store is Ready, and nothing was backed up',
    severity: 'silent',
    versions: '>=1.4.0',
    promise: 'a system backup is rejected if the store has one of its name, or is made',
    happens:
      'Longhorn looks the name of a new SystemBackup up in the store, and takes the object for the one that it finds there: one of another cluster that uses the store, or of an older Longhorn, which the last sync has not found yet. It is Ready within seconds, with the version and the time of that one. Nothing of this cluster is saved, and whoever deletes it deletes the files of the other cluster. The webhook that was to reject it, by the proposal, does not look into the store',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'Ready' }],
    steps: [
      'Let two clusters use one store as their default backup target, the second one with a poll interval of 0.',
      'In the first one, make a SystemBackup with the name before-upgrade. In the second one, make one with that name and volumeBackupPolicy always.',
      'That is Ready at once. Its status.createdAt is that of the first one, no volume was backed up, and the store has one archive: that of the first cluster.',
    ],
    source:
      'longhorn-manager, controller/system_backup_controller.go, reconcile (SystemBackupStateNone: getSystemBackupVersionExistInRemoteBackupTarget, then the label longhorn.io/version, then Syncing), and webhook/resources/systembackup/validator.go, Create; proposal 20220913 (webhook validator: "System backup does not exist in the backup target"); read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: Ready some seconds after its creation, with the version of the old one, and nothing was saved',
  },
  'system-restore-leaves-volume-out': {
    title: 'A system restore that cannot make a volume is Completed without it',
    severity: 'silent',
    versions: '>=1.4.0',
    promise: 'a system restore that cannot make all that is missing fails, and says why',
    happens:
      'if the creation of a volume is refused, for example because its last backup of that time has been deleted since, an event on the SystemRestore says so. The restore goes on and is Completed, its status says nothing, and an older backup of the volume is not tried',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Completed' }],
    steps: [
      'Make a volume and a backup of it, then a system backup.',
      'Delete the volume and the backup.',
      'Create a SystemRestore of the system backup. It is Completed, and the volume is not there.',
      'kubectl -n longhorn-system get events shows FailedCreating on the SystemRestore, for an hour.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restoreVolumes (an event, and continue), and webhook/resources/volume/mutator.go, Create (cannot get backup); read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: Completed after 94 s, without the volume',
  },
  'system-restore-leaves-standby-out': {
    title:
      'A system restore makes no volume on standby whose first backup has gone since, though its source has others',
    severity: 'silent',
    versions: '>=1.8.0',
    promise: 'a system restore makes a volume on standby again that can follow its source',
    happens:
      'a volume on standby names the first backup that it was made from for ever. That goes with the retention of its source, and the volume follows the next ones. A system restore makes it from the first one alone, as its last backup counts for other volumes only: Longhorn refuses that, an event on the SystemRestore says so, and the restore is Completed without the volume. So is one of an ordinary volume that was once restored, and has no backup of its own: without that backup, it is not made, while another one without a backup is made, empty',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Completed' }],
    steps: [
      'Make a backup of a volume, and from it a volume on standby. Make another backup: the volume on standby follows.',
      'Make a system backup. Delete the volume on standby and the first backup, as in a new cluster, once the retention has deleted that.',
      'Create a SystemRestore of the system backup. It is Completed, and the volume on standby is not there.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restoreVolumes (LastBackup != "" && !IsStandby; otherwise spec.fromBackup as it was), and webhook/resources/volume/mutator.go, Create (cannot get backup); read in v1.8.2, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#9330 (a volume on standby is to keep its spec.fromBackup), and system-restore-leaves-volume-out, whose last backup has gone',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: Completed after 1 min 50 s, without the volume on standby',
  },
  'system-restore-takes-old-origin': {
    title: 'A system restore gives a volume that was once restored the data of that time',
    severity: 'data loss',
    versions: '>=1.4.0',
    promise: 'a system restore makes a volume from its latest backup',
    happens:
      'a volume names the backup that it was once restored from for ever. If its status names no last backup when the system backup is made, the system restore makes it from that one: it has the data that another volume had when it was made, perhaps years ago, under its own name, with its PersistentVolume and claim. The SystemRestore is Completed, and nothing warns of it. Its last backup is not known after a change of its backup target, though Longhorn still has its backups on the former one, and it has none if nobody backed it up, with the policy disabled for volumes',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'made from another backup' }],
    steps: [
      'Make a backup of a volume, and restore it into another one. Write to that, and back it up.',
      'Set spec.backupTargetName of the restored volume to another backup target: its status.lastBackup is empty. Make a system backup with volumeBackupPolicy disabled.',
      'Delete the restored volume, and create a SystemRestore of the system backup. It is Completed.',
      'The volume is there. Its spec.fromBackup names the backup of the first volume, and it has the data of that.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restoreVolumes (spec.fromBackup stays where status.lastBackup is empty), and controller/volume_controller.go, ReconcileBackupVolumeState (the last backup on the target of the volume alone); read in v1.4.0 (but for the targets), v1.8.2, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS, its backup target changed: Completed, and made from the backup of its origin',
  },
  'system-restore-waits-for-no-target': {
    title:
      'A system restore leaves out the volumes of a second backup target that it has made and that is not listed yet',
    severity: 'silent',
    versions: '>=1.8.0',
    promise:
      'a system restore makes all backup targets first, and then the volumes from their backups on them',
    happens:
      'the volumes are made some seconds after the backup targets, whether those have been listed or not. Longhorn does not know the backups on a new target whose store is slow, has many of them, or does not answer yet, and refuses their volumes. An event on the SystemRestore says so; its status is Completed. A restore in a new cluster is such a case if only the default backup target is set before. A second system restore makes the volumes',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Completed' }],
    steps: [
      'Make a second backup target, a volume that has it, and a backup of that volume. Then make a system backup.',
      'Delete the volume and the second backup target, and stop the server of its store (kill -STOP).',
      'Create a SystemRestore of the system backup. It is Completed: the backup target is there, and the volume is not.',
      'kubectl -n longhorn-system get events shows FailedCreating on the SystemRestore: cannot get backup.',
      'Let the server go on (kill -CONT): the backup is known again. The volume is not made.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, systemRollout (restoreVolumes follows restoreBackupTargets) and restoreVolumes (an event, and continue), and webhook/resources/volume/mutator.go, Create (cannot get backup); v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: with a server that answered nothing until after the volumes were made, the restore was Completed without the volume, and a second one made it; with one that answered at once, the first one made it',
  },
  'setting-stops-system-restore': {
    title:
      'A system restore stops for a day at a setting that names a StorageClass which it is to make later',
    severity: 'silent',
    promise: 'a system restore makes the StorageClasses and the settings of its system backup',
    happens:
      'settings are restored before StorageClasses, each kind only when the one before it is whole, or after 24 h. Where the setting default-longhorn-static-storage-class names a StorageClass that this cluster does not have yet, Longhorn refuses the setting, each second anew. The state stays Restoring, without a condition or an event: no StorageClass, no backup target, no recurring job and no volume is made. So it is in a new cluster, which is what system restores are for. By the source, so does each other setting that is refused: auto-cleanup-system-generated-snapshot while the cluster has disable-snapshot-purge, which would be restored after it, or a priority class that is not there',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Restoring' }],
    steps: [
      'Make a StorageClass of driver.longhorn.io, set the setting default-longhorn-static-storage-class to its name, and make a system backup.',
      'Set the setting back to longhorn-static, delete the StorageClass, and create a SystemRestore of the system backup. It stays Restoring. The log of its pod has "cannot use a storage class ... that does not exist" each second.',
      'Make the StorageClass by hand: the SystemRestore is Completed some seconds later.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, systemRollout (the order), restore (24 h) and restoreSettings, and datastore/longhorn.go, ValidateSetting; read in v1.6.4, v1.7.3, v1.8.2, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#5018 (settings that are not supported)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: Restoring for 2 min without a StorageClass or the setting, and Completed 49 s after the StorageClass was made by hand',
  },
  'volumeless-pv-stops-system-restore': {
    title: 'A system restore stops for a day at a PersistentVolume whose volume is not in the system backup',
    severity: 'silent',
    versions: '>=1.4.0',
    promise: 'a system restore leaves out what it cannot make, or fails, and makes the rest',
    happens:
      'a PersistentVolume stays when its volume is deleted in Longhorn, and a system backup has it too. The restore wants to make it when the volumes are there, and tries that each second for 24 h: none that comes after it by its name is made, and no PersistentVolumeClaim. The state stays Restoring, without a condition or an event. Only a PersistentVolume of a volume that this restore could not make is left out. By the source, so it is with a volume whose restore is given up, or takes a day',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Restoring' }],
    steps: [
      'Make a PersistentVolume of driver.longhorn.io whose volumeHandle names no volume (or delete the volume of one), and a system backup.',
      'Delete the PersistentVolume, and create a SystemRestore of the system backup, as in a new cluster. It stays Restoring. The log of its pod has "volume.longhorn.io ... not found" each second.',
      'Make the PersistentVolume by hand: the SystemRestore is Completed some seconds later.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restorePersistentVolumes (GetVolumeRO), restore (24 h) and ignorePersistenVolumeDueToMissingVolume, which restoreVolumes calls for volumes of the system backup alone; v1.12.1. Near: longhorn/longhorn#5086 (a volume that cannot be made)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: Restoring for 2 min, until the PersistentVolume was made by hand',
  },
  'volumeless-claim-stops-system-restore': {
    title: 'A system restore stops for a day at a claim that had no PersistentVolume',
    severity: 'silent',
    promise: 'a system restore leaves out what it cannot make, or fails, and makes the rest',
    happens:
      'a system backup has each PersistentVolumeClaim of the classes of its PersistentVolumes, also one that was Pending, as one that no pod uses where the class waits for the first consumer. The restore looks for the PersistentVolume without a name, does not find it, and tries that each second for 24 h: no claim that comes after it by its namespace and name is made. The state stays Restoring, without a condition or an event, and no other restore is accepted. By the source, so it is with a claim in a namespace that is not there, as in a new cluster, and with one whose PersistentVolume was deleted',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Restoring' }],
    steps: [
      'Make a volume, its PersistentVolume and a PersistentVolumeClaim that it is bound to, and another claim of the same class: it is Pending.',
      'Make a system backup. Delete the second claim, and create a SystemRestore of the system backup, as in a new cluster. It stays Restoring. The log of its pod has "persistentvolume ... not found" each second.',
      'Make the second claim by hand: the SystemRestore is Completed some seconds later.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restorePersistentVolumeClaims (GetPersistentVolumeRO of an empty name) and restore (24 h), and datastore/uncached.go, GetAllPersistentVolumeClaimsByPersistentVolumeProvisioner (by the class); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: Restoring for 2 min, until the claim was made by hand',
  },
  'restored-pv-goes-to-another-claim': {
    title: 'A system restore gives a PersistentVolume to a claim that it did not belong to',
    severity: 'silent',
    promise: 'a PersistentVolume that a system restore makes is kept for the claim that had it',
    happens:
      'a PersistentVolume is made without its claimRef, so that anyone may have it. All of them are made before the first claim, and the restore waits for the volume of each, which may take hours while its data are restored. Meanwhile Kubernetes gives those that are there to any claim of the same class, access mode and size that waits, as one of another workload that is there already. That workload has the data of another one then. The claim that the restore makes names the PersistentVolume, and stays Pending for good; the SystemRestore is Completed',
    symptoms: [{ of: 'history', kind: 'PersistentVolume', state: 'with another claim' }],
    steps: [
      'Make a volume, its PersistentVolume and a PersistentVolumeClaim of a class that no provisioner serves (longhorn-static). Make another PersistentVolume that comes after it by its name, whose volume takes long to be restored (or is not there).',
      'Make a system backup. Delete the claim and both PersistentVolumes, as in a new cluster.',
      'Make another claim of the same class and size: it is Pending. Create a SystemRestore of the system backup.',
      'Within 15 s after the first PersistentVolume is there, the other claim has it. The restored claim stays Pending.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restorePersistentVolumes (ClaimRef = nil; an error as long as a volume is restored) and systemRollout (claims after all PersistentVolumes); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: the claim that waited had the PersistentVolume while the restore waited for the volume of another one; the state of the restored claim is read in the source',
  },
  'system-restore-clones-again': {
    title: 'A system restore gives a volume that was once cloned the data of its source, not of its backup',
    severity: 'data loss',
    versions: '>=1.4.0',
    promise: 'a system restore makes a volume from its latest backup',
    happens:
      'a volume that was cloned (from a PVC, or from a VolumeSnapshot in the cluster) names its source for ever. The system restore makes it with that and with its last backup, and nothing refuses both: the volume is restored and cloned anew at the same time, and has what ends last: with a source that has grown since, that is what the source has now. It is healthy, and its mark names the backup. By the source, if the source is gone the volume is not made at all (system-restore-leaves-volume-out), and if it is being restored too, the clone may be empty',
    symptoms: [{ of: 'restore' }],
    steps: [
      'Clone a volume (spec.dataSource: vol://NAME). Write other data to the clone, back it up, write 256 MiB to the source, and make a system backup.',
      'Delete the clone, detach its source, and create a SystemRestore of the system backup. It is Completed.',
      'When the clone is detached again (status.cloneStatus.state: copy-completed-awaiting-healthy), attach it: it has the data of its source.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, restoreVolumes (spec.dataSource stays), webhook/resources/volume/validator.go, Create (not both refused), and controller/volume_controller.go, checkAndInitVolumeClone (it looks at no restore); longhorn-engine, pkg/sync/rpc/server.go, postCloning (reverts to the clone); read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#13714 (linked clones)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the volume had other data than its last backup, without a failure that Longhorn reports',
  },
  'restarted-system-restore-is-empty': {
    title: 'A system restore whose pod is started again is Completed, and restores nothing more',
    severity: 'silent',
    versions: '>=1.4.0',
    promise: 'a system restore whose pod is started again goes on, or fails',
    happens:
      'what is to be restored is in the memory of the pod that has unpacked it. Where that pod ends while it restores (it is deleted or evicted, its node restarts, or its process ends), the Job makes another one, which finds the state Restoring and nothing to restore: it writes an event "Restored" for each kind, and Completed. Volumes are made last, 6 s after the beginning at the earliest, so that they are what is missing',
    symptoms: [{ of: 'history', kind: 'SystemRestore', state: 'Completed' }],
    steps: [
      'Make a volume and a backup of it, then a system backup. Delete the volume.',
      'Create a SystemRestore of the system backup. As soon as its state is Restoring: kubectl -n longhorn-system delete pod -l job-name=longhorn-system-rollout-NAME --grace-period=0 --force',
      'Some 20 s later another pod of the Job has ended, and the SystemRestore is Completed. The volume is not there, and no event says so.',
    ],
    source:
      'longhorn-manager, controller/system_rollout_controller.go, systemRollout (the state Restoring restores what Unpack, in the state before, has put into extractedResources) and restoreVolumes (no list: nothing to do), and controller/system_restore_controller.go, newSystemRestoreJob (OnFailure, three more pods); read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: Completed 19 s after the pod was killed, and the volume was not there',
  },
  'second-system-restore-is-accepted': {
    title: 'A second system restore is accepted while the first one is about to start, and both fail',
    severity: 'misleading',
    versions: '>=1.4.0',
    promise: 'a system restore is rejected while another one is under way',
    happens:
      'the webhook finds a restore under way by a label that the pod of its Job sets when it has started. Until then, a second one is accepted. Both restore everything, and both go Error, as each finds the other one in progress',
    symptoms: [
      { of: 'history', kind: 'SystemRestore', state: '' },
      { of: 'history', kind: 'SystemRestore', state: 'Pending' },
    ],
    steps: [
      'Make a system backup, and detach all volumes.',
      'Create two SystemRestores of it in one command (kubectl create -f with both): both are accepted.',
      'Both go Error: found 1 system restore already in progress.',
    ],
    source:
      'longhorn-manager, webhook/resources/systemrestore/validator.go (ListSystemRestoresInProgress, by a label), datastore/longhorn.go, UpdateSystemRestore (which alone sets it), and controller/system_rollout_controller.go, initializeSystemRollout (which alone calls that) and postRestoreHandle; read in v1.4.0, v1.8.2, v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: a dry run of a second one was accepted; the first one ended well; that both fail is read in the source',
  },
  'recurring-system-backup-forgotten': {
    title:
      'A recurring job keeps system backups for ever that it made before its target was on another store',
    severity: 'silent',
    versions: '>=1.9.0',
    promise: 'a recurring job keeps as many system backups as it is to retain, and removes the older ones',
    happens:
      'a run finds the system backups of its job by a label that only the SystemBackup object has. If the URL of the default backup target is emptied or changed for a while, the objects go; the sync that brings them back gives them no label, so no run removes them, and the store fills up',
    symptoms: [{ of: 'history', kind: 'SystemBackup', state: 'without the label of its job' }],
    steps: [
      'Make a recurring job with the task system-backup, retain 1 and the parameter volume-backup-policy: disabled, and let it run once.',
      'Change the URL of the default backup target to another store: the SystemBackup goes. Change it back: it is Ready again.',
      'kubectl -n longhorn-system get systembackups.longhorn.io --show-labels: it has the label longhorn.io/version alone, not recurring-job.longhorn.io/system-backup.',
      'Let the job run again: both system backups stay, with each further run too, where one is to be kept.',
    ],
    source:
      'longhorn-manager, app/recurringjob/job.go, ListSystemBackup (by the label), and controller/backup_target_controller.go, syncSystemBackup (made with the label of the version alone); read in v1.9.0, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the second run kept both, where one was to be kept',
  },
  'workload-cuts-off-backup': {
    title: 'A workload that wants a detached volume on another node cuts off its backup',
    severity: 'misleading',
    promise:
      'a workload waits until a backup for which its volume was attached has ended, and has the volume then',
    happens:
      'a volume that is attached for snapshots and backups alone is detached as soon as a workload wants it on another node. The upload ends with its replica, and the backup is in Error for good, saying that the engine or the replica is gone, not why. The Job of a recurring job is Complete all the same',
    symptoms: [
      { of: 'history', kind: 'Backup', state: 'Error', says: 'creation-lost-engine' },
      { of: 'history', kind: 'Backup', state: 'Error', says: 'creation-lost-replica' },
    ],
    steps: [
      'Set allow-recurring-job-while-volume-detached to true. Write some 100 MiB to a volume with a recurring job (task backup), and detach it.',
      'Let the job run: the volume is attached for the backup. See on which node (kubectl -n longhorn-system get volumes.longhorn.io).',
      'While the backup is InProgress, attach the volume to another node, by a pod there or by an attachment ticket of the type longhorn-api.',
      'The volume is detached at once, and attached to that node. The backup is in Error; the documents say that the workload waits until the job has ended.',
    ],
    source:
      'longhorn-manager, controller/volume_attachment_controller.go, shouldDoDetach and hasUninterruptibleTicket (the tickets of the snapshot and the backup controller give way, by the design of 20221024); engineapi/backup_monitor.go, linerTimer (an error ends the backup); read in v1.8.0 to v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: an attachment ticket for another node detached the volume, and its backup was in Error 2 s later; the workload had the volume after 10 s',
  },
  'lost-backup-takes-snapshot': {
    title: 'A backup that is gone from its store takes the snapshot of its volume along',
    severity: 'data loss',
    promise: 'a backup that is gone from its store goes from Longhorn alone',
    happens:
      'with the setting auto-cleanup-when-delete-backup, each Backup object that goes has its snapshot deleted, also where only the object is to go: as its config is missing, or the target was emptied, changed or deleted, or could not be listed (unlistable-store-is-empty); when the backup is back, the snapshot is not',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Set auto-cleanup-when-delete-backup to true. Make a snapshot of a volume, a backup of it, and another snapshot.',
      'Move the config of the backup (backup_NAME.cfg) away in the store, and sync the backup target: the Backup goes.',
      'kubectl -n longhorn-system get snapshots.longhorn.io: that of the backup is being deleted, or gone.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile: DeleteSnapshot asks for the setting alone, not for the label delete-custom-resource-only, as the deletion in the store above it does; read in v1.8.0, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-28), NFS, the config of the backup moved aside: the snapshot was being deleted when the Backup was gone; the backup came back with its config',
  },
  'late-listing-deletes-backup': {
    title:
      'A backup that is made while its store is being listed is taken for gone, and its Backup is deleted',
    severity: 'objects lost',
    promise: 'a backup that is in the store stays in Longhorn',
    happens:
      'a sync of a backup volume first lists the store, and then looks which Backups are Completed. A backup whose upload ends in between is not in the listing, and so counts as gone from the store: its Backup is deleted, and the next sync, a moment later, makes another that has no spec.snapshotName. With the setting auto-cleanup-when-delete-backup, by the source, its snapshot goes too (lost-backup-takes-snapshot). The window is as long as the listing takes: on a slow store up to the setting backup-execution-timeout, 1 min by default',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'Completed', gone: true }],
    steps: [
      'Make a backup of a volume on an S3 store behind a proxy that can hold answers back. Let it hold those to listings of the folder backups/ of the volume.',
      'Sync the backup volume. When the proxy has the answer, make another backup: it is Completed within seconds.',
      'Let the answer pass: the new Backup goes, and comes back with another uid.',
    ],
    source:
      'longhorn-manager, controller/backup_volume_controller.go, reconcile (BackupNameList, then ListBackupsWithBackupTargetAndBackupVolumeRO); read in v1.8.0, v1.9.2, v1.10.2, v1.11.2, v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the answer to the listing held back for some 8 s: the Backup was Completed after 5 s, deleted as soon as the answer came, and made again within 5 s',
  },
  'unplaced-restore-is-given-up': {
    title: 'A restore for which there is no place yet says that it has failed, before it has begun',
    severity: 'misleading',
    promise: 'a restore for which there is no place yet waits for one, and does not say that it has failed',
    happens:
      'a volume for which no disk is found gets no replica at all, and one without replicas counts as one whose replicas have all failed: it is Faulted at once, and its condition Restore says "All replica restore failed", though nothing was tried. It is restored all the same once there is a place',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'given up before it has begun' }],
    steps: [
      'Restore a backup by kubectl to a Volume with a spec.nodeSelector that no node has as a tag.',
      'kubectl -n longhorn-system get volumes.longhorn.io NAME -o yaml: it is faulted, and its condition Restore has the reason RestoreFailure.',
      'Give a node the tag: the volume is restored.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, isAutoSalvageNeeded (areAllReplicasFailed is true without replicas), replenishReplicas (the precheck) and closeVolumeDependentResources (the condition); read in v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: Faulted and RestoreFailure as soon as it was detached, before it had a replica; restored within a minute after a node had the tag',
  },
  'missing-node-tag-unsaid': {
    title: 'A volume with a node tag that no node has does not say why it is not placed',
    severity: 'misleading',
    versions: '>=1.8.0',
    promise: 'a tag that no node or disk has is reported',
    happens:
      'the volume is not placed, and its condition Scheduled says that disks are unavailable, though all are; of a disk tag it says that tags are not fulfilled',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'not placed' }],
    steps: [
      'Make a Volume by kubectl with a spec.nodeSelector that no node has as a tag.',
      'kubectl -n longhorn-system get volumes.longhorn.io NAME -o yaml: the message of the condition Scheduled has no word of a tag.',
    ],
    source:
      'longhorn-manager, scheduler/replica_scheduler.go, getDiskCandidates (a node without the tags is left out without an error), and controller/volume_controller.go, reconcileVolumeCondition; read in v1.8.0, v1.9.2, v1.10.2, v1.11.2, v1.12.1 and master (2026-08-14)',
    seen: 'a whole real v1.12.1 (2026-11-30): "precheck new replica failed: disks are unavailable" for a node tag, "precheck new replica failed: tags not fulfilled" for a disk tag',
  },
  'targetless-volume-is-not-backed-up': {
    title:
      'A backup target that volumes still have is deleted without a word, and their recurring jobs back nothing up',
    severity: 'silent',
    promise: 'a warning or an event says that a backup target is deleted that volumes still have',
    happens:
      'the webhook looks at volumes on standby alone, and the controller writes no event. The volumes keep the name of the target. Each run of a recurring job makes a snapshot of them, and the webhook refuses the backup, as there is no such target: that is in the log of the run alone. Its Kubernetes Job is Complete, no backup says Error, and neither the volume nor the RecurringJob has an event',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'without a warning' }],
    steps: [
      'Make a second backup target, a volume with that backupTargetName, and a recurring job with the task backup for it. It is backed up.',
      'kubectl -n longhorn-system delete backuptargets.longhorn.io NAME: it goes at once.',
      'Let the job run: its Job is Complete, there is no new Backup, and kubectl -n longhorn-system get events says nothing of it.',
    ],
    source:
      'longhorn-manager, webhook/resources/backuptarget/validator.go, Delete (validateDRVolume alone), and controller/backup_target_controller.go, reconcile (no event); the proposal 20240926-multiple-backup-targets-support.md promises a warning or an event; read in v1.8.0, v1.9.2, v1.10.2, v1.11.2, v1.12.1 and master (2026-08-14)',
    versions: '>=1.8.0',
    seen: 'a whole real v1.12.1 (2026-11-30): the Job of the run after the deletion was Complete, its log alone had the refusal, and no event named the target',
  },
  'deleted-backup-takes-namesake': {
    title:
      'A backup that is deleted takes the snapshot of another volume along, if that has the name of its own',
    severity: 'data loss',
    versions: '>=1.7.0',
    promise: 'a backup that is deleted takes no snapshot along but its own',
    happens:
      'with the setting auto-cleanup-when-delete-backup, a Backup that goes has the Snapshot deleted that spec.snapshotName names, whichever volume that is of. A Backup outlives its snapshot, and its volume too. If another snapshot was made under the name since, as a tool that names them by the day or by the release does, or after a volume was made again, that goes: by hand, or by the retention of a recurring job',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Set auto-cleanup-when-delete-backup to true. Make a Snapshot of the name s1 of a volume, and a backup of it. Delete the volume.',
      'Make a Snapshot of the name s1 of another volume, and another snapshot.',
      'Delete the backup of the first volume: kubectl -n longhorn-system get snapshots.longhorn.io s1: it is being deleted, or gone.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, reconcile (DeleteSnapshot by backup.Spec.SnapshotName; so does deleteSnapshotAfterBackupCompleted); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: the snapshot of the other volume was being deleted when the backup was gone',
  },
  'dotted-job-never-runs': {
    title: 'A recurring job whose name has a dot is accepted, and never runs',
    severity: 'silent',
    promise: 'a recurring job that is accepted runs, and one that cannot run is rejected',
    happens:
      'the webhook takes a name with dots. Longhorn gives the name to the container of the CronJob too, where Kubernetes takes none, and refuses the CronJob. A longhorn-manager says so in its log, and takes the job for reconciled: it has no condition and no event, the page shows it like any other, and its volumes are never backed up',
    symptoms: [{ of: 'history', kind: 'RecurringJob', state: 'without a CronJob' }],
    steps: [
      'Make a RecurringJob with the name daily.backup and the task backup: it is accepted.',
      'kubectl -n longhorn-system get cronjobs: it has none. The log of a longhorn-manager says "Failed to reconcile recurring job", and that the name of a container is invalid.',
    ],
    source:
      'longhorn-manager, webhook/resources/recurringjob/validator.go (util.ValidateName), and controller/recurring_job_controller.go, newCronJob (Containers[0].Name) and syncRecurringJob (a warning); v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30): without a CronJob for 6 min, as only the log of a manager said',
  },
  'deleted-snapshot-counts-as-kept': {
    title: 'A recurring job deletes one snapshot too many while a deleted one is only marked as removed',
    severity: 'data loss',
    promise: 'a recurring job keeps as many usable snapshots as it is to retain',
    happens:
      'a run counts each Snapshot of the volume (of its job, for the task snapshot), also one that was deleted. The newest snapshot of a volume stays after its deletion, marked as removed, until there is a newer one. The run counts it as kept, and deletes an older one in its place: with the task snapshot-delete and retain 1, no snapshot is left that the volume could be reverted to',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Make two snapshots of a volume, and delete the newer one: it stays, marked as removed.',
      'Let a recurring job with the task snapshot-delete and retain 1 run for the volume.',
      'kubectl -n longhorn-system get snapshots.longhorn.io: the older snapshot is gone, or has a deletionTimestamp. The log of the run says "Cleaned up snapshot CR".',
    ],
    source:
      'longhorn-manager, app/recurringjob/volume.go, filterExpiredSnapshots and filterExpiredSnapshotsOfCurrentRecurringJob, and api/snapshot.go, SnapshotCRList: neither looks at deletionTimestamp or markRemoved; read in v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). The same of backups: deleted-backup-counts-as-kept',
    seen: 'a whole real v1.12.1 (2026-11-30), NFS: the run deleted the older snapshot, the only one that was left to use, while the newer one was marked as removed',
  },
  'deleted-backup-counts-as-kept': {
    title: 'A recurring job deletes one backup too many while another of its backups is being deleted',
    severity: 'data loss',
    promise: 'a recurring job keeps as many of its backups as it is to retain',
    happens:
      'a run counts each Backup of its job that has a date, also one that is being deleted. A backup that is deleted by hand while the next one is uploaded meets the lock of that upload, and is tried again a minute later. The run that ends meanwhile counts it as kept, and deletes the oldest backup, which was to stay: with retain 2, one backup is left. So it is too for as long as the store refuses a deletion',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'deleted' }],
    steps: [
      'Make a recurring job with the task backup and retain 2, and let it run twice for a volume.',
      'Write much data, and let it run again. While its backup is InProgress, delete the second backup: it is in Error, as the upload has the lock.',
      'The run ends, and deletes the first backup. A minute later the second one goes: the third one alone is left.',
    ],
    source:
      'longhorn-manager, app/recurringjob/volume.go, listBackupsForCleanup, and manager/engine.go, ListBackupsForBackupVolumeSorted: neither looks at deletionTimestamp; v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the writing of blocks left unanswered: the second backup, deleted meanwhile, met the lock of the third one; that run then deleted the first backup, and one of the two that it was to keep was left',
  },
  'new-owner-forgets-deletion': {
    title: 'A snapshot whose deletion meets a change of the owner of its volume stays, and nothing says so',
    severity: 'silent',
    promise: 'a snapshot that is deleted goes, whichever longhorn-manager owns its volume meanwhile',
    happens:
      'the owner of a volume asks for its attachment before it deletes a snapshot. If it cannot (a conflict, or it is slow, or gone), and another one owns the volume before the next attempt, that looks only at the snapshots with such a ticket, and snapshots are not looked at again by time. So the snapshot stays with its deletionTimestamp, without an error or an event, until it is changed, the volume is attached or detached or another of its snapshots is purged, or the new owner starts again',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleting, until a manager starts' }],
    steps: [
      'Attach a volume, and make two snapshots. Keep pods from its node (kubectl taint node NODE closed:NoSchedule), and delete the longhorn-manager there: after 30 s at most, status.ownerID of the volume names another node.',
      'Let a ValidatingAdmissionPolicy deny each update of the VolumeAttachment with a ticket snapshot-controller-NAME, for the older snapshot NAME, and delete that: the present owner tries in vain.',
      'Take the taint away. When status.ownerID of the volume names NODE again, remove the policy.',
      'kubectl -n longhorn-system get snapshots.longhorn.io NAME -o yaml: it has a deletionTimestamp, and stays. kubectl annotate it: it is gone within seconds.',
    ],
    source:
      'longhorn-manager, controller/snapshot_controller.go, enqueueVolumeChange (only snapshots with a ticket; up to v1.8 none), isResponsibleFor, and the informer of snapshots without a resync; read in v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#10874',
    seen: 'a whole real v1.12.1 (2026-12-01), by chance: another longhorn-manager owned the volume for 40 s, and met a conflict at the VolumeAttachment 1 s after the first one owned it again; the snapshot stayed for 14 min 30 s, and was gone within 8 s once it was annotated',
  },
  'snapshot-stays-while-detached': {
    title: 'A snapshot that is deleted while its volume is detached stays until that is attached again',
    severity: 'misleading',
    versions: '>=1.11.0',
    promise: 'a snapshot that is deleted goes, also while its volume is detached',
    happens:
      'an engine that does not run names no image, and is taken for one that is being upgraded: the volume is not attached for the deletion any more, as it was up to v1.10; so too after each run of a recurring job for a detached volume, as its old snapshots are deleted when it is detached again',
    symptoms: [
      {
        of: 'history',
        kind: 'Snapshot',
        state: 'deleting',
        says: 'snapshot-stays-while-detached',
      },
    ],
    steps: [
      'Make two snapshots of a volume, and detach it.',
      'Delete the first snapshot: kubectl -n longhorn-system delete snapshots.longhorn.io NAME.',
      'It stays, with a deletionTimestamp. Its status.error says that the engine "is upgrading from image  to" its image. It goes once the volume is attached.',
    ],
    source:
      'longhorn-manager, controller/snapshot_controller.go, reconcile, and controller/utils.go, isEngineUpgrading, read in v1.11.0, v1.11.3, v1.12.0, v1.12.1 and master (2026-08-21); v1.10.x does not have it. It came with the fix of longhorn/longhorn#10274',
    seen: 'a whole real v1.12.1 (2026-11-26): a recurring job deleted a snapshot 3 s after its volume was detached; it was still there 82 s later, when the volume was removed',
  },
  'deleted-job-leaves-labels': {
    title:
      'A recurring job that kubectl deletes leaves its labels on volumes; one that the page deletes, sometimes',
    severity: 'silent',
    promise: 'a recurring job that is deleted takes its labels along',
    happens:
      'a job has no finalizer: one that kubectl deletes has gone before a longhorn-manager looks. One that the page deletes is there until its CronJob has gone; each volume is updated meanwhile, but the first conflict ends that, and when it is tried again the job has gone. A volume that keeps a label is not put into the group default any more, and the jobs of that do not back it up',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'in a job that is gone' }],
    steps: [
      'Make a recurring job, and give a volume its label: recurring-job.longhorn.io/NAME: enabled.',
      'Delete the job: kubectl -n longhorn-system delete recurringjobs.longhorn.io NAME.',
      'The volume still has the label, and is not in the group default.',
    ],
    source:
      'longhorn-manager, controller/recurring_job_controller.go, syncRecurringJob and cleanupRecurringJobLabelInVolumesAndPVCs, the same in v1.8.0, v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21)',
    seen: 'a whole real v1.13.0-dev (2026-11-26), kubectl: the label was there a minute later, and 3 min later in a run of the scenario; a whole real v1.12.1 (2026-11-26), as by the page: the first of two volumes lost its label after 0.3 s, the update of the second one conflicted, and it kept the label for the 7 min until it was removed',
  },
  'refused-job-is-not-restored': {
    title:
      'A restored volume lacks its recurring job, and only a log says so, if the job cannot be made at once',
    severity: 'silent',
    promise: 'a volume is restored with its recurring jobs if that is asked for, or Longhorn says why not',
    happens:
      'jobs are restored once, right before a restore begins. A job that cannot be made then (its settings are refused in this cluster, the request fails, or another manager makes it at the same moment) is a warning in a log. The restore begins, and nothing tries again: the volume is healthy, and is never backed up',
    symptoms: [{ of: 'history', kind: 'Volume', state: 'without its recurring job' }],
    steps: [
      'Set recurring-job-max-retention to 200, make a recurring job with retain 150 for a volume, and make a backup of it.',
      'On a Longhorn with the default limit of 100, make a backup target with the same URL.',
      'Restore the backup with restoreVolumeRecurringJob: enabled. The volume is healthy, has no label of the job, and there is no RecurringJob.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, updateRecurringJobs, restoreVolumeRecurringJobs and shouldRestoreRecurringJobs, the same in v1.8.0, v1.8.2, v1.9.2, v1.10.1, v1.11.0 and v1.12.1',
    seen: 'a whole real v1.12.1 (2026-11-29), NFS: the webhook refused a job that keeps one backup more than recurring-job-max-retention; the volume was restored and healthy without it, and no event said so',
  },
  'restored-job-serves-others': {
    title:
      'A recurring job that is restored with a volume runs for all volumes of its group, and deletes their snapshots',
    severity: 'data loss',
    promise: 'a job that is restored with a volume leaves other volumes alone',
    happens:
      "a volume is restored with the recurring jobs that it had when it was backed up. One that has been changed since is made once more under another name, with all that it was then, its groups too, although the restored volume has the label of the job itself: it runs by its own schedule for each volume of these groups, beside the job that there is. So if a job with the task snapshot-delete kept one snapshot then, and keeps 30 now, every volume of the group has one left after the next run. A job that was deleted since is back for the whole group too, as that of the group default is for each volume without a job; one that makes backups doubles everybody's. Only the list of jobs shows it",
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Make a recurring job with the task snapshot-delete, retain 1 and a group g. Add it to a volume A, and the group to a volume B. Back up A.',
      'Set retain of the job to 2, and make two snapshots of B.',
      'Restore the backup with restoreVolumeRecurringJob: enabled. There is a RecurringJob restored-recurring-job-... with retain 1 and the group g.',
      'Once it has run: kubectl -n longhorn-system get snapshots.longhorn.io: the older snapshot of B is gone, or has a deletionTimestamp.',
    ],
    source:
      'longhorn-manager, controller/volume_controller.go, createRecurringJobNotExist (CreateRecurringJob with the whole spec that was backed up, its groups too) and restoreVolumeRecurringJobLabel; engineapi/backup_monitor.go, getVolumeRecurringJobInfos; app/recurringjob/volume.go, StartVolumeJobs (the groups of the spec); read in v1.8.0, v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). The page on the restore of jobs speaks of those of the volume alone. Near: longhorn/longhorn#8874 (a new job with each restore)',
    seen: 'a whole real v1.12.1 (2026-12-01), NFS: the job was made anew with retain 1, where there was one by then that keeps 2, and its first run deleted the older of two snapshots of a volume that is in the group alone',
  },
  'cleanup-takes-snapshot-of-upload': {
    title: 'A recurring job that cleans up deletes the snapshot of a backup that is being uploaded',
    severity: 'data loss',
    versions: '>=1.8.0 <1.13.0',
    promise: 'a recurring job that cleans up leaves the snapshot of a running backup alone',
    happens:
      'a run chooses the snapshots that it deletes by their age and their job, and does not look at the backups. So a job with the task snapshot-delete takes that of a running backup, and by the source a second run, or a second pod, of a job with the task backup takes that of the first. The backup may then be Completed with data of a newer snapshot (deleted-snapshot-spoils-upload), or fail if it had not begun',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Make two snapshots of a volume, and back up the older one to a slow store.',
      'While it is InProgress, let a recurring job with the task snapshot-delete and retain 1 run for the volume.',
      'kubectl -n longhorn-system get snapshots.longhorn.io: the snapshot of the backup is gone, or has a deletionTimestamp; the log of the run says "Cleaned up snapshot CR".',
    ],
    upstream: issue(10184),
    source:
      'longhorn-manager, app/recurringjob/volume.go, doSnapshotCleanup and listSnapshotNamesToCleanup (v1.8.x: app/recurring_job.go), read in v1.8.x, v1.11.x and v1.12.1; fixed on master (2026-08-14), by the same source, for all tasks. Near: longhorn/longhorn#13748',
    seen: 'a whole real v1.12.1 (2026-11-29), S3: a run of a job with the task snapshot-delete and retain 1 deleted the snapshot of a backup that was InProgress',
  },
  'finished-backup-takes-snapshot-of-upload': {
    title: 'A backup that ends deletes its snapshot while another backup of it is being uploaded',
    severity: 'data loss',
    versions: '>=1.9.0',
    promise: 'the snapshot of a running backup is not removed by a setting',
    happens:
      'with the setting auto-cleanup-snapshot-after-on-demand-backup-completed, a backup by hand that is Completed has its snapshot deleted, whatever other backup of the same snapshot is under way: a full one after an incremental one, one for the next backup target of the volume, or a second click. By the source, so does the deletion of a failed backup with auto-cleanup-when-delete-backup, while the snapshot is backed up again. The backup that goes on may then be Completed with data of a newer snapshot (deleted-snapshot-spoils-upload)',
    symptoms: [{ of: 'history', kind: 'Snapshot', state: 'deleted' }],
    steps: [
      'Back up a snapshot of a volume, write other data, and make another snapshot. Set auto-cleanup-snapshot-after-on-demand-backup-completed to true.',
      'Make a backup of the first snapshot with backupMode full, to a slow store. While it is InProgress, make an incremental backup of the same snapshot: it sends nothing, and is Completed within seconds.',
      'kubectl -n longhorn-system get snapshots.longhorn.io: the snapshot of the running backup is gone, or has a deletionTimestamp.',
    ],
    source:
      'longhorn-manager, controller/backup_controller.go, deleteSnapshotAfterBackupCompleted, and DeleteSnapshot in reconcile: neither looks at other Backups; read in v1.9.0, v1.12.1 and master (2026-08-21), where longhorn/longhorn#10184 is fixed for recurring jobs alone',
    seen: 'a whole real v1.12.1 (2026-11-29), S3: the snapshot had a deletionTimestamp as soon as the second backup was Completed, while the full one was InProgress',
  },
  'first-run-warns': {
    title: 'The first recurring backup of a volume warns of a failed cleanup without any fault',
    severity: 'noise',
    promise: 'a recurring backup that goes well warns of nothing',
    happens:
      'the first run looks for old backups before Longhorn knows the volume in the store: "Action [backupList] not available"',
    symptoms: [{ of: 'log', says: ['job-cleanup-before-known'] }],
    steps: ['Give a new volume a recurring job of the task backup.', 'Look at the log of its first run.'],
    source: 'longhorn-manager, app/recurringjob/volume.go (v1.8.x: app/recurring_job.go)',
    seen: 'recordings of v1.12.1 (recurring-job, recurring-job-faulty-cleanup)',
  },
  'snapshot-cleanup-stops-the-job': {
    title: 'A job whose old snapshots cannot be deleted makes no backup any more, and reports success',
    severity: 'silent',
    versions: '>=1.9.0',
    promise: 'a recurring job makes a backup each time, whatever its cleanup comes to, or fails',
    happens:
      'it cleans snapshots up before it makes anything, and stops when that fails: from the third run on nothing is made, and its Kubernetes Job is Complete',
    symptoms: [{ of: 'log', says: ['job-stopped', 'job-fails', 'job-tries-next-time'] }],
    steps: [
      'Deny DELETE on snapshots.longhorn.io by a ValidatingAdmissionPolicy.',
      'Let a recurring job of the task backup, with retain 1, run three times.',
      'The third run makes nothing, and its Job is Complete.',
    ],
    upstream: issue(13587),
    source: 'longhorn-manager, app/recurringjob/volume.go',
    seen: 'recording of v1.12.1 (recurring-job-faulty-cleanup, deletion of snapshots denied)',
  },
  'labelled-backup-is-not-full': {
    title: 'A full backup that is asked for with labels on the page of its volume is an incremental one',
    severity: 'silent',
    promise: 'a backup is full if that is chosen in its dialog',
    happens:
      'the page asks for the backup mode only if there are no labels, so Longhorn makes an incremental backup, and blocks that are damaged in the store are not replaced. The dialog of a snapshot has both',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'incremental in place of full' }],
    steps: [
      'Open the page of an attached volume, and press Create Backup.',
      'Add a label, check Full Backup, and press OK.',
      'kubectl -n longhorn-system get backups.longhorn.io NAME -o yaml: its spec.backupMode is incremental.',
    ],
    source:
      'longhorn-ui, src/models/snapshot.js, backup (the request with labels has no backupMode); read in v1.8.0 to v1.12.1 and master (2026-08-11)',
    seen: 'a whole real v1.12.1 with its own UI (2026-11-29), NFS: a backup that was asked for with two labels and all of its blocks had the mode incremental; without labels, it was full, and sent its 8 blocks again',
  },
  'snapshot-cleanup-fails-the-job': {
    title: 'A job whose old snapshots cannot be deleted makes no backup any more, and fails',
    severity: 'misleading',
    versions: '>=1.8.0 <1.9.0',
    promise: 'a recurring job makes a backup each time, whatever its cleanup comes to',
    happens:
      'it cleans snapshots up before it makes anything, and stops when that fails: from the third run on nothing is made; its container is started again and again, and the Kubernetes Job is Failed in the end',
    symptoms: [{ of: 'log', says: ['job-stopped', 'job-fails', 'job-tries-next-time'] }],
    steps: [
      'Deny DELETE on snapshots.longhorn.io by a ValidatingAdmissionPolicy.',
      'Let a recurring job of the task backup, with retain 1, run three times.',
      'The third run makes nothing, and its Job fails.',
    ],
    upstream: issue(13587),
    source: 'longhorn-manager, app/recurring_job.go, source of v1.8.0 to v1.8.2',
    seen: 'a whole run on a real v1.8.2 (2026-11-22)',
  },
  'manager-panics-on-late-failure': {
    title: "longhorn-manager panics when a deletion's command fails after the Backup has gone",
    severity: 'misleading',
    versions: '>=1.8.0 <1.10.4 || >=1.11.0 <1.11.3',
    promise: 'longhorn-manager lives on when the removal of blocks fails after the Backup has gone',
    happens:
      'the entry of the deletion is gone from its map by then, and the process ends by a nil pointer; every controller on that node starts anew',
    symptoms: [{ of: 'panic', says: 'manager-panics-in-deletion' }],
    steps: [
      'Make a backup of a volume, and make a folder below blocks/ in its store immutable.',
      'Delete the backup: its config goes, the Backup goes, and the removal of the blocks fails after that.',
      'Look at the restarts of the longhorn-manager pods, and at the log of the container before.',
    ],
    upstream: issue(13245),
    source:
      'longhorn-manager, controller/backup_controller.go, setInprogressDeletionMap; v1.8.2, v1.9.2 and v1.10.2 have it, v1.11.3 and newer a guard',
    seen: 'a whole real v1.10.2 (2026-12-01), where a block could not be removed; and twice in one run on a real v1.8.2, where a backup volume was deleted while blocks of its last backup were still being removed',
  },
} as const satisfies Record<string, BugRow>;
