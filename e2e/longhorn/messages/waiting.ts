import type { MessageRow, WrittenRow } from './row.ts';

// The message remains during the upload, and after an upload that failed at its start.
const waiting = {
  class: 'informational',
  speaker: 'Backup',
  fields: ['status.messages.info'],
  states: ['Pending', 'InProgress', 'Error'],
} as const satisfies Partial<MessageRow>;

/** The messages of a waiting backup, and the message of a deletion that the manager has no record of. */
export const waitingMessages = {
  'waits-for-deletion': {
    ...waiting,
    means: 'The backup waits until another one of its volume is deleted.',
    advice: 'Nothing: it starts within a minute after the other one is gone, or has failed to go.',
    wordings: [
      {
        pattern: /Wait for backup \S+ to be deleted/,
        example: 'Wait for backup zn-b1 to be deleted',
        seen: 'status.messages.info of a Pending backup, recordings of v1.8.2 and v1.12.1',
      },
      {
        pattern: /.*waiting for backup(?: \S+)? to be deleted.*/,
        example: 'waiting for backup to be deleted',
        origin: 'document',
        seen: 'manual test "Delete Backup Asynchronously" and its enhancement proposal; in no source',
      },
    ],
  },
  'waits-for-readiness': {
    ...waiting,
    means: 'The backup waits for its snapshot or its engine.',
    advice: 'Nothing, up to five looks of 30 s; then it fails for good.',
    wordings: [
      {
        pattern: /Waiting for the (?:snapshot|engine) \S+ to be ready/,
        example: 'Waiting for the snapshot zn-s2 to be ready',
        seen: 'status.messages.info of a Pending backup; controller/backup_controller.go, source of v1.8.0 to v1.12.1',
      },
      {
        pattern: /Failed to get the Snapshot \S+/,
        example: 'Failed to get the Snapshot zn-s2',
        seen: 'status.messages.info of a Pending backup; controller/backup_controller.go, source of v1.8.0 to v1.12.1; after five looks it is a failure, by the same text in status.error',
      },
    ],
  },
  'deletion-forgotten': {
    class: 'informational',
    speaker: 'Backup',
    fields: ['status.messages.error'],
    states: ['Error'],
    only: 'the longhorn-manager that ran the deletion was restarted',
    means:
      'The longhorn-manager that looks after the backup does not know of its deletion: another one began it, and is gone.',
    advice: 'Nothing: Longhorn begins again within milliseconds.',
    pattern: /No deletion in progress record, retry the deletion command/,
    example: 'No deletion in progress record, retry the deletion command',
    seen: 'recordings of v1.12.1 (controller-crash, held-crash), for 6 to 120 ms',
  },
} as const satisfies Record<string, WrittenRow>;
