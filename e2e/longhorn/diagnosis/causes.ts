import { withIds } from './with-ids.ts';

/** The kind of backup store that a text is about. `any`: the text does not show it. */
export type StoreKind = 's3' | 'nfs' | 'cifs' | 'azblob' | 'gcs' | 'any';

/** A cause of a failure that a text names. It claims only what the words of the pattern prove. */
export type KnownCause = {
  id: string;
  pattern: RegExp;
  /** One sentence: why it failed. */
  means: string;
  /** One sentence: what to do. */
  advice: string;
  /** Advice for one kind of store, if it differs from `advice`. */
  adviceOn?: Partial<Record<StoreKind, string>>;
  /** What the text proves about the backup's data. Most causes prove nothing. */
  data?: 'damaged' | 'missing' | 'doubtful';
  /** No request reached the server. If the operation uses the store, the store was not reached. */
  unreached?: boolean;
  /** Successful operations log these words too. They count only in the text of a failure. */
  common?: boolean;
  /** The answer quotes the text. `to its end`: the quote includes the reason after these words. */
  quoted?: boolean | 'to its end';
  /** It is only the kind of fault, without its reason. The answer is incomplete. */
  kind?: boolean;
  /** A fault that can occur together with another cause. It is reported in addition to that cause. */
  beside?: boolean;
  /** The ids of the operations in which the words mean this. In other operations they mean something else. */
  within?: readonly string[];
  /** Advice for a text without a store and without an operation that uses one. */
  elsewhere?: string;
  /** Advice for single operations, by the id of the operation. */
  adviceIn?: Readonly<Record<string, string>>;
  /** What Longhorn does next, in any operation. */
  retry?: string;
  /** What Longhorn does next in single operations, by the id of the operation. */
  retryIn?: Readonly<Record<string, string>>;
};

const credentials =
  "Check the access key and the secret key in the backup target's Secret, and who may use them.";
const reachable = 'Check the address, and that every node reaches it (network policies, firewalls, proxies).';

const serverOfVolume =
  "See whose address is in the text, and that the node reaches it: of a ReadWriteMany volume of Longhorn it is the service of its share-manager pod, whose log and state tell more; of another driver it is that driver's server.";

const serversRegion =
  "Write the server's own region into the URL of the backup target (s3://BUCKET@REGION/): of Garage it is s3_region of its configuration, often garage. The key is not at fault.";

const slowSnapshot =
  "Look at the instance manager of the volume's node, and whether the volume's disks are slow: a snapshot waits for the file system.";

const backupOfSnapshot =
  "Look whether the Backup, or the Snapshot, comes about after all. If not, see that the backup target has a URL and is available, look at the volume's Backups that are in Error or do not go on (longhorn/longhorn#3167), and at the instance manager of its node.";

const gone =
  'It was never written, was removed (by a lifecycle rule, another cluster or a person), or is looked for in the wrong place: compare the path with the URL of the backup target.';

const panicAdvice = 'Keep the log with its stack, look for an issue with this function, and upgrade.';

const managerAgain =
  'Kubernetes starts the container anew, and what was under way is taken up again; if it ends so at each start, nothing goes on.';

// longhorn/longhorn#13685: the manager looks for words that the store's library has not used since v1.8.0.
const restoreMeetsLock =
  'From v1.8.0 on Longhorn does not try again, and the volume is Faulted (longhorn/longhorn#13685): restore it anew once the lock is gone.';

/**
 * The causes that S3, Azure, Google, the kernel, the network, TLS, gRPC, Go and Longhorn's store library name. The
 * first match counts, so more specific causes come first.
 */
