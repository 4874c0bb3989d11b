import { type MessageRow, managerLog, type WrittenRow } from './row.ts';

const node = { ...managerLog, speaker: 'node' } as const satisfies Partial<MessageRow>;

/** Messages in events, in the logs of the managers and in the log of a node. */
export const otherMessages = {
  'event-backup-failed': {
    class: 'failure',
    speaker: 'Volume',
    fields: ['event Warning'],
    means: 'A backup of the volume could not be made.',
    advice: "Look at the Backup's status.error, which says the same.",
    pattern: /Snapshot \S+ backup \S+ label map\[.*\]: [\s\S]+/,
    example: 'Snapshot s1 backup b1 label map[]: input/output error',
    seen: 'controller/backup_controller.go, source of v1.8.0 to v1.12.1',
  },
  'event-backup-goes-on': {
    class: 'informational',
    speaker: 'Volume',
    fields: ['event Normal'],
    means: 'A backup of the volume went into another state.',
    advice: 'Nothing.',
    pattern: /Snapshot \S+ backup \S+ label map\[.*\]/,
    example: 'Snapshot s1 backup b1 label map[RecurringJob:rj]',
    seen: 'controller/backup_controller.go, source of v1.8.0 to v1.12.1',
  },
  'event-failed-backup-deleted': {
    class: 'informational',
    speaker: 'Backup',
    fields: ['event Warning'],
    states: ['Error', 'Unknown'],
    means: 'A backup that was in Error is gone now.',
    advice: 'Nothing: it is the end of the trouble, not its beginning.',
    pattern: /Failed backup \S+ has been deleted: [\s\S]*/,
    example: 'Failed backup b1 has been deleted: ',
    seen: 'controller/backup_controller.go, source of v1.8.0 to v1.12.1',
  },
  'claim-of-other-size': {
    class: 'failure',
    speaker: 'PersistentVolumeClaim',
    fields: ['event Warning'],
    states: ['ProvisioningFailed'],
    means: 'The claim has another size than what its volume is to be made from.',
    advice: 'Make a claim of the size of the source, and grow it later.',
    compared: 'within',
    pattern:
      /requested volume size \d+ is less than the size \d+ for the source snapshot \S+|the requested size \(\d+ bytes\) is different than /,
    example:
      'failed to provision volume with StorageClass "longhorn": error getting handle for DataSource Type VolumeSnapshot by Name s1: requested volume size 33554432 is less than the size 67108864 for the source snapshot s1',
    seen: 'a real v1.12.1 (2026-12-01); csi/controller_server.go, source of v1.12.1, of a clone',
  },
  'clone-waits-for-replicas': {
    class: 'informational',
    speaker: 'Volume',
    fields: ['event Warning'],
    states: ['VolumeCloneCopyCompleteAwaitingHealthy'],
    means: 'A clone has the data of its source, and not all of its replicas yet.',
    advice: 'Nothing: it is completed once it is attached and healthy.',
    pattern:
      /copied the data from snapshot \S+ of the source volume \S+ Waiting for volume to be fully HA before marking the clone as completed/,
    example:
      'copied the data from snapshot s1 of the source volume v1. Waiting for volume to be fully HA before marking the clone as completed',
    seen: 'controller/volume_controller.go, source of v1.12.1; met on a whole real v1.12.1',
  },
  'node-deleted': {
    class: 'informational',
    speaker: 'Node',
    fields: ['event Warning'],
    states: ['Delete'],
    means: 'A node is deleted from Longhorn, as where Longhorn is uninstalled.',
    advice: 'Nothing, if that was wanted.',
    pattern: /Deleting node \S+/,
    example: 'Deleting node node1',
    seen: 'controller/node_controller.go, source of v1.12.1; met on a whole real v1.12.1',
  },
  'blocks-left-behind': {
    ...managerLog,
    class: 'failure',
    means: 'A backup is gone, but blocks that only it used were not removed from the store.',
    advice:
      "Look for what keeps the files; they stay until the volume's next deletion counts its blocks again.",
    pattern: /failed to delete backup blocks: /,
    example: 'failed to delete backup blocks: [blocks/1e/2f/1e2f.blk: operation not permitted]',
    seen: 'backupstore, deltablock.go',
  },
  'blocks-not-counted': {
    ...managerLog,
    class: 'informational',
    means:
      'The store keeps unused blocks for now: another backup of the volume is being made, or a config cannot be read.',
    advice: 'Nothing: a later deletion removes them.',
    wordings: [
      {
        pattern: /skip block deletion/,
        example: 'Found in progress backup b2, skip block deletion',
        seen: 'backupstore, deltablock.go',
      },
      {
        pattern: /backup \S+ is still in progress/,
        example: 'backup b2 is still in progress',
        seen: 'backupstore, inspect.go',
      },
    ],
  },
  'data-damaged': {
    ...managerLog,
    class: 'failure',
    means:
      'What was read of a block of a backup is not what was written: it is damaged in the store, or was on the way.',
    advice:
      'Check the store from another machine (`npx corral store fsck`), and restore on another node; if both fail, from another backup.',
    wordings: [
      {
        pattern: /checksum verification failed for block/,
        example: 'checksum verification failed for block',
        seen: 'backupstore, util.go and deltablock.go; longhorn/longhorn#1385, #7069',
      },
      {
        pattern: /failed to decompress and verify block [^\n]+: (?:lz4|gzip|zlib|flate): /,
        example: 'failed to decompress and verify block b.blk with checksum 1e2f: lz4: bad magic number',
        seen: 'backupstore, util.go and deltablock.go; longhorn/longhorn#1385, #7069',
      },
    ],
  },
  'rebuild-in-the-way': {
    ...managerLog,
    class: 'transient',
    means: 'A replica is being rebuilt, so that snapshots cannot be removed now.',
    advice:
      'Wait for the rebuild. Before v1.12.2 it ends the whole run of a recurring job of the task snapshot-cleanup: the volumes that were not done yet wait for the next run (longhorn/longhorn#13623).',
    pattern: /cannot (?:purge snapshots|remove a snapshot) because .+ is rebuilding/,
    example: 'cannot purge snapshots because r1 is rebuilding',
    seen: 'longhorn/longhorn#1895',
  },
  'stale-iscsi-session': {
    ...node,
    class: 'informational',
    means: 'The node still has an iSCSI session of an instance manager that is gone.',
    advice: 'Nothing needed; logging out of the session ends the noise.',
    versions: '*',
    pattern: /connect to \S+:3260 failed \(No route to host\)|cannot make a connection to \S+:3260 \(-1,22\)/,
    example: 'connect to 10.42.2.9:3260 failed (No route to host)',
    seen: 'knowledge base, troubleshooting-orphan-iscsi-session-error',
  },
} as const satisfies Record<string, WrittenRow>;
