import type { MessageRow, WrittenRow } from './row.ts';

const failed = {
  class: 'failure',
  speaker: 'Backup',
  fields: ['status.error'],
  // The text remains while the failed backup is deleted (observed on v1.8.2).
  states: ['Error', 'Deleting'],
} as const satisfies Partial<MessageRow>;

const failedCall =
  'proxyServer=10.42.1.7:8501 destination=10.42.2.9:10000: failed to backup snapshot s1 to b1: rpc error: code = ';
const engine = `${failedCall}Unknown desc = `;
const failedQuestion =
  'proxyServer=10.42.1.7:8501 destination=10.42.2.9:10000: failed to get b1 backup status: rpc error: code = ';

/** The messages of a backup that failed. All of them are final: Longhorn never retries a backup. */
export const creationMessages = {
  'creation-lost-lock': {
    ...failed,
    compared: 'within',
    means: 'The backup met a lock of a deletion on the same volume when it started.',
    advice: 'Delete it and make another one: unlike a deletion it is not tried again.',
    wordings: [
      {
        // See lock-message-full-stop in the differences.
        pattern:
          /failed to acquire lock \S+ when performing backup create\/restore, please try again later\.?/,
        example: `${engine}failed to acquire lock backupstore/volumes/8b/8e/v/locks/lock-1.lck when performing backup create/restore, please try again later`,
        seen: 'backupstore, lock.go; status.error of a backup that lost the lock, source of v1.8.0 to v1.12.1',
      },
      {
        versions: '<1.8.0',
        pattern: /failed lock \S+ type 1 acquisition/,
        example: `${engine}failed lock backupstore/volumes/8b/8e/v/locks/lock-1.lck type 1 acquisition`,
        seen: 'longhorn/longhorn#8742, #7854',
      },
    ],
  },
  'creation-without-snapshot': {
    ...failed,
    means: 'The snapshot that the backup was to be made of was not there.',
    advice:
      'Make a snapshot, and a backup of that one; if a recurring job ran, it may have cleaned the snapshot away (longhorn/longhorn#10184).',
    pattern: /Failed to get the Snapshot \S+/,
    example: 'Failed to get the Snapshot zn-s2',
    seen: 'status.error after five tries; controller/backup_controller.go, source of v1.8.0 to v1.12.1',
  },
  'creation-gave-up': {
    ...failed,
    means: 'The snapshot or the engine did not become ready in five looks.',
    advice: 'Look at the snapshot, the volume and its engine, then make the backup again.',
    pattern: /Failed waiting for the (?:snapshot|engine) \S+ to be ready/,
    example: 'Failed waiting for the engine v-e-0 to be ready',
    seen: 'status.error; controller/backup_controller.go, source of v1.8.0 to v1.12.1',
  },
  'creation-without-volume': {
    ...failed,
    means: 'The volume was gone when the backup was to be made.',
    advice: 'Delete the backup.',
    versions: '>=1.9.0',
    pattern: /cannot find the corresponding volume: .+/,
    example: 'cannot find the corresponding volume: volume.longhorn.io "v" not found',
    seen: 'controller/backup_controller.go, source of v1.9.0 to v1.12.1; not met',
  },
  'creation-lost-engine': {
    ...failed,
    // An upload that goes on by itself makes the backup Completed later, and the text stays (observed on v1.12.1).
    states: [...failed.states, 'Completed'],
    compared: 'within',
    means:
      'Longhorn can no longer ask how the upload goes: the engine, the replica that uploads or their instance manager ended, or was started anew.',
    advice: 'Look for what ended the instance manager or the replica, then make the backup again.',
    wordings: [
      {
        pattern:
          /cannot find (?:backup \S+|matched snapshot \S+ of backup \S+) status in longhorn engine|max retry period \S+ reached in exponential backoff timer/,
        example: 'cannot find matched snapshot /s1 of backup b1 status in longhorn engine',
        seen: 'engineapi/backup_monitor.go, source of v1.8.0 to v1.12.1; not met',
      },
      {
        pattern: /failed to get \S+ backup status: rpc error: code = (?:Unavailable|DeadlineExceeded)/,
        example: `${failedQuestion}Unavailable desc = error reading from server: EOF`,
        seen: 'engineapi/backup_monitor.go, source of v1.8.0 to v1.12.1; not met',
      },
    ],
  },
  'creation-lost-replica': {
    ...failed,
    compared: 'within',
    means: 'The replica that uploaded the backup is gone, or was started anew.',
    advice: 'Look for what ended the replica or its instance manager, then make the backup again.',
    wordings: [
      {
        pattern: /failed to get (?:backup )?\S+ (?:backup )?status on unknown replica \S+/,
        example: `${failedQuestion}Unknown desc = failed to get backup b1 status on unknown replica tcp://10.42.0.221:10210`,
        seen: 'longhorn-instance-manager, pkg/proxy/backup.go; longhorn/longhorn#4969',
      },
      {
        pattern: /failed to find a replica with backup \S+/,
        example: `${failedQuestion}Unknown desc = failed to find a replica with backup b1`,
        seen: 'longhorn-instance-manager, pkg/proxy/backup.go, source of v1.12.1; not met',
      },
    ],
  },
  'creation-not-begun': {
    ...failed,
    compared: 'within',
    means:
      'The backup was not begun: volume.cfg could not be read, or the replica that was to make it ended, as it does then in many versions.',
    advice:
      "Check the volume's folder (npx corral store fsck), look for a panic in the replica's log, and see that the volume is healthy before the backup is made again.",
    wordings: [
      {
        pattern:
          /failed to create backup to \S+ for volume \S+: rpc error: code = Unavailable desc = error reading from server: EOF/,
        example: `${failedCall}Internal desc = failed to create backup: failed to create backup to nfs://store.default:/backups for volume v: rpc error: code = Unavailable desc = error reading from server: EOF`,
        seen: 'status.error on a real v1.12.1 (2026-11-23), whose replica had ended by a panic',
      },
      {
        // A status that could not be read is of an upload that had begun.
        pattern:
          /(?<=\bbackup\b[\s\S]*)(?<! status: [\s\S]*)(?:: | desc = )(?:EOF|unexpected EOF|unexpected end of JSON input)$/,
        example: `${failedCall}Unknown desc = EOF`,
        seen: 'as Go says of an empty config and of one that is cut off; not met',
      },
    ],
  },
  'creation-denied': {
    ...failed,
    compared: 'within',
    means: 'The backup store refused what the backup was to write, or is full.',
    advice: "Look at the store's free space, and at the rights on the volume's folder in it.",
    pattern:
      /^(?![\s\S]*cannot mount nfs )[\s\S]*(?:: (?:operation not permitted|permission denied|read-only file system|no space left on device|disk quota exceeded)|\bAccessDenied\b)/,
    example:
      'failed to write data during saving blocks: close /mnt/backupstore/volumes/8b/8e/v/blocks/8a/c1/8ac1.blk.tmp.1: no space left on device',
    seen: 'as Go names EPERM, EACCES, EROFS, ENOSPC and EDQUOT; ENOSPC on a real v1.12.1 (2026-11-23)',
  },
  'creation-not-trusted': {
    ...failed,
    compared: 'within',
    means: 'The certificate of the server that the backup was sent to is not trusted.',
    advice:
      "Look whether AWS_CERT in the Secret of the backup target has the authority of that server. If the target is in order, look whether the volume was backed up to another target meanwhile: the upload then goes on to that target's server (known bug upload-follows-next-target). Make the backup again.",
    pattern: /tls: failed to verify certificate: x509: certificate signed by unknown authority/,
    example:
      'failed to write data during saving blocks: failed to put object in single part: p/backupstore/volumes/af/94/v/blocks/c5/00/c500.blk: AWS HTTP Error: 0 request send failed, Put "https://s3/b/p/backupstore/volumes/af/94/v/blocks/c5/00/c500.blk?x-id=PutObject": tls: failed to verify certificate: x509: certificate signed by unknown authority',
    seen: 'a whole real v1.12.1 (2026-11-28), whose upload was sent to the server of another backup target',
  },
  'creation-without-store': {
    ...failed,
    compared: 'within',
    means: 'The backup store did not answer while the backup was made.',
    advice: 'See that the store is up and reachable from the nodes, then make the backup again.',
    wordings: [
      {
        pattern:
          /(?<! status: [\s\S]*): (?:input\/output error|stale NFS file handle|connection (?:timed out|refused)|no route to host|host is down)/,
        example: `${engine}open /mnt/backupstore/volumes/8b/8e/v/volume.cfg: input/output error`,
        seen: 'as Go names what a soft mount gives; not met',
      },
      {
        // Go's MkdirAll: the folder cannot be looked at, then not be made, as it is there.
        pattern: /(?:^|: )mkdir \S+: file exists/,
        example: 'failed to write data during saving blocks: mkdir /mnt/backupstore: file exists',
        seen: 'a real v1.12.1, on a soft mount whose server had ended in the middle of the upload',
      },
      {
        pattern: /cannot mount nfs [\s\S]+: cannot mount using NFSv4/,
        example: `${engine}cannot mount nfs store.default:/backups, options []: vers=4.0: timed out: cannot mount using NFSv4`,
        seen: 'backupstore, nfs.go; not met',
      },
    ],
  },
} as const satisfies Record<string, WrittenRow>;
