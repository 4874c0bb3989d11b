import { withIds } from './with-ids.ts';

/** An operation of Longhorn, and what happens when it fails. */
export type Operation = {
  id: string;
  /** Words of Longhorn that occur only in this operation. */
  pattern?: RegExp;
  /** Conditions of objects that are only about this operation. */
  conditions?: readonly string[];
  /** The controllers of longhorn-manager that do this, by their names in the log. */
  controllers?: readonly string[];
  /** What failed. A sentence begins with it. */
  failed: string;
  /** Whether and how Longhorn tries again. Left out if that depends on the client. */
  retry?: string;
  /** It uses the backup store. */
  asksStore?: boolean;
  /** Where to look if the cause is not known. */
  look?: string;
  /** Advice for any cause. For operations of other programs than Longhorn. */
  advice?: string;
  /** The message is harmless. This says what to do, if anything. */
  harmless?: string;
};

/**
 * The operations, by the messages that wrap a cause. The outermost message counts, so operations that use others come
 * first: a failed deletion is a deletion, whatever its cause.
 */
export const operations = withIds<Operation>({
  stack: {
    pattern: /^stack: /,
    failed: 'A part of the stack of a Go program',
  },
  'store-log': {
    pattern:
      /\bDeploymentID: [0-9a-f]{8}-|\bAPI: [A-Z]\w{2,60}\(|\bgarage_\w{1,60}::|\.minio\.sys\/|\bcmd\/[\w-]{1,60}\.go:\d+:cmd\./,
    failed: 'The S3 server logged an error; the message is not from Longhorn',
    advice:
      'Look at the server, and at what its drives are on (disks, mounts). Whether a backup or a restore met this, its own messages tell.',
  },
  'lock-refresh': {
    pattern: /[Ff]ailed to refresh acquired lock/,
    failed: 'The lock of an upload, a restore or a deletion could not be refreshed',
    retry:
      'It goes on, and tries again each minute. A lock that is 150 s old counts no more. Do not delete a backup while its upload has lost its lock: it may come back without some of its blocks (npx corral bugs show upload-outlives-its-lock).',
    asksStore: true,
  },
  'late-status': {
    pattern: /already completed or failed, skip the status update/,
    failed: 'A replica had counted a backup as ended already, and left out what came after that',
    harmless:
      'With 16 to 19 changed blocks this comes with every backup. Look whether the Backup has a status.url: without one it is not in the store, though it is Completed (npx corral bugs show unwritten-backup-is-completed).',
  },
  'velero-store': {
    pattern: /[Bb]ackup storage locations?\b|\bBackupStorageLocation\b|\bbackup-storage-location\b/,
    failed: "Velero did not get at its own storage location; that is not Longhorn's backup target",
    retry: 'Velero looks again by itself.',
    advice:
      'Look at the BackupStorageLocation of Velero (kubectl -n velero describe backupstoragelocations), and at the credentials, URL and region that it names.',
  },
  'velero-log': {
    pattern: / in velero\/\S+$/,
    controllers: ['velero'],
    failed: 'Velero reported an error; the message is not from Longhorn',
    advice:
      "Look at the store of Velero's BackupStorageLocation and at the credentials for it, if the text is about a store: Longhorn's backup target has no part in that. Otherwise look at what the text names.",
  },
  'pod-sandbox': {
    pattern: /\bFailedCreatePodSandBox\b|[Ff]ailed to create pod sandbox/,
    failed:
      "A pod's sandbox was not made: that is the work of the container runtime and the network plugin (CNI) of its node, and not of Longhorn",
    retry: 'The kubelet tries again.',
    look: 'Look at the events of the pod (kubectl describe pod), and at the network plugin of its node.',
  },
  'image-pull': {
    pattern:
      /[Ff]ailed to pull image\b|\b(?:Err)?ImagePull(?:BackOff)?\b|\bErrImageNeverPull\b|\bInvalidImageName\b|Back-off pulling image/,
    failed: 'A node could not get the image of a container, so its pod does not start',
    retry: 'The kubelet tries again, later each time.',
    advice:
      'Compare the name and the tag of the image in the text with those that the registry has, and look whether the node reaches it (its name, the network, a proxy, a login where it wants one). The event "Failed to pull image" of the pod (kubectl describe pod) has the reason.',
  },
  probe: {
    pattern: /\b(?:Readiness|Liveness|Startup) probe (?:failed|errored)/,
    failed: 'A container failed a probe: the kubelet checks whether it is alive or ready',
    retry:
      'The kubelet asks again: what is not ready gets no requests by its service, and what fails its liveness probe too often is started anew.',
    advice:
      'Look at the log of that container (kubectl logs, and with --previous), and at how busy its node is.',
  },
  'container-restarts': {
    pattern: /Back-off restarting failed container|\bCrashLoopBackOff\b/,
    failed: 'A container ended again and again',
    retry: 'The kubelet starts it again, later each time.',
    advice:
      'Look at what it said last (kubectl logs POD -c CONTAINER --previous), and how it ended (kubectl describe pod: Last State).',
  },
  'container-start': {
    pattern:
      /Error response from daemon: |failed to (?:create containerd (?:task|container)|start containerd task|generate container)|\bOCI runtime (?:create|exec) failed|\b(?:Create|Run)ContainerError\b/,
    failed: 'The container runtime of a node failed; the message is not from Longhorn',
    retry: 'The kubelet tries again.',
    advice: 'Look at the events of the pod, and at the container runtime of that node and its storage.',
  },
  drain: {
    pattern: /\berror when evicting pods?\/|\bCannot evict pod\b/,
    failed: 'A pod was not evicted from its node during a drain',
    retry: 'kubectl drain tries again until its own time is over.',
  },
  'container-ended': {
    pattern: /\bterminated with exit code [1-9]/,
    failed: 'A container ended with an error',
    retry: 'Kubernetes starts it again, or makes another pod, as its owner says.',
    look: 'Look at what it said last (kubectl logs POD -c CONTAINER --previous; of a job, the pod that failed), and at the events of the pod. The exit code 137 is a kill, by the limit of memory or by the kubelet.',
  },
  'system-restore-part': {
    pattern: /Unknown resource kind \w+|\b[Ff]ailed to create item: |System rollout ignoring item: cannot/,
    failed: 'A system restore left a part out',
    retry: 'It goes on with the rest, may end as Completed, and does not come back to that part.',
  },
  'upgrade-check': {
    pattern:
      /failed to upgrade since|(?:upgrading|downgrading) from \S+ to \S+ (?:for \w+ version )?is not supported/,
    failed: 'Longhorn refuses to be upgraded or downgraded',
    retry: 'It refuses each time; objects and data are as they were.',
  },
  'manager-upgrade': {
    pattern:
      /(?:^|: )[Uu]pgrade (?:failed: |[A-Za-z ]{2,40} failed\b)|\bupgrade from v[\d.x]{1,12} to v[\d.x]{1,12}: /,
    failed: 'longhorn-manager, at its start, could not upgrade the objects of Longhorn to its version',
    retry:
      'longhorn-manager ends, and repeats the upgrade at its next start; until it succeeds, it does nothing else.',
    look: 'Look at the object that the text names, and upgrade only from a version that the new one allows.',
  },
  'manager-start': {
    pattern: /\bError starting (?:manager|webhooks): |^Failed environment check\b/,
    failed: 'longhorn-manager did not start',
    retry: 'Kubernetes starts its container again.',
    look: 'Look at the whole log of that container (kubectl logs --previous).',
  },
  'csi-plugin-start': {
    pattern: /\bError starting CSI manager: /,
    failed:
      'longhorn-csi-plugin did not start on its node, so that no volume is mounted or unmounted there by it',
    retry: 'Kubernetes starts its container again.',
  },
  'driver-deploy': {
    pattern: /\bError deploying driver: |[Ff]ailed to start CSI driver\b|\bCSI cannot be deployed\b/,
    controllers: ['longhorn-driver-deployer'],
    failed: "longhorn-driver-deployer did not install Longhorn's CSI driver",
    retry: 'Kubernetes starts its container again; until it succeeds pods get no volumes of Longhorn by CSI.',
    look: 'Look at the log of longhorn-driver-deployer.',
  },
  webhook: {
    pattern: /admission webhook \\?"(?:validator|mutator)\.longhorn\.io\\?" denied|^denied the request: /,
    failed: 'Longhorn refused a request (its admission webhook)',
    retry:
      'Nothing was created or changed; controllers of Longhorn and the next run of a job try again, a request of yours has to be made again.',
  },
  'other-webhook': {
    pattern: /admission webhook \\?"[^"]{1,253}" denied/,
    failed: "An admission webhook that is not Longhorn's refused a request",
    retry: 'Nothing was created or changed; the name of the webhook tells whose it is.',
    look: 'The quoted words are its reason: see to that, then make the change again.',
  },
  helm: {
    pattern:
      /\b(?:UPGRADE|INSTALLATION|ROLLBACK) FAILED\b|rendered manifests contain a resource|Failed to (?:install|upgrade) app\b|another operation \(install\/upgrade\/rollback\)/,
    failed: 'Helm did not install or upgrade Longhorn',
    retry: 'Helm does not try again.',
  },
  conversion: {
    pattern: /conversion webhook for \S+/,
    failed: 'The API server could not convert objects of Longhorn to another version of their CRD',
    retry: 'Each request for them fails until the webhook answers.',
  },
  browser: {
    pattern: /blocked by CORS policy/,
    failed: "The browser did not let Longhorn's user interface talk to longhorn-manager",
    retry: 'The page shows nothing, or old data, until that is fixed.',
  },
  lease: {
    pattern: /\bleaderelection lost\b|\bstopped leading\b|\blost lease\b|[Ff]ailed to renew lease/,
    failed: 'A program that runs in several copies is no longer the leader, the copy that does the work',
    retry: 'Another copy takes over, or the same one after its start.',
  },
  'csi-socket': {
    pattern:
      /\b[Ll]ost connection to CSI driver\b|"Lost connection" address="unix:|[Ss]till connecting to unix:\/\/\S*csi\.sock/,
    failed: "A sidecar of CSI does not reach Longhorn's CSI plugin on its node, which answers on that socket",
    retry: 'Its container is started anew, or it asks again.',
    look: 'Look at the pod of longhorn-csi-plugin on that node: whether its container runs, and what it said last.',
  },
  'webhook-certificate': {
    pattern: /[Ff]ailed to save TLS secret\b/,
    failed: 'A longhorn-manager did not write the certificate of its webhooks into its Secret',
    retry: 'It tries again; no volume and no backup is affected.',
  },
  'api-request': {
    pattern: /Internal error occurred: /,
    failed: 'The Kubernetes API server could not carry out a request',
    retry:
      'Nothing was created or changed, so that there is nothing to delete; controllers ask again by themselves, a request of yours has to be made again.',
  },
  'api-list': {
    pattern: /[Ff]ailed to (?:list|watch) \*v\d\w*\.(?!VolumeSnapshot)\w+|\(get \w+\.longhorn\.io\)/,
    failed:
      'A request to the Kubernetes API server failed: objects were to be listed, and no backup store was asked',
    retry: 'Whoever asked asks again by itself.',
  },
  'api-refusal': {
    pattern:
      /^(?:error: |# )?(?:The )?[\w.]{1,253} "[^"]{1,253}" (?:is invalid|was not valid):|Error from server \(/,
    failed: 'The Kubernetes API server refused a request',
    retry: 'Nothing was created or changed; a request of yours has to be made again, corrected.',
  },
  uninstall: {
    pattern:
      /[Ff]ailed to uninstall\b|\bcannot uninstall Longhorn\b|uninstall_controller|longhorn-uninstall\b|\b[Ff]ound \d+ [A-Za-z ]{1,30} remaining\b/,
    controllers: ['longhorn-uninstall'],
    failed: 'The uninstallation of Longhorn is not done yet',
    retry: 'It looks again until nothing is left.',
    look: 'Look at the log of the uninstall job, and at what is left in the namespace of Longhorn.',
  },
  'ended-process-log': {
    pattern: /[Cc]annot get (?:requested|crash) log|[Ff]ailed to (?:get requested|receive) log/,
    failed: 'The log of a process could not be read',
    retry: 'Nothing depends on that log.',
  },
  provision: {
    pattern:
      /failed to provision volume|ProvisioningFailed|\bCreateVolume: err|failed to restore CSI snapshot|cannot find backup volume for volume|(?:failed|unable) to create volume\b|size of target volume \(/,
    failed: 'A volume could not be created, empty or from a backup',
    retry: 'The provisioner of CSI tries again; a request of the user interface has to be made again.',
  },
  'setting-request': {
    pattern: /fail(?:ed)? to set (?:the )?settings?\b/,
    failed: 'The change of a setting was refused',
    retry: 'Nothing was changed, and it is refused each time.',
  },
  revert: {
    pattern: /[Ff]ail(?:ed)? to revert\b|\bnot revert to snapshot\b|\bsnapshot revert\b/,
    failed: 'A volume was not reverted to a snapshot',
    retry: 'The request has to be made again.',
  },
  'delete-snapshot': {
    pattern: /fail(?:ed)? to delete (?:the )?snapshot|error deleting snapshot|\bsnapshot rm\b/i,
    failed: 'The deletion of a snapshot failed',
    retry: 'Longhorn tries again as long as the Snapshot object is being deleted.',
  },
  'delete-volume': {
    pattern:
      /error deleting backup volume|\[?backup rm --volume|[Ff]ailed to delete (?:remote )?backup volume|[Ff]ailed to remove (?:all the (?:backups|blocks|locks) for volume|backup volume)/,
    failed: 'The deletion of all backups of a volume failed',
    retry: 'Longhorn tries again.',
    asksStore: true,
  },
  delete: {
    pattern:
      /error deleting backup |(?<!velero )\bbackup rm\b|[Ff]ailed to delete (?:the )?(?:backup|delta block backup)\b|[Ff]ailed to delete (?:objects?|blobs?) |when performing backup delete|type 2 acquisition|cannot find volume in backupstore|cleaned up backup \S+ failed|unlinkat \S{0,300}(?:backupstore|\.cfg|\.blk)/,
    failed: 'The deletion of a backup failed',
    retry: 'Longhorn tries again, later each time.',
    asksStore: true,
  },
  'verify-rebuild': {
    pattern: /[Ff]ailed to verify (?:the |replica )?rebuil/,
    failed: 'The check of a rebuilt replica failed',
    retry:
      'The replica counts as failed and is rebuilt anew. After a restore, the data were restored by then, but the volume is not ready before a check succeeds.',
    look: 'Look at the log of the instance manager of that replica. If each rebuilt replica ends so, delete the replica that is rebuilt, and look for an issue of your version (as longhorn/longhorn#6522).',
  },
  'restore-given-up': {
    pattern: /All replica restore failed/,
    failed: 'A restore was given up: it failed on all replicas, and the volume is Faulted',
    retry: 'It is not tried again: delete the volume and restore it anew once the cause is gone.',
  },
  'restore-start': {
    pattern: /in engine monitor, will retry the restore later|with last restored backup in engine monitor: /,
    failed: 'A restore could not be started',
    retry: 'Longhorn tries again.',
    asksStore: true,
  },
  'incremental-restore': {
    pattern:
      /[Ii]ncremental(?:ly)? (?:backup )?restore|restore delta block backup incrementally|with last restored backup (?!in engine monitor)|(?:expand|of) (?:the )?DR volume|than the DR volume|Restore\/DR volume needs/,
    failed: 'A backup could not be restored to a standby (DR) volume',
    retry: 'Longhorn tries again while the volume is not Faulted.',
    asksStore: true,
  },
  'restore-to-file': {
    pattern:
      /running restore to file command|RestoreToFileCmd|failed (?:convertImage|MergeSnapshotsToBackingFile|rebaseSnapshot|commitSnapshot|CheckBackingFileFormat)\b/,
    failed: 'A backup could not be restored to a file',
    retry: 'It is not tried again.',
    asksStore: true,
  },
  restore: {
    pattern:
      /failed the restore|running restore (?:backup )?command|[Rr]estore Error Found in Server|[Ff]ailed to (?:delta )?restore\b(?! CSI| PVC| namespace| item| (?:\w+ ){0,2}(?:frontend|head|state|status|settings?|size)\b)|[Ff]ailed to wait for restore|wait for restore complete|restore error|backup restor|restore-to-file|[Ff]ailed to decompress and verify block|FailedRestore|for restoring volume|since (?:server stop|received stop signal) for volume/,
    failed: 'A restore failed',
    retry:
      'A replica that failed is not restored again; when all have failed the volume is Faulted and has to be restored anew.',
    asksStore: true,
  },
  'system-restore': {
    pattern:
      /SystemRestore|failed to extract (?:Kubernetes|API Extensions|Longhorn) resources|downloading system backup|download system backup/,
    controllers: ['longhorn-system-restore', 'longhorn-system-rollout'],
    failed: 'A system restore, or a step of it, failed',
    retry:
      'Steps of it are tried again; a SystemRestore in the state Error is not: make a new one once the cause is gone.',
    asksStore: true,
  },
  'system-backup-start': {
    // In all versions, only the controller of system backups logs this.
    pattern: /failed to list system backups in backup target/,
    failed: 'A system backup was not made: the backup target could not be listed',
    retry:
      'A SystemBackup in the state Error is not tried again, even if the target is back (longhorn/longhorn#13985): delete it, and make it anew once the target is available.',
    asksStore: true,
    look: "Look at the BackupTarget's condition Unavailable, and at the log of longhorn-system-backup.",
  },
  'list-system-backups': {
    pattern:
      /listing system backups? in|[Ff]ailed to list system backups|system-backup list|run list system backup/,
    failed: 'The backup target could not be listed (its system backups, which Longhorn lists first)',
    retry: 'Longhorn looks again at the next poll of the backup target.',
    asksStore: true,
  },
  'system-backup': {
    pattern:
      /SystemBackup|(?:uploading|upload|deleting|delete) (?:of )?system[- ]backup|failed creating Volume backups?\b|waiting for (?:Volume|BackingImage) backups|failed to (?:get all (?:Longhorn )?\w+|generate Longhorn Services|convert to \w+List object)\b|\bsystem backup\b/,
    controllers: ['longhorn-system-backup'],
    failed: 'A system backup failed',
    retry:
      'Steps of it are tried again; a SystemBackup in the state Error is not: make a new one once the cause is gone.',
    asksStore: true,
  },
  'backing-image-wait': {
    pattern: /is waiting for backing image/,
    failed: 'A replica waits for its backing image',
    retry: 'It waits until the backing image is ready on its node.',
  },
  'backing-image-file': {
    pattern:
      /should be a multiple of 512 bytes|no expectedChecksum for existing file|failed to get file size before pulling|failed to download backing images?\b|[Ff]ailed to prepare the backing image\b/,
    failed: 'The file of a backing image was not loaded, or not taken',
    retry: 'The status of the backing image on that node tells.',
  },
  'backing-image-copy': {
    pattern:
      /[Bb]acking image (?:recorded|expected) checksum|failed to process (?:sync|backing image) file|expected checksum \S{1,200} doesn't match the (?:file|existing|processed)|doesn't match the processed file checksum|found mismatching (?:size|realSize|virtualSize) \d/,
    failed: 'The copy of a backing image on one disk is wrong, and counts as failed',
    retry:
      'Longhorn makes a failed copy anew from a good one, where there is one; the status of the backing image tells, disk by disk. No backup in the store is concerned.',
  },
  'backing-image': {
    pattern:
      /(?<!\blist(?:ing)? )[Bb]ack(?:ing)? ?up backing image|BackupBackingImage|backup of backing image|[Ff]ailed to read backing image/,
    controllers: ['longhorn-backup-backing-image', 'longhorn-backing-image'],
    failed: 'The work on a backing image, or on its backup, failed',
    retry: 'A backup of it that failed is not tried again: make it anew once the cause is gone.',
    asksStore: true,
  },
  spdk: {
    pattern: /\bbdev_nvme\w*\.c:|\bNVMe path '|\bspdk_tgt\b/,
    controllers: ['SPDK'],
    failed: 'SPDK, the base of the v2 data engine, reported an error',
  },
  'unknown-replica': {
    pattern: /\b(?:remov\w{1,3}|Removed) unknown replica \S+/,
    failed: "A volume's engine has a replica for which Longhorn has no object, and did not remove it",
    retry: 'Longhorn tries again to remove it from the engine.',
    look: "Look at the volume's replicas (robustness, which of them are in mode RW), and at why an earlier one ended.",
  },
  'engine-start': {
    pattern:
      /[Ff]ailed to create backend with address|failed to open replica \S+ from remote|cannot create an available backend|no available backend due to/,
    failed: "A volume's engine could not open one of its replicas at its start",
    retry: 'It starts with its other replicas; if none is left, it does not start.',
    look: "Look at the volume's replicas, and at the log of the replica that is named.",
  },
  'upgrade-step': {
    pattern: /[Ff]ailed to run (?:pre|post)-upgrade|unrecognized command: (?:pre|post)-upgrade/,
    failed: 'A step before or after an upgrade of Longhorn (its job pre-upgrade or post-upgrade) failed',
  },
  'v2-snapshot': {
    pattern: /Engine failed to issue operation snapshot-\w+ for replica/,
    failed:
      'A replica of a v2 volume did not do what was asked of it with a snapshot, and is given up (mode ERR)',
    retry: 'Longhorn rebuilds the replica while another one is whole.',
  },
  'program-aborted': {
    pattern: /runtime\/cgo: pthread_create failed|failed to create new OS thread/,
    failed: 'A program was aborted by its Go runtime',
  },
  'kubelet-orphan': {
    pattern: /\b[Oo]rphaned pod \\?"[^"]{1,80}" found, but\b/,
    failed: 'The kubelet could not remove what a pod that is gone has left on its node',
    retry: 'The kubelet tries again and again.',
  },
  'v2-frontend': {
    pattern: /\blinear dm device\b|[Ff]ailed to restore frontend\b/,
    failed: 'The block device (frontend) of a v2 volume could not be suspended, resumed or made anew',
  },
  iscsi: {
    pattern: /\bFAIL to discover\b|\biscsiadm\b|\biscsid\b/,
    failed: 'A node did not do what the v1 data engine needs of its iSCSI (open-iscsi)',
    look: 'Look at iscsid on that node (systemctl status iscsid), and at /etc/iscsi.',
  },
  trim: {
    pattern: /\btrim (?:the )?(?:mounted )?filesystem\b|\bFailedFilesystemTrim\b|\bfstrim\b/,
    failed: 'The file system of a volume was not trimmed: the space of deleted files is not given back',
    retry: 'A recurring job tries again with its next run, a request of yours has to be made again.',
  },
  remount: {
    pattern: /\bcannot proceed to remount\b|[Ff]ailed to remount\b/,
    failed: 'A volume was not mounted again for its pod, after its engine had ended and was started anew',
    retry: 'The pod goes on with the dead mount until it is made anew.',
    look: 'Delete the pod, so that its owner makes it anew, if its mount does not work.',
  },
  migration: {
    pattern: /\bMigrationFailed\b|[Ff]ailed to (?:start|process) (?:the )?(?:volume )?migration/,
    failed: 'The migration of a volume from one node to another failed',
  },
  'snapshot-check': {
    pattern:
      /\bFailedSnapshotDataIntegrityCheck\b|[Ff]ailed to (?:hash snapshot|check (?:the )?snapshot data integrity)/,
    failed: 'The checksums of a snapshot were not made or compared (the check of data integrity)',
    retry: 'Longhorn makes them at the next check; it says nothing of backups.',
  },
  'replica-given-up': {
    pattern:
      /\bSetting (?:\w+ )?replica \S+ to ERR\b|R\/W Timeout\. No response received|\br\/w timeout\b|\bmark(?:ed)? as ERR\b/,
    failed: "A volume's engine gave up one of its replicas (mode ERR)",
    retry:
      'While another replica of the volume is whole the volume goes on, and Longhorn rebuilds this one; without any its reads and writes fail.',
  },
  'instance-ended': {
    pattern:
      /\bInstance \S+ (?:is state error|crashed on Instance Manager)|find the instance (?:manager|status)\b[^,]{0,100} for the running instance|Engine of volume \S+ dead unexpectedly|Marking the instance as state ERROR/,
    failed: 'The process of an engine or of a replica ended',
    retry:
      'Longhorn starts an engine again, and rebuilds a replica while another one is whole; a backup or restore that ran in it has failed.',
    look: 'Look at what it logged last, in the log of its instance manager: a panic, a fault of its disk.',
  },
  'replica-io': {
    pattern:
      /\bReplicator\.\w+: ?\d|\b\w+ timeout on replica|\bRetry +\d+ on replica|[Rr]eading from wire|[Ww]rit(?:e|ing) to wire/,
    failed: "A volume's engine could not read from, or write to, a replica",
  },
  'volume-io': {
    pattern: /\btgtd: bs_longhorn|response_process: Receive error|I\/O error: No backend available/,
    failed:
      'A read or a write of a volume failed: its pod may have got an I/O error, and its file system may be read-only now',
  },
  'replica-process': {
    controllers: ['replica process'],
    failed: "A replica's process met a fault",
  },
  'engine-process': {
    controllers: ['engine process'],
    failed: "The process of a volume's engine met a fault",
  },
  kernel: {
    pattern:
      /\bNFS: (?:__)?nfs4?_\w+: |\bnfs: server \S+ (?:not responding|OK)|\b(?:EXT4-fs|XFS) (?:error|warning|\([\w-]+\):)|\bBuffer I\/O error on dev|\berror, dev \w+, sector|\bblk_update_request: |\bCIFS: VFS: |\bconnection\d+:\d+: (?:detected conn error|ping timeout)|Kernel reported iSCSI connection|\bFAILED Result: hostbyte=|\bSense Key : \w|^kernel: /,
    controllers: ['kernel'],
    failed: 'The kernel of a node reports a fault; these are no words of Longhorn',
  },
  'disk-not-ready': {
    pattern:
      /\b[Dd]isk \S+ ?(?:\([^)]{1,300}\) )?on (?:the )?node \S+ (?:is not ready|has changed file system|has \d+ available, but|is not schedulable for more replica)|\bDiskFilesystemChanged\b/,
    controllers: ['longhorn-node'],
    failed: 'Longhorn cannot use a disk of a node now, or met another fault of a node',
    retry: 'Longhorn looks at it again by itself.',
    look: 'Look at the Node of Longhorn (kubectl -n longhorn-system describe nodes.longhorn.io NODE: conditions of the node and of each disk).',
  },
  'velero-data': {
    pattern:
      /\b[Dd]ata(?:[Uu]pload|[Dd]ownload)s?\b|\bpreparing data (?:up|down)load\b|\berror to expose snapshot\b/,
    failed: "Velero's data mover gave up on a volume (its DataUpload or DataDownload)",
    retry: 'Velero does not try again: make another Velero backup, or restore, once the cause is gone.',
    look: 'Look at the DataUpload or DataDownload (kubectl -n velero describe), at the pod and the PersistentVolumeClaim that it made, and at the log of node-agent.',
  },
  'pod-without-node': {
    pattern: /\bFailedScheduling\b|\b0\/\d{1,5} nodes are available/,
    failed: 'The scheduler of Kubernetes has no node for a pod yet',
    retry: 'It tries again by itself.',
    look: 'Look at the reasons that it counts behind the number of nodes, and at the claims of the pod.',
  },
  velero: {
    pattern:
      /awaiting reconciliation of volumesnapshot|fail to wait VolumeSnapshot change|Error backing up item|\bbackup=velero\//,
    failed: 'Velero gave up on an object of its backup',
    retry:
      'Velero does not try again: make another Velero backup once the cause is gone. Longhorn may know nothing of it.',
    look: 'Look at the VolumeSnapshot and its VolumeSnapshotContent (kubectl describe), and at the logs of csi-snapshotter and snapshot-controller.',
  },
  'csi-snapshot': {
    pattern:
      /\b(?:Create|Delete)Snapshot: err|waitForBackup(?:ControllerSync|Initiation)|waitForSnapshotToBeReady|nil Timestamp|take snapshot of the volume|checkandUpdateContentStatus/,
    failed: 'A VolumeSnapshot is not ready: the snapshot or the backup that Longhorn makes for it is not',
    retry: 'csi-snapshotter asks again; the Backup, or the Snapshot, tells how far it is and what it met.',
  },
  'volume-snapshot': {
    pattern:
      /VolumeSnapshot|\bvolumesnapshot(?:content|classe?)?s?\b|external-snapshotter|csi-snapshotter|\bsnapshot (?:controller failed to update|content with error|class with error)|\bsnapshotContent "/,
    failed: "Something failed with a VolumeSnapshot of Kubernetes, which is not Longhorn's own Snapshot",
    retry:
      'csi-snapshotter and snapshot-controller try again. Whether Longhorn was asked at all, the text does not say.',
    look: 'Look at the VolumeSnapshot and its VolumeSnapshotContent (kubectl describe), and at the logs of csi-snapshotter and snapshot-controller.',
  },
  'snapshot-request': {
    pattern: /fail to create snapshot|error creating snapshot/,
    failed: 'A snapshot could not be made at once, as a request asked for',
    retry: 'Longhorn does not: whoever asked has to ask again, as the next run of a recurring job does.',
  },
  snapshot: {
    pattern:
      /failed to create snapshot|failed to snapshot volume|snapshot (?:creation|deletion) delayed|[Ff]ailed to take snapshot|failed recurring snapshot/,
    failed: 'A snapshot could not be made',
    retry: 'Longhorn tries again as long as the Snapshot object is there.',
  },
  'backup-status': {
    pattern:
      /[Ff]ailed to get (?:\S+ )?backup(?: \S+)? status|cannot find (?:backup|matched snapshot) [^:]{1,300} status in longhorn engine|cannot find the status of the backup for snapshot|received an empty backup status|max retry period/,
    failed: 'The status of a backup could not be read',
    retry:
      "That does not say that the backup failed. The Backup's state tells: Completed, it was made; InProgress, Longhorn asks again; Error, Longhorn asks no more and makes it no more, though its upload may have ended: make another one, and delete this one only after that.",
  },
  pull: {
    pattern:
      /[Ff]ailed to create (?:backup|BackupVolume|backup volume|backup backing image) [^:]{1,300} in the cluster|[Ff]ailed to pull BackupVolumes/,
    failed: 'What the backup store has could not be taken into the cluster as an object',
    retry:
      'Longhorn tries again at the next poll. What is in the store is as it was: do not delete it for this.',
  },
  create: {
    pattern:
      /fail(?:ed)? to back ?up snapshot|[Ff]ailed to create (?:delta block )?backup\b(?! (?:volume|backing image)\b| \S+ in the cluster)|[Ff]ailed to back ?up volume|write data during saving blocks|could not find snapshot \S+ to backup|(?<!velero )\bbackup create\b(?!\/restore)|create backup command|[Ee]nable the backup monitor|[Ff]ailed to put object|[Cc]annot take snapshot backup|delta block backup|perform backup for volume|transfer data size during saving blocks|[Ee]rror creating backup:|[Ff]ailed to initialize backup\b|\bbackupStatus\b/,
    failed: 'A backup could not be made',
    retry: 'Longhorn does not make it again: once the cause is gone, delete it and make another one.',
    asksStore: true,
  },
  'list-snapshots': {
    pattern:
      /[Ff]ail(?:ed)? to list snapshots?\b|error:? listing snapshots?\b|\[(?:--?[\w-]+ \S+ ){0,6}snapshot (?:ls|info)\b/,
    failed: 'The snapshots of a volume could not be listed, which its engine is asked for',
  },
  list: {
    pattern:
      /[Ff]ailed to list (?:backup volumes|backups|backup backing images|BackupVolumes)|(?:^|error:? )listing (?:backup|volume|system|objects)|\bbackup ls\b|[Ff]ailed to get info from backup store|[Ff]ail(?:ed)? to list (?:s3\b|objects with (?:param|prefix)|blobs with|(?:first|second|1st|2nd) level|volume names for path)/,
    failed: 'The backup store could not be listed',
    retry: 'Longhorn looks again at the next poll of the backup target.',
    asksStore: true,
  },
  inspect: {
    pattern:
      /[Ee]rror inspecting backup|inspect the backup config|error getting (?:backup|config)|backup inspect|get backup ?(?:volume )?(?:config|[Ii]nfo)|backup config metadata/,
    failed: 'What the backup store has of a backup could not be read',
    retry: 'Longhorn reads it again at the next sync.',
    asksStore: true,
  },
  'unmount-volume': {
    pattern: /\bUnmountVolume\.\w+ failed|\bUnmountDevice failed|\bNodeUn(?:stage|publish)Volume\b/,
    failed: 'A volume could not be unmounted on a node, so that it stays attached there',
    retry: 'The kubelet tries again.',
    look: 'Look at what on that node still uses the mount, and at the log of longhorn-csi-plugin there.',
  },
  'delete-pv': {
    pattern: /\bDeleteVolume: err|\bVolumeFailedDelete\b/,
    failed: 'A volume could not be deleted for its PersistentVolume',
    retry: 'The provisioner of CSI tries again.',
  },
  'mount-volume': {
    pattern:
      /(?<!Un)MountVolume\.\w+ failed|Unable to (?:attach or )?mount volumes|\bunmounted volumes=|\bNode(?:Stage|Publish)Volume\b|'fsck' found errors|missing passphrase for|crypto_LUKS|\bLUKS\b|\bcryptsetup\b/,
    failed: 'A volume could not be mounted for its pod',
    retry: 'The kubelet tries again.',
    look: 'Look at the events of the pod, and at the log of longhorn-csi-plugin on its node.',
  },
  'share-manager': {
    pattern:
      /\bnfs-ganesha-\d+\[|\bganesha\.nfsd\b|NFS server exited with error|\bnfs export(?:er)?\b|[Ss]hare[- ]?[Mm]anager (?:gRPC|service)|Error starting share-manager/,
    controllers: ['longhorn-share-manager', 'share-manager'],
    failed: 'The server of a shared (ReadWriteMany) volume, its share-manager, met a fault',
    retry: 'Longhorn starts its pod anew where that ends; pods that use the volume wait for it meanwhile.',
    look: 'Look at the whole log of the pod share-manager-VOLUME, and whether the volume is attached and healthy.',
  },
  mount: {
    pattern:
      /[Cc]annot mount (?:nfs|CIFS)|cannot mount using NFSv4|backup ?store\S{0,100} mount|mounting \S+ share \S+ on/,
    failed: 'The backup store could not be mounted on a node',
    retry: 'Longhorn mounts it again when it next needs it.',
    asksStore: true,
  },
  'mount-share': {
    pattern:
      /mount\.(?:nfs4?|cifs)\b|mount error\(\d+\)|mount_linux\.go|\bMount failed: exit status|\b[Ff]ormat of disk \\?"/,
    failed: 'A share, or a file system, could not be mounted on a node',
  },
  sync: {
    pattern:
      /(?:[Ff]ail(?:ed)? to|[Ff]ailed to select node for) sync (?:Longhorn )?(?:backup|BackupTarget|backup volume|backup target)|backup_target_controller|BackupTarget|backup target client|backup target URL is empty/,
    controllers: ['longhorn-backup', 'longhorn-backup-volume', 'longhorn-backup-target'],
    failed: 'Work on a backup, a backup volume or a backup target failed',
    retry: 'Longhorn tries again.',
  },
  job: {
    pattern:
      /recurring ?job|doRecurringBackup|backupAndCleanup|Job(?:'s)? run|[Ff]ailed to run (?:volume )?job|\bretain value should be\b/i,
    controllers: ['longhorn-recurring-job'],
    failed: 'A recurring job met a fault',
    retry: 'The next run tries again.',
  },
  'backup-or-restore': {
    pattern: /backup create\/restore|type 1 acquisition/,
    failed: 'A backup or a restore could not begin (its lock does not tell which)',
    retry:
      'A backup is not tried again: make another one. Of a restore the volume tells; the backup that it restores from is not at fault.',
    asksStore: true,
  },
  lock: {
    pattern:
      /failed to acquire lock \S+|failed lock \S+ type|failed to store updated lock|refresh acquired lock/,
    failed: 'A lock in the backup store could not be taken',
    retry: 'A deletion is tried again, a backup is not.',
  },
  purge: {
    pattern:
      /\b(?:Failed(?:Starting)?|Timeout)SnapshotPurge\b|[Ff]ailed to (?:start )?(?:snapshot )?purge|snapshot purge\b/,
    failed: 'Deleted snapshots could not be merged and removed (the purge)',
    retry: 'Longhorn purges again with the next deletion of a snapshot; a recurring job with its next run.',
  },
  clone: {
    pattern: /\bVolumeCloneFailed\b|[Ff]ailed to clone (?:the )?(?:snapshot|volume)|\bsnapshot clone\b/,
    failed: 'The clone of a volume or snapshot failed',
    retry: 'The status of the clone in the new volume tells.',
  },
  rebuild: {
    pattern:
      /\bFailedRebuilding\b|\bfailed to send file \S+|[Ff]ailed (?:to (?:start )?)?(?:replica )?rebuild|[Ff]ailed to add (?:a )?replica\b/,
    failed: 'The rebuilding of a replica failed',
    retry: 'Longhorn rebuilds again, later each time.',
  },
  'engine-image': {
    pattern:
      /engine binary check failed|\b[Ww]ait for engine image \S+|[Ff]ail(?:ed)? to sync (?:Longhorn )?engine image\b|^[Ee]ngine image \S+ (?:\(\S+\) )?is not /,
    controllers: ['longhorn-engine-image'],
    failed: 'An engine image cannot be used (yet)',
    retry: 'Longhorn looks at it again when its pods change.',
  },
  'image-upgrade': {
    pattern:
      /\bcannot (?:do )?live upgrade\b|[Ff]ailed to live[- ]upgrade|\bcannot upgrade engine (?:image|for volume)\b|\bFailedUpgradeP\w{2,3}Check\b/,
    failed: "The work on an engine's image failed, or its change was refused",
    retry: 'Longhorn tries again where a setting asks for it; a request has to be made again.',
  },
  expand: {
    pattern:
      /\b(?:Failed|Canceled)Expansion\b|\bVolumeResizeFailed\b|\b(?:Controller|Node)ExpandVolume: err|\b[Rr]esize volume\b|[Ff]ailed to (?:expand|resize)\b|\bexpansion from (?:existing )?capacity\b|\bexpected size \S+ of engine\b/,
    failed: 'The expansion of a volume failed, or was refused',
    retry: 'The condition of the volume tells; a refused request has to be made again.',
  },
  'snapshot-work': {
    controllers: ['longhorn-snapshot'],
    failed: 'The work on a snapshot failed',
    retry: 'Longhorn tries again as long as the Snapshot object is there.',
  },
  'file-of-store': {
    pattern: /gzip: \S{0,400}backupstore\/volumes\//,
    failed: 'A file of the backup store was looked at by hand',
  },
  'store-request': {
    pattern:
      /\b(?:get|put|delete|open) (?:objects?|blobs?)\b|\bAWS (?:HTTP |Operation )?Error\b|\bin backupstore\b(?!\/)|\bbackupstore\/volumes\/|\blonghorn-backupstore-mounts\//,
    failed: 'A request to the backup store failed',
    asksStore: true,
  },
  setting: {
    controllers: ['longhorn-setting'],
    failed: 'A setting could not be read or applied',
    retry: 'Longhorn tries again.',
  },
  schedule: {
    pattern:
      /volume-scheduling-error|\bUnable to create new replica\b|\bNo available disk candidates\b|\binsufficient storage\b|no healthy or scheduled replica|ReplicaSchedulingFailure|\b(?:disks|nodes) are unavailable\b|\btags not fulfilled\b|\breplica scheduling failed\b|(?:affinity|requirement) cannot be satisfied\b|is unschedulable for replica\b/,
    conditions: ['condition Scheduled'],
    failed: 'Replicas of a volume have no place, so that it is not started, or has too few',
    retry: 'Longhorn tries again by itself when a disk has room or the volume changes.',
  },
  attach: {
    pattern:
      /AttachVolume\.Attach failed|\b(?:unable to|cannot) attach volume \S+ (?:to|with) |\bController(?:Unp|P)ublishVolume: err|[Ff]ailed to (?:at|de)tach volume\b|[Ff]ail(?:ed)? to sync (?:Longhorn )?volume ?attachment\b|\bVolumeAttachment=\S+ err=|cannot attach migratable volume|Multi-Attach error|failed to attach to node/,
    failed: 'A volume could not be attached, detached or activated',
    retry: "Longhorn's attachments are tried again; a request of the user interface is not.",
    look: "Look at the volume's attachment tickets and their conditions (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml).",
  },
  'data-engine': {
    pattern: /[Ff]ail(?:ed)? to sync (?:Longhorn )?(?:engine|replica|instance manager)\b(?! image)/,
    failed: 'An engine, a replica or their instance manager met a fault',
    retry: 'Longhorn starts or rebuilds them again; the status of the volume tells.',
  },
  'pv-request': {
    pattern: /\bcannot create PVC? for\b/,
    failed: 'Longhorn did not make the PersistentVolume (or the claim) of a volume, as a request asked for',
    retry: 'The request has to be made again.',
  },
  'kubernetes-object': {
    pattern: /(?:^|: |\s)[a-z]{2,60}(?:\.[a-z0-9-]{1,60}){1,6} \\?"[^"\s]{1,253}" not found/,
    failed: 'Kubernetes was asked for an object that it does not have',
    look: 'The text names its kind and its name.',
  },
  'manager-request': {
    controllers: ['longhorn-manager API'],
    failed: "A request to longhorn-manager's API failed",
    retry: 'A request of the user interface has to be made again.',
  },
  'volume-state': {
    pattern: /[Ff]ail(?:ed)? to reconcile (?:engine\/replica|volume|engine|replica) state\b/,
    failed: "A volume's engine and replicas are not yet as they are to be",
    retry: 'Longhorn tries again by itself.',
    look: 'Look at the Volume, its Engines and its Replicas (kubectl -n longhorn-system get volumes,engines,replicas), and whether they come to rest.',
  },
  'support-bundle': {
    pattern: /[Ff]ail(?:ed)? to (?:create|generate|get|download) (?:a |the )?[Ss]upport ?[Bb]undle\b(?! ?-)/,
    failed: 'A support bundle was not made. That concerns no volume and no backup',
    retry: 'It has to be asked for again.',
    look: 'See which node did not answer (the pods of the support bundle), give it more time, or leave that node out.',
  },
  volume: {
    pattern: /[Ff]ail(?:ed)? to sync (?:Longhorn )?volume\b/,
    failed: 'A change of a volume failed, or was refused',
    retry: 'A refused request has to be made again.',
  },
});

/** Reading the status of a backup. If that fails, the backup itself may still succeed. */
export const statusOfBackup = operations.find(({ id }) => id === 'backup-status') as Operation;

/** For a text without a known operation. */
export const unknownOperation: Operation = {
  id: 'unknown',
  failed: 'Something failed',
};

/** For the last line of a program, if its words name no operation. */
export const endedProgram: Operation = {
  id: 'program-ended',
  failed: 'A program ended with an error (a line of the level fatal)',
  retry:
    'If it is that of a container, Kubernetes starts it again; a single command is not tried again by itself.',
  look: 'Look at the whole log of that container (kubectl logs, and with --previous), and at the lines before it.',
};
