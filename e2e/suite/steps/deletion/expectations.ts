import {
  type Expectation,
  explainVerdict,
  gone,
  type StateStep,
  type Verdict,
} from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { formatDuration } from '../../../kube/duration.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import type { LonghornClocks } from '../../../longhorn/clocks.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { type BackupSubject, backupHistory, backupIs } from '../backup/expectations.ts';
import { notProvable, reached } from '../judging.ts';

type Backups = Timeline<Backup>;
type Failing = { backup: BackupSubject; version: string };

const saysInError = (backup: Backup, ids: readonly string[], version: string): boolean => {
  const said = saidByBackup(backup).map((message) => classify(message, version));
  return said.some((found) => found.class !== 'unclassified' && ids.includes(found.id));
};

/**
 * The deletion of a backup failed with one of these messages. The message is in status.messages.error; status.error
 * is only for a failed creation.
 */
export const deletionFailed = namedState(
  'backup-deletion-failed',
  (label: string, ids: readonly string[], version: string) => ({
    label,
    matches: (backup: Backup) =>
      backupState(backup) === 'Error' && !backup.status?.error && saysInError(backup, ids, version),
  }),
);

// The backup is in Error because the store refused to remove its files. `status.error` is empty.
const isDenied = (version: string): StateStep<Backup> =>
  deletionFailed('Error (with the text on permissions)', ['deletion-denied'], version);

/** The same as `isDenied`, or the deletion lost the lock to an uploading backup of the same volume. */
const isDeniedOrLocked = (version: string): StateStep<Backup> =>
  deletionFailed(
    'Error (with the text on permissions, or on a lock)',
    ['deletion-denied', 'deletion-lost-lock'],
    version,
  );

/** Longhorn has started to delete a completed backup. */
export const isBeingDeleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(backupIs('Completed')).goes(backupIs('Deleting'));

/** A completed backup is deleted without a failure. */
export const isDeleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(backupIs('Completed')).goes(backupIs('Deleting'), gone);

/** The deletion of a completed backup fails. */
export const deletionFails = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs('Completed'))
    .goes(backupIs('Deleting'), isDenied(version));

/** The deletion of a completed backup fails and is retried. */
export const isDeletingAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  deletionFails(backups, failing).goes(backupIs('Deleting'));

/** The deletion of a completed backup fails, is retried, and fails again. */
export const deletionFailsAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  isDeletingAgain(backups, failing).goes(isDeniedOrLocked(failing.version));

/** The deletion of a completed backup fails with one of the messages for a store that refuses an operation. */
export const isRefused = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs('Completed'))
    .goes(
      backupIs('Deleting'),
      deletionFailed(
        'Error (with a text on permissions, on a listing or on a lock)',
        [...storeRefusals, 'deletion-lost-lock'],
        version,
      ),
    );

/** The failure messages of a deletion in a store that refuses an operation. */
export const storeRefusals = ['deletion-denied', 'deletion-not-listed'] as const satisfies MessageId[];

// The message of a manager that has no record of the deletion, because the manager that started it is gone.
const isForgotten = (version: string): StateStep<Backup> =>
  deletionFailed('Error (with the text that no deletion is in progress)', ['deletion-forgotten'], version);

/** A manager without a record of the deletion reports that for some milliseconds, and starts the deletion again. */
export const isForgottenAndRetried = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs('Deleting'))
    .goes(isForgotten(version), backupIs('Deleting'));

/** A deletion that failed, or whose manager was killed, is retried and succeeds. An earlier attempt may fail first. */
export const isDeletedInTheEnd = (backups: Backups, { backup, version }: Failing): Expectation<Backup> => {
  const failures = [isDeniedOrLocked(version), isForgotten(version)];
  return backupHistory(backups, backup)
    .startingAs(backupIs('Deleting'), ...failures)
    .goes(backupIs('Deleting'), gone)
    .allowing(...failures);
};

/**
 * A completed backup is deleted although its owner is killed meanwhile. The next owner may report that it has no
 * record of the deletion.
 */
export const isDeletedThroughKill = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs('Completed'))
    .goes(backupIs('Deleting'), gone)
    .allowing(isForgotten(version));

// On a real v1.12.1, 65 s were measured with a back-off of 60 s and a resync of 30 s. The start of an attempt shows
// in the state that it sets, which a busy controller sets some seconds late.
const early = 55 / 60;
const late = 10_000;

type Window = { least: number; most: number };

/**
 * Returns the allowed time in ms between the first and the second attempt to delete a backup: 55 to 100 s with
 * Longhorn's default timers. The maximum grows with `slowness` (1 is the reference machine).
 */
export const retryWindow = ({
  clocks: { deletionBackoff, resync },
  slowness,
}: {
  clocks: LonghornClocks;
  slowness: number;
}): Window => ({
  least: deletionBackoff * early,
  most: deletionBackoff + resync + late * slowness,
});

/** Formats a window for sentences: "55 s to 1 min 40 s". */
export const describeWindow = ({ least, most }: Window): string =>
  `${formatDuration(least)} to ${formatDuration(most)}`;

/** Describes the time between the two attempts, in ms. */
export const describeGap = (gap: number): string => `tried again after ${formatDuration(gap)}`;

/**
 * Returns the time between two deletion attempts in ms. The first and third states of the verdict show the attempts.
 * Throws if the time is outside the window.
 */
export const judgeGap = (verdict: Verdict, { label, window }: { label: string; window: Window }): number => {
  const gap = reached(verdict, 2).at - reached(verdict, 0).at;
  if (gap < window.least || gap > window.most)
    throw new Error(`the deletion of ${label} was ${describeGap(gap)}\n${explainVerdict(verdict)}`);
  return gap;
};

/** Returns how long a failed backup stayed until it was deleted, by Longhorn's timestamps, in ms. */
export const stayedFailed = (backups: Backups, name: string): number => {
  const own = entriesOf(backups, name).map(({ object }) => object);
  const last = own.findLast(({ metadata }) => metadata.deletionTimestamp === undefined);
  const failedAt = last && backupState(last) === 'Error' ? last.status?.lastSyncedAt : undefined;
  const deletedAt = own.find(({ metadata }) => metadata.deletionTimestamp)?.metadata.deletionTimestamp;
  if (!failedAt || !deletedAt) throw notProvable(`nobody saw backup ${name} fail, and be deleted`);
  return Date.parse(deletedAt) - Date.parse(failedAt);
};
