import type { Operation } from './operations.ts';
import { withIds } from './with-ids.ts';

const goesOn = 'It continues; nothing needs to be retried.';

/** Messages that look like a failure but are harmless. `failed` says what happened, and `harmless` what to do. */
export const harmless = withIds<Operation & { pattern: RegExp; harmless: string }>({
  'snapshot-removed': {
    pattern:
      /^(?:[^:]{0,300}\s)?(?:lost track of (?:the corresponding snapshot info inside volume engine|its snapshotInfo)|snapshot becomes not ready to use|snapshot was removed from engine|snapshot is marked as removed)\s*$/,
    failed:
      'A snapshot is gone from its volume, or is being removed. That is normal after a retention, an automatic cleanup or a deletion; versions before v1.10.3 and v1.11.2 report it as a warning',
    harmless:
      'Nothing, if the snapshot was meant to be removed: backups made from it stay complete. If not, look for what removed it (longhorn/longhorn#4126, #12850).',
    retry: goesOn,
  },
  'few-snapshots': {
    pattern: /snapshot number threshold \(\d+\) has not been exceeded/,
    failed:
      'A volume does not have too many snapshots (its condition TooManySnapshots, as the user interface shows it)',
    harmless: 'Nothing.',
  },
  'job-labels-not-copied': {
    pattern: /Ignoring recurring job labels on Volume \S+ PVC \S+ due to missing source label/,
    failed:
      'The labels for recurring jobs on a PVC are not copied to its volume, because the PVC does not request it; no job failed',
    harmless:
      'Nothing; or, if its labels should apply, set the label recurring-job.longhorn.io/source=enabled on the PVC (longhorn/longhorn#6257).',
    retry: goesOn,
  },
  'standby-activation': {
    pattern: /[Ss]tandby volume \S+ will be activated after finishing restoration/,
    failed: 'A standby (DR) volume will be activated, and is first restored to its last backup',
    harmless:
      'Nothing, as long as the last restored backup changes. If the requested one is never reached, look at the replicas of the volume: a failed one blocks the activation.',
    retry: 'It is activated by itself when that backup is restored.',
  },
  'unknown-replica-found': {
    pattern: /\b[Ff]ound unknown replica\b/,
    failed:
      "A volume's engine, or its status, names a replica for which Longhorn has no object (any more), such as one that was deleted or replaced",
    harmless:
      'Nothing, if it ends: Longhorn removes it from the engine. If the line stays, look at the events of the engine for "Failed to remove unknown replica", and at the robustness of the volume. It says nothing about backups.',
    retry: goesOn,
  },
  'share-waits': {
    pattern: /[Ww]aiting with nfs server start, volume is not attached/,
    failed: 'The share-manager of a ReadWriteMany volume waits until its volume is attached on its node',
    harmless:
      "Nothing, while the volume is being attached. If it goes on, look at the volume's attachment tickets (kubectl -n longhorn-system get volumeattachments.longhorn.io VOLUME -o yaml).",
  },
  'watch-ended': {
    pattern:
      /failed to send (?:instance|process|replica|engine) response: [^"]{0,80}(?:transport is closing|code = Canceled)/,
    failed:
      'An instance manager could not report a change, because its client, such as longhorn-manager, had closed the connection',
    harmless:
      'Nothing, if longhorn-manager or the instance manager was restarted at that time. If it continues, look at the logs of both.',
  },
  'no-rdma': {
    pattern: /\biser_ib_init\(\d+\) Failed to initialize RDMA/,
    failed: 'The iSCSI target of the v1 data engine found no RDMA, as on most nodes, and works without it',
    harmless: 'Nothing: Longhorn does not use RDMA there.',
    retry: goesOn,
  },
  'webhook-secret-not-there-yet': {
    pattern: /secrets \\?"longhorn-webhook-(?:tls|ca)\\?" not found/,
    failed:
      'The certificate of the webhooks does not exist yet, as at the first start: longhorn-manager creates it, and its Secret',
    harmless: 'Nothing, if the next lines say that it was generated.',
    retry: goesOn,
  },
  'kubelet-process-not-found': {
    pattern: /\bProc not found: \w+/,
    failed: 'longhorn-driver-deployer did not find the process of the kubelet, and uses that of k3s',
    harmless: 'Nothing, unless "Error deploying driver" follows.',
    retry: goesOn,
  },
  'engine-upgrade-delayed': {
    pattern: /are identical, delay upgrade until detach/,
    failed:
      'Two engine images contain the same engine, so the volume changes to the other one when it is detached',
    harmless: 'Nothing: it then changes by itself.',
    retry: goesOn,
  },
  'usage-not-collected': {
    pattern: /^Failed to (?:collect|get device type of) \S/,
    failed: 'The metrics or the usage report of longhorn-manager were incomplete',
    harmless: 'Nothing: no volume and no backup needs them.',
    retry: goesOn,
  },
  'client-not-closed': {
    pattern: /^Failed to close (?:instance manager|share[- ]manager|\S+) client\b/,
    failed: 'A connection that was no longer needed was not closed cleanly',
    harmless: 'Nothing: its work had ended. Other lines say how.',
    retry: goesOn,
  },
  'no-replica-to-reuse': {
    pattern: /^Cannot pick up a reusable failed replica/,
    failed: 'Longhorn found no failed replica whose data it could reuse, so it builds a new one',
    harmless: 'Nothing, while the rebuilding goes on (longhorn/longhorn#3150).',
    retry: goesOn,
  },
  'registrar-by-other-socket': {
    pattern: /unknown service pluginregistration\.Registration/,
    failed:
      "The kubelet tried to register Longhorn's CSI plugin at the wrong socket; the plugin is registered at another one",
    harmless: 'Nothing (longhorn/longhorn#899).',
    retry: goesOn,
  },
  'velero-waits': {
    pattern: /Waiting for volumesnapshotcontents \S+ to have snapshot handle/i,
    failed: 'Velero waits until a VolumeSnapshot has its snapshot or backup',
    harmless:
      "Nothing, if it ends. If not, look at the VolumeSnapshotContent (kubectl describe: status.error), at csi-snapshotter, and at the Backup of Longhorn that it waits for: one of the type bak uploads all of the volume's data first.",
    retry: 'It looks again every 5 seconds until its own time is over.',
  },
  'waits-for-process': {
    pattern: /^Wait for gRPC service of process \S+ to start at \S+$/,
    failed: 'An instance manager waits until the process of an engine or a replica answers it',
    harmless:
      'Nothing, if that ends soon. If it takes minutes, look at the log of that process, at the load of the node, and at whether its firewall allows connections to localhost.',
    retry: 'It looks again and again, and then counts the process as failed.',
  },
  'operation-counted-twice': {
    pattern: /RemovePendingOp: OpID already removed/,
    failed:
      "An engine's count of its pending operations is wrong, as after the connection to a replica ended",
    harmless: 'Nothing about this line: the lines around it say why a connection ended.',
    retry: goesOn,
  },
  'size-not-known-yet': {
    pattern: /^Error get size: strconv\.ParseFloat: parsing \\?"\\?": /,
    failed:
      'Longhorn found a backup without a size while it collected metrics, such as one in the state Error or InProgress',
    harmless: 'Nothing: v1.7.3 and v1.8.1 no longer log this (longhorn/longhorn#10358).',
    retry: goesOn,
  },
  'time-not-known-yet': {
    pattern: /Failed to parse creation time for (?:backup|csi snapshot|CSI snapshot) \S+/,
    failed: 'A backup or snapshot has no creation time yet, as while it is being made',
    harmless: 'Nothing: the request that logged it continues (longhorn/longhorn#3392).',
    retry: goesOn,
  },
  'watch-of-backup-ended': {
    pattern: /^Failed to sync backup status: context canceled$/,
    failed: 'Longhorn stopped monitoring a backup, as it does when the backup has ended',
    harmless: 'Nothing: the state of the Backup shows how it ended (longhorn/longhorn#10301).',
    retry: goesOn,
  },
  'volume-grows-for-restore': {
    pattern:
      /Preparing to expand the DR volume size from \d+ to \d+|need to expand the DR volume \S+ to size \d+ before/,
    failed: 'A volume is expanded to the size of the backup before it is restored',
    harmless: 'Nothing. If the restore does not start, look at the conditions and events of the volume.',
    retry: goesOn,
  },
  'snapshot-is-there': {
    pattern: /^(?:successfully provisioned the snapshot|snapshot becomes ready to use)$/,
    failed: 'A snapshot was made',
    harmless: 'Nothing.',
    retry: goesOn,
  },
  'backup-waits': {
    pattern:
      /waiting for (?:attachment|the (?:engine|snapshot|backup)) \S+ to be \w+ before enabling backup monitor|^Waiting to enable the backup monitor for backup \S+$/,
    failed: 'A backup has not begun: it waits for what the text names',
    harmless: 'Nothing, if it begins soon. If it stays Pending, look at what it waits for.',
    retry: 'Longhorn looks again and again.',
  },
  'full-instead-of-incremental': {
    pattern: /will do full restore instead/,
    failed: 'A standby (DR) volume is restored completely, because it cannot continue from its last backup',
    harmless: 'Nothing: it takes longer.',
    retry: goesOn,
  },
  'prepares-restore': {
    pattern:
      /hence started to purge snapshots before the restore|File \S+ for the (?:incremental )?restore exists, will remove and re-create it/,
    failed: 'The remains of an earlier attempt are removed before a restore begins',
    harmless: 'Nothing.',
    retry: goesOn,
  },
  'mounts-not-cleaned': {
    pattern: /[Ff]ailed to clean up all mount points|error clean up all mount points/,
    failed:
      'Mounts of a backup target that is no longer used could not be cleaned up on a node; no backup depends on that',
    harmless: 'Nothing, as long as the backup target that you use is available.',
    retry: 'Longhorn tries again at the next poll.',
  },
  'replica-left-out-of-migration': {
    pattern: /will ignore it and continue migration/,
    failed: 'A replica that is not ready is left out of the migration of a volume',
    harmless: 'Nothing, as long as the migration ends (longhorn/longhorn#7147).',
    retry: goesOn,
  },
  'replica-not-healthy-yet': {
    pattern: /transitioned to mode RW after it was last healthy: cannot parse timestamp : /,
    failed: 'A replica is new, and was not healthy yet',
    harmless: 'Nothing: v1.6.4 and v1.7.3 no longer log this as an error (longhorn/longhorn#9916).',
    retry: goesOn,
  },
  'no-mutual-tls': {
    pattern: /\/tls-files\/\S*: no such file or directory/,
    failed:
      'The processes of Longhorn talk to each other without TLS of their own: the Secret for that (longhorn-grpc-tls) is optional, and is not there',
    harmless:
      'Nothing, unless you want TLS. It is not the reason for a restart or a failure: look at other lines.',
    retry: goesOn,
  },
  'schedulable-while-degraded': {
    pattern: /Reset schedulable due to allow volume creation with degraded availability/,
    failed:
      'A volume can be used although not all of its replicas have a disk (the setting allow-volume-creation-with-degraded-availability)',
    harmless: 'Nothing. If the volume stays degraded, look at the nodes and disks for its other replicas.',
    retry: goesOn,
  },
  'node-condition-not-known': {
    pattern: /Unknown condition true of kubernetes node \S+ condition type is EtcdIsVoter/,
    failed: 'A node has a condition that Longhorn does not know, and that indicates no problem',
    harmless: 'Nothing: v1.4.5 and v1.5.4 no longer warn about it (longhorn/longhorn#7290).',
    retry: goesOn,
  },
  'restore-asked-again': {
    pattern: /^Ignored restore error from replica\b/,
    failed: 'A replica was asked once more for a restore that is under way there, or done',
    harmless: 'Nothing: that restore goes on. How it ends, other lines and the events of the volume say.',
    retry: goesOn,
  },
  'restore-lock-ignored': {
    pattern: /^Ignored failed locked restore error from replica\b/,
    failed: 'A restore met the lock of another operation on the same volume in the backup store',
    harmless:
      'Nothing, while that operation runs; a lock that nobody refreshes expires 150 s after it was last written.',
    retry: 'Longhorn tries again, after 10 s at first and after an hour at most.',
  },
  'manager-not-labelled': {
    pattern: /^Failed to restore its admission webhook and recovery backend\b/,
    failed:
      'A longhorn-manager did not find its own pod, or could not label it, to serve the webhooks and shared volumes again; it is about no backup',
    harmless: 'Nothing, if it ends. If it goes on, look whether that pod is there and ready.',
    retry: 'Longhorn tries again.',
  },
  'process-ended-meanwhile': {
    pattern: /^Failed to get PID \(\d+\) status\b/,
    failed: 'A process of the node ended while Longhorn looked for another one',
    harmless: 'Nothing.',
    retry: goesOn,
  },
  'packages-installed': {
    pattern: /^All required packages \[[^\]]*\] are installed$/,
    failed: 'A node has all packages that Longhorn needs (its condition RequiredPackages)',
    harmless: 'Nothing.',
  },
});