export const causes = withIds<KnownCause>({
  // Bugs of a program. Its process ended, and so did all that it was doing.
  deadlock: {
    pattern: /all goroutines are asleep - deadlock!/,
    means:
      'The process ended by a bug of its own: all of its goroutines waited for each other. If it is the pod of a recurring job, the volumes that were not done yet are left out of that run.',
    advice:
      'Look at spec.concurrency of the recurring job: if it is missing or 0, set it to 1 or more (from v1.11.3 and v1.12.1 on Longhorn does that: longhorn/longhorn#13416). v1.9.1 was also seen to end so with a concurrency of 2 (#11493): upgrade. What the job does can be done by hand meanwhile.',
  },
  'concurrent-map': {
    pattern: /concurrent map (?:writes|iteration and map write|read and map write)/,
    means:
      'The process ended by a bug of its own: two goroutines used one map. If it is the pod of a recurring job, the volumes that were not done yet are left out of that run.',
    advice:
      'Upgrade: fixed in v1.9.1 and v1.10.0 (longhorn/longhorn#11016); until then the next run tries again.',
  },
  'panic-in-backup-deletion': {
    pattern: /\.setInprogressDeletionMap\b/,
    means: 'longhorn-manager met a bug of its own at the end of the deletion of a backup, and ended.',
    advice: 'Upgrade: fixed in v1.10.4, v1.11.3 and v1.12.0 (longhorn/longhorn#13245).',
    retry: managerAgain,
  },
  'panic-in-backup-monitor': {
    pattern: /\bpanic\b[^\n]{1,400} in longhorn-manager\/controller\.\(\*BackupController\)\.checkMonitor\b/,
    means: 'longhorn-manager met a bug of its own where it looks at a backup under way, and ended.',
    advice:
      'Upgrade: fixed in v1.5.1 for backups that are under way while Longhorn is upgraded to v1.5.0 (longhorn/longhorn#6264).',
    retry: managerAgain,
  },
  'panic-in-backup-without-engine': {
    pattern: /\(\*BackupController\)\.getEngineClient\b/,
    means:
      'longhorn-manager met a bug of its own where it looks for the engine of the volume that is backed up, which is not there, and ended.',
    advice:
      'Upgrade: fixed in v1.2.4 and v1.3.0 (longhorn/longhorn#3484). If it ends so at each start, look for a Backup under way whose volume has no engine, and delete that Backup.',
    retry: managerAgain,
  },
  'panic-in-csi-backup-volume': {
    pattern: /\(\*ControllerServer\)\.getBackupVolume\b/,
    means:
      'It is of longhorn-csi-plugin v1.8.0, which ends by a bug there (a panic) when it looks for the backups of a volume that is not there.',
    advice: 'Upgrade: fixed in v1.8.1 (longhorn/longhorn#10303).',
    retry: 'Kubernetes starts its container anew, and asks again for what it was at.',
  },
  'panic-in-job': {
    pattern:
      /\bpanic\b[^\n]{1,400} in (?:longhorn-manager\/app\/recurring_?job\S*|\S+ of longhorn-manager\/app)/,
    means:
      'The pod of a recurring job met a bug of its own (a panic of Go), and ended: the volumes that were not done yet are left out of that run.',
    advice: panicAdvice,
    retry: 'The next run tries again.',
    quoted: 'to its end',
  },
  'panic-in-csi': {
    pattern: /\bpanic\b[^\n]{1,400} in longhorn-manager\/csi\S*/,
    means: 'longhorn-csi-plugin met a bug of its own (a panic of Go), and ended.',
    advice: panicAdvice,
    retry: 'Kubernetes starts its container anew, and asks again for what it was at.',
    quoted: 'to its end',
  },
  'panic-in-webhook-certificate': {
    pattern: /\bpanic\b[^\n]{1,400} in dynamiclistener\/\S+/,
    means:
      "A program met a bug of its own (a panic of Go) where it keeps the certificate of its own TLS server, and ended. Of Longhorn's programs that is longhorn-manager, with the Secret longhorn-webhook-tls of its webhooks; no volume and no backup was at work there.",
    advice:
      'Look at that Secret in the namespace of Longhorn: if it is empty or broken, delete it, and longhorn-manager makes it anew. Then upgrade (longhorn/longhorn#11743, #11917).',
    retry: managerAgain,
    quoted: 'to its end',
  },
  'panic-in-manager': {
    pattern: /\bpanic\b[^\n]{1,400} in (?:longhorn-manager\/\S+|\S+ of longhorn-manager)/,
    means: 'longhorn-manager met a bug of its own (a panic of Go), and ended.',
    advice: panicAdvice,
    retry: managerAgain,
    quoted: 'to its end',
  },
  'panic-in-v2-engine': {
    pattern:
      /\bpanic\b[^\n]{1,400} in (?:(?:longhorn-spdk-engine|go-spdk-helper)\/\S+|\S+ of longhorn-spdk-engine)/,
    means:
      'The instance manager of the v2 data engine met a bug of its own (a panic of Go), and ended: with it all that ran there, so that each v2 volume with an engine or a replica on that node is concerned.',
    advice: panicAdvice,
    retry:
      'Kubernetes starts the instance manager anew; Longhorn then starts or rebuilds what ran there. A volume whose engine was there had I/O errors: look at its file system.',
    quoted: 'to its end',
  },
  'panic-in-instance-manager': {
    pattern: /\bpanic\b[^\n]{1,400} in (?:longhorn-instance-manager\/\S+|\S+ of longhorn-instance-manager)/,
    means:
      'An instance manager met a bug of its own (a panic of Go), and ended: with it all engines and replicas that ran in it on that node.',
    advice: panicAdvice,
    retry: 'Kubernetes starts the instance manager anew; Longhorn then starts or rebuilds what ran there.',
    quoted: 'to its end',
  },
  'panic-in-engine': {
    pattern: /\bpanic\b[^\n]{1,400} in (?:longhorn-engine\/\S+|\S+ of longhorn-engine)/,
    means:
      'A process of longhorn-engine (of a replica, or the engine of a volume) met a bug of its own (a panic of Go), and ended: what ran in it, as a backup or a restore, has failed.',
    advice: panicAdvice,
    retry: 'Longhorn starts an engine again, and rebuilds a replica while another one is whole.',
    quoted: 'to its end',
  },
  'panic-at-place': {
    pattern: /\bpanic\b[^\n]{1,400} in [\w-]+\/\S+$/,
    means:
      'A program met a bug of its own (a panic of Go) at the place named, which begins with the program or library, and ended or gave up what it did.',
    advice: panicAdvice,
    quoted: 'to its end',
  },
  'resolver-crash': {
    pattern: /_C2func_getaddrinfo/,
    means:
      "The process ended by a crash in the C library's resolver of names, which it was asking for the address of the store or of another server.",
    advice:
      'Upgrade Longhorn; until then set GODEBUG=netdns=go in the environment of longhorn-manager (longhorn/longhorn#1768, #2577).',
  },
  'retain-too-large': {
    pattern: /retain value should be less than or equal to \d/,
    means: 'The retain of the recurring job is more than the number in the text, which is the most.',
    advice:
      'Give the job a smaller retain. Newer versions have the most as a setting (recurring-job-max-retention).',
    retry: 'The job was not created or changed by this request, which has to be made again.',
    quoted: true,
  },
  'engine-larger-than-volume': {
    pattern: /expected size \S+ of engine \S+ should not be smaller than the current size/,
    means:
      'The engine has become larger than the volume is to be, though nobody may have asked for that: v1.3.2 to v1.5.0 could enlarge a replica of another volume (longhorn/longhorn#5709, #6217).',
    advice:
      'There is no expansion to be cancelled. Delete the enlarged replica while others are healthy; if none is, restore from a backup, or expand the volume to the larger size. Then upgrade.',
  },
  'command-unknown': {
    pattern:
      /panic: unrecognized command|\bunknown command \\?"|\bunknown (?:shorthand )?flag: |flag provided but not defined/,
    means:
      'The program does not know the command or the flag that it was called with: its image is older or newer than what calls it.',
    advice:
      'Compare the tag of the image with the version of the chart, manifest or program that calls it, and let both be of one release.',
    quoted: 'to its end',
  },
  panic: {
    pattern:
      /(?:^|\s)panic: |"Observed a panic"|Recovered from panic|signal SIGSEGV: segmentation violation|invalid memory address or nil pointer|index out of range|slice bounds out of range|assignment to entry in nil map|send on closed channel/,
    means:
      'A process met a bug of its own (a panic of Go) and ended, or gave up what it did; where in it, the text does not say.',
    advice:
      'Keep the log with the stack behind these words: its functions tell which program it was, and at what. Look for an issue with them, and upgrade.',
    retryIn: {
      'replica-process':
        'What ran in it, as a backup or a restore, has failed. Longhorn rebuilds the replica while another one is whole.',
      'engine-process': 'Longhorn starts the engine again, or attaches the volume again.',
    },
    kind: true,
  },
  'stack-alone': {
    pattern: /^stack: /,
    means:
      'The line above it, which says what happened ("panic: ..." or "fatal error: ..."), is not in this text.',
    advice: 'Look for that line; look for an issue with the function named, and with your version.',
    kind: true,
    quoted: 'to its end',
  },
  'out-of-memory': {
    pattern: /fatal error: (?:runtime: )?out of memory|cannot allocate memory|OOMKilled/,
    means: 'There was not enough memory for the process.',
    advice: "Look at the node's memory and at the limits of the pod.",
  },
  'illegal-instruction': {
    pattern: /\bIllegal instruction\b|signal: illegal instruction|\bSIGILL\b/,
    means: 'The kernel ended the program, which has an instruction that the CPU of that node does not know.',
    advice:
      'Compare the CPU with what the program needs: spdk_tgt, of the v2 data engine, wants SSE4.2 on amd64. Give a virtual machine the CPU of its host. If the CPU has it, the image is built for another one: look for an issue of that version.',
    retryIn: {
      spdk: 'Kubernetes starts the pod anew, and it ends in the same way; no v2 volume works on that node.',
    },
  },
  'segmentation-fault': {
    pattern:
      /\bSegmentation fault\b|\bsegfault at [0-9a-f]{1,16} ip\b|signal: segmentation fault(?! violation)/,
    means: 'The program ended by a bug of its own (a segmentation fault).',
    advice: 'Keep its log, look for an issue of Longhorn, and upgrade.',
  },
  'fatal-go': {
    pattern: /(?:^|\s)fatal error: /,
    means: 'The process ended by a fatal error of the Go runtime, which is a bug of the program.',
    advice: 'Keep the log with its stack, look for an issue of Longhorn, and upgrade.',
  },

  // Webhooks.
  'webhook-answer': {
    pattern:
      /Internal error occurred: (?:[^"]{0,200}: )?(?:invalid character|unexpected end of JSON input|unexpected EOF)/,
    means: "An answer inside the cluster, most likely of Longhorn's admission webhook, was not valid JSON.",
    advice:
      'Look at the log of longhorn-manager, and upgrade Longhorn (longhorn/longhorn#8861); the backup store is not involved.',
  },
  'no-endpoints': {
    pattern: /no endpoints available for service \S+/,
    means: 'Kubernetes has no ready pod behind that service.',
    advice:
      'Look at the pods behind it. For the webhooks of Longhorn that are, from v1.5.0 on, the longhorn-manager pods: see whether one is Ready, and whether nodes and API server reach its ports 9501 to 9503 (firewalls). In an upgrade they and the webhook may wait for each other (as longhorn/longhorn#8578).',
    quoted: true,
  },
  'webhook-unreached': {
    pattern: /failed calling webhook/,
    means: 'The API server got no answer of an admission webhook, whose name is in the text.',
    advice:
      'Look at the service that the text names, and at its pods: for those of Longhorn, longhorn-manager. The backup store is not involved.',
  },
  'target-not-available': {
    pattern: /backup target \S+ is not available/,
    means: 'The backup target is unavailable, so that what needs it is refused.',
    advice: "Look at the BackupTarget's condition Unavailable: it has the reason. Try again when it is gone.",
  },
  'snapshot-limit': {
    pattern:
      /snapshot count total is already too big|snapshotMaxCount \d|be smaller than current usage|too many active disks|[Tt]oo many snapshots created/,
    means: 'The volume has as many snapshots as its snapshotMaxCount (or their size) allows.',
    advice:
      'Delete and purge old snapshots, or raise snapshotMaxCount; a recurring job of the task snapshot-cleanup keeps them few.',
  },
  'chain-too-long': {
    pattern: /live chain is too long: \d+/,
    means: 'The volume has more snapshots than a replica opens, so that it cannot be attached.',
    advice:
      'Upgrade the engine: fixed in v1.8.1 and v1.9.0 (longhorn/longhorn#10308). Then delete and purge snapshots.',
    retry: 'Longhorn attaches it again and again, and fails each time.',
    quoted: true,
  },
  'standby-volumes': {
    pattern: /cannot modify BackupTarget since there are existing standby volumes/,
    means: 'Standby (DR) volumes follow this backup target, so that it cannot be changed.',
    advice: 'Activate or delete the standby volumes named, then change the target.',
  },

  // Checks of the Kubernetes API server, and permissions in the cluster. The store refused nothing.
  'immutable-field': {
    pattern:
      /Forbidden: [^"]{0,200}\bis immutable\b|Forbidden: updates to [^"]{1,200} are forbidden|field is immutable/,
    means: 'Kubernetes refuses to change this field of an object that is there already.',
    advice: 'Leave the object as it is, or delete it and make it anew.',
    adviceIn: {
      'system-restore':
        'Upgrade Longhorn: v1.4.0 and newer leave PersistentVolumes that are there as they are. Otherwise remove the object first, if its volume is to be restored.',
    },
    quoted: true,
  },
  'attachment-of-another-node': {
    pattern:
      /volumeattachments\.storage\.k8s\.io \\?"[^"\\]{1,253}\\?" is forbidden: .{1,300}no relationship found between node '/,
    means:
      'No object of this name belongs to this node: it is gone, or is for another node. A node may read only its own, so that the API server calls it forbidden; no right is missing.',
    advice:
      'Compare what the text names with kubectl get volumeattachments.storage.k8s.io. If none is there for this node and volume, delete the pod, so that Kubernetes makes one. Give the node no further rights.',
  },
  'object-of-another-node': {
    pattern: /\bno relationship found between node '/,
    means:
      'A node may read only what its own pods use, and none of them uses this object, or it is not there: so the API server calls it forbidden. No right is missing.',
    advice:
      'See whether the object is there, under this name and in this namespace, and whether the pod is still on this node. Give the node no further rights.',
  },
  'attachment-gone': {
    pattern: /\bvolumeattachments?\.storage\.k8s\.io \\?"[^"\\]{1,253}\\?" not found/,
    within: ['mount-volume'],
    means: 'The VolumeAttachment of Kubernetes that the node waits for is not there (any more).',
    advice:
      'Delete the pod that waits, so that one is made anew for its successor (a pod without a controller has none). If none comes (kubectl get volumeattachments.storage.k8s.io), look at kube-controller-manager.',
    retry: 'The kubelet looks again, in vain while nobody makes it.',
    quoted: true,
  },
  'storage-class-gone': {
    pattern: /\b[Ss]torage[Cc]lass(?:es)?\.storage\.k8s\.io \\?"[^"\\]{1,253}\\?" not found/,
    means: 'The cluster has no StorageClass of this name.',
    advice:
      'Make the StorageClass, or name one that is there (kubectl get storageclasses). In Harvester each image of a virtual machine has one, longhorn-image-...: bring that image to this cluster first.',
    retryIn: { provision: 'Kubernetes looks again, in vain while there is none.' },
    quoted: true,
  },
  'engine-image-unnamed': {
    pattern: /\bengineimage\.longhorn\.io \\?"ei-cf83e135\\?" not found/,
    means:
      'The volume, or its engine, names no image: ei-cf83e135 is what Longhorn makes of an empty name, so that there never was such an engine image.',
    advice:
      'Look at spec.image of the Volume and of its Engine and Replicas, and see that all parts of Longhorn, and its CRDs, have one version: after an upgrade that left some out the field is not read.',
  },
  'kube-forbidden': {
    pattern: /is forbidden: (?:User |exceeded quota|[Nn]ot allowed)|Error from server \(Forbidden\)/,
    means:
      'The Kubernetes API server does not allow this: a right (RBAC), a quota or a policy is in the way.',
    advice: 'Look at the rights of the account that the text names, and at the quotas of the namespace.',
    quoted: 'to its end',
  },
  'defaults-missing': {
    pattern:
      /longhorn\.io \\?"[^"]{1,253}" is invalid: [[ ]{0,4}[\w.]{1,100}: Unsupported value: "": supported values: (?:"[^"]{1,40}"[, ]{0,4}){1,9}[\w.]{1,100}: Unsupported value: ""/,
    means:
      'Fields that Longhorn fills in itself are empty: most likely its webhook that does so (mutator.longhorn.io) was not called.',
    advice:
      'Look at the MutatingWebhookConfiguration longhorn-webhook-mutator and at the longhorn-manager pods, then try again.',
  },
  'kube-invalid': {
    pattern:
      /(?:Invalid value: (?:"[^"]{0,253}"|[^\s:]{1,100})|Unsupported value: (?:"[^"]{0,253}"|[^\s:]{1,100})|Required value|Duplicate value|Too long): [^\],]{1,200}/,
    means: 'A value in the object is not valid, by the checks of Kubernetes.',
    advice:
      'If you gave the value, correct it. If Longhorn made it, as a name out of other names, shorten those or upgrade.',
    quoted: 'to its end',
  },
  'no-snapshot-named': {
    pattern: /snapshot <nil> is invalid/,
    means: 'The request names no snapshot. That says nothing of the snapshots of the volume.',
    advice:
      "Back the snapshot up from the volume's list of snapshots, or by a Backup that names it. If the user interface sent the request, upgrade it with Longhorn (longhorn/longhorn#11451, before v1.10.0).",
  },
  'no-snapshot-kind': {
    pattern:
      /(?:could not find the requested resource|no matches for kind)[^:]{0,100}(?:snapshot\.storage\.k8s\.io|VolumeSnapshot)/,
    means:
      'The API server does not know the kind of a VolumeSnapshot, in the version that was asked for: the CRDs of the external-snapshotter are not installed, or have other versions.',
    advice:
      "Install the CRDs of the external-snapshotter in the version that fits, and snapshot-controller, if you want snapshots by CSI. Longhorn's own snapshots, backups and restores do not need them: look elsewhere for a fault of those.",
    quoted: true,
  },
  'snapshot-content-gone': {
    pattern:
      /\bSnapshotContentMissing\b|VolumeSnapshotContent is missing|\bvolumesnapshotcontents?\.snapshot\.storage\.k8s\.io \\?"[^"\\]{1,253}\\?" not found/,
    means:
      'The VolumeSnapshotContent of a VolumeSnapshot is not there: it was deleted, or was never made in this cluster.',
    advice:
      'Whether the data are still there, the Snapshot or the Backup of Longhorn tells. If so, make a VolumeSnapshotContent for it (with its snapshotHandle) and a VolumeSnapshot that names it; else make a new VolumeSnapshot.',
    retry: 'Without it the VolumeSnapshot stays as it is.',
    quoted: true,
  },
  'snapshot-class-gone': {
    pattern:
      /\bvolumesnapshotclass(?:es)?\.snapshot\.storage\.k8s\.io \\?"[^"\\]{1,253}\\?" not found|cannot find default snapshot class|[Ff]ailed to get snapshot class from/,
    means: 'The VolumeSnapshotClass that is named, or a default one for this driver, is not in the cluster.',
    advice:
      'Make a VolumeSnapshotClass with the driver driver.longhorn.io, or name one that is there (kubectl get volumesnapshotclasses).',
    quoted: true,
  },
  'snapshot-source-gone': {
    pattern:
      /cannot get claim from snapshot|failed to (?:retrieve|get) PVC \S+ from (?:the )?(?:lister|API server)/,
    means:
      'The PersistentVolumeClaim that the VolumeSnapshot is to be made of is not there, or could not be read.',
    advice: 'Look at the claim that spec.source of the VolumeSnapshot names, in its own namespace.',
    quoted: true,
  },
  'no-such-kind': {
    pattern: /could not find the requested resource|no matches for kind/,
    means:
      'The API server does not know that kind of object, in the version that was asked for: its CRD is not installed, or has other versions.',
    advice: 'Look at the CRDs (kubectl get crds), and at the versions of what asks and of what is installed.',
    quoted: true,
  },
  'unknown-kind': {
    pattern: /Unknown resource kind \w+/,
    means: 'This version does not know that kind of object.',
    advice: 'Look whether you miss objects of that kind, and upgrade Longhorn.',
    quoted: true,
  },
  'helm-not-owner': {
    pattern:
      /already exists in the cluster and wasn't defined in the previous release|cannot be imported into the current release|invalid ownership metadata/,
    means: 'Helm does not take over an object that its release did not make.',
    advice:
      'Do not delete a CRD of Longhorn: that deletes all objects of its kind, and of a Backup also its data in the store. Give the object the label app.kubernetes.io/managed-by=Helm and the annotations meta.helm.sh/release-name and meta.helm.sh/release-namespace, then try again.',
    quoted: 'to its end',
  },
  'helm-busy': {
    pattern: /another operation \(install\/upgrade\/rollback\) is in progress/,
    means: 'Another operation of Helm on this release is under way, or was broken off.',
    advice: 'See its state (helm history); if nothing runs, roll the release back.',
  },
  'helm-hook': {
    pattern:
      /\b(?:pre|post)-(?:upgrade|install|delete|rollback) hooks? failed|\bfailed (?:pre|post)-(?:upgrade|install|delete|rollback)\b/,
    means: "A job that Helm runs before or after (a hook) failed: the reason is in that job's log.",
    advice:
      'Look at the log of its pod (longhorn-pre-upgrade, longhorn-uninstall). An uninstallation needs the setting deleting-confirmation-flag.',
  },
  'upgrade-path': {
    pattern: /(?:upgrading|downgrading) from \S+ to \S+ (?:for \w+ version )?is not supported/,
    means: 'Longhorn does not take this step between versions.',
    advice: 'Upgrade by one minor version after the other; it cannot be downgraded.',
    quoted: true,
  },
  'missing-dependency': {
    pattern: /cannot rollout \S+ due to missing dependency/,
    means: 'What it belongs to was not restored.',
    advice:
      'Look in the lines before it for what failed ("Failed to create item"), mend that, and restore the volume by itself.',
    quoted: 'to its end',
  },
  'uninstall-not-confirmed': {
    pattern: /deleting-confirmation-flag is set to/,
    means:
      'The setting deleting-confirmation-flag, which keeps Longhorn from being uninstalled by mistake, does not allow it.',
    advice:
      'If all volumes are to go, set it to true (kubectl -n longhorn-system edit settings.longhorn.io deleting-confirmation-flag), and uninstall again.',
    retry: 'The uninstall job ends with that, and removes nothing.',
  },
  'objects-remain': {
    pattern: /\b[Ff]ound \d+ [A-Za-z ]{1,30} remaining\b/,
    within: ['uninstall'],
    means: 'It waits until these objects are gone.',
    advice:
      'Wait some minutes. If the number stays, look at the objects: their deletion may wait for the backup target, or for a longhorn-manager that is gone; then remove their finalizers. Some versions hang here: for SystemBackups before v1.4.3 (longhorn/longhorn#6185), for backup targets v1.10.0 (#11934).',
    quoted: true,
  },
  'empty-request': {
    pattern: /^EOF$/,
    within: ['manager-request'],
    means: 'The request had no body.',
    advice:
      'If the user interface sent it, upgrade Longhorn (longhorn/longhorn#10023); until then make the object with kubectl.',
  },

  // Programs that could not be started, and values that are not text.
  'program-not-started': {
    pattern: /fork\/exec \S+: invalid argument/,
    means:
      'The program was not even started: one of its arguments or environment variables is no text (it has a byte 0), most likely a value of the Secret.',
    advice:
      "Write the keys of the backup target's Secret anew, as they are under stringData, or encoded by base64 once (longhorn/longhorn#3137).",
  },
  'secret-blank': {
    pattern:
      /there is space or new line in \w+|invalid (?:leading|trailing) (?:white ?space|new ?line) in \w+/,
    means: 'A value in the Secret begins or ends with a blank or a line break.',
    advice:
      'Write the value anew without it (echo -n, printf, or stringData). Before v1.6.2 the line break at the end of a valid AWS_CERT is refused too (longhorn/longhorn#7159).',
    quoted: true,
  },
  'secret-setting': {
    pattern: /unable to get settings backup-target-credential-secret/,
    means:
      'The setting backup-target-credential-secret, which names the Secret, is empty or could not be read.',
    advice: 'Name the Secret there; from v1.8.0 on it is named in the BackupTarget (spec.credentialSecret).',
  },

  // Locks of the store.
  lock: {
    pattern:
      /failed to acquire lock \S+|failed lock \S+ type \d acquisition|error initiating (?:full|incremental) backup restore: failed lock/,
    means: 'Another operation on the same volume holds a lock in the backup store.',
    advice: 'Wait until it has ended; a lock that nobody refreshes expires 150 s after it was last written.',
    retryIn: {
      restore: restoreMeetsLock,
      'incremental-restore': restoreMeetsLock,
      'restore-given-up': restoreMeetsLock,
    },
  },

  // Answers of an object store. The codes are S3's, then Azure's, then Google's.
  'url-without-scheme': {
    pattern: /unsupported protocol scheme/,
    means: 'The URL that was to be asked does not begin with http:// or https://, so that nothing was asked.',
    advice: 'Write http:// or https:// before the address, in AWS_ENDPOINTS or where it was given.',
    adviceIn: {
      'backing-image-file': 'Make the backing image anew, with a whole URL (http:// or https://).',
    },
    quoted: 'to its end',
  },
  'registry-limit': {
    pattern: /\btoomanyrequests\b|429 Too Many Requests/,
    within: ['image-pull'],
    means: 'The registry gives out no more images to that address for a while (its limit of requests).',
    advice: 'Log in to the registry (imagePullSecrets), use a mirror, or wait.',
    quoted: true,
  },
  'image-not-there': {
    pattern:
      /code = NotFound desc|manifest unknown|manifest for \S+ not found|failed to resolve reference [^:]{1,300}:[^:]{1,100}: not found|no match for platform/,
    within: ['image-pull'],
    means: 'The registry does not have that image, or that tag, or not for this kind of CPU.',
    advice: 'Compare the name and the tag with those that the registry has.',
    quoted: 'to its end',
  },
  'image-refused': {
    pattern:
      /pull access denied|\binsufficient_scope\b|\bunauthorized: |: (?:401 Unauthorized|403 Forbidden)/,
    within: ['image-pull'],
    means: 'The registry refused the image: there is none of that name, or it wants a login.',
    advice:
      'Check the name of the image, and the login for its registry (imagePullSecrets; privateRegistry in the chart).',
    quoted: 'to its end',
  },
  'key-unknown': {
    pattern:
      /\bInvalidAccessKeyId\b|The (?:AWS )?Access Key Id you provided does not exist|InvalidAuthenticationInfo|\bAuthenticationFailed\b/,
    means: 'The store does not know the key, or does not accept it.',
    advice: credentials,
  },
  'config-upload': {
    pattern:
      /backup_[^\s:"]{1,300}\.cfg\b[^"]{0,100}AWS Error: +(?:SignatureDoesNotMatch|XAmzContentSHA256Mismatch|InvalidRequest The authorization mechanism)/,
    means:
      "The store refused the upload of a backup's config, after it had taken the lock of the backup with the same key: the key is right. Most likely the config is large, and goes up in parts in a way that this store does not accept.",
    advice:
      'Upgrade Longhorn: mended for Storj in v1.10.3 and v1.11.1 (longhorn/longhorn#12713), for Google Cloud Storage in v1.11.4 and v1.12.1 (#13573). Until then another attempt fails in the same way, unless a larger backup block size makes the config small.',
  },
  'block-upload': {
    pattern:
      /put object[^"]{0,20}: ?\S{1,300}\.blk\b[^"]{0,300}AWS Error: +\w+ (?:Signature validation failed|[^"]{0,60}signature we calculated)|put object[^"]{0,20}: ?\S{1,300}\.blk\b[^"]{0,300}AWS Error: +SignatureDoesNotMatch/,
    means:
      'The store refused the upload of a block by its signature, after it had taken the lock of the backup with the same key: the key is right. Some stores refuse so now and then, or what an upload of this kind brings.',
    advice:
      'Make the backup again. If it comes again, look at proxies that change headers, and at AWS_SIGN_ACCEPT_ENCODING=false in the Secret (longhorn/longhorn#9361).',
  },
  signature: {
    pattern: /\bSignatureDoesNotMatch\b|Signature validation failed|signature we calculated does not match/i,
    means:
      'The store refused the request by its signature: the secret key is wrong, or something between rewrites the request.',
    advice:
      'Check the secret key (spaces and line breaks too), the region, and proxies that change headers; some stores want AWS_SIGN_ACCEPT_ENCODING=false (longhorn/longhorn#9361). Where other requests with this key succeed, the key is right.',
  },
  'token-expired': {
    pattern: /\b(?:ExpiredToken|TokenRefreshRequired|InvalidToken|ExpiredTokenException)\b/,
    means: 'The credentials have expired.',
    advice: "Renew them in the backup target's Secret, or see why the role is not renewed.",
  },
  'clock-skew': {
    pattern: /\b(?:RequestTimeTooSkewed|RequestExpired)\b|request time and the current time is too large/,
    means: 'The clocks of the node and of the store differ by too much, so that the request was refused.',
    advice: 'Set the clocks of the nodes and of the store by NTP.',
  },
  'no-bucket': {
    pattern: /\b(?:NoSuchBucket|ContainerNotFound)\b|The specified (?:bucket|container) does not exist/,
    means: 'The bucket (or container) does not exist.',
    advice: "Make it, or correct its name and region in the backup target's URL.",
  },
  'listing-no-key': {
    pattern: /failed to list objects with param[^}]{0,300}\} error: AWS Error: +NoSuchKey/,
    within: ['list', 'list-system-backups'],
    means:
      'The server answered a listing as if it had been asked for an object. A listing reads none: most likely the endpoint takes the name of the bucket for a key. Nothing says that anything is missing.',
    advice:
      "Check AWS_ENDPOINTS of the backup target's Secret: no bucket in it, and none at all for Amazon S3. If the endpoint has the bucket in its name, see VIRTUAL_HOSTED_STYLE.",
  },
  'no-key': {
    pattern:
      /\b(?:NoSuchKey|BlobNotFound|NoSuchVersion)\b|The specified (?:key|blob) does not exist|AWS Error: +InvalidRequest not found/,
    means: 'The store does not have the object that was to be read: it is missing.',
    advice: `${gone} Check the store (npx corral store fsck).`,
    data: 'missing',
  },
  'http-not-found': {
    pattern: /AWS Error: +NotFound\b|RESPONSE 404\b|status ?code: 404|AWS HTTP Error: 404/i,
    means: 'The endpoint answered 404 (not found), and does not say what is missing.',
    advice:
      "See that the bucket is there, and that the region and AWS_ENDPOINTS of the backup target's Secret lead to its store.",
  },
  'storage-full': {
    pattern:
      /\b(?:XMinioStorageFull|QuotaExceeded|XMinioAdminBucketQuotaExceeded|InsufficientCapacity|AccountStorageLimitExceeded|InsufficientStorage|StorageFull)\b|minimum free (?:drive|disk) threshold|\b(?:drive|disk) path full\b|(?:bucket|storage) quota exceeded/i,
    means: 'The store is full, or its quota is used up.',
    advice: 'Make room in the store, or raise the quota; then make the backup again.',
    adviceIn: { 'store-log': "Make room on the server's drives, or give it larger ones." },
  },
  'store-drive': {
    pattern: /\b(?:[Dd]isk|[Dd]rive) (?:not found|(?:is )?(?:faulty|offline)|access denied)/,
    within: ['store-log'],
    means: 'A drive of the server is not there, or does not work.',
    advice: "Look at the server's drives (mc admin info), and at the disks behind them.",
  },
  'store-of-itself': {
    pattern: /\bAPI: SYSTEM\(/,
    within: ['store-log'],
    common: true,
    kind: true,
    means: 'No request of a client met it, but a task of the server itself (SYSTEM).',
    advice:
      'Look for lines of requests (PutObject, GetObject) at the time when a backup or a restore failed: without any this one is not the reason.',
  },
  'slow-down': {
    pattern:
      /\b(?:SlowDown(?:Write|Read)?|TooManyRequests|ServerBusy|RequestLimitExceeded|Throttling(?:Exception)?|XMinioServerNotInitialized)\b|reduce your request rate|status ?code: 429/i,
    means: 'The store asked for fewer requests: it is overloaded, or limits their rate.',
    advice:
      "Run fewer backups at once (the job's concurrency, the setting for concurrent limits), or raise the store's limits; it may pass by itself.",
  },
  'payload-checksum': {
    pattern: /\bXAmzContentSHA256Mismatch\b|x-amz-content-sha256' header does not match/,
    means:
      'The store computed another checksum of the request than its header has (x-amz-content-sha256). Most likely it does not know how newer AWS libraries send an upload; less likely, the upload was changed on its way.',
    advice:
      "If it comes each time, look for a newer version of the store's software and of Longhorn (as longhorn/longhorn#12713). If it comes now and then, look at proxies and the network between. It tells nothing of the data of the volume.",
  },
  'payload-signing': {
    pattern: /x-amz-content-sha256 must be|STREAMING-\S+-PAYLOAD-TRAILER/,
    means: 'The store does not accept how an upload is signed (x-amz-content-sha256).',
    advice: "Look for a newer version of the store's software, or of Longhorn (longhorn/longhorn#13295).",
  },
  'chunked-encoding': {
    pattern: /AWS chunked encoding not supported/,
    means:
      'The store does not take uploads in signed pieces (aws-chunked), as newer versions of Longhorn send them.',
    advice:
      'Upgrade Longhorn to v1.11.4, v1.12.1 or newer, and see longhorn/longhorn#13477; or use a store, or a version of it, that takes them.',
  },
  'store-lacks': {
    pattern:
      /\bNotImplemented\b|\bX(?:Minio)?NotImplemented\b|Unsupported header|not implemented status code/,
    means: 'The store does not know a part of S3 that Longhorn uses.',
    advice: 'Use a store, or a version of it, that does; newer versions of Longhorn send other headers, too.',
  },
  'store-internal': {
    pattern:
      /(?<!server \()\b(?:InternalError|ServiceUnavailable|OperationAborted|BadGateway|GatewayTimeout)\b|status ?code: 50[0234]|AWS HTTP Error: 50\d|We encountered an internal error/i,
    means: 'The store met an error of its own.',
    advice:
      "Look at the store's log for the reason. If it comes each time, it does not pass by itself: look at how the store is set up (its version, its encryption, its disks).",
    kind: true,
    quoted: 'to its end',
  },
  'store-quorum': {
    pattern: /InsufficientWriteQuorum|InsufficientReadQuorum|Storage resources are insufficient for the/,
    means: 'The store (MinIO) does not have enough of its disks or servers for the request.',
    advice: "Look at the store's own disks and servers (mc admin info): some are down or full.",
  },
  'object-locked': {
    pattern:
      /\bObjectLocked\b|WORM protected|InvalidRetentionPeriod|object is locked|immutable due to a policy|BlobImmutableDueToPolicy/i,
    means:
      'The object is protected by a retention (object lock), so that it cannot be changed or removed yet.',
    advice: 'Wait until the retention ends, or shorten it for the bucket.',
  },
  'access-denied': {
    pattern:
      /\b(?:AccessDenied|AllAccessDisabled|AccountProblem|NotSignedUp|AuthorizationFailure|AuthorizationPermissionMismatch|InsufficientAccountPermissions)\b|Access Denied|does not have storage\.\S+ access|status ?code: 403|AWS HTTP Error: 403|AWS Error: +Forbidden\b|\b403 Forbidden\b/,
    means: 'The store denied access: most likely it knows the key, which may not do this.',
    advice:
      "Give the key the right that is missing (ListBucket, GetObject, PutObject, DeleteObject), and look at the bucket's policy.",
  },
  'no-endpoint': {
    pattern: /\bMissingEndpoint\b|'Endpoint' configuration is required/,
    means: 'There is no endpoint for the store: neither its region nor the Secret names one.',
    advice:
      "Set AWS_ENDPOINTS in the backup target's Secret for a store that is not Amazon's, or a real region in the URL.",
  },
  'wrong-scope': {
    pattern: /unexpected scope: \S+/,
    means: 'The request was signed for another region (the second part of the scope) than the server has.',
    advice: serversRegion,
    adviceIn: { 'store-log': serversRegion },
    quoted: true,
  },
  'wrong-region': {
    pattern:
      /\b(?:AuthorizationHeaderMalformed|PermanentRedirect|IllegalLocationConstraintException|BucketRegionError|MissingRegion)\b|incorrect region|MovedPermanently|the region '[^']{1,100}' is wrong/,
    means: "The bucket is in another region than the backup target's URL says.",
    advice: 'Correct the region in the URL (s3://BUCKET@REGION/).',
    quoted: 'to its end',
  },
  'object-too-large': {
    pattern: /\bEntityTooLarge\b|exceeds the \d+ byte limit of a single PutObject|RequestBodyTooLarge/,
    means: 'The object is larger than the store takes in one request.',
    advice: "Use a smaller backup block size, or raise the store's limit.",
  },
  'no-environment': {
    pattern:
      /(?:(?:^|\s)[$#] \S{0,300}longhorn\s|\bERRO\[[\w:+-]{4,30}\] ?)[^"]{0,600}"?(?:NoCredentialProviders|no EC2 IMDS role found|without credential secret)/,
    means:
      'The command was typed by hand, and its environment has no credentials. That says nothing about the Secret.',
    advice:
      'Give it the credentials in its environment (export AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_ENDPOINTS), and type it again.',
    retryIn: { list: 'Nothing tries a command again that was typed by hand.' },
  },
  'no-secret': {
    pattern:
      /without credential secret|missing [^'"]{1,200} in the secret|credential (?:access key|secret access key|account name|account key|username|password)s? not found|failed to get the secret|username specified with no parameter|No username provided|NoCredentialProviders|no EC2 IMDS role found|failed to (?:refresh cached|retrieve) credentials/i,
    means: "The store's credentials are missing, in whole or in part.",
    advice: "Make the Secret in Longhorn's namespace with all of its keys, and name it in the backup target.",
    adviceIn: {
      'restore-to-file':
        'This tool reads no Secret: give it the credentials in its environment (CIFS_USERNAME and CIFS_PASSWORD, AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY), or by its options.',
    },
  },
  'key-not-text': {
    pattern: /invalid header field value/,
    means: 'The access key in the Secret has a line break, or bytes that are no text.',
    advice:
      "Write the keys of the backup target's Secret anew: encoded by base64 once, with no line break (echo -n), or as they are under stringData.",
  },
  'certificate-not-pem': {
    pattern: /failed to append custom certificates/,
    means: 'AWS_CERT of the Secret is not a certificate in PEM form.',
    advice:
      'Write AWS_CERT anew: the whole chain with its BEGIN and END lines, encoded by base64 once and not twice.',
  },
  'no-url': {
    pattern:
      /backup target URL is empty|setting backup-target is empty|destination URL hasn't been specified|failed to create backup to for volume/,
    means: "The backup target's URL was empty.",
    advice:
      'Nothing, if you want no backups. Otherwise give the BackupTarget its URL (before v1.8.0 the setting backup-target). If it has one, this text is older: see after the next poll whether it goes.',
  },
  'bad-url': {
    pattern:
      /(?:NFS|CIFS|VFS) path must follow(?: format)?|invalid URL\. Must be|cannot find (?:nfs|CIFS) path|[Dd]river \S+ is not supported|remote share not in 'host:dir' format|failed to parse \S+ as url/,
    means: "The backup target's URL is not of a form that Longhorn knows.",
    advice:
      'Write it as nfs://SERVER:/PATH (with the colon), cifs://SERVER/SHARE, s3://BUCKET@REGION/ (an endpoint of its own goes into AWS_ENDPOINTS of the Secret) or azblob://CONTAINER@core.windows.net/.',
  },

  'options-in-url': {
    pattern:
      /(?<!\baws s3\S{0,4} \S{1,20} )\bs3:\/\/\S{1,300} --(?:endpoint-url|sse|region|profile|no-verify-ssl|ca-bundle)\b/,
    beside: true,
    means:
      'The URL of the backup target has options of a command behind the bucket, such as --endpoint-url. Longhorn takes all of that as part of the path.',
    advice:
      'Write s3://BUCKET@REGION/PATH/ alone; an endpoint goes into AWS_ENDPOINTS of the Secret, and an encryption that is wanted has to be the default of the bucket.',
  },
  's3-one-slash': {
    pattern: /\bs3:\/(?!\/)\w/,
    beside: true,
    means: 'The URL of the backup target has one slash behind s3:, and needs two.',
    advice: 'Write it as s3://BUCKET@REGION/ (longhorn/longhorn#3036).',
  },

  // TLS.
  'tls-unknown-authority': {
    pattern:
      /x509: certificate signed by unknown authority|unable to get local issuer certificate|self[- ]signed certificate/,
    means: "The endpoint's certificate is not trusted: its authority is unknown.",
    unreached: true,
    advice: "Put the authority's certificate into AWS_CERT of the backup target's Secret.",
    elsewhere:
      'See whose certificate it is, by the address in the text, and give its authority to who asked.',
  },
  'tls-expired': {
    pattern: /certificate has expired/,
    means: "The endpoint's certificate has expired, or a clock is wrong.",
    unreached: true,
    advice: "Renew the certificate, and check the nodes' clocks.",
  },
  'tls-wrong-name': {
    pattern:
      /x509: (?:certificate is (?:valid for|not valid for)|cannot validate certificate for|certificate relies on legacy Common Name)|doesn't contain any IP SANs/,
    means: "The endpoint's certificate is for another name than the one that it is reached by.",
    unreached: true,
    advice: 'Use a name that is in the certificate, or a certificate with this name.',
  },
  'tls-broken-off': {
    pattern: /remote error: tls/,
    means: 'The other side broke off the TLS handshake: something answers at that address, perhaps a proxy.',
    advice:
      'Check the name that it is reached by (SNI), the versions and ciphers of TLS that it takes, and proxies or an ingress between.',
  },
  tls: {
    pattern: /x509: |(?<![\w-])tls: |server gave HTTP response to HTTPS client|SSL routines/,
    means: 'The TLS connection to the endpoint failed.',
    unreached: true,
    advice: 'Check the scheme (http or https), the certificate, and what stands between.',
  },

  // Longhorn's own processes could not be reached. This is not about the store.
  'instance-manager-not-running': {
    pattern: /instance manager (?:\S{1,253} )?is in \w+(?: state)?, not running state/,
    means: 'The instance manager that has to do the work does not run.',
    advice:
      'Look at it (kubectl -n longhorn-system get instancemanagers.longhorn.io) and at its pod: all that goes through it waits.',
    quoted: true,
  },
  'spdk-socket': {
    pattern: /\/var\/tmp\/spdk\.sock\b/,
    means:
      'SPDK (spdk_tgt), of the v2 data engine, does not answer at its socket on that node: it ended, or does not run yet.',
    advice:
      'Look at the log of the instance manager of the v2 data engine on that node for its end, and restart that pod if it does not come back (longhorn/longhorn#6155).',
  },
  'kube-api-unreached': {
    pattern:
      /\/apis?\/(?:[\w.]{1,100}\/)?v\d\w{0,10}\/[^"]{0,300}"?:? (?:dial tcp|net\/http|context deadline|EOF|read tcp|http2|unexpected EOF|x509)/,
    means: 'The Kubernetes API server did not answer: no backup store and no process of Longhorn was asked.',
    advice:
      "Look at the cluster's control plane, and at the network (CNI, kube-proxy, CoreDNS) of the node that says this.",
  },
  'csi-plugin-unreached': {
    pattern: /dial(?:ing)?:? (?:dial )?unix \S*\bcsi\.sock\b/,
    means:
      "Longhorn's CSI plugin does not answer on that node: its container does not run, or has not begun to listen.",
    advice:
      'Look at the pod of longhorn-csi-plugin on that node, and at what its container of that name said last (kubectl logs --previous).',
  },
  'address-malformed': {
    pattern: /\baddress \S{1,300}: (?:too many colons|missing port) in address/,
    means:
      'An address is not well formed, so nothing was asked there. Too many colons: an IPv6 address without brackets.',
    advice:
      'Look where the address comes from. In a URL or an endpoint, write [address]:port; if it is the address of a pod, this version of Longhorn does not support the IP family of the cluster.',
  },
  'grpc-marshal': {
    pattern: /\bgrpc: error (?:while |un)?marshall?ing: proto:|\bgrpc: error unmarshalling request\b/,
    means:
      'A message between two processes of Longhorn could not be composed or read: a fault of these programs, or two versions that do not fit together.',
    advice:
      'Compare the versions of longhorn-manager, instance manager and engine image; if they fit, look for an issue with these words.',
    quoted: true,
  },
  'wire-ended': {
    pattern: /\b(?:from|to) wire: (?:EOF|.{0,200}(?:connection reset|broken pipe|closed network connection))/,
    means: 'The other side closed the connection between the engine of a volume and a replica.',
    advice: 'Look whether that replica or its instance manager ended, or was stopped, at this time.',
  },
  'grpc-through-proxy': {
    pattern: /failed to do connect handshake, response:/,
    means:
      'The connection between two processes of Longhorn was sent through an HTTP proxy, which did not take it.',
    advice:
      "Put the addresses of the cluster's pods and services into NO_PROXY wherever HTTP_PROXY or HTTPS_PROXY is set: in the credential Secret of the backup target, and in the environment of Longhorn's containers.",
  },
  'engine-unreachable': {
    pattern:
      /failed to get engine client proxy|failed to initialize proxy client|failed to check proxy client connection|failed to list replicas for volume \S+: rpc error|transport: error while dialing/i,
    means:
      'A process of Longhorn was not reached: an engine, a replica, or the instance manager that they run in.',
    advice: 'Look at the instance-manager pods of the nodes concerned, and at the network between the nodes.',
  },
  'manager-api-down': {
    pattern: /longhorn-backend:9500\S{0,300} dial tcp/,
    means: "longhorn-manager's API was not reached.",
    advice: 'Look at the longhorn-manager pods and the service longhorn-backend, and at the network.',
  },
  'backup-request-unanswered': {
    pattern:
      /longhorn-backend:9500\S{0,300}action=snapshotBackup\S{0,10} (?:context deadline exceeded|net\/http: request canceled|EOF|read tcp)/,
    means:
      "longhorn-manager's API did not answer the request for a backup (in time). The snapshot is made by then, and the backup may go on.",
    advice:
      'See whether the Backup comes about after all (kubectl -n longhorn-system get backups.longhorn.io), whether the store answers slowly, and look at the longhorn-manager pods.',
  },
  'manager-api': {
    pattern:
      /longhorn-backend:9500\S{0,300} (?:context deadline exceeded|net\/http: request canceled|EOF|read tcp)|Request failed with status code 50[234]/,
    means: "longhorn-manager's API did not answer a request (in time); what it was asked for may go on.",
    advice:
      'Look at the longhorn-manager pods, and whether the object comes about after all: a snapshot waits for a slow disk or file system.',
  },

  // The network.
  'address-as-region': {
    pattern:
      /lookup \S{0,200}\bs3[.-](?!dualstack\.|accesspoint\.|control\.)[\w-]{1,63}\.(?:[\w-]{1,63}\.){1,9}amazonaws\.com/,
    means:
      'The URL of the backup target has an address where the region stands, so that a name of Amazon was made of it that does not exist.',
    unreached: true,
    advice:
      "Write the URL as s3://BUCKET@REGION/ with the store's region, and its address into AWS_ENDPOINTS of the Secret (longhorn/longhorn#289).",
  },
  'dns-failed': {
    pattern:
      /server misbehaving|Temporary failure in name resolution|lookup \S+(?: on \S+)?: (?:read udp \S+: )?i\/o timeout/,
    means:
      'The name of the server was not resolved: the DNS server failed, or did not answer. That does not say that the name is wrong.',
    unreached: true,
    advice:
      'Look at the DNS server that the text names, and at the network to it: in the cluster that is CoreDNS and what it forwards to, for a mount the one of the node.',
  },
  'no-such-host': {
    pattern: /no such host|Name or service not known|could not resolve/,
    means: 'The name of the server does not resolve.',
    unreached: true,
    advice:
      "Check the name in the URL or in AWS_ENDPOINTS, and the cluster's DNS (for a mount that of the node).",
    elsewhere:
      'Check the name in the text, and the DNS that it was asked of: of the cluster, or of the node.',
  },
  'no-connection': {
    pattern:
      /dial tcp \S+: (?:i\/o timeout|connect: connection timed out|operation timed out)|connect\(\) failed, errno = 110/,
    means: 'The connection to the server timed out.',
    unreached: true,
    advice: reachable,
  },
  'connection-refused': {
    pattern: /connection refused|connect\(\) failed, errno = 111/i,
    means: 'The connection was refused: nothing listens at that address and port, or a firewall refuses it.',
    unreached: true,
    advice: `See that the server runs. ${reachable}`,
  },
  'smb-no-answer': {
    pattern: /mount error\(112\)|cifs_mount failed w\/return code = -112\b/,
    means:
      'The SMB server did not answer (EHOSTDOWN): it is not there, or ended the connection, as for a version of SMB that it does not offer.',
    advice:
      'See that the server is reached (port 445), and which versions of SMB it offers (the option vers= of the mount).',
  },
  'no-route': {
    pattern:
      /no route to host|network is unreachable|host is (?:down|unreachable)|EHOSTUNREACH|ENETUNREACH|connect\(\) failed, errno = 113/i,
    means: 'There is no way to the server on the network.',
    unreached: true,
    advice: reachable,
  },
  'connection-reset': {
    pattern:
      /connection reset by peer|broken pipe|unexpected EOF reading|use of closed network connection|server closed idle connection/i,
    means: 'The connection broke in the middle of a request; why, the text does not say.',
    advice: 'Look at the log of the other side at that time; the address tells which it is.',
    adviceOn: {
      s3: "Look at the store's log: a server that refuses an upload may close the connection before it has read all of it.",
    },
  },
  'proxy-unreachable': {
    pattern: /proxyconnect|Proxy Authentication Required/,
    means: 'The HTTP proxy did not let the request through.',
    advice: "Check HTTP_PROXY, HTTPS_PROXY and NO_PROXY in the backup target's Secret.",
  },

  // Processes and time.
  'engine-timed-out': {
    pattern: /timeout executing: \S+ \[(?:\S+ )?--url /i,
    means: 'The engine of the volume did not answer in time, and the command was ended.',
    advice:
      "Look at the instance manager, and whether the volume's disks are slow; a snapshot waits for the file system.",
  },
  'command-timed-out': {
    pattern: /timeout executing: /i,
    means:
      'The command did not end in its time, and was ended: the store did not answer, or there is more in it than can be read in that time.',
    advice:
      'See whether the store answers, how slowly, and how much is in it; the setting backup-execution-timeout (from v1.8.0 on) is its time.',
    adviceOn: {
      nfs: 'See whether the NFS server answers and the mount hangs, and how much is in the store; the setting backup-execution-timeout (from v1.8.0 on) is its time.',
    },
  },
  'engine-restarted': {
    pattern: /might because the engine has restarted/,
    means:
      'The engine does not know the backup any more, most likely since it was started anew in the middle. The text says neither that the backup failed nor that it is whole.',
    advice:
      'Look for what ended the engine or its instance manager, and make another backup. Even if this one is called Completed, do not rely on it before it was restored once.',
  },
  'backup-not-in-replica': {
    pattern: /desc = backup not found/,
    means: 'The replica knows no such backup: it was started anew, or the upload never began there.',
    advice:
      'Look at the log of its instance manager when the backup began: was the store reached, did the replica end? Then make the backup again, and delete this one; before v1.4.2 it stays InProgress for ever (longhorn/longhorn#5662).',
    retryIn: { 'backup-status': 'Longhorn does not make it again.' },
  },
  'replica-lost': {
    pattern:
      /\bon unknown replica|failed to find a replica with backup|[Ff]ailed to get (?:backup )?\S*(?:backup)? ?status on \S+ for \S+: rpc error: code = NotFound|cannot find backup \S+ status in longhorn engine|cannot find matched snapshot \S+ of backup|replica address \S+ is not found in engine/,
    means:
      'The replica that uploaded is gone, or was started anew, and nobody knows any more how far the backup came.',
    advice: 'Look for what ended the replica or its instance manager; then make the backup again.',
    retryIn: { 'backup-status': 'Longhorn does not make it again: make another one, and delete this one.' },
  },
  'instance-not-in-manager': {
    pattern: /find the instance status in instance manager/,
    means:
      'The instance manager does not know that process any more: it ended, or the instance manager was started anew.',
    advice:
      'Look at what that process logged last, and whether the pod of the instance manager was restarted (kubectl get pods).',
  },
  'instance-manager-ended': {
    pattern:
      /[Ii]nvalid [Ii]nstance [Mm]anager \S+, state: (?:error|unknown|stopped)|[Cc]annot find (?:the )?[Ii]nstance [Mm]anager\b|since failed to find the instance manager for the running instance/,
    means:
      'The instance manager is not there, or does not run (any more): the engines and replicas that ran in it count as failed.',
    advice:
      'Look at it (kubectl -n longhorn-system get instancemanagers.longhorn.io) and why its pod ended: its events, its node, what deleted it. Longhorn makes a new one, and starts or rebuilds what ran there.',
    quoted: 'to its end',
  },
  'no-ready-node': {
    pattern: /no ready nodes available/,
    means: 'No node of Longhorn is ready, so that none does this. Nothing was asked of the backup store.',
    advice:
      'Look at the nodes (kubectl -n longhorn-system get nodes.longhorn.io: their conditions) and at the longhorn-manager pods, which have to run and be ready, as after an upgrade.',
  },
  'no-instance-manager': {
    pattern:
      /cannot find a running instance manager|failed to get running instance manager|instance manager \S+ (?:is not running|not found)|no running instance manager/,
    means: 'There is no running instance manager on the node that has to do the work.',
    advice:
      'Look at the instance-manager pod of that node (started, evicted, node down?), and at its InstanceManager object: a pod that runs counts only once that is in the state running (with a storage network: once it has an address there). The work goes on then.',
  },
  'old-instance-manager': {
    pattern: /is not permitted by the backup env allowlist/,
    means:
      'The instance manager that has to do the work is older than longhorn-manager, which gives it a value that it does not know, and it refuses all of them.',
    advice:
      'Detach the volume and attach it again, so that it runs in an instance manager of the new version.',
  },
  'spdk-no-answer': {
    pattern: /response channel somehow is closed/,
    means:
      'The v2 data engine got no answer of SPDK (spdk_tgt), perhaps since the connection to it was closed.',
    advice:
      'Another attempt may succeed (longhorn/longhorn#13188). If it comes again, look whether the instance manager of that node was started anew.',
  },
  'spdk-snapshot-range': {
    pattern: /failed to find snapshot lvol range|invalid snapshot lvol range/,
    means:
      'The v2 data engine did not find the snapshots of the replica that the backup begins and ends with. No store was asked.',
    advice:
      'If an older snapshot was backed up than that of the last backup, it is a bug that v1.10.0 mends (longhorn/longhorn#11461): back up the newest one. Otherwise make a new snapshot and back that up, and look at the log of the instance manager.',
  },
  'spdk-replica-unnamed': {
    pattern: /replica address is not found in engine/,
    means:
      'A bug of the v2 data engine: Longhorn asked for the status without the address of the replica that uploads.',
    advice: 'Make another backup, and upgrade: fixed in v1.12.1 (longhorn/longhorn#13611).',
  },
  'replica-ended': {
    pattern:
      /code = Unavailable desc = (?:error reading from server: (?:unexpected )?EOF|transport is closing)/,
    means:
      'The connection to the process that did the work (a replica, or its instance manager) was closed in the middle of it, as when that process ends or is stopped.',
    advice:
      'Look in the log of the instance manager for its end, as a panic; and for what stopped it: a volume that was detached, as when a recurring job ran out of its time.',
  },
  'replica-no-answer': {
    pattern:
      /R\/W Timeout\. No response received|\br\/w timeout\b|\b(?:Read|Write|Unmap|Ping) timeout on replica|\bRetry +\d+ on replica \S+ seq/,
    means:
      'A replica did not answer a read or write within the time that the engine waits for it (8 s in most versions).',
    advice:
      "Look at the disk and the load of the replica's node, and at the network between it and the engine: backups, rebuilds and snapshots at that time load both. Run fewer at once; the setting engine-replica-timeout is the time.",
  },
  'volume-io-error': {
    pattern: /\btgtd: bs_longhorn_request\(\d+\) (?:fail|io error)|response_process: Receive error/,
    means:
      "The volume's iSCSI target (tgtd) got an error of the engine for it; why, the engine's lines before it tell.",
    advice:
      'Look for what the engine logged just before: replicas that did not answer or were given up, a process that ended. Then look at the file system of the volume, and restart its pod if that is read-only.',
    kind: true,
  },
  'status-lost': {
    pattern: /max retry period \S+ reached in exponential backoff timer/,
    means: 'The manager could not learn how the work went, and gave up.',
    advice: 'Look at the engine and the instance manager of the volume, then try again.',
  },
  'restore-stopped': {
    pattern: /since (?:server stop|received stop signal) for volume/,
    means: 'The restore was stopped: its process ended, or was told to.',
    advice: 'Look for what stopped it: the volume was deleted or detached, or its instance manager ended.',
  },
  killed: {
    pattern: /signal: (?:killed|terminated)|exit status 137/,
    means: 'The process was killed from outside.',
    advice: 'Look for what killed it: a memory limit, a node that shuts down, somebody.',
  },

  // Contents of the store.
  'gzip-says-damaged': {
    pattern: /gzip: \S{1,400}: (?:invalid compressed data--\w+ (?:error|violated)|unexpected end of file)/,
    means:
      'gzip finds the file damaged: it is not whole in the store. If it is a block, each backup that uses it cannot be restored.',
    advice:
      'See which backups use it (npx corral store fsck). If the volume is whole, remove the block and make a full backup (from v1.7.0 on, the parameter backup-mode=full), which writes it anew; what it held for older backups is lost.',
    data: 'damaged',
  },
  checksum: {
    pattern:
      /checksum (?:verification failed|mismatch(?:ed)?)|(?:gzip|zlib): invalid (?:checksum|header)|lz4: (?:bad magic number|invalid|corrupt)|fallback decompression also failed|decompression verification failed|invalid (?:header|frame) checksum|flate: corrupt input/i,
    means:
      'What was read of a block is not what was written: it is damaged in the store, or was damaged on the way (memory, disk or network client of that node).',
    advice:
      'First check the store from another machine (npx corral store fsck), and restore on another node.',
    data: 'doubtful',
  },
  'size-not-multiple': {
    pattern: /not (?:a )?multiples? of (?:backup |volume )?block size/,
    means:
      "The size that the volume had with its last backup, which the store has, is no multiple of this backup's block size, so that Longhorn refuses it.",
    advice:
      'Grow the volume that was backed up under this name to a multiple of the block size, back it up, and restore anew: the size of the new volume does not count.',
  },
  'backup-larger': {
    pattern:
      /(?:backup volume size|size of the backup) \S+ is (?:larger|smaller) than|backup (?:block )?size is (?:larger|bigger)|backup volume \S+ size \d+ (?:cannot be (?:larger|smaller) than|must be the same as)|size of target volume \([^)]{1,60}\) is different|block size is changed from/i,
    means: 'The size of the backup does not fit that of the volume.',
    advice:
      "Give the volume the backup's size (longhorn/longhorn#13837). If the backup is of an encrypted volume, restore it to an encrypted one: since v1.12.0 a plain volume gets 16 MiB too little.",
  },
  'system-backup-config-missing': {
    pattern: /cannot find \S*system-backups\/\S+ in backupstore|system backup \S+ doesn't exist/,
    means: 'The store does not have the config of the system backup.',
    advice: `${gone} Another system backup may be whole.`,
    data: 'missing',
  },
  'stray-config': {
    pattern: /cannot find \S*\/backup_[^/\s]+\.cfg\/volume\.cfg/,
    means: 'The config of a backup lies where the folders of volumes do, and Longhorn takes it for one.',
    advice: 'Move it back into the folder backups of its volume (npx corral store fsck names it).',
  },
  'backup-config-missing': {
    pattern: /cannot find \S*backup_[^/\s]+\.cfg in backupstore/,
    means: 'The store does not have the config of the backup: for Longhorn that backup is not there.',
    advice: `${gone} A deletion that was interrupted leaves a backup so, too.`,
    data: 'missing',
  },
  'volume-config-missing': {
    pattern:
      /cannot find \S*volume\.cfg in backupstore|cannot find volume(?: \S+)? in backupstore|[Vv]olume \S+ doesn't exist in backupstore/,
    means: "The store does not have the volume's config (volume.cfg).",
    advice: `${gone} Its blocks may still be there (npx corral store fsck). If the file is there, and another backup target was used at the same moment, try again: Longhorn may have taken the credentials of the other (npx corral bugs show targets-mix-credentials).`,
    data: 'missing',
  },
  'not-in-store': {
    pattern: /cannot find \S+ in backupstore|refers to unknown block/,
    means: 'The store does not have a file that was to be read.',
    advice: `${gone} Check the store (npx corral store fsck).`,
    data: 'missing',
  },
  'cause-lost': {
    pattern: /cannot unmarshal the restore error(?:, maybe[^:]{0,80})?(?:: invalid character|\W*$)/i,
    means:
      'Longhorn could not read the answer of the engine, and the rest of the text does not tell the cause.',
    advice: 'Look at what the engine and its replicas logged at that time (instance manager).',
  },
  'restore-error-in-words': {
    pattern: /cannot unmarshal the restore error[^\n]{0,600}: invalid character/,
    means: 'The engine answered with words, which Longhorn tried to read as JSON: the words are the cause.',
    advice: 'Look for an issue with these words. They do not say that the store is damaged.',
    quoted: true,
  },
  'answer-not-json': {
    pattern: /invalid character '<' looking for/,
    means: 'An answer was a page of HTML or XML instead of JSON: of a proxy, or of a server in trouble.',
    advice: 'Look at what answers at that address, and at proxies between.',
  },
  'object-of-another-version': {
    pattern:
      /decode slice: expect |\bexpect .{1,20}, but found .{1,20}, error found|cannot unmarshal \w+ into Go struct field \w+\.(?:spec|status|items)\b/,
    means:
      'An object in Kubernetes has a field of another type than this version of Longhorn reads: another version stored it, and it was not converted.',
    advice:
      'Look whether the last upgrade of Longhorn came to its end (the CRDs, the conversion webhook), and at the field that the text names (kubectl get -o yaml).',
  },
  'config-cut-off': {
    pattern:
      /unexpected end of JSON input|invalid character .{1,12} (?:looking for|after|in)|cannot unmarshal(?! the restore error)/,
    means: 'A config in the store is empty, cut off, or not what Longhorn can read.',
    advice: 'Check the store (npx corral store fsck), which names the file.',
    data: 'damaged',
  },
  'config-ends-early': {
    pattern:
      /(?:\boutput |msg=\\?"|\bconfig(?: metadata)?(?: from backup target)?: |code = Unknown desc = )(?:unexpected )?EOF\b(?! reading)/,
    within: [
      ...['list', 'list-system-backups', 'inspect', 'delete', 'delete-volume'],
      ...['create', 'restore', 'incremental-restore', 'restore-start'],
    ],
    means: 'A config in the store is empty or cut off; less likely, its reading was cut off.',
    advice: 'Check the store (npx corral store fsck), which names the file.',
    data: 'doubtful',
  },
  'config-ends-early-in-command': {
    pattern: /\[(?:system-)?backup [^\]]{1,600}\], output (?:unexpected )?EOF\b/,
    means:
      'The command read a config of the store that is empty or cut off; less likely, its reading was cut off.',
    advice: 'Check the store (npx corral store fsck), which names the file.',
    data: 'doubtful',
  },
  'still-in-progress': {
    pattern: /backup (?:backing image )?\S+ is still in progress/,
    means: 'The backup in the store is not finished.',
    advice: 'Wait for it, or see whether whoever made it still lives.',
  },

  // Mounts.
  'stale-mount-of-pod': {
    pattern:
      /\/kubelet\/(?:pods|plugins)\/[^\s:]{1,400}: (?:stale (?:NFS )?file handle|transport endpoint is not connected)/i,
    means:
      "The mount of a pod's volume on that node is stale or dead: the server behind it went away, or was started anew.",
    advice:
      'Delete the pod, so that its volume is mounted anew. Of a ReadWriteMany volume of Longhorn the server is its share-manager pod; of another driver look at its own NFS or SMB server.',
  },
  'folder-made-twice': {
    pattern: /mkdir \S{1,400}\/backupstore\/volumes\/\S{1,300}\/locks: file exists/,
    within: ['restore', 'incremental-restore'],
    means:
      'Most likely another replica made this folder of the store at the same moment, and this one did not see it yet.',
    advice:
      'Nothing, if the volume becomes healthy: the replica is restored anew once the others are. If it comes again, the mount of that node is stale: unmount it there, or start the instance manager anew.',
  },
  'stale-mount': {
    pattern:
      /stale (?:NFS )?file handle|\bESTALE\b|mkdir \S{0,300}longhorn-backupstore-mounts\S{0,300}: file exists|create mount directory [^:]{0,300}: mkdir \S{1,300}: file exists|corrupted mount point|mount point \S{1,300} was identified as corrupted|transport endpoint is not connected/i,
    means: 'The mount is stale or dead: most likely its server went away, or has another export there now.',
    advice:
      'Unmount it on that node (in the pod of longhorn-manager or instance-manager), or start that pod anew; then Longhorn mounts again. If it comes back with a CIFS share, its server may change inode numbers: mount it with noserverino.',
    elsewhere:
      'See which mount the path is of, and mount it anew on that node: unmount it, or restart what uses it.',
  },
  'mount-folder-is-file': {
    pattern: /[Cc]annot create mount directory[^"]{0,600}: not a directory/,
    means:
      'The folder for the mount could not be made, in the pod that was to mount: a file stands where a folder is to be. The server was not asked.',
    advice: 'Remove the file that the text names from that pod, or start the pod anew.',
  },
  'mount-folder': {
    pattern: /[Cc]annot create mount directory/,
    means:
      'The folder for the mount could not be made, in the pod that was to mount. The server was not asked yet; most likely an old mount is in the way.',
    advice:
      'Unmount it on that node (in the pod of longhorn-manager or instance-manager), or start that pod anew (longhorn/longhorn#2242).',
  },
  'nfs-locks': {
    pattern: /rpc\.statd is not running but is required/,
    means:
      'The mount fell back to NFS 3, whose locks need rpc.statd on the node. Most likely the server does not offer NFS 4, which Longhorn needs.',
    advice: 'Enable NFS 4 on the server; starting rpc.statd is not enough (longhorn/longhorn#1346).',
  },
  'nfs3-only': {
    pattern: /nfsv3 mount succeeded|only supporting nfsv3/,
    means: 'The server serves NFS 3 alone; Longhorn needs NFS 4.',
    advice: 'Enable NFS 4 on the server.',
  },
  'no-nfs-client': {
    pattern: /mount\.nfs4?: No such device/,
    means: 'The kernel of that node cannot mount NFS 4; the server is not at fault.',
    advice: 'Load the kernel module nfsv4 on every node, and install nfs-common (or nfs-utils).',
  },
  'no-smb-client': {
    pattern:
      /cifs filesystem not supported by the system|mount error\(19\)|mount\.cifs: No such device|unknown filesystem type \W{0,4}(?:cifs|smb3)\b/,
    means: 'The kernel of that node does not have the module cifs; the server was not asked.',
    advice:
      'Load the module cifs on every node (modprobe cifs), also at each start; where it is not there, install it (Ubuntu: linux-modules-extra of that kernel), and cifs-utils.',
  },
  'mount-call-failed': {
    pattern: /mount\.nfs4?: mount system call failed/,
    means: 'The kernel of that node refused the mount, and mount.nfs has no words for why.',
    advice:
      'Look at the kernel log of that node (dmesg) at that time, and see whether it reaches the address in the text (port 2049).',
    adviceIn: {
      'mount-volume':
        'Look at the kernel log of that node (dmesg), and see whether it reaches the address in the text (port 2049). Of a ReadWriteMany volume of Longhorn that is the service of its share-manager pod: look at that pod and its log, too.',
    },
    kind: true,
  },
  'mount-not-permitted': {
    pattern: /mount\.nfs4?: (?:\S+: )?Operation not permitted/,
    means:
      'The mount was refused as not permitted (EPERM): by the server for who asked, or by the kernel of the node.',
    advice:
      "Look at the export: the addresses of nodes and pods that may mount it, whether it takes ports above 1023 (insecure), and the versions of NFS that it offers. Where the same mount works on the node and not in a pod, the pod's address is what differs.",
  },
  'smb-unreached': {
    pattern:
      /mount error\((?:101|110|111|113|115)\)|cifs_mount failed w\/return code = -(?:101|110|111|113|115)\b|CIFS: VFS: Error connecting to socket/,
    means: 'The SMB server was not reached: no connection to it (TCP, port 445) came about.',
    advice:
      'Check the name and address, that the server runs, and that port 445 is open between the node and it (firewalls, routers). User and password were not asked for yet.',
  },
  'mount-denied': {
    pattern:
      /mount\.nfs4?: access denied by server|mount error\(13\)|mount error\(1\)|(?:cifs_mount failed w\/return code|Send error in SessSetup) = -13\b|STATUS_(?:LOGON_FAILURE|ACCESS_DENIED)\b/,
    means: 'The server refused the mount.',
    advice: "Check the export's clients and squashing, and the path.",
    adviceOn: {
      cifs: "Check user and password in the backup target's Secret, and the rights on the share.",
    },
    adviceIn: { 'mount-volume': serverOfVolume },
  },
  'mount-not-there': {
    pattern:
      /mount\.nfs4?: \S+ failed, reason given by server: No such file or directory|mount error\(2\)|mount\.nfs4?: mounting \S+ failed|cifs_mount failed w\/return code = -2\b|STATUS_BAD_NETWORK_NAME\b/,
    means: 'The server has no such export or share, or no such folder in it.',
    advice:
      'Check the path, and make the folder if it is below the export. If the export has fsid=0 (the root of NFS 4), write the path as seen from there, often just /.',
    adviceOn: {
      cifs: 'Check the name of the share.',
    },
  },
  'mount-protocol': {
    pattern:
      /Protocol not supported|mount error\(95\)|cifs_mount failed w\/return code = -95\b|Dialect not supported by server|mount\.nfs4?: (?:an incorrect mount option|requested NFS version)|wrong fs type, bad option(?!, bad superblock on \/dev\/)|unknown filesystem type(?! \W{0,4}crypto_LUKS)/,
    means: 'The node or the server does not know this protocol, version or option.',
    advice:
      'Longhorn needs NFS 4; install nfs-common (or nfs-utils) on the nodes, and look at the options in the URL.',
    adviceOn: {
      cifs: 'Look whether cifs-utils is on the node, which versions of SMB the server offers, and at the option vers= of the mount.',
    },
    adviceIn: {
      'mount-volume':
        'Look at the type and the options in the text (fsType and mountOptions of the PersistentVolume), and at the modules and tools of that node; a ReadWriteMany volume of Longhorn needs NFS 4.1: nfs-common (or nfs-utils), and a kernel that was built with it (CONFIG_NFS_V4_1).',
    },
  },

  // Binaries, images and devices on a node.
  'engine-binary-missing': {
    pattern: /engine-binaries\/\S+: no such file or directory/,
    means: 'The binary of the engine image is not on that node (yet).',
    advice: "Look at the engine image's pod on that node.",
    quoted: true,
  },
  'engine-image-not-deployed': {
    pattern:
      /engine image \S+ (?:\(\S+\) )?(?:is )?not (?:yet )?(?:deployed|ready)(?!, it's (?!deploying))|image \S+ because it isn't deployed|engine binary check failed|\bwait for engine image \S+|\bimage \S+ is not ready/i,
    means: 'An engine image is not on the nodes that need it (yet).',
    advice:
      'Look at it (kubectl -n longhorn-system get engineimages) and at its pods: every node has to pull the image.',
    quoted: true,
  },
  'no-disk-for-replica': {
    pattern: /\bNo available disk candidates\b/,
    means:
      'No disk is left that could take the replica: none has room as Longhorn counts it, or none may be used.',
    advice:
      "Look at the disks of the nodes (kubectl -n longhorn-system get nodes.longhorn.io -o yaml): Ready, Schedulable, their room; and at the volume's tags and affinity.",
  },
  'no-room-for-replicas': {
    pattern: /\binsufficient storage\b/,
    means:
      "No disk has room for the replicas, as Longhorn counts it: by the volume's whole size, with what is reserved.",
    advice:
      'Add disks, delete what is not needed, use fewer replicas, or raise storage-over-provisioning-percentage. A restore of many volumes needs the room of all.',
  },
  'disks-unavailable': {
    pattern: /\bdisks are unavailable\b/,
    within: ['schedule'],
    means:
      'No disk may take a replica: those that were looked at are not ready, not schedulable, or to be evicted, or a node has none.',
    advice:
      'Look at the disks in nodes.longhorn.io: allowScheduling, evictionRequested, and the conditions Ready and Schedulable.',
    quoted: true,
  },
  'no-place-for-replicas': {
    pattern:
      /\b(?:nodes are unavailable|disk not found|node not found|tags not fulfilled|hard affinity cannot be satisfied|topology requirement cannot be satisfied|linked clone replica cannot be satisfied|replica scheduling failed)\b|none of the node candidates contains a ready engine image/,
    within: ['schedule'],
    means: 'No node and disk fit what the volume asks for.',
    advice:
      "Compare the volume's tags, affinity and number of replicas with the nodes and disks that are schedulable.",
    quoted: true,
  },
  'no-replica-to-start': {
    pattern: /no healthy or scheduled replica for starting/,
    means: 'The volume has no replica that could be started: none was given a place, or all have failed.',
    advice:
      "Look at the volume's condition Scheduled and at its replicas: none, or all failed? A restored volume with the data locality strict-local had none (longhorn/longhorn#6239, fixed in v1.4.3 and v1.5.0): restore it with another one.",
  },
  'passphrase-missing': {
    pattern: /missing passphrase for encrypted volume|unsupported key provider/,
    means: 'The volume is encrypted, and its mount was asked for without the passphrase of a Secret.',
    advice:
      'Make the PersistentVolume anew with nodeStageSecretRef and nodePublishSecretRef (by a StorageClass: csi.storage.k8s.io/node-stage-secret-name and its like); the Secret has CRYPTO_KEY_VALUE. Waiting does not help.',
  },
  'passphrase-wrong': {
    pattern: /No key available with this passphrase/,
    means: 'The passphrase of the Secret does not open the volume.',
    advice:
      'A restored volume has the passphrase of its source at the time of the backup: use the Secret with that one.',
  },
  'encrypted-as-plain': {
    pattern: /already contains crypto_LUKS|unknown filesystem type \W{0,4}crypto_LUKS/,
    means: 'The data are encrypted (LUKS), and the volume is mounted as if they were not.',
    advice:
      'Mount it as an encrypted volume, by a PersistentVolume that names the Secret with its passphrase; if it was restored, restore it anew with encrypted: "true" and the passphrase of the source. Waiting does not help.',
  },
  'plain-as-encrypted': {
    pattern: /unsupported disk encryption format/,
    means: 'The volume is mounted as an encrypted one, and its data are not encrypted by LUKS.',
    advice:
      'Mount it as a volume without encryption; if it was restored, restore it anew with encrypted: "false".',
    quoted: 'to its end',
  },
  'kernel-modules': {
    pattern:
      /Kernel modules \[[^\]]{1,300}\] are not loaded|dm_(?:crypt|mod) kernel module loaded|dm[-_]crypt[^.]{0,40}not found/,
    means:
      'The kernel of that node lacks a module that Longhorn needs; dm_crypt is that of encrypted volumes.',
    advice: 'Load it on that node (modprobe), at each start too.',
    quoted: true,
  },
  'no-iscsiadm': {
    pattern:
      /make sure you have iscsiadm\/open-iscsi installed(?! on the host: open )|failed to execute iscsiadm: No such file/,
    means:
      'longhorn-manager could not run iscsiadm on its node, which each volume of the v1 data engine needs.',
    advice: 'Install open-iscsi on the node, and start iscsid, also at each start of the node.',
  },
  'host-proc-missing': {
    pattern: /open \/host\/proc\S*: no such file or directory/,
    means:
      "The container does not see /proc of its node at /host/proc, through which Longhorn runs a node's commands: its pod does not mount that.",
    advice:
      'Compare the volumes of the pod or job with those in the chart or manifest of the version that its image has.',
  },
  'executable-missing': {
    pattern: /exec: \\?"[^"]{1,200}\\?": executable file not found in \$PATH/,
    means:
      'The command that is named is not there where it was to be run: in the image of the container that ran it; of the kubelet, on its node.',
    advice:
      "Compare the image with the release's own (its tag, a mirror, a build of your own); for the kubelet install the command on its node.",
    quoted: true,
  },
  'command-missing': {
    pattern: /\bexit status 127\b/,
    means: 'A command that was to be run is not installed there.',
    advice:
      'Install it on that node: of an encrypted volume it is cryptsetup, of a shared one and of an NFS store the NFS client (nfs-common, nfs-utils).',
  },
  luks: {
    pattern: /with LUKS\b|LUKS device|\bcryptsetup\b|\bluksOpen\b|encrypto? device/,
    means: 'The encryption of the volume could not be set up on that node.',
    advice: "Look at the end of the text, at the module dm_crypt of that node, and at the volume's Secret.",
    kind: true,
    quoted: 'to its end',
  },
  'device-left': {
    pattern: /cannot create device node \S+ for device \S+: file exists/,
    means: 'A device of an earlier attempt is left on that node; the next attempt fails in the same way.',
    advice:
      'Remove the device named under /dev/longhorn on that node, or restart the node, and upgrade Longhorn (longhorn/longhorn#9032).',
  },
  'fragment-map': {
    pattern: /failed to overlay fragment map/,
    means:
      'The v2 data engine could not read which parts of a snapshot have data; known where the volume was expanded (longhorn/longhorn#12313).',
    advice:
      'See in that issue whether a version mends it: a new backup of the same chain of snapshots fails in the same way. The store has no part in it.',
  },
  'filesystem-damaged': {
    pattern: /'fsck' found errors/,
    means: 'The file system inside the volume is damaged, and fsck could not repair it by itself.',
    advice:
      'Attach the volume without a workload, take a snapshot, and repair it by hand (e2fsck -f, or xfs_repair). If the volume was just restored, restore another backup beside it and compare.',
  },
  'volume-not-mountable': {
    pattern: /wrong fs type, bad option, bad superblock on \/dev\//,
    means:
      'The kernel of that node refused the file system on that device. For a wrong type, a wrong option, damage and (of XFS) a UUID that is mounted there already, the words are the same.',
    advice:
      'The kernel log of that node (dmesg) has the reason: look there before anything is repaired or made anew. XFS refuses a restored or cloned volume beside its source for their equal UUID: v1.5.6, v1.6.3 and v1.7.0 mend that, until then mount it on another node. Otherwise compare what is on it (blkid) with fsType of the PersistentVolume.',
    kind: true,
  },
  'driver-unknown': {
    pattern: /no volume plugin matched|CSI driver \\?"[^"\\]{1,253}\\?" not found/,
    means: 'No driver of the name that is asked for is in the cluster.',
    advice:
      "Look at the provisioner of the StorageClass, which for Longhorn is driver.longhorn.io, and whether Longhorn's CSI driver is installed (kubectl get csidrivers).",
    quoted: true,
  },
  'csi-driver-missing': {
    pattern: /not found in the list of registered CSI drivers|\bCSINode (?:\S+ )?does not contain driver\b/,
    means: "That node's kubelet does not have the CSI driver: its plugin does not run there (yet).",
    advice:
      'Look at the pod of longhorn-csi-plugin on that node, and at the directory of the kubelet that it was installed for.',
  },
  'ganesha-not-running': {
    pattern: /\bganesha\.pid\b/,
    within: ['probe'],
    means:
      'The NFS server (ganesha) of a shared (ReadWriteMany) volume does not run yet in its share-manager pod, or has ended.',
    advice:
      'Nothing, if it is ready a little later. Otherwise look at the log of that share-manager pod, and whether its volume is attached and healthy.',
  },
  'no-kubelet-folder': {
    pattern: /Need to specify \\?"--kubelet-root-dir|no related proc for root-dir detection/,
    means: 'The folder of the kubelet could not be found out on that node.',
    advice:
      'Name it: the variable KUBELET_ROOT_DIR of the Deployment longhorn-driver-deployer (csi.kubeletRootDir in the chart).',
    quoted: true,
  },
  'recovery-backend': {
    pattern: /Failed to perform CURL operation|\bHTTP call error: res=|recovery[- ]backend/i,
    within: ['share-manager'],
    means:
      'The NFS server of the volume got no good answer of the recovery backend, where it keeps who its clients are: that is a part of longhorn-manager.',
    advice:
      'Look at the longhorn-manager pods and the service longhorn-recovery-backend: whether they are there, and answer on the port 9503. Of v1.4.0 see longhorn/longhorn#5183.',
    quoted: true,
  },
  'lease-lost': {
    pattern: /\bleaderelection lost\b|\bstopped leading\b|\blost lease\b|[Ff]ailed to renew lease/,
    means:
      'The program could not renew its lease at the Kubernetes API server in time, and gives its place up to another copy of it.',
    advice:
      'If that recurs, look at the API server and its etcd (how slow it answers, whether it is there), and at how busy the node is. Volumes are not at fault.',
    retry: 'Its container is started anew.',
    quoted: true,
  },
  'disk-unlike-its-config': {
    pattern:
      /cannot find disk config file|has changed file system|DiskFilesystemChanged|record diskUUID doesn't match the one on the disk|has same file system ID/,
    means: 'What Longhorn has written on the disk is not there, or is of another disk.',
    advice:
      'See that the right file system is mounted at that path (findmnt), that its file longhorn-disk.cfg is there, and that no two disks of the node are folders of one file system.',
    quoted: 'to its end',
  },
  'no-initiator-name': {
    pattern:
      /Invalid Initiatorname|InitiatorName is required|no such file[^"]{0,40}initiatorname\.iscsi|initiatorname\.iscsi[^"]{0,40}[Nn]o such file/,
    means: 'The node has no valid name as an iSCSI initiator (/etc/iscsi/initiatorname.iscsi).',
    advice:
      'Make that file with a name of its own for each node (iscsi-iname writes one), and restart iscsid.',
  },
  'iscsid-not-running': {
    pattern: /iscsid is not running|can't open iscsid\.startup/,
    means: 'The daemon iscsid does not run on that node; each volume of the v1 data engine needs it there.',
    advice: 'Install open-iscsi on the node, and start iscsid, also at each start of the node.',
  },
  'orphan-not-a-directory': {
    pattern:
      /error not a directory occurred when trying to remove|trying to remove the volumes dir: not a directory/,
    within: ['kubelet-orphan'],
    means: 'In the folder of that pod a file lies where the kubelet expects an empty folder.',
    advice:
      'See on the node that nothing is mounted below /var/lib/kubelet/pods/POD-UID/volumes, and look at what is left there before you remove it. Newer versions of Kubernetes clean up by themselves (kubernetes/kubernetes#105536).',
  },
  'mount-busy': {
    pattern: /already mounted or mount point busy|apparently in use by the system/,
    means: 'Something else on that node uses the device of the volume, or the folder.',
    advice:
      'Look for who has it: an earlier mount (findmnt), or multipathd, which has to leave out the devices of Longhorn.',
  },
  'format-failed': {
    pattern: /\b[Ff]ormat of disk \\?"[^"]{1,300}" failed/,
    means: 'No file system was made on the device of the volume.',
    advice: 'Look at the lines before it, and at the engine of the volume: whether its device takes writes.',
    kind: true,
  },
  'dead-mount-of-kubelet': {
    pattern: /mkdir \S{1,400}\/globalmount: file exists/,
    means: 'The folder that the kubelet mounts the volume at is there, and is a mount that is dead.',
    advice: 'Unmount that folder on the node, or restart the node (longhorn/longhorn#3381).',
  },
  'share-not-ready': {
    pattern: /\bshare not yet available\b/,
    means: 'The NFS server of the shared (ReadWriteMany) volume does not run yet: its share-manager pod.',
    advice:
      'Wait a moment. If it stays, look at the pod share-manager-VOLUME in the namespace of Longhorn (its state, events and log), and whether the volume is attached and healthy.',
    quoted: true,
  },
  'migration-needs-healthy': {
    pattern: /volume must be healthy to start migration/,
    means:
      'A volume that is attached to two nodes migrates, and for that all of its replicas have to be whole; they are not.',
    advice:
      'Wait until its replicas are rebuilt (robustness healthy); if that never ends, look for disks and nodes for them. Or let only one node use the volume.',
    quoted: true,
  },
  'mount-in-use': {
    pattern: /\b(?:target|device) is busy\b/,
    means: 'It was not unmounted: something on that node still uses the mount.',
    advice: 'Look for what uses it (fuser -m, lsof), most often the pod itself: stop or delete that pod.',
  },
  'no-discard': {
    pattern: /the discard operation is not supported/,
    means: 'That file system, or the device under it, does not take the discards of fstrim.',
    advice:
      'Look at the engine image of the volume (Longhorn trims from v1.4.0 on), and at what lies between the file system and the volume: an encrypted device passes discards on only if it was opened so.',
  },
  'disruption-budget': {
    pattern: /violate the pod's disruption budget/,
    means:
      'A PodDisruptionBudget keeps the pod there. Those of instance-manager pods are of Longhorn, which keeps volumes from losing their last replica or a running engine.',
    advice:
      'See which volumes still have an engine or their last healthy replica on that node, and let their pods go first; the setting node-drain-policy decides what Longhorn lets through.',
  },
  'no-mount-propagation': {
    pattern: /not support mount propagation|MountPropagation is not set/,
    means: 'A node does not carry mounts of a pod over to the host (mount propagation), which CSI needs.',
    advice:
      'Turn it on for the container runtime or the service that it runs in (MountFlags=shared; mount --make-rshared /), on the node named.',
    quoted: true,
  },
  'webhook-not-accessible': {
    pattern: /\bwebhook service is not accessible\b/,
    means: 'longhorn-manager does not reach its own webhook by the name of the service in the cluster.',
    advice:
      'Look at the DNS of the cluster, at its network between nodes (CNI, firewall), and whether the service longhorn-admission-webhook (or longhorn-conversion-webhook) has endpoints.',
    quoted: true,
  },
  'no-object-name': {
    pattern: /resource name may not be empty/,
    means: 'An object was asked for without a name: the field of another object that is to name it is empty.',
    advice:
      'Look at the object that the words before name, and what it should point to; if it is of no use any more, delete it.',
    quoted: true,
  },
  'unknown-call': {
    pattern: /code = Unimplemented\b|\bunknown (?:method \w+ for )?service \w+/,
    means: 'The process that was asked does not know that call: it is of another version than who asks.',
    advice:
      'Look at the engine image of the volume, which stays the old one after an upgrade of Longhorn: upgrade it. Look whether pods of the old version still run.',
    quoted: true,
  },
  'replica-metadata-gone': {
    pattern: /Failed to find metadata for \S+/,
    means: 'The replica does not have the metadata of one of its snapshots, so that it cannot be opened.',
    advice:
      'If another replica of the volume is healthy, delete this one: Longhorn builds it anew. If none is, keep it as it is, and restore from a backup.',
    quoted: true,
  },
  'disk-full-for-replicas': {
    pattern: /has \d+ available, but requires reserved|is not schedulable for more replica/,
    means: 'The disk has less room free than Longhorn keeps there, so that no more replicas are put on it.',
    advice:
      'Make room on it, or look at what is reserved on the disk (storageReserved) and at the setting storage-minimal-available-percentage.',
    quoted: true,
  },
  'live-upgrade-unhealthy': {
    pattern: /\bcannot do live upgrade for an? (?:non-|un)healthy\b/,
    means: 'The engine of an attached volume is changed only while all its replicas are healthy.',
    advice: 'Wait until the volume is healthy, or detach it; then ask again.',
  },
  'snapshot-removed': {
    pattern: /\bsince it's marked as Removed\b/,
    means: 'The snapshot has been deleted: it is marked as removed, and only waits to be merged.',
    advice: 'Take another snapshot, or restore from a backup of it.',
  },
  'no-frontend': {
    pattern:
      /no block device frontend for volume|volume \S+ (?:frontend is disabled|(?:has )?invalid frontend type)/,
    means:
      'The volume has no block device now: it is only just being attached, is attached in maintenance mode, is being restored, or is a standby (DR) volume; or its frontend is none that a pod can use.',
    advice:
      'Nothing, if it was said once, while the volume was being attached. Otherwise look at the volume (spec.disableFrontend, spec.frontend, spec.Standby, status.restoreRequired). Wait for the restore, activate the standby volume, or detach it where it is attached in maintenance mode.',
  },
  'not-ready-for-workloads': {
    pattern: /is not ready for workloads/,
    means:
      'Longhorn does not give the volume to a pod yet, as while it is being restored or cloned, is not wholly detached from where it was, is Faulted, or its replicas found no place.',
    advice:
      "Look at the volume's state, robustness and conditions (kubectl -n longhorn-system get volumes.longhorn.io VOLUME -o yaml): Restore and Scheduled say more; and at its attachment tickets (volumeattachments.longhorn.io), if it stays attached or detaching.",
    quoted: 'to its end',
  },
  'not-attached-yet': {
    pattern: /hasn't been attached yet/,
    means: 'The volume was not attached to that node (yet) when it was to be mounted there.',
    advice:
      "Nothing, if a later attempt succeeds. Otherwise look at the volume's state, and at its attachment tickets (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml).",
  },
  'corrupt-mount-point': {
    pattern: /unmounted existing corrupt(?:ed)? mount point/,
    means:
      'The mount for the pod on that node was dead, as after the connection to the volume broke, and Longhorn took it away. That says nothing of the data.',
    advice: 'Nothing, if the next attempt mounts it anew. Otherwise delete the pod, so that it starts again.',
  },
  'volume-not-shared': {
    pattern: /multi node use for non shared volume/,
    means:
      'The claim wants the volume on several nodes (ReadWriteMany), and the volume was not made for that.',
    advice: 'Use ReadWriteOnce, or make the volume with the access mode rwx.',
  },
  'unaligned-read': {
    pattern: /\bread \/\S{1,300}: invalid argument/,
    means:
      'The kernel refused a read of the file. Longhorn reads it by direct I/O: most likely a size or place is no multiple of the sector size of its disk.',
    advice:
      "Compare the size that the text names with the disk's sector size (blockdev --getss). Another attempt fails in the same way (longhorn/longhorn#11569).",
  },
  'image-size': {
    pattern: /file size \d+ should be a multiple of 512 bytes/,
    means: 'The size of the image file is no multiple of 512 bytes, as direct I/O needs.',
    advice:
      'Unpack the file if it is compressed, or convert it (qemu-img convert -O qcow2 FILE NEW), and make the backing image from that.',
  },
  'image-of-backup-differs': {
    pattern: /checksum \S{0,200} in the backup volume doesn't match the current checksum/,
    means:
      'The backing image of this name in the cluster has another content than that of the backed-up volume.',
    advice: 'Restore to a cluster without a backing image of this name, or with the same one.',
    quoted: 'to its end',
  },
  'image-copy-changed': {
    pattern: /[Bb]acking image recorded checksum/,
    means:
      'The copy of the backing image on that disk has another content than was recorded when the image was made: it was changed, or damaged.',
    advice:
      'If another disk has a good copy, remove this one (the disk in spec.disks, or its backing-image-manager pod), so that it is made anew from that. Volumes that read this copy may have read wrong data: check them.',
  },
  'image-copy-differs': {
    pattern: /expected checksum \S{1,200} doesn't match the|doesn't match the processed file checksum/,
    means:
      'What was written as a copy of the backing image is not what was expected, by its checksum: it was cut off or changed on its way to that disk, or its source is another. The checksum itself is not at fault: leave it.',
    advice:
      'Look at the network between the nodes, and at the disk; Longhorn tries again, or remove that copy. If each copy ends so, compare the source (the URL, the upload) with the checksum that was given with it.',
  },
  'image-size-differs': {
    pattern: /found mismatching (?:size|realSize|virtualSize) \d/,
    means:
      'The copies of the backing image on several disks differ in size. A realSize may differ without harm: how much room a file takes depends on its file system.',
    advice:
      'Compare the checksums of the copies in its status. If they are equal, upgrade: v1.8.0 took another realSize for a fault (longhorn/longhorn#9976). Otherwise remove the copy that differs.',
  },
  'backing-image-failed': {
    pattern: /waiting for backing image \S+ downloading file [^"]{1,1000}the current state is failed/,
    means: 'The backing image that the replica waits for has failed on that node, so that it waits for ever.',
    advice:
      'Look at the message of the backing image and at the URL that it was to be loaded from, and make it anew with one that works.',
  },
  'file-without-checksum': {
    pattern: /no expectedChecksum for existing file/,
    means:
      'The file of a backing image is there already, but no checksum is known for it, so that it is not taken.',
    advice:
      'Look whether the backing image gets ready all the same; an older release made it without a checksum (longhorn/longhorn#4085).',
  },
  'nvme-connection-lost': {
    pattern:
      /sock connection error of tqpair|Failed to flush tqpair|\bCtrlr is in error state|\bresetting controller failed/i,
    within: ['spdk'],
    means: 'SPDK has no connection (NVMe over TCP) to a replica or an engine of a v2 volume any more.',
    advice:
      'Look whether the instance manager that has that address runs, and at the network between the nodes.',
    kind: true,
  },
  'nvme-path-left': {
    pattern: /NVMe path '[^']{1,253}' still exists after delete/,
    means: 'SPDK had deleted a path to another replica or snapshot, and it was still there some time later.',
    advice:
      'Nothing, if the rebuild or restore goes on. If it never ends, as after a replica was deleted in a restore (longhorn/longhorn#12835), restore anew.',
  },
  'file-not-renamed': {
    pattern: /rename \S{0,300}longhorn-backupstore-mounts/,
    means:
      'A file was written to the store under another name, and could not be given its own. Most likely another backup of the volume wrote the same file, or the mount was in trouble.',
    advice:
      'Make the backup again when no other one of the volume runs (longhorn/longhorn#1341), and look at the end of the text.',
  },
  'no-direct-io': {
    pattern: /open \S+\.img: invalid argument/,
    means: "The file system of that replica's disk does not support direct I/O, as CIFS and others do not.",
    advice: 'Use a disk with ext4 or XFS for replicas.',
  },
  'no-backend': {
    pattern: /\bNo backend available\b/,
    means: 'The engine has no replica left that it can use.',
    advice:
      'Look in the lines before it for why it gave up each of them (mode ERR): the network, a disk, an instance manager that ended. Then look at the robustness of the volume, and make the pod anew if its file system is read-only.',
  },
  'no-thread': {
    pattern: /pthread_create failed: Resource temporarily unavailable|failed to create new OS thread/,
    means:
      'A program could make no further thread and ended: as a rule the limit of processes and threads of its container or node was reached.',
    advice:
      "Look at the limit (podPidsLimit of the kubelet, the container's pids.max, the node's threads-max) and at how many engines and replicas run in that instance manager (longhorn/longhorn#3178, #11453).",
  },
  'replica-process-ended': {
    pattern:
      /[Rr]eplica (?:sync agent|server|rest server) at \S+ is down|Error running start replica command/,
    means: 'A process of a replica ended; its sync agent is what makes and restores backups.',
    advice:
      'Look for a panic in the lines before it (exit status 2): a backup or restore under way there has failed.',
  },
  'process-gone': {
    pattern: /cannot find process/,
    means: 'The process has ended already.',
    advice: 'Nothing, if it was stopped; otherwise look for its end in the log of its instance manager.',
  },

  // Messages of a node's kernel.
  'kernel-nfs-locks': {
    pattern: /nfs4_reclaim_open_state: Lock reclaim failed/,
    means:
      "The node's NFS client could not take back the locks that it had on a server: that was started anew, or the connection was gone for too long. It says nothing of Longhorn's own locks, nor that a backup failed.",
    advice:
      'Look at the NFS server and the network at that time, and at the mounts of that node (mount -t nfs4): which share it is, the text does not say.',
  },
  'kernel-smb-server': {
    pattern: /\bCIFS: (?:VFS: )?\S{1,253} has not responded in \d+ seconds/,
    means:
      'The SMB server did not answer the kernel of that node for that time, and the connection is made anew.',
    advice:
      'See whether that server, as of a backup target, runs, and how loaded it is; then look at the network between.',
    quoted: true,
  },
  'kernel-nfs-fileid': {
    pattern: /\bNFS: server \S{1,253} error: fileid changed/,
    means:
      'The NFS server has another file where the node knew one: its file system or export was replaced, or its files have new numbers.',
    advice:
      'Mount it anew on that node (unmount it, or restart the pods that use it), and see that the export stays the same when the server restarts (fsid).',
  },
  'kernel-filesystem': {
    pattern:
      /\bEXT4-fs error|Remounting filesystem read-only|\bXFS \([\w-]+\): .{0,60}[Cc]orruption|\bXFS \([\w-]+\): Unmount and run xfs_repair/,
    means:
      'The file system on that device met data that are damaged or could not be read; it may be read-only now.',
    advice:
      'See what the device is (lsblk -o NAME,VENDOR,SERIAL: of the v1 data engine the vendor is IET): a disk of the node, or a volume of Longhorn. Look for I/O errors of that device in the lines before; if there are none, stop what uses it, and check it unmounted (fsck, xfs_repair).',
    quoted: 'to its end',
  },
  'kernel-nfs-server': {
    pattern: /\bnfs: server \S+ not responding/,
    means: 'The NFS server did not answer the kernel of that node.',
    advice:
      'See whose address that is: of a shared (ReadWriteMany) volume of Longhorn it is the service of its share-manager pod, else your own NFS server, as of a backup target. See whether it runs, and how loaded it is; then look at the network between.',
    quoted: true,
  },
  'kernel-io': {
    pattern:
      /\bBuffer I\/O error on dev|\b(?:I\/O|device offline|critical \w+) error, dev \w+|EXT4-fs warning [^"]{0,80}I\/O error|\bJBD2: Error|Aborting journal on device|FAILED Result: hostbyte=|\bSense Key : \w|\bAdd\. Sense: |\bXFS \([\w-]+\): .{0,60}error/,
    means: 'A read or write of that device failed.',
    advice:
      'See what the device is (lsblk -o NAME,VENDOR,SERIAL: of the v1 data engine the vendor is IET): a disk of the node, or a volume of Longhorn; of a volume look at what its engine logged at that time.',
    quoted: 'to its end',
  },
  'xfs-same-uuid': {
    pattern: /\bXFS \([\w-]+\): Filesystem has duplicate UUID/,
    means:
      'A file system with the same UUID is mounted on that node, as that of the source of a restored or cloned volume; XFS refuses another one. Neither is damaged.',
    advice:
      'Mount it on another node, or upgrade Longhorn: v1.5.6, v1.6.3 and v1.7.0 mount with nouuid (longhorn/longhorn#2642). A new UUID (xfs_admin -U generate) helps, too.',
  },
  'kernel-iscsi': {
    pattern:
      /\bconnection\d+:\d+: (?:detected conn error|ping timeout)|Kernel reported iSCSI connection \d+:\d+ error/,
    means: 'The iSCSI connection of a volume on that node broke: its target, the engine, did not answer.',
    advice:
      'Look at the instance manager of that node at that time, and at its CPU: the engine ended, or had no time to answer.',
  },

  // Error numbers, in the words of Go and of the C library.
  'no-space-in-volume': {
    pattern: /write \/dev\/longhorn\/\S+: no space left on device/,
    within: ['restore', 'incremental-restore'],
    means: 'The volume is smaller than what is written into it.',
    advice: 'Restore into a volume of the size of the backup (longhorn/longhorn#11767).',
  },
  'no-space-in-image': {
    pattern: /write \/dev\/longhorn\/bi-\S+: no space left on device/,
    means: 'There is no room for the backing image on the disk of the v2 data engine that the device is on.',
    advice:
      'Look at the room of that disk (diskStatus of the Node of Longhorn), and make room there or use a larger one.',
  },
  'no-space-in-store': {
    pattern: /longhorn-backupstore-mounts\/[^"]{1,600}: no space left on device/,
    means:
      'The share of the backup store is full: its room, its inodes or its quota; not the disk of a node.',
    advice: 'Make room on the share that the path names (df and df -i on its server), or raise its quota.',
  },
  'no-space-in-device': {
    pattern: /\/dev\/longhorn\/\S+: no space left on device/,
    means:
      'More was to be written to the device of a volume than fits: the device is smaller, or what it is on has no room.',
    advice:
      'Compare the size of the volume with what is written into it, and look at the room of the disks that it is on.',
  },
  'no-space-on-node': {
    pattern: /\/(?:var\/lib\/longhorn|replicas)\/[^"\s]{1,600}: no space left on device/,
    means: 'The disk of that node that the path named is on is full; no backup store was written to.',
    advice:
      "Make room on it (df, and df -i for inodes), or move replicas to other disks: what others write there counts, too, beside Longhorn's replicas.",
  },
  'no-space': {
    pattern: /no space left on device|\bENOSPC\b/i,
    means: 'The file system is full.',
    advice:
      'See which file system or device the path named is of (a share of the store, or a disk of a node), and make room there; there may be none for inodes, too (df -i).',
  },
  quota: {
    pattern: /disk quota exceeded|\bEDQUOT\b/i,
    means: 'The quota of the file system is used up.',
    advice: 'Raise the quota, or make room in the store.',
    elsewhere: 'Raise the quota, or make room, where the path named is.',
  },
  'read-only': {
    pattern: /read-only file system|\bEROFS\b/i,
    means: 'The file system is read-only.',
    advice:
      "Look at the export's options, at the mount, and at the server's kernel log for an error of its disk.",
    elsewhere:
      'See which file system the path is of, and look at the kernel log of its node: after an error it is made read-only.',
  },
  'not-permitted': {
    pattern:
      /\b(?:unlinkat|unlink|remove|rename|open|mkdir|chmod|chown|lchown|link|write|rm: cannot remove|cannot (?:remove|create \w+|access)) [^:]{1,400}: operation not permitted/i,
    means: 'The file system refused it: the file is immutable, or its owner is another.',
    advice:
      "Look at the attributes (lsattr), owner and mode of the file named, and at the export's squashing.",
    elsewhere: 'Look at the attributes (lsattr), owner and mode of the file named.',
  },
  'not-permitted-at-all': {
    pattern: /operation not permitted|\bEPERM\b/i,
    means: 'It was not permitted (EPERM); by whom, and why, the text does not say.',
    advice: 'Look at what these words name: its owner and mode, and the rights of who asked.',
    kind: true,
    quoted: true,
  },
  'permission-denied': {
    pattern:
      /\b(?:unlinkat|unlink|remove|rename|open|mkdir|chmod|chown|stat|lstat|write|ls: |cannot (?:remove|create \w+|access|open)|backupstore|CIFS|nfs)\b[^"]{0,400}: permission denied|\bEACCES\b/i,
    means: 'The file system denied access.',
    advice: "Look at the owner and mode of the file named, and at the export's squashing.",
    elsewhere: 'Look at the owner and mode of the file named, and at the rights of who asked.',
  },
  'denied-at-all': {
    pattern: /permission denied/i,
    means: 'Access was denied; by whom, the text does not say.',
    advice: 'Look at what these words name, and at the rights of who asked.',
    kind: true,
    quoted: true,
  },
  'backup-not-begun': {
    pattern: /waitForBackupInitiation: timeout/,
    means:
      "No backup had begun when Longhorn's CSI plugin had waited for it long enough. No call went without an answer.",
    advice:
      'See that the backup target has a URL and is available: without one none begins (longhorn/longhorn-manager#2104). Then look at the Backup of that snapshot (its state and error), and at the log of longhorn-manager.',
  },
  'no-time-of-snapshot': {
    pattern: /nil Timestamp/,
    means:
      "Longhorn's answer has no time of creation: the snapshot or the backup was not there yet, or was not made. Clocks have no part in it.",
    advice:
      'See that the backup target has a URL and is available (for a VolumeSnapshotClass that makes backups), and look at the Backup or Snapshot of Longhorn for its state and error (longhorn/longhorn#3500).',
  },
  'not-attached-in-time': {
    pattern: /failed to attach to node \S+ with attachmentID(?: [\w-]+)?\W*$/,
    means: 'The volume was not attached in time; what holds it up, the text does not say.',
    advice:
      "Look at the volume's attachment tickets and their conditions (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml): another one, as of a backup that stays Pending (longhorn/longhorn#10090), can hold the volume on another node.",
  },
  'waited-too-long': {
    kind: true,
    pattern:
      /Unable to attach or mount volumes: [^"]{0,600}context deadline exceeded|time(?:d )?out(?:ed)? (?:while |expired )?(?:a?waiting (?:for )?)|(?<!connection |operation |responding, )\btimed out(?: after \d+\w*)?\W*$/i,
    means: 'Waiting timed out; what was waited for may still happen.',
    advice: 'Look at the object that the text names, and at what holds it up: the work may go on.',
    adviceIn: {
      'manager-start':
        'Look at what it waited for, which the text names: its service, its pods, the network to it.',
      'program-ended': 'Look at what it waited for, which the text names.',
      velero:
        'Look at the VolumeSnapshot and its VolumeSnapshotContent (kubectl describe), and at the logs of csi-snapshotter and snapshot-controller: no snapshot came of it in time.',
      'csi-snapshot': backupOfSnapshot,
      'mount-volume':
        "Look at the earlier events of the pod, of which one has the reason (FailedMount, FailedAttachVolume), and at the volume's state and attachment tickets.",
    },
  },
  'call-timed-out': {
    pattern: /code = DeadlineExceeded/,
    means: 'A call (gRPC) was not answered in time; the work may go on.',
    advice:
      "See whether it comes about after all; otherwise look at the replica's disk, the store and the network, which may be slow.",
    elsewhere:
      'See whether it comes about after all; otherwise look at who was called, and at its load, disk and network.',
    adviceIn: {
      snapshot: slowSnapshot,
      'snapshot-request': slowSnapshot,
      'delete-snapshot': slowSnapshot,
      'csi-snapshot': backupOfSnapshot,
    },
  },
  'no-connection-in-time': {
    pattern: /connection timed out|TLS handshake timeout|dial \S+ \S+: \S{0,20}\s?timeout/i,
    means: 'The connection was not made in time.',
    advice: `See whether it answers at all. ${reachable}`,
    adviceIn: { 'mount-volume': serverOfVolume },
  },
  'timed-out': {
    pattern:
      /i\/o timeout|context deadline exceeded|DeadlineExceeded|Client\.Timeout|operation timed out|request timeout/i,
    means:
      'There was no answer in time. What was asked may be slow, or have much to do; that says nothing of the network yet.',
    advice:
      'See whether it answers at all, how slowly, and how much there is to read. Only if nothing answers, look at the address and the network.',
    adviceIn: {
      list: 'See whether other listings succeed: then the store is reached, and this one is large or slow. Before v1.2.0 a listing reads the config of each backup: upgrade, and keep fewer backups.',
    },
  },
  'io-error': {
    pattern: /input\/output error|\bEIO\b/i,
    means:
      'Reading or writing failed (an input/output error): a disk, or a mount whose server does not answer.',
    advice: "Look at the server's disk and kernel log, and at the mount.",
    elsewhere: 'Look at the kernel log of the node, for the disk or the mount that the path named is on.',
  },
  'not-a-directory': {
    pattern: /(?:NFS|CIFS|VFS) path \S+ doesn't exist or is not a directory/,
    means: 'The folder of the backup target is not there on the store, or cannot be read.',
    advice: "Check the path in the URL, and the folder's mode.",
  },
  'system-backup-not-packed': {
    pattern: /\/tmp\/[^\s"]{1,253}\.zip: no such file or directory/,
    within: ['system-backup'],
    means: 'The archive of the system backup was never written: an earlier step failed.',
    advice:
      'Look for the first error of longhorn-system-backup in the lines before it. v1.4.0 fails so each time if the cluster has volumes that are not of CSI (longhorn/longhorn#5286, mended in v1.4.1).',
  },
  'store-without-backups': {
    pattern: /backupstore\/volumes\W{1,4}: no such file or directory/i,
    means:
      'The folder of all backups (backupstore/volumes) is not in the store: no backup was made there yet, the store was emptied, or the path is another one.',
    advice: 'Nothing, if there are no backups yet. Otherwise check the path in the URL, and the store.',
  },
  'device-not-there': {
    pattern: /\/dev\/longhorn\/\S+: no such file or directory/i,
    means:
      'That node has no device of the volume: it is not attached there (yet, or any more), or its engine ended.',
    advice:
      "Look at the volume's state and the node that it is attached to, and at the log of the instance manager there.",
  },
  'replica-file-missing': {
    pattern: /\/replicas\/\S+: no such file or directory/i,
    means: 'A file or folder of a replica is not on that disk.',
    advice:
      'See on that node whether the disk is mounted where Longhorn looks for it, and whether the folder of the replica was removed. While another replica is whole this one is rebuilt.',
  },
  'no-such-file': {
    pattern: /no such file or directory|\bENOENT\b/i,
    means: 'A file or folder is not there.',
    advice: 'Look at the path named: it was never made, was removed, or is looked for in the wrong place.',
  },

  // Kubernetes.
  conflict: {
    pattern: /the object has been modified; please apply your changes to the latest version/,
    means: 'Two writers changed one object at the same time (a conflict of Kubernetes).',
    advice: 'Nothing: the controller tries again.',
    adviceIn: {
      'webhook-certificate':
        'Nothing, if it ends. If logs are full of it, many longhorn-managers write that Secret at once: upgrade (longhorn/longhorn#10054, #13012).',
      'manager-upgrade':
        'Nothing at first: the next start tries again. If each start ends so, look what else writes that object, as a longhorn-manager of the old version that still runs.',
    },
  },
  'api-throttled': {
    pattern: /the server has received too many requests/,
    means:
      'The Kubernetes API server had too many requests (429): it is overloaded, or etcd behind it is slow.',
    advice:
      'Look at the load of the control plane and at the disk of etcd. Many objects of Longhorn, as thousands of Backups, make each listing dear: keep fewer.',
  },
  'api-server': {
    pattern:
      /etcdserver: |leader changed|apiserver not ready|the server is currently unable to handle the request|Unauthorized/,
    means: 'The Kubernetes API server was in trouble, or refused the request.',
    advice: "Look at the cluster's control plane.",
  },
  'snapshot-not-in-engine': {
    pattern: /could not find snapshot \S+ to backup/,
    means: 'The engine of the volume does not have the snapshot: not yet, or it was purged.',
    advice: 'See that the Snapshot is ready, then make the backup again.',
    quoted: true,
  },
  'source-detached': {
    pattern: /verify data source: cannot get client for volume \S+ engine is not running/,
    means: 'The volume that it is to be made from is not attached, so that its engine does not run.',
    advice: 'Attach the source volume, or upgrade: from v1.5.0 on Longhorn attaches it itself.',
    quoted: true,
  },
  'still-standby': {
    pattern: /cannot create PVC? for standby volume/,
    means: 'The volume is still a standby (DR) volume.',
    advice:
      'Activate it first. If it stays a standby volume after that, a failed replica holds it up: delete the failed replicas (longhorn/longhorn#3069).',
  },
  'source-snapshot-gone': {
    pattern: /cannot find snapshot '[^']{1,253}' for volume|volume source snapshot \S+ is not found/,
    within: ['provision'],
    means:
      'The source does not have that snapshot. One that is kept in the cluster ends with its volume, and may be purged.',
    advice:
      'Use another snapshot, or a backup. Before v1.4.3 and v1.5.0 a rebuild could remove snapshots of users (longhorn/longhorn#5992).',
    retry: 'The provisioner tries again, in vain while it is not there.',
    quoted: true,
  },
  'snapshot-of-no-volume': {
    pattern: /(?<=code = NotFound desc = )volume \S+ (?:not found|missing)/,
    within: ['csi-snapshot'],
    means: 'Longhorn does not have the volume that a snapshot is asked of: it was deleted, or not restored.',
    advice:
      'If it was deleted, delete the VolumeSnapshot and its VolumeSnapshotContent too. Otherwise look for the volume (kubectl -n longhorn-system get volumes.longhorn.io).',
    retry: 'csi-snapshotter asks again, in vain while the volume is not there.',
    quoted: true,
  },
  'volume-not-in-cluster': {
    pattern: /(?<=code = NotFound desc = )volume \S+ (?:not found|missing)/,
    within: ['attach', 'mount-volume'],
    means:
      'The PersistentVolume is there, and the volume of Longhorn that it names is not: it was deleted, or only objects of Kubernetes were restored.',
    advice:
      'If its data are wanted, restore the volume from a backup under that name, then let the pod start; or delete the claim and its PersistentVolume, and restore anew.',
    retry: 'It is tried again, in vain while the volume is not there.',
    quoted: true,
  },
  'node-resources': {
    pattern: /\b\d{1,5} Insufficient (?:cpu|memory|ephemeral-storage)\b/,
    means: 'Nodes have less CPU, memory or room free than the pod asks for.',
    advice: 'Compare the requests of the pod with what the nodes have left (kubectl describe node).',
    quoted: true,
  },
  'claim-gone': {
    pattern: /persistentvolumeclaim \\?"[^"\\]{1,253}\\?" not found/,
    means: 'The PersistentVolumeClaim that a pod names is not in its namespace (yet).',
    advice: 'Make it, or see who is to make it: what restores or clones a volume makes it first.',
    quoted: true,
  },
  'unbound-claim': {
    pattern: /unbound immediate PersistentVolumeClaims/,
    means:
      'A pod waits for its PersistentVolumeClaim, whose volume is not made yet. Nothing in it says that nodes are full.',
    advice:
      'Look at the events of that PersistentVolumeClaim (kubectl describe pvc), and whether its volume comes about.',
    adviceIn: {
      'velero-data':
        "Look at the events of the PersistentVolumeClaim in Velero's namespace. If its volume comes about a little later, upgrade Velero: v1.14.0 gives up at once, v1.14.1 waits (velero-io/velero#7898).",
    },
  },
  'handle-without-backup': {
    pattern: /cannot find backup volume for volume|there is no backup volume|failed to restore CSI snapshot/,
    within: ['provision'],
    means:
      'The snapshot handle names a volume that has no BackupVolume in the cluster, or a backup that is not there. That does not say that the store has lost it.',
    advice:
      'Compare the handle (snapshotHandle of the VolumeSnapshotContent, bak://BACKUP-VOLUME/BACKUP) with kubectl -n longhorn-system get backupvolumes,backups. If the store has the backup, wait for a poll of its backup target.',
    retry: 'The provisioner of CSI tries again, in vain while the handle names nothing.',
    quoted: true,
  },
  'source-volume-gone': {
    pattern: /verify data source: volume\.longhorn\.io \S+ not found/,
    means:
      'The volume that it is to be made from is not there; a snapshot in the cluster ends with its volume.',
    advice: 'Restore from a backup instead (a VolumeSnapshotClass of the type bak makes such).',
    quoted: true,
  },
  'backing-image-missing': {
    pattern: /backingimage\.longhorn\.io \S+ not found/,
    means: 'The backing image of the volume is not in this cluster.',
    advice: 'Make or restore the backing image first, with the same name.',
    quoted: true,
  },
  'secret-gone': {
    pattern: /\b[Ss]ecrets? \\?"[^"]{1,253}" not found/,
    means: 'The Secret that is named is not in that namespace.',
    advice:
      "Make it in Longhorn's namespace, or name another. If the backup target names another one by now, this text is older: it goes with the next poll, and by an upgrade from v1.6.0, which keeps it (longhorn/longhorn#8210).",
    elsewhere: 'Make it there, if it is one that you are to make; see who reads it.',
    quoted: true,
  },
  'pull-refused': {
    pattern: /denied the request[^"]{0,20}: .{0,60}IsVolumeLinkedCloneVolume/,
    means:
      "Longhorn's webhook looked for the backup's own volume, which need not be in this cluster: a bug of v1.10.0-rc.",
    advice:
      'Upgrade to v1.10.0 or newer (longhorn/longhorn#11758). The backups in the store are not concerned.',
  },
  'object-gone': {
    pattern: /\.longhorn\.io "[^"]*" not found|[Ff]ailed to get the Snapshot \S+|[Ss]napshot \S+ not found/,
    means: 'An object that is needed is not in the cluster.',
    advice: 'See whether it was ever made here, or was deleted.',
    common: true,
    quoted: true,
  },

  // Errors of gRPC itself.
  'other-protocol': {
    pattern: /error reading server preface: http2: (?:frame too large|failed reading the frame payload)/,
    means:
      'What listens at that address answered, and not as was expected: it is no gRPC server, or only one side uses TLS.',
    advice:
      'See what the address in the text is of, whether another process has its port by now, and whether all parts of Longhorn have the Secret longhorn-grpc-tls, or none.',
    adviceIn: {
      'image-upgrade':
        'Look at spec.dataEngine of the volume: a volume of the v2 data engine has no live upgrade, and Longhorn tried one all the same (longhorn/longhorn#7930). Set concurrent-automatic-engine-upgrade-per-node-limit to 0, and upgrade Longhorn.',
    },
  },
  unavailable: {
    pattern: /rpc error: code = Unavailable/,
    means: 'The process that was asked did not answer: it is not there, or was just started anew.',
    advice: 'Look at the instance-manager pod of the node.',
  },
  'command-failed': {
    pattern: /fail(?:ed)? to execute: ls \[-1/,
    means: 'A folder of the store could not be listed.',
    advice:
      "Look at the folder's owner and mode, at the export's squashing, and at the server's file system.",
  },

  // Other answers of stores.
  'request-not-sent': {
    pattern: /AWS Error: +RequestError\b|\brequest send failed\W*$/,
    means:
      'The request could not be sent to the store, or got no answer; the reason stands behind these words, if the text is whole.',
    advice: `${reachable} Behind an HTTP proxy, look at HTTPS_PROXY and NO_PROXY of the backup target's Secret.`,
    adviceIn: {
      restore: `${reachable} Behind an HTTP proxy, look at HTTPS_PROXY and NO_PROXY of the backup target's Secret; v1.3.2 and v1.4.0 did not use them in restores (longhorn/longhorn#5054, fixed in v1.4.1).`,
    },
  },
  'store-error': {
    pattern: /AWS Error: +[A-Z]\w{3,}|ERROR CODE: \w{4,}/,
    means: 'The store refused the request, with a code that is not known here.',
    advice: "Look for the code in the documents of the store, and at the store's log.",
    kind: true,
    quoted: 'to its end',
  },

  // Longhorn's own checks. These words are common, and less specific than those above.
  'cross-origin': {
    pattern: /blocked by CORS policy/,
    means: 'A proxy or ingress before the user interface changes or stops its requests.',
    advice:
      'Let it pass WebSockets and X-Forwarded-Proto (for Traefik by a middleware). Backups and volumes are not concerned.',
  },
  'replica-sizes-differ': {
    pattern: /Backend \S+ (?:sector )?size does not match \d+/,
    means: 'The replicas of the volume differ in size, so that its engine does not start.',
    advice:
      'Look at the sizes of its replicas: an expansion that did not reach all of them may leave them so.',
    quoted: true,
  },
  'snapshots-differ': {
    pattern: /Inconsistent snapshot info/,
    means:
      'The replicas of the volume do not tell the same of a snapshot. While snapshots are deleted or merged that is so for a moment.',
    advice:
      'Ask again when no snapshot is being deleted. If it stays, make a backup, find the replica whose chain of snapshots differs from the others, and delete that one, so that it is made anew.',
    quoted: true,
  },
  'replica-in-error': {
    pattern: /Replica must be closed, [Cc]an ?not add in state: error/,
    means:
      'The replica has recorded an error of its own (in the volume.meta of its folder), and takes no part until that is gone.',
    advice:
      'Look at the disk and the folder of that replica: its health, room and rights, and the log of the instance manager from when the error came. If the volume has other healthy replicas, delete this one. If it is the only one, keep a copy of its folder before anything else.',
  },
  'own-check': {
    pattern: /\bBUG: /,
    means: "A check of Longhorn's own failed, which it calls a bug.",
    advice: 'Look for an issue of Longhorn with these words, and keep the log.',
    common: true,
    kind: true,
    quoted: 'to its end',
  },
  attempts: {
    pattern: /failed after \d+ attempts|for \d+ times\b|after \d+ retries/,
    means: 'It was tried several times, and failed each time.',
    advice: 'Look for the first failure in the lines before it.',
    common: true,
  },
  'setting-gone': {
    pattern: /setting \S+ is not supported/,
    means: 'This version of Longhorn does not have that setting (any more).',
    advice:
      'Remove it. What backup-target was is, from v1.8.0 on, the URL of the BackupTarget default (defaultBackupStore in the chart).',
    quoted: true,
  },
  'not-supported': {
    pattern: /\bnot supported\b|\b[Uu]nsupported |(?:doesn't|does not|not) support\b|not allowed/,
    means: 'What was asked for is not supported there.',
    advice:
      'See by whom: the words name a version or data engine of Longhorn, a kind of object, the store, or the kernel or a tool of the node.',
    common: true,
    quoted: true,
  },
  'invalid-request': {
    pattern:
      /(?<=^|: )missing \w|\bcould missing\b|\bmissing (?:required|input) parameter|valid required parameter|\bis missing$|\brequired$|cannot be empty|not a valid option|\bis immutable\b|doesn't belong to volume|\blabel [^"]{1,300}(?:does not|doesn't|don't) match|different (?:than|data engine)|must be greater|is not a \*?longhorn|\b[Ii]nvalid (?:empty |backup |volume )?(?:parameters?|name|Name|URL|URI|value|key|format|option|interval|block size|label|size|frontend|environment)\b|is invalid\b|is not number/,
    means: 'A value in the request, or in an object, is missing or not valid.',
    advice:
      'If you gave the value that the words name, correct it. If Longhorn made the request, look for an issue of your version.',
    common: true,
    quoted: 'to its end',
  },
  'replica-failed': {
    pattern: /in mode RW, got ERR/,
    means: 'A replica has failed (mode ERR), which does not pass by waiting.',
    advice: 'Look at why it failed; Longhorn rebuilds it while another replica is left.',
    common: true,
  },
  rebuilding: {
    pattern: /is rebuilding/,
    means: 'A replica is being rebuilt.',
    advice: 'Wait for the rebuild.',
    common: true,
  },
  'action-not-available': {
    pattern: /Action \[\w+\] not available/,
    means:
      "longhorn-manager's API does not offer this for the volume now, most likely because it is not attached.",
    advice: "Look at the volume's state, and attach it.",
    common: true,
  },
  'mounted-twice': {
    pattern: /invalid controller count \d|should be only one controller for volume/,
    means:
      'The volume is attached to two nodes, as a migratable volume while it migrates; one with a file system is mounted on one alone.',
    advice:
      'Wait until the migration has ended. A volume that pods of several nodes are to mount must not be migratable (migratable: "false" in its StorageClass: longhorn/longhorn#3053).',
  },
  'two-attachments': {
    pattern: /cannot attach migratable volume \S+ to more than two nodes/,
    means:
      "Longhorn takes two attachments of a migratable volume at most, and another one was asked for. Some versions count the volume's tickets, even if they are of one node.",
    advice:
      'Look at the tickets (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml). One of a snapshot or a backup goes when that ends: look at the Snapshot or Backup that it names, and why it does not. Do not delete its ticket, which comes back (longhorn/longhorn#11555).',
  },
  'two-engines': {
    pattern: /(?:found more than (?:1|one) engines?|more than one engine (?:found|exists))/,
    means: 'The volume has two engines, as while it migrates from one node to another.',
    advice: 'Try again when the migration has ended; if it hangs, look at the two attachments of the volume.',
    common: true,
  },
  'under-way': {
    pattern:
      /(?<!\b[Oo]peration now )\bin progress\b|\balready (?:\w+ing|started|initiated)\b|(?:during|while) (?:\w+ ){0,2}(?:migration|expansion)|\bis (?:restoring|pending restoring|hashing|being (?:\w+ed|\w+ing))\b/,
    means: 'Something else is under way that keeps it from being done.',
    advice: 'Try again when that has ended; see whether it goes on at all.',
    common: true,
    quoted: 'to its end',
  },
  'attached-volumes': {
    pattern:
      /(?:there are|with) attached volumes|need(?:s)? to be detached|volumes? (?:are|is) (?:still )?attached/,
    means: 'It needs volumes to be detached.',
    advice: 'Detach the volumes (stop their workloads); waiting alone does not help.',
    common: true,
    quoted: 'to its end',
  },
  'attached-elsewhere': {
    pattern:
      /already exclusively attached to one node|currently attached to different node|\b(?:is|has) already attached to (?:the )?node [\w.-]+(?![\w.-]| with incompatible)/,
    means: 'The volume is attached to another node.',
    advice:
      "Look who holds it there: the volume's attachment tickets (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml), and pods that use it on that node.",
    common: true,
    quoted: 'to its end',
  },
  'attached-otherwise': {
    pattern: /already attached to node \S+ with incompatible parameters/,
    means: 'The volume is attached there in another way, as without its frontend.',
    advice:
      "Look which of the volume's attachment tickets asks for that (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml).",
    common: true,
    quoted: true,
  },
  'already-there': {
    pattern: /\balready exists?\b/,
    means: 'Something of that name is there already.',
    advice: 'Use it, or take another name; look what it is before you delete it.',
    common: true,
    quoted: 'to its end',
  },
  'no-good-replica': {
    pattern: /[Ff]ailed to find good replica to copy from/,
    means:
      'The engine found no replica to copy from: the others are not in mode RW, do not answer, or are removing snapshots.',
    advice:
      'Nothing, if snapshots are being removed (status.purgeStatus of the engine). Otherwise look at the other replicas of the volume, and at why they failed.',
    common: true,
  },
  'wrong-state': {
    pattern:
      /invalid (?:\w+ ){0,2}state|in (?:an invalid )?state\b|in \S+ mode|\bin mode \w+|not (?:yet )?deployed|setting is true|is not (?:yet )?(?:running|ready|attached|completed|started|the same)|is (?:degraded|disabled)|limit reached|in faulted state|no scheduled replicas|last replica if volume is up|unhealthy|more than (?:1|one)\b/,
    means: 'The state of something does not allow it.',
    advice: 'How it came into that state, is not known here: look at what these words name.',
    common: true,
    kind: true,
    quoted: 'to its end',
  },
  'not-found': {
    pattern:
      /(?:[Cc]annot|[Cc]an't|[Cc]ould not|[Cc]ouldn't|[Ff]ailed to|[Uu]nable to) find\b|cannot found|\bnot found\b|\bnot exist\b|doesn't exist|\bno available\b|isn't deployed/,
    means: 'Something was not found.',
    advice: 'Why it is not there, is not known here: look at what these words name.',
    common: true,
    kind: true,
    quoted: 'to its end',
  },
  'system-backup-config-unread': {
    pattern: /error getting config for system backup/,
    means: "The system backup's config in the store could not be read; why, is cut off.",
    advice: 'Look at the whole line, and see that the system backup is in the store.',
    common: true,
  },
  'mount-reason-cut-off': {
    pattern: /mount failed: exit status \d+(?: Mounting command:(?:(?! Output:)[^\n]){0,600})?$/i,
    means:
      'The store could not be mounted; the reason stands behind "Output:", which this text does not have.',
    advice: 'Look at the whole text.',
    common: true,
  },
  canceled: {
    pattern: /context canceled|code = Canceled/,
    means: 'The work was cancelled by whoever had asked for it; often that had ended already.',
    advice: 'Nothing, if what it was for came about.',
    common: true,
  },
  'connection-ended': {
    kind: true,
    pattern: /\b(?:tcp|https?):\/\/[^\s"]{1,300}"?:? [^"]{0,80}\bEOF\b|Replicator\.\w+: ?\d{1,20} EOF\b/,
    means: 'The other side ended the connection, or its process ended.',
    advice: 'Look for what ended it in the log of the other side (a replica, an engine, a server).',
    common: true,
  },
  'ended-early': {
    kind: true,
    pattern: /(?:: |desc = )EOF\b|unexpected EOF/,
    means:
      'What was read ended too early: a file that is empty or cut off, or a connection that the other side closed.',
    advice: 'See in the words around it what was read; look there, or in the log of the other side.',
    common: true,
    quoted: true,
  },
});
