import { type Expectation, gone, type Step } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { backupState } from '../../../longhorn/backup-state.ts';
import { classify } from '../../../longhorn/messages/classify.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { type Actor, is, story, waitsForReadiness } from '../backup/expectations.ts';

type Backups = Timeline<Backup>;
type Failing = { backup: Actor; version: string };

const saysInError = (backup: Backup, ids: readonly string[], version: string): boolean => {
  const said = saidByBackup(backup).map((message) => classify(message, version));
  return said.some((found) => found.class !== 'unclassified' && ids.includes(found.id));
};

/** The deletion of a backup failed with one of these messages. It speaks in status.messages.error; status.error is a failed creation's. */
export const failed = namedState('backup-deletion-failed', (label: string, ids: readonly string[], version: string) => ({
  label,
  matches: (backup: Backup) => backupState(backup) === 'Error' && !backup.status?.error && saysInError(backup, ids, version),
}));

// The backup is in Error, because the store refused the removal of its files; `status.error` is empty.
const isDenied = (version: string): Step<Backup> => failed('Error (with the text on permissions)', ['deletion-denied'], version);

/** As `isDenied`, or it lost the lock to another backup of its volume that was uploading. */
const isDeniedOrLocked = (version: string): Step<Backup> =>
  failed('Error (with the text on permissions, or on a lock)', ['deletion-denied', 'deletion-lost-lock'], version);

/** The deletion of a completed backup fails. */
export const deletionFails = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  story(backups, backup).startingAs(is('Completed')).goes(is('Deleting'), isDenied(version));

/** The deletion of a completed backup fails, and is tried again. */
export const isDeletingAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  deletionFails(backups, failing).goes(is('Deleting'));

/** The deletion of a completed backup fails, is tried again, and fails again. */
export const deletionFailsAgain = (backups: Backups, failing: Failing): Expectation<Backup> =>
  isDeletingAgain(backups, failing).goes(isDeniedOrLocked(failing.version));

// Said by a manager that knows nothing of a deletion under way: the one that began it is gone.
const isForgotten = (version: string): Step<Backup> =>
  failed('Error (with the text that no deletion is in progress)', ['deletion-forgotten'], version);

/** A manager that knows nothing of the deletion under way says so, for some milliseconds, and begins it again. */
export const isForgottenAndRetried = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  story(backups, backup).startingAs(is('Deleting')).goes(isForgotten(version), is('Deleting'));

/** A deletion that failed, or lost its manager, is tried once more and succeeds; what was under way before may fail first. */
export const isDeletedInTheEnd = (backups: Backups, { backup, version }: Failing): Expectation<Backup> => {
  const failures = [isDeniedOrLocked(version), isForgotten(version)];
  return story(backups, backup)
    .startingAs(is('Deleting'), ...failures)
    .goes(is('Deleting'), gone)
    .allowing(...failures);
};

/** A completed backup is deleted, though its owner is killed at some point meanwhile: who takes over may say that it knows of no deletion. */
export const isDeletedThroughKill = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  story(backups, backup).startingAs(is('Completed')).goes(is('Deleting'), gone).allowing(isForgotten(version));

/** A backup that nobody holds back: it never waits for the deletion of another one. */
export const isNeverHeldBack = (backups: Backups, { backup, version }: Failing): Expectation<Backup> =>
  story(backups, backup).startingAs(is(''), waitsForReadiness(version)).goes(is('InProgress'), is('Completed'));

/** A backup that was held back goes on, by way of InProgress, to Completed. */
export const goesOn = (backups: Backups, { backup, held }: { backup: Actor; held: Step<Backup> }): Expectation<Backup> =>
  story(backups, backup).startingAs(held).goes(is('InProgress'), is('Completed'));

/** The state that a backup was in when another object's entry of this resourceVersion came; undefined where neither is known. */
export const stateWhen = ({ entries }: Backups, { of, resourceVersion }: { of: string; resourceVersion: string }): string | undefined => {
  let state: string | undefined;
  for (const entry of entries) {
    if (entry.kind === 'gap') state = undefined;
    else if (entry.object.metadata.name === of) state = entry.kind === 'deleted' ? 'gone' : backupState(entry.object);
    else if (entry.resourceVersion === resourceVersion) return state;
  }
  return undefined;
};
