import { issue, type WrittenDifference } from './difference.ts';

const asynchronously = 'manual test "Delete Backup Asynchronously"';

/** The differences in the asynchronous deletion of backups. */
export const deletionDifferences = {
  'waiting-message-wording': {
    title: "A waiting backup's message is not the one in the document",
    document: `${asynchronously}: a message that includes "waiting for backup to be deleted"`,
    product:
      'status.messages.info is "Wait for backup NAME to be deleted"; the words of the document stand in no source',
    seen: 'recordings of v1.8.2 and v1.12.1; controller/backup_controller.go',
    link: issue(8746),
  },
  'waiting-backup-loses-lock': {
    title: 'A waiting backup lost the lock to the deletion that it had waited for',
    document: `${asynchronously}: after the first backup is deleted, the second one should be in progress and complete`,
    product:
      'the backup that is deleted is gone as soon as its config is; its blocks are removed after that, still under its lock, and a backup that starts meanwhile fails for good',
    seen: 'a whole real v1.8.2; backupstore, deltablock.go; controller/backup_controller.go',
    link: issue(8746),
    bug: 'waiting-backup-loses-lock',
  },
  'second-instead-of-first': {
    title: 'The document says "second" where the first backup is meant',
    document: `${asynchronously}, Delete Error: once the config is mutable, "the second backup should be in Deleting again and should be deleted"`,
    product: 'it is the first: the second was never deleted, and its config was never immutable',
    seen: 'recordings of v1.8.2 and v1.12.1 (delete-error)',
    link: issue(8746),
  },
  'retry-interval': {
    title: 'A failed deletion is tried again far later than the proposal says',
    document: 'enhancement proposal 20240801: again after 10 s, up to 1 min',
    product:
      'again after 1, 2, 4, ... minutes, up to 24 h, each rounded up to the next look, every 30 s; a restart of the manager forgets it',
    seen: 'controller/backup_controller.go, v1.8.0 to v1.12.1; recordings (65 s, 120 s)',
    link: issue(8746),
  },
  'no-record-is-brief': {
    title: 'The message that the deletion has no record lives for milliseconds',
    document: `${asynchronously}, Controller Crashes: the backup should turn into Error with "No deletion in progress record, retry the deletion command"`,
    product:
      'so it does, for 6 to 120 ms, then it is Deleting again: a reader who looks every second sees nothing of it',
    seen: 'recordings of v1.12.1 (controller-crash, held-crash)',
    link: issue(8746),
  },
  'killed-deletion-leaves-last-backup': {
    title: 'A deletion that is killed may leave volume.cfg naming a last backup that is gone',
    document: `${asynchronously}, Controller Crashes: the backup should be deleted after all`,
    product:
      "its config goes first and volume.cfg is written last: killed in between, and asked again, the config is gone and volume.cfg stays; the volume's next backup is a full one",
    seen: 'a real v1.12.1, ten deletions met by a kill; backupstore, deltablock.go',
    link: issue(8746),
  },
  'deletions-undo-each-other': {
    title: 'If two deletions end at once, volume.cfg may keep what one of them had read before',
    document: `${asynchronously}: the backup is deleted`,
    product:
      "so it is, but deletions of a volume do not exclude each other, and each reads volume.cfg and writes it later: the last one undoes what the other wrote. It may name a last backup that is gone, so that the volume's next backup is a full one, or count blocks that are gone",
    seen: "the emulator, whose engine reads and writes it in Longhorn's order; backupstore, deltablock.go, DeleteDeltaBlockBackup and cleanupBlocks, read in v1.12.1; not met on a real Longhorn",
    link: issue(8746),
  },
  'unknown-volume-goes-at-once': {
    title:
      'A backup that is deleted right after it completed goes without a state Deleting, and leaves its files',
    document: `${asynchronously}: the backup goes Deleting and is deleted`,
    product:
      'so it does once Longhorn knows the volume in the store (0.3 to 0.7 s after the first backup); before, only the Backup goes',
    seen: 'a real v1.12.1; controller/utils.go',
    link: issue(8746),
  },
} as const satisfies Record<string, WrittenDifference>;
