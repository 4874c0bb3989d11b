import {
  type Expectation,
  ExpectationError,
  evaluate,
  gone,
  type StateStep,
} from '../../../history/expectation.ts';
import { namedState } from '../../../history/named-state.ts';
import type { Timeline } from '../../../history/timeline.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import type { MessageId } from '../../../longhorn/messages/catalogue.ts';
import { type Classification, classify } from '../../../longhorn/messages/classify.ts';
import type { MessageClass } from '../../../longhorn/messages/row.ts';
import { saidByBackup } from '../../../longhorn/messages/said-by.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { volumeFolder } from '../../../store/format/layout.ts';
import {
  type BackupSubject,
  backupHistory,
  backupIs,
  isNeverHeldBack,
  neverReached,
  waitsForReadiness,
} from '../backup/expectations.ts';
import type { StepReport } from '../deps.ts';
import { InconclusiveError } from '../judging.ts';

type Backups = Timeline<Backup>;
type Losing = { backup: BackupSubject; version: string };
type Meaning = { id: MessageId | readonly MessageId[]; class: MessageClass };

const lostDeletion: Meaning = { id: 'deletion-lost-lock', class: 'informational' };
const lostCreation: Meaning = { id: 'creation-lost-lock', class: 'failure' };

// Every error of the backup must be this message in this field, in the state Error. `classify` uses field and state,
// because the same text elsewhere has another meaning.
export const hasOnlyError = namedState('backup-errs', (label: string, meaning: Meaning, version: string) => ({
  label,
  matches: (backup: Backup) => {
    const errors = saidByBackup(backup).filter(({ field }) => field !== 'status.messages.info');
    return errors.length > 0 && errors.every((error) => means(classify(error, version), meaning));
  },
}));

const means = (found: Classification, meaning: Meaning): boolean =>
  found.class === meaning.class && [meaning.id].flat().includes(found.id);

const lost = (version: string): StateStep<Backup> =>
  hasOnlyError('Error (with the informational text on a lock)', lostDeletion, version);
const lostForGood = (version: string): StateStep<Backup> =>
  hasOnlyError('Error (with the text on a lock as a failure)', lostCreation, version);

/** The deletion of a completed backup fails because of a lock. */
export const deletionLosesLock = (backups: Backups, { backup, version }: Losing): Expectation<Backup> =>
  backupHistory(backups, backup).startingAs(backupIs('Completed')).goes(backupIs('Deleting'), lost(version));

/** Such a deletion is retried. */
export const deletionIsRetried = (backups: Backups, losing: Losing): Expectation<Backup> =>
  deletionLosesLock(backups, losing).goes(backupIs('Deleting'));

/** The whole history of such a deletion: it loses the lock at least once, and is retried until the backup is gone. */
export const deletionResolves = (backups: Backups, { backup, version }: Losing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs('Completed'))
    .goes(backupIs('Deleting'), lost(version), backupIs('Deleting'), gone)
    .allowing(lost(version));

/** A new backup meets a lock and fails before it starts. */
export const creationLosesLock = (backups: Backups, { backup, version }: Losing): Expectation<Backup> =>
  backupHistory(backups, backup)
    .startingAs(backupIs(''), waitsForReadiness(version))
    .goes(lostForGood(version));

/** A backup that lost the lock at its creation stays in Error until the time-out (see stays). */
export const staysLost = (backups: Backups, losing: Losing): Expectation<Backup> =>
  creationLosesLock(backups, losing).goes(neverReached);

/**
 * Returns the error to throw for a deletion that did not lose a lock to an upload. If the upload had already ended,
 * there was no conflict, and nothing is proven.
 */
export const unlessUploaded = (
  backups: Backups,
  { error, holder, version }: { error: unknown; holder: BackupSubject; version: string },
): unknown => {
  const ended = evaluate(isNeverHeldBack(backups, { backup: holder, version })).steps[1]?.reached?.at;
  if (!(error instanceof ExpectationError) || ended === undefined || ended > error.verdict.at) return error;
  const reason = `${holder.label} was uploaded before the deletion looked for locks, or at the same time: the conflict was not brought about`;
  return new InconclusiveError(`${reason}\n\n${error.message}`);
};

/** Returns when a backup was observed to be gone, in ms since the epoch. Throws if it was not. */
export const goneAt = ({ entries }: Pick<Backups, 'entries'>, name: string): number => {
  const entry = entries.find((each) => each.kind === 'deleted' && each.object.metadata.name === name);
  if (entry === undefined) throw new Error(`nobody has seen ${name} go`);
  return entry.at;
};

/** Returns the status of a backup at a step of its history. */
export const statusAt = (
  { entries }: Pick<Backups, 'entries'>,
  { resourceVersion }: { resourceVersion: string },
): Backup['status'] => {
  const entry = entries.find((each) => each.kind !== 'gap' && each.resourceVersion === resourceVersion);
  return entry === undefined || entry.kind === 'gap' ? undefined : entry.object.status;
};

type LockMessage = { text: string; volume: string };

/** Returns the name of the lock in Longhorn's message. Throws if the message names no lock in the volume's folder. */
export const namedLock = ({ text, volume }: LockMessage): string => {
  const [, folder, named] =
    /failed to acquire lock (\S+)\/([^/\s]+)\.lck when performing backup /.exec(text) ?? [];
  const expected = `${volumeFolder(volume)}/locks`;
  if (named === undefined || folder !== expected)
    throw new Error(`the text on a lock names none in ${expected}: ${text}`);
  return named;
};

/**
 * Reports how the message of a deletion that lost a lock differs from the documents. Returns the lock that it names.
 * `held` is the lock that actually blocked the deletion.
 */
export const reportLockText = (
  report: Pick<StepReport, 'finding'>,
  { held, version, ...message }: LockMessage & { held: string; version: string },
): string => {
  const named = namedLock(message);
  const { text } = message;
  if (named !== held)
    report.finding(
      toFinding(
        'lock-file-of-its-own',
        `Longhorn ${version} names ${named}; the lock that stood in the way was ${held}, in the same folder.`,
      ),
    );
  if (/^(Failed to delete the backup \S+ in the backupstore, err )\1/.test(text))
    report.finding(
      toFinding(
        'lock-message-doubled',
        `Longhorn ${version} begins twice with the same words, in ${text.length} characters.`,
      ),
    );
  if (!text.includes('please try again later.'))
    report.finding(toFinding('lock-message-full-stop', `Longhorn ${version} ends it without a full stop.`));
  return named;
};
