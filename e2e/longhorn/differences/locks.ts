import { issue, type WrittenDifference } from './difference.ts';

const lockConflict = 'knowledge base, "Backup store lock conflict error message"';

/** The differences in the locks of a backup store. */
export const lockDifferences = {
  'lock-message-since': {
    title: 'Not every version reports a lost lock in the status of a backup',
    document: `${lockConflict}: applies to all Longhorn versions`,
    product:
      'since v1.8.0 a lost lock stands in status.messages.error of a backup in Error; before, in the log of longhorn-manager only',
    versions: '<1.8.0',
    seen: 'controller/backup_controller.go, v1.8.0 being the first with asynchronous deletion',
    link: issue(11293),
  },
  'lock-message-doubled': {
    title: 'The message about a lost lock is longer than the one in the document',
    document: `${lockConflict}: "Failed to delete the backup URL in the backupstore, err error deleting backup URL: ..." once, up to "please try again later."`,
    product:
      'its first words stand there twice, and the log of the process (some kB) and its exit status behind it',
    seen: 'recording of v1.12.1 (lock-conflict)',
    link: issue(11293),
  },
  'lock-message-full-stop': {
    title: 'The message about a lost lock ended with a full stop',
    document: `${lockConflict}: "please try again later."`,
    product: '"please try again later", without it, from v1.9.3 and v1.10.2 on',
    versions: '>=1.9.3 <1.10.0 || >=1.10.2',
    seen: "backupstore, lock.go, as vendored by each of longhorn-manager's versions v1.8.0 to v1.12.1; recording of v1.12.1",
    link: issue(11293),
  },
  'lost-lock-ends-a-creation': {
    title: 'A backup that loses the lock when it starts does not proceed by itself',
    document: `${lockConflict}: informational, no action required, the next backup will proceed automatically`,
    product:
      'so it is for a deletion, which is tried again; a creation that meets the lock of a deletion ends in Error for good, in status.error',
    seen: 'engineapi/backup_monitor.go',
    link: issue(11293),
  },
  'lock-file-of-its-own': {
    title: 'Operations on a volume do not share a lock file',
    document: `${lockConflict}: backup operations on the same volume use the same lock file`,
    product:
      "each writes a file of its own into the volume's folder of locks; the message names the file of who lost, which is removed by then",
    seen: 'recording of v1.12.1 (lock-conflict), whose log lists both; backupstore, lock.go',
    link: issue(11293),
  },
  'backups-share-a-lock': {
    title: 'A new backup does not wait for another one that is being saved',
    document: `${lockConflict}: an operation that starts before the one that holds the lock has finished will generate this message`,
    product:
      'backups and restores of a volume lock by the same type and never conflict; only a deletion conflicts, with each of them',
    seen: 'backupstore, lock.go (type 1: backup and restore, type 2: deletion)',
    link: issue(11293),
  },
} as const satisfies Record<string, WrittenDifference>;
