import { describeFailedDeletion } from './deletion-cause.ts';
import type { MessageRow, WrittenRow } from './row.ts';

const failed = {
  speaker: 'Backup',
  fields: ['status.messages.error'],
  states: ['Error'],
} as const satisfies Partial<MessageRow>;

/** The messages of a backup during its deletion. A failed deletion never sets `status.error`. */
export const deletionMessages = {
  'deletion-lost-lock': {
    ...failed,
    class: 'informational',
    compared: 'cause',
    means: 'The deletion met a lock of another operation on the same volume.',
    advice: 'Nothing: Longhorn tries again, a minute after the first attempt at the earliest.',
    // See lock-message-full-stop in the differences.
    pattern: /failed to acquire lock \S+\.lck when performing backup delete, please try again later\.?/,
    example: describeFailedDeletion(
      'failed to acquire lock backupstore/volumes/97/d4/v/locks/lock-1.lck when performing backup delete, please try again later',
    ),
    seen: 'recording of v1.12.1 (lock-conflict); knowledge base, backup-store-lock-conflict-error-message; longhorn/longhorn#11293',
  },
  'deletion-denied': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means: "The backup store refused the removal of the backup's files.",
    advice:
      "Look at the owner, mode and attributes (lsattr) of the file named, at the export's squashing, or at the bucket's policy.",
    wordings: [
      {
        pattern: /\w+ \S+: (?:operation not permitted|permission denied)/,
        example: describeFailedDeletion(
          'unlinkat /mnt/backupstore/volumes/83/81/v/backups/backup_b1.cfg: operation not permitted',
        ),
        seen: 'recordings of v1.8.2 and v1.12.1 (delete-error), an immutable file on NFS; the other as Go names EACCES',
      },
      {
        pattern: /[\s\S]*\bAccessDenied\b[\s\S]*/,
        example: describeFailedDeletion(
          'failed to delete objects with param: {} error: AccessDenied: Access Denied, status code: 403',
        ),
        seen: "backupstore's S3 driver, source; not met",
      },
      {
        // The engine writes the reason only to its log.
        pattern: /failed to delete objects \[\S+\]/,
        example: describeFailedDeletion(
          'failed to delete objects [corral/backupstore/backupstore/volumes/83/81/v/backups/backup_b1.cfg]',
        ),
        seen: 'the engine of v1.12.1 on a bucket whose policy denies the deletion',
      },
    ],
  },
  'deletion-not-listed': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means: 'A folder of the backup store could not be listed, so that nobody knows what else is in it.',
    advice:
      "Look at the folder's owner and mode, at the export's squashing, and at the server's file system; Longhorn tries again.",
    pattern: /failed to execute: ls \[-1 \S+\], output ls: [^\n]+\n?, error exit status 2/,
    example: describeFailedDeletion(
      "failed to execute: ls [-1 /mnt/backupstore/volumes/83/81/v/blocks/], output ls: reading directory '/mnt/backupstore/volumes/83/81/v/blocks/': Input/output error\n, error exit status 2",
    ),
    seen: 'backupstore, fsops.go and deltablock.go (getBlockNamesForVolume); met on the emulator alone',
  },
  'deletion-stubbed': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means: "The engine's binary is wrapped for testing, so that no backup can be deleted.",
    advice: "If no test runs: delete the engine image's pod of the node, which puts the real binary back.",
    pattern: /stubbed backup deletion for testing/,
    example: describeFailedDeletion('stubbed backup deletion for testing'),
    seen: 'recording of v1.8.2 (wrapped-engine); the words of the engine images of manual test "BestEffort Recurring Job Cleanup"',
  },
  'deletion-killed': {
    ...failed,
    class: 'transient',
    compared: 'cause',
    only: 'the process of the deletion was killed',
    means: 'The process of the deletion was killed from outside.',
    advice: 'Look for what killed it (memory limit, a node that shuts down); Longhorn tries again.',
    pattern: /signal: (?:killed|terminated)/,
    example: describeFailedDeletion('').replace('exit status 1', 'signal: killed'),
    seen: "as Go tells a process's end by a signal; not met",
  },
  'deletion-panicked': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means: 'The deletion ran into a bug of longhorn-manager.',
    advice:
      "Keep the manager's log and look for an issue; v1.8.0 to v1.11.2 had one in this place (longhorn/longhorn#13245).",
    pattern: /Recovered from panic: [\s\S]+/,
    example:
      'Failed to delete the backup nfs://store:/b?backup=b1&volume=v in the backupstore, err Recovered from panic: assignment to entry in nil map',
    seen: 'controller/backup_controller.go, source of v1.8.0 to v1.12.1; not met',
  },
  'deletion-read-only': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means:
      "The backup store is read-only where longhorn-manager deletes: by its server's export, by an error of its file system, or by a mount.",
    advice:
      "Look at the export's options and the server's kernel log, and at the mounts in the longhorn-manager pod of the backup's owner.",
    pattern: /\w+ \S+: read-only file system/,
    example: describeFailedDeletion(
      'unlinkat /mnt/backupstore/volumes/83/81/v/backups/backup_b1.cfg: read-only file system',
    ),
    seen: 'as Go names EROFS, with the fault read-only-backups on the emulator; not met on a real one',
  },
  'deletion-without-space': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means:
      'The backup store is full: a deletion writes a lock and a new volume.cfg before it frees anything.',
    advice: "Make room on the store's file system.",
    pattern: /[^\n]+: (?:no space left on device|disk quota exceeded)/,
    example: describeFailedDeletion(
      'write /mnt/backupstore/volumes/83/81/v/locks/lock-1.lck.tmp.1: no space left on device',
    ),
    seen: 'as Go names ENOSPC and EDQUOT; not met',
  },
  'deletion-without-store': {
    ...failed,
    class: 'transient',
    compared: 'cause',
    means: 'The backup store did not answer, or not in time.',
    advice: 'See that the store is up and reachable from the nodes; Longhorn tries again, later each time.',
    wordings: [
      {
        pattern:
          /\w+ \S+: (?:input\/output error|stale NFS file handle|connection (?:timed out|refused)|no route to host|host is down)/,
        example: describeFailedDeletion(
          'unlinkat /mnt/backupstore/volumes/83/81/v/backups/backup_b1.cfg: input/output error',
        ),
        seen: 'as Go names what a soft mount gives; not met',
      },
      {
        pattern: /cannot mount nfs [\s\S]+: cannot mount using NFSv4/,
        example: describeFailedDeletion(
          'cannot mount nfs store.default:/backups, options []: vers=4.0: timed out: cannot mount using NFSv4',
        ),
        seen: 'backupstore, nfs.go; not met',
      },
    ],
  },
} as const satisfies Record<string, WrittenRow>;
