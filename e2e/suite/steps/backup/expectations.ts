import { type Expectation, expectHistory, type StateStep } from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { type BackupState, backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import type { Backup } from '../../../longhorn/types.ts';

/**
 * A backup whose history is judged: its name, what the reader calls it, and the mark from which its history
 * counts.
 */
export type BackupSubject = { name: string; label: string; from: number };

/** The backup is in this state, whatever it says. */
export const is = namedState('backup-is', (state: BackupState) => ({
  label: state === '' ? 'new' : state,
  matches: (backup: Backup) => backupState(backup) === state,
}));

/**
 * The backup is Pending and says that it waits for that other one to be deleted, in any wording that is
 * known.
 */
export const waitsFor = ({ name }: { name: string }, version: string): StateStep<Backup> =>
  waitsForNamed(name, version);

/** The same, by the name of that other one alone. */
export const waitsForNamed = namedState('backup-waits-for', (name: string, version: string) => ({
  label: `Pending (with the message that it waits for ${name} to be deleted)`,
  matches: (backup: Backup) =>
    backupState(backup) === 'Pending' &&
    hasMessage(backup, 'waits-for-deletion', version) &&
    namesNoOther(backup, name),
}));

/** Longhorn may look at a backup before its snapshot or engine is ready, even if they were a moment ago. */
export const waitsForReadiness = namedState('backup-waits-for-readiness', (version: string) => ({
  label: 'Pending (waiting for its snapshot or engine)',
  matches: (backup: Backup) =>
    backupState(backup) === 'Pending' && hasMessage(backup, 'waits-for-readiness', version),
}));

const hasMessage = (backup: Backup, id: MessageId, version: string): boolean =>
  wordingOf(id, { message: backup.status?.messages?.info, version }) !== undefined;

// The documents' wording names no backup at all.
const namesNoOther = (backup: Backup, name: string): boolean => {
  const named = /\bbackup (\S+) to be deleted/.exec(backup.status?.messages?.info ?? '')?.[1];
  return named === undefined || named === name;
};

type Backups = Timeline<Backup>;
type Making = { backup: BackupSubject; version: string };
type Waiting = { second: BackupSubject; first: { name: string; label: string }; version: string };

/** The history of a backup, from its mark on. */
export const backupHistory = (backups: Backups, { name, label, from }: BackupSubject): Expectation<Backup> =>
  expectHistory(backups, { name, label, describe: describeBackup }).from(from);

/** A backup that nothing disturbs: to Completed, by way of any state that is not an end. */
export const completes = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is(''), is('Pending'), is('InProgress')).goes(is('Completed'));

/** The backup is held back while the other one is being deleted, and says so. */
export const isHeldBack = (backups: Backups, { second, first, version }: Waiting): Expectation<Backup> =>
  backupHistory(backups, second)
    .startingAs(is(''), waitsForReadiness(version))
    .goes(waitsFor(first, version))
    .withoutEver(is('InProgress'))
    .while({ name: first.name, label: first.label, is: is('Deleting') });

/**
 * The whole history of the backup that waits: held back, never uploading while the other one is Deleting,
 * then on to its end.
 */
export const waitsAndCompletes = (
  backups: Backups,
  { second, first, version }: Waiting,
): Expectation<Backup> =>
  backupHistory(backups, second)
    .startingAs(is(''), waitsForReadiness(version))
    .goes(waitsFor(first, version), is('InProgress'), is('Completed'))
    .withoutEver(is('InProgress'))
    .while({ name: first.name, label: first.label, is: is('Deleting') });

/** No state matches it: what is expected is that nothing else comes. */
export const changes = namedState('changes', () => ({ label: 'unchanged', matches: (_: Backup) => false }));

/** That state. */
export const change = changes();

/**
 * The backup stays in a state for as long as the expectation is given time; to be met, it must time out (see
 * stays).
 */
export const remains = (
  backups: Backups,
  { backup, state }: { backup: BackupSubject; state: StateStep<Backup> },
): Expectation<Backup> => backupHistory(backups, backup).startingAs(state).goes(change);

/** The same of one that is not yet Completed: it comes to that, and to nothing else. */
export const remainsCompleted = (backups: Backups, backup: BackupSubject): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(is(''), is('Pending'), is('InProgress'), is('Completed'))
    .goes(change);

/** A new backup is under way. */
export const isUploading = (backups: Backups, { backup, version }: Making): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(is(''), waitsForReadiness(version)).goes(is('InProgress'));

/** A backup that nobody holds back: it never waits for the deletion of another one. */
export const isNeverHeldBack = (backups: Backups, { backup, version }: Making): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(is(''), waitsForReadiness(version))
    .goes(is('InProgress'), is('Completed'));

/** A backup that was held back goes on, by way of InProgress, to Completed. */
export const goesOn = (
  backups: Backups,
  { backup, held }: { backup: BackupSubject; held: StateStep<Backup> },
): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(held).goes(is('InProgress'), is('Completed'));

/**
 * The state that a backup was in when another object's entry of this resourceVersion came; undefined where
 * neither is known.
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
