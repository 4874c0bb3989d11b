import type { MessageRow, WrittenRow } from './row.ts';

const sources = 'source of v1.8.2 and v1.12.1';

const warning = {
  speaker: 'Volume',
  fields: ['event Warning'],
} as const satisfies Partial<MessageRow>;

// These failures cost only time: no data is lost.
const instance = {
  ...warning,
  class: 'transient',
  advice: 'Longhorn tries again; look at the instance-manager pod of that node, and at the load of the node.',
} as const satisfies Partial<MessageRow>;
const seenUnderLoad = `a real v1.12.1 (2026-11-26), under load; controller/instance_handler.go, ${sources}`;

/**
 * Warning events about the processes of a volume (engine and replicas); the speaker is the volume. They are not about
 * backups, but each of these failures can prevent a backup.
 */
export const processMessages = {
  'process-not-started': {
    ...instance,
    states: ['FailedStarting'],
    means:
      "A process of the volume, its engine or a replica, was not started by its node's instance manager.",
    advice:
      'Longhorn tries again; look at the instance-manager pod of that node, and at the load of the node.',
    pattern: /Error starting \S+: [\s\S]+/,
    example:
      'Error starting v-r-1: failed to create instance: rpc error: code = Unavailable desc = connection error',
    seen: seenUnderLoad,
  },
  'process-not-stopped': {
    ...instance,
    states: ['FailedStopping'],
    means:
      "A process of the volume, its engine or a replica, was not stopped by its node's instance manager.",
    advice:
      'Longhorn tries again; look at the instance-manager pod of that node, and at the load of the node.',
    pattern: /Error stopping \S+: [\s\S]+/,
    example:
      'Error stopping v-e-0: failed to delete instance v-e-0: rpc error: code = Unavailable desc = connection error',
    seen: seenUnderLoad,
  },
  'replica-in-error': {
    ...warning,
    class: 'warning',
    states: ['Faulted'],
    means: 'A replica of the volume did not answer or failed, and is used no more.',
    advice:
      'Look at the instance-manager pod, disk and network of its node; Longhorn rebuilds the replica while another is left.',
    pattern: /Detected (?:replica \S+ \(\S+\) in error|corrupted replica \S+)/,
    example: 'Detected replica v-r-1 (10.42.0.7:10000) in error',
    seen: `a real v1.12.1 (2026-11-26), under load; controller/engine_controller.go and controller/monitor/snapshot_monitor.go, ${sources}`,
  },
  'replica-not-rebuilt': {
    ...warning,
    class: 'warning',
    states: ['FailedRebuilding'],
    means: 'A replica of the volume could not be rebuilt.',
    advice: 'The other replicas have the data, and Longhorn tries anew; the text has the reason.',
    pattern: /Failed rebuilding replica with Address \S+(?: through engine frontend \S+)?: [\s\S]+/,
    example: 'Failed rebuilding replica with Address 10.42.0.7:10000: timed out',
    seen: `controller/engine_controller.go, ${sources}; not met`,
  },
  'engine-died': {
    ...warning,
    class: 'warning',
    states: ['DetachedUnexpectedly'],
    means: 'The engine of the volume ended though the volume was attached.',
    advice:
      "Look at the instance-manager pod of the volume's node: it, the node or its connection was lost. Longhorn attaches the volume again.",
    pattern: /Engine(?:Frontend)? of volume \S+ dead unexpectedly, [\s\S]+/,
    example: 'Engine of volume v dead unexpectedly, reattach the volume',
    seen: `controller/volume_controller.go, ${sources}; not met`,
  },
  'replica-salvaged': {
    ...warning,
    class: 'warning',
    states: ['AutoSalvaged'],
    means: 'All replicas of the volume had failed; Longhorn uses this one again.',
    advice: 'Check the data of the volume, and look for what all replicas lost at the same time.',
    pattern: /Replica \S+ of volume \S+ will be automatically salvaged/,
    example: 'Replica v-r-1 of volume v will be automatically salvaged',
    seen: `controller/volume_controller.go, ${sources}; not met`,
  },
  'volume-unknown': {
    ...warning,
    class: 'transient',
    states: ['Unknown'],
    means: "Longhorn does not know how the volume is: its node's manager does not answer.",
    advice: 'Look at the node, and at the longhorn-manager pod on it.',
    pattern: /volume \S+ robustness is unknown/,
    example: 'volume v robustness is unknown',
    seen: `controller/volume_controller.go, ${sources}; not met`,
  },
  'purge-failed': {
    ...warning,
    class: 'warning',
    states: ['FailedSnapshotPurge', 'FailedStartingSnapshotPurge', 'TimeoutSnapshotPurge'],
    means: 'Removed snapshots of the volume were not merged away: they still take space.',
    advice: 'Longhorn tries anew with the next purge or rebuild; the text has the reason.',
    pattern:
      /(?:replica \S+ failed the snapshot purge|Failed to start snapshot purge for engine \S+ and volume \S+ (?:before|after) rebuilding): [\s\S]+|Timeout waiting for snapshot purge done before rebuilding volume \S+, wait interval \S+ second/,
    example: 'replica v-r-1 failed the snapshot purge: oh',
    seen: `controller/volume_controller.go and controller/engine_controller.go, ${sources}; not met`,
  },
  'snapshot-not-taken': {
    ...warning,
    speaker: 'Snapshot',
    class: 'transient',
    states: ['Failed'],
    means: 'The snapshot could not be taken, or not be removed, at that moment.',
    advice: 'Longhorn tries again; the text says what it waits for.',
    pattern:
      /(?:failed to take snapshot because the volume engine \S+ is not running|snapshot deletion delayed: volume engine|failed to get engine client proxy: |[\s\S]*\bsnapshot (?:\S+ is already existing|count usage \d+|free space -?\d+))[\s\S]*/,
    example:
      'failed to take snapshot because the volume engine v-e-0 is not running. Waiting for the volume to be attached',
    seen: `a real v1.12.1 (2026-11-26); controller/snapshot_controller.go, ${sources}`,
  },
  'node-not-ready': {
    speaker: 'Node',
    fields: ['event Warning'],
    states: ['Ready'],
    class: 'warning',
    means: 'Longhorn does not use this node now.',
    advice:
      'Look at the node (kubectl describe node) and at the longhorn-manager pod on it; the text says which.',
    pattern:
      /Node \S+ is down: manager pod \S+ is not running|Manager pod is missing: [\s\S]+|Kubernetes node (?:missing: node )?\S+ (?:not ready|has pressure|has been removed)[\s\S]*/,
    example: 'Node node1 is down: manager pod longhorn-manager-x is not running',
    seen: 'a real v1.12.1 (2026-11-27), under load; controller/node_controller.go, source of v1.8.2 and v1.12.1',
  },
  'node-disk-not-ready': {
    speaker: 'Node',
    fields: ['event Warning'],
    states: ['Ready', 'Schedulable'],
    class: 'warning',
    means: 'Longhorn does not use this disk of the node now, as where the node was not ready just before.',
    advice:
      'Nothing, if it passes; otherwise look at the disk in the status of the Node (kubectl -n longhorn-system get nodes.longhorn.io).',
    versions: '>=1.11.0',
    pattern: /Waiting for disk \S+ \([^)]*\) on node \S+ to be (?:ready|schedulable)/,
    example: 'Waiting for disk default-disk-47ecf6c10d595923 (/var/lib/longhorn/) on node node1 to be ready',
    seen: 'a real v1.12.1 (2026-11-27), under load; controller/node_controller.go, source of v1.11.0 to v1.12.1',
  },
  'disk-full': {
    speaker: 'Node',
    fields: ['event Warning'],
    states: ['Schedulable'],
    class: 'warning',
    means:
      'A disk of the node has no room for another replica, by the settings of Longhorn. Replicas that are on it stay.',
    advice:
      'Free or add space, lower storageReserved of the disk, or look at storage-over-provisioning-percentage and storage-minimal-available-percentage. Until then replicas go to other disks, and a failed replica on this one is not salvaged.',
    pattern:
      /Disk \S+ \([^)]*\) on the node \S+ (?:is not schedulable for more replica; .+|has \d+ available, but requires reserved \d+, minimal \d+% to schedule more replicas)/,
    example:
      'Disk default-disk-f1c175e3688d043f (/var/lib/longhorn/) on the node node1 is not schedulable for more replica; Scheduling space condition failed: ScheduledTotal = 67108864 (Size + StorageScheduled) is greater than ProvisionedLimit = -1125887333228544 (100% of StorageMax - StorageReserved).',
    seen: 'a real v1.12.1 (2026-11-30); controller/node_controller.go, source of v1.8.2 to v1.12.1',
  },
} as const satisfies Record<string, WrittenRow>;
