import type { BugRow } from './bug.ts';

const plugin = 'longhorn-manager, csi/controller_server.go';
const versions = 'v1.8.2, v1.9.2, v1.10.2, v1.11.2, v1.12.1 and the newest source (2026-08)';

/** The bugs of Longhorn's CSI plugin. */
export const csiBugs = {
  'first-backup-outlives-volumesnapshot': {
    title:
      'A VolumeSnapshot that is deleted in the middle of the first backup of its volume leaves the backup behind',
    severity: 'silent',
    promise: 'a VolumeSnapshot whose class says Delete takes its backup along',
    happens:
      'the plugin looks for a BackupVolume of the volume first, and Longhorn makes that only when it lists the store, after the first backup. Without one, the plugin answers that the snapshot is deleted. So the VolumeSnapshot and its content go at once, and the upload goes on: the Backup stays, in the store too, and nothing names it any more',
    symptoms: [{ of: 'history', kind: 'Backup', state: 'InProgress' }],
    steps: [
      'Make a VolumeSnapshotClass of driver.longhorn.io with type: bak and deletionPolicy: Delete, and a volume with much data and no backup.',
      'Make a VolumeSnapshot of it. While its Backup is InProgress: kubectl delete volumesnapshot NAME.',
      'The VolumeSnapshot and its VolumeSnapshotContent are gone at once. The Backup becomes Completed, and stays for good.',
    ],
    source: `${plugin}, cleanupBackup, which returns nil without a BackupVolume; read in ${versions}`,
    seen: 'a whole real v1.12.1 (2026-11-30), S3, the writing of blocks left unanswered: the VolumeSnapshot was gone, and the Backup was InProgress, not deleted; that it is Completed later is read in the source',
  },
  'volumesnapshot-of-no-backup-is-ready': {
    title:
      'A VolumeSnapshotContent made by hand is ready to use, whether or not there is the backup that it names',
    severity: 'misleading',
    promise:
      'a VolumeSnapshotContent with the name of a backup that does not exist is not ready, and says why',
    happens:
      'the plugin cannot list snapshots, so csi-snapshotter takes each handle for that of a snapshot which is ready. Only a claim that is made from it stays Pending, and has an event',
    symptoms: [{ of: 'history', kind: 'VolumeSnapshot', state: 'ready' }],
    steps: [
      'Make a VolumeSnapshotContent whose spec.source.snapshotHandle is bak://VOLUME/NO-BACKUP, and a VolumeSnapshot with its name.',
      'kubectl get volumesnapshot: READYTOUSE is true.',
    ],
    source: `${plugin}, ListSnapshots (not implemented); external-snapshotter, pkg/snapshotter/snapshotter.go, GetSnapshotStatus; read in ${versions}`,
    seen: 'a whole real v1.12.1 (2026-11-30): ready to use; what becomes of a claim is read in the source',
  },
  'claim-of-unread-backup-is-empty': {
    title:
      'A claim that is restored from a backup gets an empty volume if Longhorn has not read that backup yet',
    severity: 'data loss',
    promise: 'a claim of a VolumeSnapshot gets the data of its backup, or waits, or says why not',
    happens:
      'the plugin asks Longhorn for the URL of the backup and makes a volume from that. A Backup has none until Longhorn has read the config in the store: for a moment after the backup target of a new cluster was set or its backups were found again, for as long as the backup is still uploaded by another cluster, or its config cannot be read, and for good if it has failed. Without a URL it is not restored: the plugin makes a new, empty volume, the claim is bound, a pod that mounts it gets a new file system, and nothing says so. A workload that finds nothing begins anew. A VolumeSnapshotContent that is made by hand, as the documents describe it for a backup without a VolumeSnapshot, is ready to use at once (volumesnapshot-of-no-backup-is-ready)',
    symptoms: [{ of: 'restore', lacks: 'only zeros' }],
    steps: [
      'Begin a backup with much data in one cluster. In another one, make a backup target with the same URL: its Backup has no URL yet.',
      'There, make a VolumeSnapshotContent with spec.source.snapshotHandle bak://VOLUME/BACKUP and its VolumeSnapshot, and a claim with that as its dataSource.',
      'The claim is Bound. kubectl -n longhorn-system get volumes.longhorn.io NAME -o yaml: spec.fromBackup is empty. The volume has only zeros.',
    ],
    source: `${plugin}, CreateVolume (fromBackup is backup.Url, which is not looked at); csi/util.go, getVolumeOptions; controller/backup_controller.go, reconcile (status.url); read in v1.8.0, v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21). Near: longhorn/longhorn#2686 (a backup that does not exist)`,
    seen: 'a whole real v1.12.1 (2026-12-01), NFS, a backup that another Longhorn had not written whole yet: the claim was bound at once to a volume without fromBackup, healthy, which had zeros, also when the backup was Completed; no message of Longhorn said so. That a Backup which was just found, or has failed, is as good as none is read in the source',
  },
  'retargeted-volumesnapshot-is-ready-early': {
    title: 'A VolumeSnapshot whose volume gets another backup target is ready to use without its backup',
    severity: 'silent',
    promise: 'a VolumeSnapshot is ready to use once the backup that its handle names is Completed',
    happens:
      'the plugin looks for the backup of a VolumeSnapshot at the present backup target of the volume alone. If that was changed since (the page offers "Update Backup Target"), it does not find the one that it made, and makes another one of the same snapshot at the new target. As soon as that is Completed, the VolumeSnapshot is ready, and its handle still names the first: which may be under way, or fail, also by this second backup (upload-follows-next-target). A claim of it is then empty (claim-of-unread-backup-is-empty). The second backup stays when the VolumeSnapshot is deleted. csi-snapshotter asks after longer and longer pauses, up to 5 min: so it is too if the target is changed shortly after the backup was Completed',
    symptoms: [{ of: 'history', kind: 'VolumeSnapshot', state: 'ready without its backup' }],
    steps: [
      'Make two backup targets, a volume on the first with much data, and a VolumeSnapshot of it with a class of type bak.',
      'While its Backup is InProgress, change spec.backupTargetName of the volume to the second target.',
      'kubectl -n longhorn-system get backups: there is a second one of the same snapshot. Once that is Completed, kubectl get volumesnapshot says that READYTOUSE is true.',
      'kubectl get volumesnapshotcontents -o yaml: status.snapshotHandle names the first backup.',
    ],
    source: `${plugin}, getBackup, and manager/engine.go, ListBackupsForVolumeName (both skip the backups of other targets), and createCSISnapshotTypeLonghornBackup; webhook/resources/volume/validator.go, validateBackupTarget (allows the change); external-snapshotter, pkg/sidecar-controller/snapshot_controller.go, updateSnapshotContentStatus (a handle is never replaced), v8.6.0; read in v1.8.2, v1.9.2, v1.10.2, v1.11.3, v1.12.1 and master (2026-08-21)`,
    seen: 'read in the source of v1.12.1, and on the emulator; not yet on a whole real one',
  },
  'larger-claim-gets-smaller-volume': {
    title: 'A claim that is larger than its VolumeSnapshot is bound to a volume that is smaller than it says',
    severity: 'misleading',
    promise: 'a claim that has another size than its VolumeSnapshot is refused',
    happens:
      'the plugin asks for a volume of the size of the claim, the webhook gives that the size of the backup, and the plugin answers with the size of the claim. So the claim is bound, and the PersistentVolume has a capacity that the volume does not have: the file system in it is full long before. A clone of a volume is refused then, and a smaller claim too, by csi-provisioner. So it is with a StorageClass that has fromBackup',
    symptoms: [{ of: 'history', kind: 'PersistentVolume', state: 'larger than its volume' }],
    steps: [
      'Make a VolumeSnapshot of the type bak of a volume of 64 MiB, and wait until it is ready.',
      'Make a claim of 128 MiB from it: it is bound. kubectl get pv: its capacity is 128 MiB.',
      'kubectl -n longhorn-system get volumes.longhorn.io: the volume has 64 MiB.',
    ],
    source: `${plugin}, CreateVolume (CapacityBytes of the request, and a check of the size for clones of volumes alone); webhook/resources/volume/mutator.go, Create (the size of the backup volume); read in v1.12.1`,
    seen: 'a whole real v1.12.1 (2026-12-01): a claim of 128 MiB was bound to a volume of 64 MiB; one of 32 MiB was refused',
  },
  'unmade-volumesnapshot-stays': {
    title: 'A VolumeSnapshot cannot be deleted while the backup target of its volume is not available',
    severity: 'outage',
    promise: 'a VolumeSnapshot that was not made, as its backup target is not available, can be deleted',
    happens:
      'the plugin answers with the code Aborted, which tells csi-snapshotter that the snapshot may still be made. So it does not let the VolumeSnapshotContent go, and asks again, after up to 5 min: the VolumeSnapshot and its claim stay, deleting. Once the target is available, the backup that nobody wants is made, and deleted',
    symptoms: [{ of: 'history', kind: 'VolumeSnapshot', state: 'Deleting' }],
    steps: [
      'Empty the URL of the backup target of a volume.',
      'Make a VolumeSnapshot of the volume, with a class of type bak: it says "backup target NAME is not available".',
      'kubectl delete volumesnapshot NAME: it stays, deleting.',
    ],
    source: `${plugin}, createCSISnapshotTypeLonghornBackup (codes.Aborted); external-snapshotter, pkg/sidecar-controller/snapshot_controller.go, isCSIFinalError and shouldDelete; read in ${versions}`,
    seen: 'a whole real v1.12.1 (2026-11-30), NFS, a target whose server was not there: it said why, was deleted, and stayed for the 6 min that it was watched',
  },
} as const satisfies Record<string, BugRow>;
