import { tellFailedDeletion } from './deletion-cause.ts';
import type { Row } from './row.ts';

const failed = {
  speaker: 'Backup',
  fields: ['status.messages.error'],
  states: ['Error'],
} as const satisfies Partial<Row>;

/** What a backup says while it is deleted from a store that can be read at best. */
export const deletionStoreMessages = {
  'deletion-read-only': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means:
      "The backup store is read-only where longhorn-manager deletes: by its server's export, by an error of its file system, or by a mount.",
    advice:
      "Look at the export's options and the server's kernel log, and at the mounts in the longhorn-manager pod of the backup's owner.",
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /\w+ \S+: read-only file system/,
        example: tellFailedDeletion('unlinkat /mnt/backupstore/volumes/83/81/v/backups/backup_b1.cfg: read-only file system'),
        origin: 'product',
        seen: 'as Go names EROFS, with the fault read-only-backups on the emulator; not met on a real one',
      },
    ],
  },
  'deletion-without-space': {
    ...failed,
    class: 'failure',
    compared: 'cause',
    means: 'The backup store is full: a deletion writes a lock and a new volume.cfg before it frees anything.',
    advice: "Make room on the store's file system.",
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /[^\n]+: (?:no space left on device|disk quota exceeded)/,
        example: tellFailedDeletion('write /mnt/backupstore/volumes/83/81/v/locks/lock-1.lck.tmp.1: no space left on device'),
        origin: 'product',
        seen: 'as Go names ENOSPC and EDQUOT; not met',
      },
    ],
  },
  'deletion-without-store': {
    ...failed,
    class: 'transient',
    compared: 'cause',
    means: 'The backup store did not answer, or not in time.',
    advice: 'See that the store is up and reachable from the nodes; Longhorn tries again, later each time.',
    wordings: [
      {
        versions: '>=1.8.0',
        pattern: /\w+ \S+: (?:input\/output error|stale NFS file handle|connection (?:timed out|refused)|no route to host|host is down)/,
        example: tellFailedDeletion('unlinkat /mnt/backupstore/volumes/83/81/v/backups/backup_b1.cfg: input/output error'),
        origin: 'product',
        seen: 'as Go names what a soft mount gives; not met',
      },
      {
        versions: '>=1.8.0',
        pattern: /cannot mount nfs [\s\S]+: cannot mount using NFSv4/,
        example: tellFailedDeletion('cannot mount nfs store.default:/backups, options []: vers=4.0: timed out: cannot mount using NFSv4'),
        origin: 'product',
        seen: 'backupstore, nfs.go; not met',
      },
    ],
  },
} as const satisfies Record<string, Row>;
