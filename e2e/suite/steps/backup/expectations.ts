import { type Expectation, expectHistory, type StateStep } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type BackupState, backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import type { Backup } from '../../../longhorn/types.ts';

/** A backup to judge: its name, its name in sentences, and the sequence after which its history starts. */
export type BackupSubject = { name: string; label: string; from: number };

/** The backup is in this state, with any message. */
export const backupIs = namedState('backup-is', (state: BackupState) => ({
  label: state === '' ? 'new' : state,
  matches: (backup: Backup) => backupState(backup) === state,
}));

/** The backup is Pending with a message, in any known wording, that it waits for the deletion of `name`. */
export const waitsFor = ({ name }: { name: string }, version: string): StateStep<Backup> =>
  waitsForNamed(name, version);

/** The same as `waitsFor`, with the name of the other backup. */
export const waitsForNamed = namedState('backup-waits-for', (name: string, version: string) => ({
  label: `Pending (with the message that it waits for ${name} to be deleted)`,
  matches: (backup: Backup) =>
    backupState(backup) === 'Pending' &&
    hasMessage(backup, 'waits-for-deletion', version) &&
    namesNoOther(backup, name),
}));

/** Longhorn may reconcile a backup before its snapshot or engine is ready, even if they were ready a moment ago. */
export const waitsForReadiness = namedState('backup-waits-for-readiness', (version: string) => ({
  label: 'Pending (waiting for its snapshot or engine)',
  matches: (backup: Backup) =>
    backupState(backup) === 'Pending' && hasMessage(backup, 'waits-for-readiness', version),
}));

const hasMessage = (backup: Backup, id: MessageId, version: string): boolean =>
  wordingOf(id, { message: backup.status?.messages?.info, version }) !== undefined;

// The wording in the documents names no backup.
const namesNoOther = (backup: Backup, name: string): boolean => {
  const named = /\bbackup (\S+) to be deleted/.exec(backup.status?.messages?.info ?? '')?.[1];
  return named === undefined || named === name;
};

type Backups = Timeline<Backup>;
type Making = { backup: BackupSubject; version: string };
type Waiting = { second: BackupSubject; first: { name: string; label: string }; version: string };

/** Starts an expectation on the history of a backup, after its `from`. */
export const backupHistory = (backups: Backups, { name, label, from }: BackupSubject): Expectation<Backup> =>
  expectHistory(backups, { name, label, describe: describeBackup }).from(from);

/** An undisturbed backup reaches Completed. Before that it may be in any state that is not final. */
export const completes = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), backupIs('Pending'), backupIs('InProgress'))
    .goes(backupIs('Completed'));

/** The backup does not start while the other one is Deleting, and its message says so. */
export const isHeldBack = (backups: Backups, { second, first, version }: Waiting): Expectation<Backup> =>
  backupHistory(backups, second)
    .startingAs(backupIs(''), waitsForReadiness(version))
    .goes(waitsFor(first, version))
    .withoutEver(backupIs('InProgress'))
    .while({ name: first.name, label: first.label, is: backupIs('Deleting') });

// A Backup may be '' for some seconds before it is Completed: known bug backup-looked-at-anew. It does not upload then.

/** The whole history of a waiting backup: it never uploads while the other one is Deleting, and then completes. */
export const waitsAndCompletes = (
  backups: Backups,
  { second, first, version }: Waiting,
): Expectation<Backup> =>
  backupHistory(backups, second)
    .startingAs(backupIs(''), waitsForReadiness(version))
    .allowing(backupIs(''))
    .goes(waitsFor(first, version), backupIs('InProgress'), backupIs('Completed'))
    .withoutEver(backupIs('InProgress'))
    .while({ name: first.name, label: first.label, is: backupIs('Deleting') });

/** Matches no state. Used to expect that nothing changes. */
export const neverReached = namedState('changes', () => ({
  label: 'unchanged',
  matches: (_: Backup) => false,
}))();

/** The backup stays in a state until the time-out. To be met, the expectation must time out (see stays). */
export const remains = (
  backups: Backups,
  { backup, state }: { backup: BackupSubject; state: StateStep<Backup> },
): Expectation<Backup> => backupHistory(backups, backup).startingAs(state).goes(neverReached);

/** The same for a backup that may not be Completed yet: it may still become Completed, and then must not change. */
export const remainsCompleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), backupIs('Pending'), backupIs('InProgress'), backupIs('Completed'))
    .goes(neverReached);

/** A new backup has started to upload. */
export const isUploading = (backups: Backups, { backup, version }: Making): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), waitsForReadiness(version))
    .goes(backupIs('InProgress'));

/** A backup that never waits for the deletion of another one. */
export const isNeverHeldBack = (backups: Backups, { backup, version }: Making): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), waitsForReadiness(version))
    .allowing(backupIs(''))
    .goes(backupIs('InProgress'), backupIs('Completed'));

/** A backup that was Pending goes on through InProgress to Completed. */
export const goesOn = (
  backups: Backups,
  { backup, held }: { backup: BackupSubject; held: StateStep<Backup> },
): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(held)
    .allowing(backupIs(''))
    .goes(backupIs('InProgress'), backupIs('Completed'));

/**
 * Returns the state of a backup at the arrival of another object's entry with this resourceVersion. Undefined if it
 * is not known.
 */
export const stateWhen = (
  { entries }: Backups,
  { of, resourceVersion }: { of: string; resourceVersion: string },
): string | undefined => {
  let state: string | undefined;
  for (const entry of entries) {
    if (entry.kind === 'gap') state = undefined;
    else if (entry.object.metadata.name === of)
      state = entry.kind === 'deleted' ? 'gone' : backupState(entry.object);
    else if (entry.resourceVersion === resourceVersion) return state;
  }
  return undefined;
};
