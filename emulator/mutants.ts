/** Bugs to inject into the emulator, of kinds that Longhorn has had. The scenarios for a bug must fail with it. */
export const mutants = {
  // A backup that waits for a deletion.
  'second-not-held':
    'a new backup of a volume starts while another of its backups is Deleting: no Pending, and it runs into the deletion',
  'message-missing': 'a held backup is Pending without status.messages.info: nobody learns what it waits for',
  'lost-snapshot-awaited':
    'a backup whose snapshot has gone before its upload is Pending for ever, and keeps its volume attached',
  'held-by-error':
    'a new backup of a volume is held by a failed deletion too: it stays Pending as long as another backup is in Error',
  // A deletion.
  'deletion-never-ends':
    'the deletion succeeds in the store, but the Backup stays Deleting with its finalizer',
  'cfg-left-behind': 'the Backup goes while its config file stays in the store',
  'blocks-left-behind': 'a deletion removes the config and leaves the blocks that nobody uses any more',
  'finalizer-stays-without-volume': 'a Backup whose volume has gone cannot be deleted: its finalizer stays',
  'manager-panics':
    'the manager process ends with a panic when a deletion has succeeded, and its container is restarted',
  // A deletion that fails.
  'never-retried':
    'a failed deletion is never tried again: the Backup stays in Error after the cause has gone',
  'retried-without-backoff': 'a failed deletion is tried again at once and for ever, without a back-off',
  'error-text-lost': 'the Error of a deletion does not say why it failed: the words of the command are lost',
  'error-in-wrong-field': 'the error of a deletion stands in status.error instead of status.messages.error',
  // A manager that is killed during a deletion.
  'crash-not-noticed':
    'a new manager takes a deletion that it knows nothing of for one under way: the Backup stays Deleting for ever',
  'no-record-message-missing': 'a new manager runs a forgotten deletion again without the Error that says so',
  // A snapshot of CSI, with a backup behind it.
  'csi-handle-names-snapshot': 'the handle of a VolumeSnapshot names the snapshot, not the backup',
  'csi-ready-before-completed': 'a VolumeSnapshot is ready to use while its backup is being uploaded',
  'csi-deletion-keeps-backup':
    'a VolumeSnapshot that is deleted, by a class that says Delete, leaves its backup',
  'csi-retained-backup-goes': 'the backup of a VolumeSnapshot goes with it, though its class says Retain',
  'csi-type-required': 'a class of VolumeSnapshots without a type makes none',
  'csi-type-ignored': 'a class of VolumeSnapshots with a type that does not exist makes backups',
  'csi-left-snapshot-refused':
    'a VolumeSnapshot is not made if Longhorn has a snapshot of its name already, without a backup',
  'csi-left-backup-ignored':
    'a VolumeSnapshot gets a new backup although there is one of its name, if the snapshot of that is gone',
  'csi-detached-volume-refused': 'a VolumeSnapshot of the type snap is not made of a detached volume',
  'csi-restart-makes-another':
    'a CSI plugin that is started again makes another backup for a VolumeSnapshot whose backup is under way',
  'csi-mode-ignored': 'a class of VolumeSnapshots that asks for full backups makes incremental ones',
  'csi-smaller-claim-taken': 'a claim that is smaller than its VolumeSnapshot gets a volume',
  'csi-claim-gets-newest-backup':
    'a claim of a VolumeSnapshot gets the data of the newest backup of its volume',
  'csi-formats-again': 'the CSI plugin formats a volume each time that a pod gets it',
  // A volume that is made for a claim.
  'class-backup-ignored': 'the volume of a StorageClass that names a backup is empty',
  'class-target-ignored': 'the volume of a StorageClass that names a backup target has the target default',
  'class-jobs-ignored': 'the volume of a StorageClass that selects recurring jobs takes part in none of them',
  'class-of-claim-forgotten': 'a backup volume does not have the StorageClass of the claim of its volume',
  'workload-not-backed-up': 'a backup does not name the claim and the workload of its volume',
  'workload-not-restored': 'a restored volume does not say what claim and workload the backed-up one had',
  'claim-jobs-ignored':
    'the labels of recurring jobs of a claim do not reach its volume, although the claim is their source',
  'claim-jobs-added-only': 'a volume keeps the recurring jobs that its claim, their source, does not have',
  'csi-error-unsaid': 'a VolumeSnapshot that cannot be made does not say why',
  // A write that is lost, or whose manager is killed: the subject of the crash matrix.
  'finalizer-forgotten':
    'a new manager leaves its finalizer on a Backup whose files are gone: whoever removed them is dead',
  'synced-before-listed':
    'a BackupVolume says that the store was looked into before its Backups are brought in line with that',
  'retry-creates-two': 'a Backup whose creation was not answered is created again under another name',
  // Locks in the store.
  'lock-never-expires': 'a lock counts for ever, however long ago its holder has died',
  'same-type-locks-conflict': 'two locks of the same type keep each other out, such as those of two uploads',
  'lock-ignored': "a deletion ignores an upload's lock, and the upload: blocks of the new backup are lost",
  'lost-lock-retried-creation':
    'a new backup that has lost the lock is tried again and again in silence, instead of ending in Error',
  // The content of a backup, and its status.
  'head-backed-up': 'a backup holds what the volume has when it is uploaded, not what its snapshot has',
  'older-snapshot-not-read':
    'a backup of a snapshot that is older than the last backup takes the blocks of that one',
  'rebuild-empties-snapshots': 'the snapshots of a volume are empty once a replica of it is rebuilt',
  'snapshot-limits-ignored': 'a volume has any number of snapshots, of any size, whatever its maximum says',
  'snapshot-size-unlimited': 'a volume has snapshots of any size, whatever its maximum says',
  'many-snapshots-unsaid': 'a volume does not say that it has too many snapshots',
  'many-snapshots-stay': 'a volume says that it has too many snapshots when they are few again',
  'disabled-purge-goes-on': 'a deleted snapshot is purged although the setting forbids that',
  'trim-marks-no-snapshot':
    'what is discarded in a volume marks none of its snapshots as removed, whatever the volume allows',
  'trim-marks-all-snapshots':
    'what is discarded in a volume marks its snapshots as removed, whatever the volume allows',
  'trim-frees-nothing': 'a recurring job with the task filesystem-trim discards nothing',
  'system-snapshots-stay': 'the snapshots that are made for rebuilds stay, whatever the setting on them says',
  'snapshot-without-sync': 'a snapshot lacks what the file system of its volume has not written yet',
  'snapshot-torn':
    'a snapshot lacks a part of what was written in the seconds before it, and has what was written after that',
  'freeze-ignored': 'the file system of a volume is not frozen for a snapshot, whatever the volume says',
  'file-system-stays-frozen': 'a file system that was frozen for a snapshot is not thawed after it',
  'purge-loses-data': 'a snapshot that is removed takes the data of the next one along',
  'newest-snapshot-purged':
    'the newest snapshot of a volume goes at once, though its data cannot be merged yet',
  'marked-snapshot-stays': 'a snapshot that is marked as removed stays when a newer one has been taken',
  'snapshot-keeps-volume-attached':
    'a snapshot for which its volume was attached goes on asking for that when it has been taken',
  'backups-go-with-snapshot': 'the backups of a snapshot are deleted with it',
  'target-of-backup-ignored': 'a volume that is restored has the backup target default, if it names none',
  'target-not-filled-in': 'a Backup that names no target gets none: nothing comes of it',
  'labels-lost': 'the labels that a backup is asked for with are in its spec alone',
  'url-of-another-backup': 'the URL of a backup names another one',
  'upload-threads-ignored': 'one block of a backup is uploaded at a time, whatever the setting says',
  'upload-threads-unlimited': 'all blocks of a backup are uploaded at once, whatever the setting says',
  'restore-threads-ignored': 'one block of a backup is restored at a time, whatever the setting says',
  'blocks-sent-again': 'an incremental backup sends each block anew, be it in the store or not',
  'block-size-ignored': 'every backup has blocks of 2 MiB, whatever was chosen for its volume',
  'grown-volume-keeps-stored-size':
    'a backup of a volume that has grown has the size, and the data, that the volume had before',
  'compression-ignored': 'every backup is compressed by gzip, whatever was chosen for its volume',
  'last-backup-stays':
    'what is known of a volume in the store stays as it was when its newest backup is deleted',
  'progress-stays': 'the progress of a backup stays at 0 until it is Completed',
  'ticket-stays': 'a backup goes on asking for its volume to be attached when it has ended',
  'snapshot-outlives-settings':
    'a snapshot stays when its backup is made or deleted, whatever the settings say',
  'failed-backup-stays': 'a backup that failed stays, however long it may by the setting',
  'failed-backup-never-kept': 'a failed backup goes at once if the setting says that it may stay for ever',
  // A store that fails, and restores.
  'failed-upload-completes': 'a backup whose upload has failed is Completed, and says nothing of it',
  'dead-upload-stays': 'a backup whose upload has died with its replica stays InProgress for ever',
  'dead-upload-completes': 'a backup whose upload has died with its replica is Completed',
  'upload-lost-with-pod-completes': 'a backup whose upload has died with its instance manager is Completed',
  'upload-lost-with-node-stays': 'a backup whose upload has died with its node stays InProgress for ever',
  'upload-without-server-completes': 'a backup whose mount has given its server up is Completed',
  'lost-backup-stays': 'a completed Backup that the store has no more stays in Longhorn',
  'deletion-beside-restore': 'a backup is deleted while a volume is restored from it, whatever the lock says',
  'activated-volume-goes-back': 'a volume that was activated can be put on standby again',
  'activation-misses-newest':
    'a volume on standby is activated with what it holds, though there is a newer backup',
  'standby-detaches': 'a volume on standby is detached between the backups that it follows',
  'evicted-node-keeps-standby':
    'a volume on standby keeps its replica on a node from which all are to be evicted',
  'standby-keeps-its-size':
    'a volume on standby does not grow along with its source, and restores nothing more',
  'standby-detaches-to-grow': 'a volume on standby is detached so that it can grow',
  'standby-skips-csi-backups': 'a volume on standby restores no backup that CSI has made after its first',
  'standby-skips-full-backups': 'a volume on standby restores incremental backups alone',
  'api-takes-standby-for-any': 'the API makes snapshots and backups of a volume on standby, as of any other',
  'tags-ignored': 'a volume is placed as if it selected no tags',
  'size-unchecked': 'a volume is placed on a disk that cannot hold it',
  'cordon-ignored': 'a volume is placed on a node that is cordoned, or that Longhorn may not use',
  'missing-disk-tag-unsaid': 'a volume with a disk tag that no disk has does not say why it is not placed',
  'degraded-restore-waits': 'a volume that lacks a replica is not restored, whatever the setting says',
  'degraded-standby-always-activated':
    'a volume on standby that lacks a replica is activated, whatever the setting says',
  'restore-limit-ignored': 'the setting how many volumes a node restores at once has no effect',
  'standby-counts-as-restore': 'a volume on standby restores nothing while its node restores no more volumes',
  'restore-ends-with-its-engine': 'a restore whose engine ended counts as done, with the data so far',
  'lost-replica-ends-restore':
    'a restore is given up when one of the replicas dies, and so is a volume on standby',
  'standby-reads-everything': 'a volume on standby reads all blocks of each new backup, also unchanged ones',
  'standby-ends-with-its-backup':
    'a volume on standby restores nothing more once the backup that it holds is deleted',
  'restore-skips-blocks': 'a restore leaves out a block that it cannot read, and ends well: half the data',
  'restore-leaves-old-data': 'a restore leaves other data than zeros in blocks that its backup does not have',
  'restore-leaves-second-snapshot':
    'a restored volume has a snapshot that nobody made, beside that of the restore',
  'restored-data-go-with-snapshot':
    'the snapshot that a volume was restored into takes the data of the volume along when it is removed',
  'restored-replicas-by-default': 'a restored volume has three replicas, however many were asked for',
  'device-while-restored': 'a volume has its device while it is still being restored',
  'restore-without-config-ends-well':
    'a restore of a backup whose config is gone, or cannot be read, ends well: an empty volume',
  'full-backup-spares-blocks': 'a full backup does not send the blocks that the store has, be they damaged',
  'backup-volume-stays-stored': 'a BackupVolume that is deleted goes, and leaves its folder in the store',
  'failed-upload-ends-replica': 'an upload that fails takes the process of its replica along',
  'old-compression-unknown':
    'a backup that does not say how it is compressed, as an old one, is read as if it were not',
  'found-backup-not-pulled': 'a backup in the store that the cluster does not know never appears there',
  'first-page-only': 'of a listing of a bucket the first page alone is read: the first 1000 files',
  'metrics-of-others': 'each manager reports the metrics of all backups and volumes, not of its own alone',
  'polled-without-interval': 'a backup target whose poll interval is 0 is polled all the same',
  'found-block-size-ignored':
    'a backup that is found in the store has blocks of 2 MiB, whatever its config states',
  // A backup target that changes.
  'forgotten-volumes-removed':
    'a volume that was missing from a store, or forgotten with its URL, is removed from there when it is found again',
  'former-target-cleared':
    'what the store of its former backup target has of a volume is removed when it is given another',
  'target-takes-files-along': 'a backup target that is deleted takes the files of its volumes along',
  'uninstallation-takes-files-along': 'an uninstallation takes the files of all backups along',
  'uninstallation-unconfirmed': 'an uninstallation does not ask for deleting-confirmation-flag',
  'failed-backup-stops-uninstallation': 'an uninstallation waits for a failed backup, which nothing deletes',
  'backup-without-volume-ends-manager':
    'a manager ends over a backup whose volume is deleted during the upload',
  'default-resource-ignored':
    'the ConfigMap longhorn-default-resource does not change the backup target default',
  'default-resource-resets':
    'the poll interval of the backup target default is reset if its ConfigMap has none',
  'encryption-takes-space': 'the header of an encrypted volume takes its place from the data',
  'encryption-ignored': 'the file system of an encrypted volume is on its device itself, not encrypted',
  'missing-binary-ignored': 'a store is listed where the binary of the engine image is missing',
  'missing-binary-not-put-back': 'a binary of an engine image that is missing from a node is not put back',
  'upgrade-loses-jobs': 'an upgrade removes the recurring jobs',
  'upgrade-stops-polling': 'an upgrade stops the polling of the backup targets',
  'upgrade-lists-anew': 'an upgrade removes the backup volumes, with their backups',
  'upgrade-activates-standby': 'an upgrade takes volumes off standby',
  'upgrade-keeps-jobs-by-age': 'an upgrade makes recurring jobs from before keep by age',
  'deletion-tried-without-target': 'a deletion is taken up though the backup target is not available',
  'unreachable-forgets-backups': 'the backups of a target that cannot be reached go from the cluster',
  'bucket-url-unchecked': 'the URL of a bucket without a path is taken for that of its root',
  'virtual-hosting-ignored': 'the bucket is never named in the host, whatever the Secret says',
  'certificate-unchecked': 'a store is used whatever its certificate is',
  'target-reason-lost': 'a backup target that is not available does not say why',
  'nfs-options-ignored':
    'a share is mounted with the usual options, whatever the URL of its backup target says',
  'nfs-defaults-forgotten': 'a share is mounted without the default options if its URL has none',
  'nfs-options-kept': 'options for NFS that let a mount hang are not mended',
  'nothing-refused': 'nothing of backup targets is refused: the default goes, and two may have one store',
  'jobs-unchecked': 'nothing of recurring jobs is refused: a task that nobody knows is taken',
  'job-limits-kept': 'a recurring job keeps a retain or a concurrency of 0',
  'volumes-unchecked': 'nothing of volumes is refused: their backups may be compressed otherwise one day',
  'restored-size-kept': 'a volume that is restored has the size that was asked for, not that of its backup',
  'access-mode-forgotten':
    'a volume that is restored has the access mode rwo, whatever that of its source was',
  'default-block-size-ignored': 'a new volume has backup blocks of 2 MiB, whatever the setting says',
  'standby-block-size-kept':
    'a volume on standby has the block size that was asked for, not that of its backup',
  'backups-unchecked': 'nothing of backups is refused: each is taken, whether it can ever be made or not',
  'system-backups-unchecked': 'a system backup is taken though the default backup target has no URL',
  'system-backup-lacks-claims': 'a system backup lacks the PersistentVolumeClaims',
  'system-backup-has-nodes': 'a system backup has the nodes of Longhorn too',
  'system-restore-restores-nodes': 'a system restore gives nodes the tags that they had',
  'system-backup-skips-a-state': 'a system backup is packed before the backups of backing images are made',
  'system-backup-policy-unset': 'a system backup whose policy is not given has none',
  'old-store-kept': 'a backup target that becomes another store is still looked at where it was',
  'cordoned-node-hides-backups': 'no backup target is listed while a node is cordoned',
  'old-key-kept': 'a manager logs in to a store with the key that it read first, for as long as it lives',
  // Recurring jobs.
  'cleanup-error-fails-job':
    'an error of the cleanup fails the job, which is then run again and makes one more backup',
  'deleted-volume-stops-job': 'a run of a job ends when one of its volumes is deleted',
  'retain-ignored': 'the cleanup removes nothing: the backups of a job pile up',
  'retain-off-by-one': 'the cleanup keeps one backup more than the job says',
  'age-ignored': 'a job that is to keep its backups by age keeps as many as it retains by number',
  'job-hides-everything': 'a job makes no backup, ends well and says nothing of it',
  'snapshots-pile-up': 'a job leaves the snapshots of its former runs',
  'failed-runs-leave-snapshots':
    'a job removes old snapshots only after a backup: those of runs without one pile up',
  'jobs-share-retention': 'the cleanup of a job counts, and removes, the backups of other jobs too',
  'failing-volume-stops-job':
    'a run ends at the first volume for which it fails: those behind it get no backup',
  'failed-backup-stops-job': 'a job makes no backup of a volume any more while that has a failed one',
  'concurrency-ignored': 'a run works on all of its volumes at once, whatever the concurrency of its job',
  'force-ignored':
    'a job that is to make a backup by force makes none either where it may not remove an old snapshot',
  'job-labels-lost': 'the labels of a job are not in the snapshots and backups that it makes',
  'job-history-ignored': 'the Jobs of former runs stay, whatever the setting says',
  'runs-overlap': 'a run of a job is started though the one before is at work',
  'own-snapshots-alone': 'a job that is to delete the old snapshots of anybody deletes its own alone',
  'default-group-forgotten': 'a volume that takes part in no recurring job is in no group either',
  'default-group-for-all': 'a volume that takes part in a recurring job is in the group default too',
  'job-labels-stay': 'the volumes of a recurring job keep its labels when it is deleted',
  'never-full': 'a job makes incremental backups alone, whatever its full-backup-interval',
  'detached-not-left-out': 'a job backs up a volume that is detached, though the setting forbids it',
  'jobs-not-restored': 'a volume is restored without its recurring jobs, whatever the setting says',
  'choice-of-jobs-ignored': 'the setting alone decides on the recurring jobs of a restored volume',
  'restored-jobs-double': 'each restore makes one more recurring job, if the job of that name was changed',
  'standby-restores-jobs': 'the recurring jobs of its source are restored with a standby volume too',
  'restored-volume-left-out': 'a recurring job makes no backup of a volume that was restored',
  'volume-stays-on-its-node':
    'a volume is never attached to another node than before: a workload there waits for ever',
  'cleans-up-manual-backups': 'the cleanup of a job removes backups that a user has made',
  // System backups.
  'system-backup-not-uploaded': 'a system backup is Ready without having been uploaded',
  'system-backup-takes-others-along':
    'the deletion of a system backup removes the files of those whose names begin with its name',
  'system-backups-not-found': 'a sync does not find the system backups that are in the store',
  'system-backup-takes-old-backups':
    'a system backup with the policy if-not-present backs no volume up that has a backup, however old',
  'system-backup-takes-standby': 'a system backup backs up a volume on standby too',
  'system-backup-ignores-always':
    'a system backup with the policy always leaves volumes out that have not changed since their last backup',
  'system-backup-ignores-disabled': 'a system backup with the policy disabled backs volumes up',
  'system-backup-ignores-failed-volume': 'a system backup is Ready though the backup of a volume has failed',
  'system-restores-unchecked':
    'a system restore is taken though volumes are attached, or another one is under way',
  'system-restore-reads-anything': 'a system restore whose system backup cannot be read is Completed',
  'system-restore-skips-a-state': 'a system restore is never Unpacking',
  'system-restore-takes-oldest-backup':
    'a system restore makes a volume from its oldest backup instead of its latest one',
  'system-restore-replaces-volumes':
    'a system restore replaces a volume that is there by one from its last backup',
  'system-restore-forgets-jobs': 'a system restore makes no recurring job that is missing',
  'system-restore-sets-all-settings':
    'a system restore also sets a setting that the documents leave to the cluster',
  'system-restore-marks-only-new-volumes': 'a system restore does not mark the volumes that it leaves',
  'system-backups-pile-up': 'a recurring job keeps all the system backups that it has made',
  'failed-system-backup-counts':
    'a recurring job keeps a failed system backup as its newest, and removes a good one for it',
  'snapshot-cleanup-takes-manual-ones':
    'a recurring job with the task snapshot-cleanup removes snapshots that a user has made',
  'job-removes-manual-system-backups':
    'the cleanup of a recurring job removes system backups that a user has made',
  // The user interface.
  'page-hides-deleting': 'the page of backups shows a backup that is being deleted as Completed',
  'page-hides-error':
    'the page of backups neither warns of a backup, or a deletion, that failed nor says why',
  'page-deletes-another': 'the dialog names one backup, and another one of the volume is deleted',
  'page-restores-latest': 'the dialog of a restore names one backup, and the latest one is restored',
  'page-backs-up-old-snapshot':
    'the dialog of a backup makes one of the first snapshot of the volume, not of a new one',
  'page-forgets-labels': 'a backup that is made on the page of its volume lacks the labels of its dialog',
  'page-colours-no-backup': 'the page of a volume has one colour for all of its snapshots',
  'page-restores-first-of-several':
    'the dialog that restores several backup volumes restores the first one under each name',
  'page-filters-nothing': 'the page of backup volumes shows all of them, whatever they are filtered by',
  'page-sorts-nothing': 'the page of backups has one order, whatever column is pressed',
  'page-swaps-labels': 'the page of backups shows the value of a label as its key',
  'page-forgets-workload': 'the page of backups shows another workload than that of the backup',
  'page-hides-standby': 'the page of volumes does not mark a volume that is on standby',
  'page-ignores-block-size':
    'a volume that is made on its page has the default size of backup blocks, whatever was chosen there',
  'page-ignores-policy':
    'a system backup that is made on its page has the policy if-not-present, whatever was chosen there',
  'page-keeps-schedule': 'a recurring job that is changed on its page keeps its schedule',
  'page-hides-reason': 'the page of backup targets does not say why one cannot be used',
  'page-syncs-nothing': 'the button by which all backup volumes are looked at does nothing',
  'streams-repeat-themselves': 'a stream of the API sends all of it anew whenever it is looked at',
  'page-stays-cut-off': 'the page never opens a WebSocket again that was lost, and stays as it was',
  // A replica.
  'replica-helper-lost':
    'the helper of a replica cannot be started from the engine binary: the replica fails, and the volume is faulted',
} as const;

