import {
  type Expectation,
  explainVerdict,
  gone,
  type StateStep,
  type Verdict,
} from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import type { LonghornClocks } from '../../../longhorn/clocks.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { type BackupSubject, backupHistory, is } from '../backup/expectations.ts';
import { notProvable, reached } from '../judging.ts';

type Backups = Timeline<Backup>;
type Failing = { backup: BackupSubject; version: string };

const saysInError = (backup: Backup, ids: readonly string[], version: string): boolean => {
  const said = saidByBackup(backup).map((message) => classify(message, version));
  return said.some((found) => found.class !== 'unclassified' && ids.includes(found.id));
};

/**
 * The deletion of a backup failed with one of these messages. It speaks in status.messages.error;
 * status.error is a failed creation's.
 */
export const failed = namedState(
  'backup-deletion-failed',
  (label: string, ids: readonly string[], version: string) => ({
    label,
    matches: (backup: Backup) =>
      backupState(backup) === 'Error' && !backup.status?.error && saysInError(backup, ids, version),
  }),
);

// The backup is in Error, because the store refused the removal of its files; `status.error` is empty.
const isDenied = (version: string): StateStep<Backup> =>
  failed('Error (with the text on permissions)', ['deletion-denied'], version);

/** As `isDenied`, or it lost the lock to another backup of its volume that was uploading. */
const isDeniedOrLocked = (version: string): StateStep<Backup> =>
  failed(
    'Error (with the text on permissions, or on a lock)',
    ['deletion-denied', 'deletion-lost-lock'],
    version,
  );

/** Longhorn has taken up the deletion of a completed backup. */
export const isBeingDeleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is('Completed')).goes(is('Deleting'));

/** A completed backup is deleted without trouble. */
export const isDeleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is('Completed')).goes(is('Deleting'), gone);

/** The deletion of a completed backup fails. */
export const deletionFails = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is('Completed')).goes(is('Deleting'), isDenied(version));

/** The deletion of a completed backup fails, and is tried again. */
export const isDeletingAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  deletionFails(backups, failing).goes(is('Deleting'));

/** The deletion of a completed backup fails, is tried again, and fails again. */
export const deletionFailsAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  isDeletingAgain(backups, failing).goes(isDeniedOrLocked(failing.version));

/**
 * The deletion of a completed backup is refused, by whatever of a store that does not let it do all that it
 * must.
 */
export const isRefused = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(is('Completed'))
    .goes(
      is('Deleting'),
      failed(
        'Error (with a text on permissions, on a listing or on a lock)',
        [...storeRefusals, 'deletion-lost-lock'],
        version,
      ),
    );

/** What a deletion says, as a failure, that a store does not let do all that it must. */
export const storeRefusals = ['deletion-denied', 'deletion-not-listed'] as const satisfies MessageId[];

// Said by a manager that knows nothing of a deletion under way: the one that began it is gone.
const isForgotten = (version: string): StateStep<Backup> =>
  failed('Error (with the text that no deletion is in progress)', ['deletion-forgotten'], version);

/**
 * A manager that knows nothing of the deletion under way says so, for some milliseconds, and begins it again.
 */
export const isForgottenAndRetried = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is('Deleting')).goes(isForgotten(version), is('Deleting'));

/**
 * A deletion that failed, or lost its manager, is tried once more and succeeds; what was under way before may
 * fail first.
 */
export const isDeletedInTheEnd = (backups: Backups, { backup, version }: Failing): Expectation<Backup> => {
  const failures = [isDeniedOrLocked(version), isForgotten(version)];
  return backupHistory(backups, backup)
    .startingAs(is('Deleting'), ...failures)
    .goes(is('Deleting'), gone)
    .allowing(...failures);
};

/**
 * A completed backup is deleted, though its owner is killed at some point meanwhile: who takes over may say
 * that it knows of no deletion.
 */
export const isDeletedThroughKill = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(is('Completed'))
    .goes(is('Deleting'), gone)
    .allowing(isForgotten(version));

// On a real v1.12.1 65 s were seen for a back-off of 60 s and a look every 30 s. The start of an attempt is
// known by the state that it sets, some seconds later when a controller is busy.
const early = 55 / 60;
const late = 10_000;

type Window = { least: number; most: number };

/**
 * How long it may take, in milliseconds, from the first attempt to delete a backup to the second: 55 to 100 s
 * on Longhorn's own clocks, and more on a machine that is so many times slower than the reference.
 */
export const retryWindow = ({ deletionBackoff, resync }: LonghornClocks, slowness: number): Window => ({
  least: deletionBackoff * early,
  most: deletionBackoff + resync + late * slowness,
});

/** Writes a window as steps name it: "55 s to 1 min 40 s". */
export const describeWindow = ({ least, most }: Window): string =>
  `${formatDuration(least)} to ${formatDuration(most)}`;

/** Writes how long after the first attempt, in milliseconds, the second came. */
export const describeGap = (gap: number): string => `tried again after ${formatDuration(gap)}`;

/**
 * The time from the first attempt to delete a backup to the second, in milliseconds, of a verdict whose first
 * and third states they set; throws where it is not within the window.
 */
export const judgeGap = (verdict: Verdict, { label, window }: { label: string; window: Window }): number => {
  const gap = reached(verdict, 2).at - reached(verdict, 0).at;
  if (gap < window.least || gap > window.most)
    throw new Error(`the deletion of ${label} was ${describeGap(gap)}\n${explainVerdict(verdict)}`);
  return gap;
};

/** How long a backup that failed was let be until it was deleted, by Longhorn's own times; in ms. */
export const stayedFailed = ({ entries }: Backups, name: string): number => {
  const own = entries.flatMap((entry) =>
    entry.kind !== 'gap' && entry.object.metadata.name === name ? entry.object : [],
  );
  const last = own.findLast(({ metadata }) => metadata.deletionTimestamp === undefined);
  const failedAt = last && backupState(last) === 'Error' ? last.status?.lastSyncedAt : undefined;
  const deletedAt = own.find(({ metadata }) => metadata.deletionTimestamp)?.metadata.deletionTimestamp;
  if (!failedAt || !deletedAt) throw notProvable(`nobody saw backup ${name} fail, and be deleted`);
  return Date.parse(deletedAt) - Date.parse(failedAt);
};
