import { issue, type WrittenDifference } from './difference.ts';

const read = 'source of v1.12.1; read, not met';

/** The differences between the documents about backups (website, proposals, manual tests) and the source. */
export const documentDifferences = {
  'full-backup-each-nth': {
    title: 'A full backup is made by each Nth run of a job, not after N incremental ones',
    document:
      'page on scheduling, and enhancement proposal 20240314: a full backup after every N incremental ones',
    product:
      'a run makes a full one where its number can be divided by N; runs that failed or made nothing count too',
    seen: `app/recurringjob/volume.go, ${read}`,
  },
  'restore-takes-stored-size': {
    title: 'A restored volume has the size of its backup, whatever size was requested',
    document: 'page on restoring: the size must be that of the backup',
    product: 'it is replaced without a word; only what is no size is refused',
    seen: 'dry runs on a real v1.12.1 (2026-11-26); webhook/resources/volume/mutator.go, source of v1.8.2 to v1.12.1',
  },
  'standby-keeps-all-targets': {
    title: 'While a standby volume exists no backup target at all can be changed or deleted',
    document: "page on concepts: the standby volume's own backup target cannot be changed",
    product: 'the URL and the Secret of none can be changed, and none can go',
    seen: `webhook/resources/backuptarget/validator.go, ${read}`,
  },
  'standby-again-is-accepted': {
    title:
      'A request to make an activated volume a standby volume again is accepted, and only blocks changes of all backup targets',
    document: 'page on standby volumes: an activated volume cannot be one again',
    product:
      'spec.Standby can be set, and the volume stays an ordinary one; while it is set, no backup target can be changed or deleted',
    versions: '>=1.8.0',
    seen: `webhook/resources/volume/validator.go, controller/volume_controller.go, datastore/longhorn.go (ListDRVolumesRO), ${read}`,
  },
  'activation-does-not-fail': {
    title: 'A standby volume is activated though a newer backup exists, and restores that first',
    document: 'page on concepts: the activation fails, and is to be tried again',
    product:
      'it is accepted; by the API Longhorn looks into the store first, by a patch of the object, as another page has it, it does not',
    seen: `manager/volume.go, ${read}`,
  },
  'blocks-collected-by-deletions': {
    title: 'Only deletions remove blocks that no backup needs',
    document: 'page on concepts: they are collected now and then, and a block has 2 MB',
    product: 'nothing but the deletion of a backup removes any; since v1.10.0 a block may have 16 MiB',
    seen: `backupstore, deltablock.go, ${read}`,
  },
  'restored-block-size': {
    title: 'A restored volume may have another block size, of which its size must be a multiple',
    document:
      'enhancement proposal 20250701: that is no goal; page on the block size: it is allowed, and nothing is said of the size',
    product: 'another one is taken where the size fits, and refused where it does not',
    versions: '>=1.10.0',
    seen: `types/types.go, ValidateBackupBlockSize, ${read}`,
  },
  'job-limits-corrected': {
    title: 'A job whose retain or concurrency is too small is corrected without notice',
    document: 'page on scheduling: both are at least 1; its list of tasks has no system-backup',
    product:
      'a smaller retain is raised, and 0 is taken for snapshot-delete; a concurrency of 0 becomes 10, where it is not kept; the name of an object above 40 characters is cut and gets a checksum; system-backup is a task since v1.9.0',
    seen: 'dry runs on a real v1.12.1 (2026-11-26); webhook/resources/recurringjob/mutator.go, source of v1.8.2 to v1.12.1',
  },
  'job-concurrency-kept': {
    title: 'A job with the concurrency 0 is accepted, and keeps it',
    document: 'page on scheduling: it is at least 1',
    product: 'it is raised for the check alone; v1.11.3 and v1.12.1 raise it',
    versions: '>=1.8.0 <1.11.3 || 1.12.0',
    seen: 'webhook/resources/recurringjob/mutator.go and datastore/longhorn.go, source of v1.8.2 to v1.12.1',
  },
  'execution-timeout-spares-uploads': {
    title: 'The backup execution timeout ends neither an upload nor a deletion',
    document: 'page on settings: the minutes that the execution of a backup may take',
    product: 'it bounds the commands that list and inspect, and the clean-up of mounts',
    seen: `engineapi/backups.go, ${read}`,
  },
  'backing-image-not-restored-by-kubectl': {
    title: 'A volume that is made by kubectl from a backup does not bring its backing image',
    document: 'page on backups of backing images: one that only the store has is restored by itself',
    product: 'by the API and by CSI; a Volume object is refused: "failed to get backing image"',
    seen: `manager/volume.go, webhook/resources/volume/validator.go, ${read}`,
  },
  'system-backup-takes-snapshots': {
    title: 'A system backup by the policy if-not-present takes a snapshot of each volume, and leaves it',
    document:
      'page on system backups: it backs up volumes without a backup, or with an outdated one; enhancement proposal 20230526: those without',
    product: 'to know what is outdated it takes a snapshot first, of detached volumes too',
    seen: `controller/system_backup_controller.go, ${read}`,
  },
  'system-backup-has-targets': {
    title: 'A system backup has the backup targets too',
    document: 'page on system backups: the kinds of objects in its bundle, without BackupTargets',
    product: 'the bundle has a list of them, without their Secrets',
    seen: `controller/system_backup_controller.go, ${read}`,
  },
  'system-restore-over-versions': {
    title: 'A system backup of another minor version is restored, with a line in the log',
    document: 'page on system restores: that is not possible; enhancement proposal 20220913: it is',
    product: 'nothing refuses it',
    seen: `controller/system_restore_controller.go, ${read}`,
  },
  'access-mode-is-restored': {
    title: 'A volume that is restored has the access mode of the one that was backed up',
    document: 'page on Velero, and a manual case: it is RWO',
    product: 'the restored volume gets the access mode that a label of the backup names',
    seen: `webhook/resources/backup/mutator.go, ${read}; a test of longhorn-tests`,
  },
  'default-target-is-no-setting': {
    title: 'The default backup target is no longer a setting',
    document:
      'page on default settings, and that of the Python client: the setting backup-target; enhancement proposal 20240926: a ConfigMap longhorn-default-backupstore',
    product: 'it is a BackupTarget, and its ConfigMap is longhorn-default-resource',
    seen: `datastore/longhorn.go, ${read}`,
  },
  'storage-class-names': {
    title: 'Parameters of a StorageClass have other names than in the document',
    document:
      'page on StorageClass parameters: freezeFSForSnapshot and backingImageName in its example, no backupBlockSize',
    product: 'freezeFilesystemForSnapshot and backingImage are read, and backupBlockSize since v1.10.0',
    seen: `csi/util.go, ${read}`,
  },
  'missing-snapshot-ends-backup': {
    title: 'A backup whose snapshot is missing does not stay Pending',
    document: 'page on VolumeAttachments: it stays Pending',
    product:
      'it is in Error after five tries; since v1.10.0 it is refused when it is made, as "snapshot <nil> is invalid"',
    seen: `controller/backup_controller.go, webhook/resources/backup/validator.go, ${read}`,
    link: issue(10090),
  },
  'too-many-snapshots-is-a-setting': {
    title: 'How many snapshots are too many for a volume is a setting',
    document: 'page on the conditions of volumes: above 100',
    product: 'since v1.12.0 a setting says how many',
    versions: '>=1.12.0',
    seen: `controller/volume_controller.go, ${read}`,
    link: issue(12396),
  },
  'fast-clone-backup': {
    title: 'Backups of volumes that are fast clones are refused, or are of other data',
    document: 'page on clones of volumes, v1.12.1: they are supported',
    product: 'a changelog says: not for V2; users were given other data than were written',
    versions: '>=1.12.0',
    seen: 'changelog of v1.12.1, longhorn/longhorn#13714, #13876; read, not met',
    link: issue(13714),
  },
  'csi-backup-handle': {
    title: 'The handle of a CSI snapshot with a backup behind it begins with bak',
    document: 'manual cases on CSI snapshots: bs://; and a class without a type is for snapshots',
    product: 'bak://; a class without a type means a backup',
    seen: `csi/controller_server.go, ${read}`,
  },
  'metrics-lack-deleting': {
    title: 'The metric of the state of a backup shows one that is Deleting as new',
    document:
      'page on metrics: has no state Deleting; page on system backups: V2 backing images are left out',
    product: 'Deleting is 0, as New; V2 backing images were removed in v1.12.0',
    seen: `metrics_collector/backup_collector.go, ${read}`,
  },
  'restore-limit-names-setting': {
    title:
      'The message about the limit of restores at a time has the name of the setting where a number should be',
    document: 'page on settings: the limit is a number of restores for each node',
    product: 'the text is put together from the name',
    seen: `controller/engine_controller.go, ${read}`,
  },
  'deletion-without-target-unreported': {
    title: 'Nothing tells the user that a deletion leaves the files while the target is not available',
    document: 'enhancement proposal 20241003 alone: the object goes, and is back with the next listing',
    product: 'as the proposal says; no page for users mentions it',
    seen: `controller/utils.go, ${read}; met on the emulator`,
  },
  'deletion-beside-restore': {
    title: 'Whether a restore survives the deletion of its backup depends on whether it has begun',
    document: 'two tests of longhorn-tests: the data are right; the volume is faulted',
    product: 'a restore that has begun holds the lock, and succeeds; one that has not begun fails',
    seen: `controller/backup_controller.go, backupstore, lock.go, ${read}`,
  },
  'poll-interval-may-be-negative': {
    title: 'A negative poll interval of a backup target is not refused',
    document: 'page on backup targets: from 0 on',
    product: 'Longhorn does not check it; only the page of targets refuses it',
    seen: `webhook/resources/backuptarget/validator.go, api/backup.go, ${read}`,
  },
} as const satisfies Record<string, WrittenDifference>;