/**
 * Bugs of Longhorn, and so of the emulator, that can be fixed one at a time. The names are rows of the
 * ledger. With a fix, the scenario for the bug must report the bug as fixed.
 */
export const fixes = {
  'fixed:deletion-destroys-other-backups':
    'a deletion fails before it removes anything while the names of the backups cannot be listed',
  'fixed:stored-data-counts-small-blocks': 'the stored blocks of a volume count with their own size',
  'fixed:found-backup-has-no-block-size':
    'a Backup without a block size gets that of its config with the next sync',
  'fixed:default-resource-undoes-changes':
    'a longhorn-manager applies the ConfigMap longhorn-default-resource only if that has changed',
  'fixed:refused-default-resource-ends-managers':
    'a longhorn-manager starts, though its change of the backup target default is refused',
  'fixed:unlabelled-backup-ends-managers':
    'a Backup without labels of an encrypted volume gets its label, and the manager lives on',
  'fixed:encrypted-backup-hangs-as-plain':
    'a volume that is restored from a backup of an encrypted volume has the size of that with the header',
  'fixed:grown-volume-is-not-restored':
    'a restored volume grows to the size that its source has in the store',
  'fixed:kubectl-activation-misses-newest':
    'the activation of a volume on standby requests a sync of the backup volume itself',
  'fixed:unlabelled-backup-is-never-deleted':
    'a Backup without the label of its target is on the target where it was found',
  'fixed:lock-fails-open': 'a lock that cannot be read, and locks that cannot be listed, keep others out',
  'fixed:unlistable-store-is-empty': 'a listing of volumes or backups that fails is an error',
  'fixed:unreadable-config-is-gone': 'only a file that is not there counts as one that is not there',
  'fixed:config-removed-without-volume-cfg':
    'a deletion reads volume.cfg first, and removes nothing without it',
  'fixed:unlistable-blocks-are-unknown':
    'a deletion fails before it removes anything while the blocks cannot be listed',
  'fixed:unreadable-neighbour-keeps-blocks':
    'a deletion gives way, as to a lock, before it removes anything while the config of another backup cannot be read',
  'fixed:unread-volume-cfg-ends-replica':
    'a backup that cannot read volume.cfg fails, and its replica goes on',
  'fixed:unwritten-backup-is-completed': 'an upload is at its end only when its config is written',
  'fixed:upload-outlives-its-lock': 'an upload whose config was removed meanwhile writes no other',
  'fixed:deletion-outlives-its-lock': 'a deletion whose lock has expired ends',
  'fixed:last-to-end-is-last-backup':
    'an upload that ends does not replace a last backup of a newer snapshot',
  'fixed:whole-backup-goes-as-failed':
    'a failed backup that the store has whole is not deleted after its time',
  'fixed:deletion-brings-backup-volume-back':
    'a deletion of a backup writes no volume.cfg where that was removed meanwhile',
  'fixed:backup-has-time-of-its-upload': 'the config of a backup has the time of its snapshot',
  'fixed:foreign-file-stops-store': 'a file in the place of a folder of the store has no content',
  'fixed:first-backup-outlives-its-deletion': 'a Backup without a BackupVolume is deleted in the store too',
  'fixed:copied-store-hides-its-backups':
    'a BackupVolume does not make itself an owner of a Backup of another target',
  'fixed:deleted-snapshot-spoils-upload':
    'an upload reads the data of its snapshot, also if that is deleted meanwhile',
  'fixed:trim-empties-snapshot': 'what is discarded in a volume stays in its snapshots',
  'fixed:trim-empties-upload': 'what is discarded in a volume stays in a snapshot that is being uploaded',
  'fixed:reused-snapshot-name-spoils-backup':
    'a backup compares with the last backup, not with a snapshot of its name',
  'fixed:smaller-volume-cuts-restores': 'a volume that is restored has the size of its Backup',
  'fixed:growth-during-upload-cuts-restores':
    'an upload that ends does not make the size in volume.cfg smaller',
  'fixed:odd-size-ends-restores': 'a backup is restored, whatever size its volume has in volume.cfg by now',
  'fixed:claim-of-unread-backup-is-empty': 'a claim of a backup that Longhorn has not read waits for that',
  'fixed:odd-size-hides-backups':
    'a Backup that is found in a store is made, whatever size the volume of its name has',
  'fixed:restored-job-serves-others': 'a job that was restored runs for the volumes with its own label alone',
  'fixed:upload-miscounts-blocks': 'an upload counts the blocks that there are',
  'fixed:waiting-backup-loses-lock': 'a Backup stays until the command that removes it has ended',
  'fixed:upload-follows-next-target': 'an upload keeps the credentials and the endpoint of its backup target',
  'fixed:second-request-gives-restore-up':
    'a restore that the other replicas have begun does not read the configs of the backup again',
  'fixed:missing-mark-outlives-its-cause': 'a Backup that is in the store again loses its mark as missing',
  'fixed:backup-outlives-its-backup-volume': 'a BackupVolume that is deleted takes all of its Backups along',
  'fixed:unrestored-volume-is-backed-up-empty': 'a volume that is being restored gets no snapshot',
  'fixed:uncloned-volume-is-backed-up-empty': 'a snapshot waits until its volume has been cloned',
  'fixed:unrestored-volume-is-cloned-empty': 'a clone waits until its source has been restored',
  'fixed:standby-ignores-reused-backup-name':
    'a volume on standby whose only backup was deleted restores the next one, whatever its name',
  'fixed:smaller-source-stops-standby':
    'a volume on standby ignores backups of a volume that is smaller than itself',
  'fixed:other-block-size-ends-standby':
    'a volume on standby restores all of a backup whose blocks have another size',
  'fixed:restarted-standby-loses-its-data':
    'a volume on standby whose engine begins anew still knows what it has restored',
  'fixed:added-replica-ends-standby':
    'a volume on standby keeps the replicas that have its backup where one more cannot restore it',
  'fixed:larger-standby-follows-no-more': 'a volume on standby cannot be made larger by a user',
  'fixed:standby-stops-without-its-backup':
    'a volume on standby can be changed, although the backup that it was made from is gone',
  'fixed:full-disks-stop-standby': 'a volume on standby that has no room to grow says so',
  'fixed:unlabelled-standby-is-never-activated':
    'a volume on standby finds its backup volume by the URL of its backup',
  'fixed:restore-limit-counts-itself':
    'a replica that is added during a restore is restored in the place that its volume has',
  'fixed:restored-pv-goes-to-another-claim': 'a system restore keeps a PersistentVolume for its claim',
  'fixed:volumeless-claim-stops-system-restore':
    'a system restore leaves out a claim that had no PersistentVolume',
  'fixed:volumeless-pv-stops-system-restore':
    'a system restore leaves out a PersistentVolume whose volume is not there',
  'fixed:restore-given-up-over-lock': 'a restore that meets the lock of a deletion is tried again',
  'fixed:missing-volume-cfg-not-shown': 'a backup volume has the error of its listing in status.messages',
  'fixed:negative-poll-interval-never-pauses': 'a negative poll interval of a backup target is refused',
  'fixed:refused-system-backup-config-is-never-written':
    'the config of a system backup is written again if the store has its archive alone',
  'fixed:retargeted-standby-misses-newest': 'a volume on standby cannot be moved to another backup target',
  'fixed:snapshots-stop-standby': 'a volume on standby takes no snapshot',
  'fixed:upload-outlives-its-target': 'a backup goes with its backup target while it is uploaded',
  'fixed:orphaned-upload-is-begun-again':
    'a manager that takes over an upload does not wait for the deletion of another backup',
  'fixed:upload-outlives-its-url':
    'a backup goes that is uploaded, and is not in the store of its backup target',
  'fixed:system-backup-forgotten-without-secret':
    'a system backup is tried again until its backup target can be opened',
  'fixed:misspelt-policy-backs-nothing-up': 'a system backup with an unknown policy for volumes is refused',
  'fixed:labelled-backup-is-not-full':
    'a backup that the page of its volume asks for has its mode, with labels too',
  'fixed:deleted-backup-takes-namesake':
    'a backup takes a snapshot along only if that is of its volume, whatever the setting says',
  'fixed:deleted-snapshot-spoils-clone': 'a snapshot that is being cloned is deleted after that',
  'fixed:dotted-job-never-runs': 'a recurring job whose name has a dot is rejected',
  'fixed:deleted-snapshot-counts-as-kept':
    'a recurring job does not count a snapshot that is marked as removed among those that it keeps',
  'fixed:deleted-backup-counts-as-kept':
    'a recurring job does not count backups that are being deleted as kept',
  'fixed:lost-backup-takes-snapshot':
    'a backup whose object alone is deleted leaves its snapshot, whatever the setting says',
  'fixed:late-listing-deletes-backup':
    'a backup that was not Completed before a listing of the store does not count as gone, though the listing lacks it',
  'fixed:missing-secret-not-reported': 'a backup target whose Secret does not exist says so',
  'fixed:unplaced-restore-is-given-up':
    'a volume that is to be restored, and has no place yet, does not say that its restore has failed',
  'fixed:missing-node-tag-unsaid': 'a volume with a node tag that no node has says so',
  'fixed:targetless-volume-is-not-backed-up':
    'an event of each volume whose backup target is deleted says so',
  'fixed:crashed-standby-stays-faulted': 'a volume on standby whose only replica failed is salvaged',
  'fixed:older-replica-is-salvaged':
    'a volume whose replicas have all failed is salvaged with the one that failed last, wherever that is',
  'fixed:snapshot-of-rebuild-is-deleted': 'a snapshot that is made while a rebuild is prepared is kept',
  'fixed:verified-rebuild-keeps-snapshots':
    'a replica whose rebuild another longhorn-manager has begun is no longer marked as being rebuilt at its end',
  'fixed:standby-restores-into-snapshot':
    'a volume on standby restores nothing into a snapshot that was made of it',
  'fixed:failed-standby-stays-faulted':
    'a volume on standby tries again to restore a backup that it could not read',
  'fixed:refused-job-is-not-restored': 'an event says why a recurring job is not restored with its volume',
  'fixed:deleted-job-leaves-labels': 'a job that has gone at once has its labels taken off all volumes',
  'fixed:system-backup-deletion-ignores-refusal':
    'a SystemBackup whose files cannot be removed stays, and its deletion is tried again',
  'fixed:unread-system-backup-stays-in-error': 'a SystemBackup whose config could not be read is read again',
  'fixed:unread-system-backup-is-never-deleted':
    'a SystemBackup whose config could not be read is deleted in the store too',
  'fixed:cleanup-takes-snapshot-of-upload':
    'a recurring job leaves the snapshots of backups that are not at their end',
  'fixed:reverted-volume-is-not-backed-up':
    'a system backup compares the data of a volume with its last backup, also after a revert',
  'fixed:second-system-restore-is-accepted':
    'a system restore is refused from the request of another one on, until that has ended',
  'fixed:system-restore-waits-for-no-target':
    'a system restore makes volumes once the backups of the targets that it has made are known',
  'fixed:deleted-system-backup-comes-back':
    'a system backup that is deleted during its upload goes when that has ended, with its files',
  'fixed:ended-manager-stops-system-backup':
    'a system backup is packed again where its archive went with a manager',
  'fixed:system-restore-leaves-volume-out': 'a system restore that cannot make a volume fails',
  'fixed:finished-backup-takes-snapshot-of-upload':
    'a backup that ends leaves its snapshot to other backups of it that are not at their end',
  'fixed:system-backup-waits-for-deleted-backup':
    'a system backup fails if a backup that it has made of a volume is gone',
  'fixed:reused-system-backup-name-makes-nothing':
    'a new system backup fails if the store has one of its name',
  'fixed:setting-stops-system-restore': 'a system restore makes StorageClasses before it sets settings',
  'fixed:system-restore-leaves-standby-out':
    'a system restore makes a volume on standby from the last backup of its source',
  'fixed:system-restore-takes-old-origin':
    'a system restore looks for the last backup of a volume on all backup targets',
  'fixed:system-restore-clones-again':
    'a system restore makes a volume that was cloned from its last backup alone',
  'fixed:restarted-system-restore-is-empty':
    'a system restore whose pod is started again unpacks the system backup again',
  'fixed:recurring-system-backup-forgotten':
    'a recurring job knows its system backups by their names, also those that a sync has found',
  'fixed:workload-cuts-off-backup':
    'a volume that is attached for a backup stays where it is until that has ended, whoever wants it elsewhere',
  'fixed:power-loss-empties-metadata': 'a snapshot syncs the metadata of the new head to the disk',
  'fixed:first-backup-outlives-volumesnapshot':
    'a VolumeSnapshot that is deleted takes its backup along, whether or not Longhorn has listed its volume in the store',
  'fixed:bare-volume-is-rejected':
    'a volume that says nothing of its data engine and its replicas is accepted',
  'fixed:retargeted-volumesnapshot-is-ready-early':
    'the CSI plugin finds the backup that it made for a VolumeSnapshot, whichever backup target its volume has',
  'fixed:larger-claim-gets-smaller-volume': 'a claim that is larger than its VolumeSnapshot is refused',
  'fixed:volumesnapshot-of-no-backup-is-ready':
    'a VolumeSnapshotContent whose handle names no backup is not ready, and says so',
  'fixed:unmade-volumesnapshot-stays':
    'a VolumeSnapshot that was not made, as its backup target is not available, can be deleted',
  'fixed:new-owner-forgets-deletion': 'a new owner of a volume goes on with the deletion of its snapshots',
  'fixed:snapshot-stays-while-detached': 'a snapshot that is deleted has its volume attached, and goes',
} as const;

/** A bug that can be injected. */
export type InjectedBug = keyof typeof mutants;

/** A fix of a bug of Longhorn. */
export type Fix = keyof typeof fixes;

/** A change of the emulator: a bug added, or a bug fixed. */
export type Mutant = InjectedBug | Fix;

export const isInjectedBug = (name: string): name is InjectedBug => Object.hasOwn(mutants, name);
export const isMutant = (name: string): name is Mutant => isInjectedBug(name) || Object.hasOwn(fixes, name);
