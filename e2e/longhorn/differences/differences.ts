import { isInRange } from '../supported.ts';
import { deletionDifferences } from './asynchronous-deletion.ts';
import { type Difference, issue, type WrittenDifference } from './difference.ts';
import { documentDifferences } from './documents.ts';
import { lockDifferences } from './locks.ts';
import { recurringJobDifferences } from './recurring-jobs.ts';

/** The differences in Longhorn's user interface. */
const userInterfaceDifferences = {
  'waiting-message-not-on-page': {
    title: 'The page of backups does not say what a waiting backup waits for',
    document: 'manual test "Delete Backup Asynchronously": the second backup is Pending, with a message',
    product:
      'the message is in status.messages.info and in the answer of the API; the page has only status.messages.error, as a tooltip',
    seen: 'longhorn-ui v1.8.0 to v1.12.1, src/routes/backup/BackupList.js',
    link: issue(8746),
  },
  'page-updated-late': {
    title: 'Of several open pages, one gets a change at once, and the others get it with a later change',
    document: 'issue longhorn/longhorn#93: who has a page open need not load it again to see what is so',
    product:
      'all connections to a stream of one longhorn-manager take its changes from one channel: each change is sent to one of them, the others get it with the next one, or with a resync after up to 30 s',
    seen: 'a whole real v1.12.1 (2026-11-23): two pages were open, and one showed no state of a new backup for 5 s and more; api/router.go and controller/websocket_controller.go, source of v1.8.0 to v1.12.1',
    link: issue(93),
  },
  'target-reason-not-on-page': {
    title: 'The page of backup targets does not say why one cannot be used',
    document: 'issue longhorn/longhorn#10428: the page shows the reason of an Error',
    product:
      'up to v1.9 the Status is Error and nothing more; the reason is in the condition of the backup target, and in the answer of the API',
    versions: '>=1.8.0 <1.10.0',
    seen: 'longhorn-ui v1.8.2, v1.9.2 and v1.10.0, src/routes/backupTarget/BackupTargetList.js; read, not met',
    link: issue(10428),
  },
} as const satisfies Record<string, WrittenDifference>;

/** The differences in backup targets. */
const targetDifferences = {
  'cleared-url-waits': {
    title: "Clearing a backup target's URL does nothing until its store is next to be listed",
    document:
      "enhancement proposal 20241003: with an empty URL the target's backup volumes and backups go from the cluster, and stay in the store",
    product:
      'they stay, and the target stays available, until spec.syncRequestedAt is later than status.lastSyncedAt; from v1.12.0 on an empty URL counts at once',
    versions: '>=1.8.0 <1.12.0',
    seen: 'controller/backup_target_controller.go, v1.8.2 to v1.12.1',
    link: issue(13195),
  },
  'sync-leaves-volume-out': {
    title: 'A sync of a backup target may leave out a volume that was being synced',
    document: 'page on synchronizing backup volumes by hand: all of them can be synchronized at once',
    product:
      'a volume whose own sync ends while the store is listed is not synced again, because that conflict is dropped; the target counts as synced, and the volume is synced with the next poll; since v1.9.1 for as long as the listing takes',
    seen: 'controller/backup_target_controller.go, syncBackupVolume, source of v1.8.0 to v1.12.1 and of master (2026-08-21); recording of a development line of v1.13 (2026-11-26), 2 min 40 s',
  },
} as const satisfies Record<string, WrittenDifference>;

const rows = {
  ...deletionDifferences,
  ...recurringJobDifferences,
  ...lockDifferences,
  ...targetDifferences,
  ...userInterfaceDifferences,
  ...documentDifferences,
};

export type DifferenceId = keyof typeof rows;

/** All known differences between Longhorn and the documents that the scenarios come from, by name. */
export const differences = Object.fromEntries(
  Object.entries<WrittenDifference>(rows).map(([id, row]) => [id, { versions: '>=1.8.0', ...row }]),
) as Readonly<Record<DifferenceId, Difference>>;

/** Converts an observed difference into the finding that a scenario reports. `met` is what was observed. */
export const toFinding = (
  id: DifferenceId,
  met: string,
): { code: DifferenceId; title: string; detail: string; link?: string } => {
  const { title, document, product, link, bug }: Difference = differences[id];
  const known = bug === undefined ? '' : ` A bug of Longhorn: npx corral bugs show ${bug}.`;
  return {
    code: id,
    title,
    detail: `${met} Documented: ${document}. Known: ${product}.${known}`,
    ...(link !== undefined && { link }),
  };
};

/**
 * Whether a version of Longhorn has a difference. A version newer than all known versions counts as the newest known
 * one.
 */
export const differsIn = (id: DifferenceId, version: string): boolean =>
  isInRange(version, differences[id].versions);
