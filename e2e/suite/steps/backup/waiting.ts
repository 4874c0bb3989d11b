import { ExpectationError } from '../../../history/expectation.ts';
import { entriesOf } from '../../../history/history.ts';
import type { Entry, Timeline } from '../../../history/timeline.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { StepReport } from '../deps.ts';
import { InconclusiveError } from '../judging.ts';
import { stateWhen } from './expectations.ts';

type Named = { name: string; label: string };

/** Returns the message of a backup that waited. If its wording is not the one in the documents, reports a finding. */
export const reportWording = (
  report: StepReport,
  { entries, backup, version }: { entries: readonly Entry<Backup>[]; backup: Named; version: string },
): string => {
  const message = entriesOf({ entries }, backup.name)
    .map(({ object }) => object.status?.messages?.info)
    .find((text) => wordingOf('waits-for-deletion', { message: text, version }) !== undefined);
  if (message === undefined)
    throw new Error(`no message of ${backup.label} says that it waits for a deletion`);
  if (wordingOf('waits-for-deletion', { message, version })?.origin !== 'document') {
    report.finding(toFinding('waiting-message-wording', `Longhorn ${version} says "${message}".`));
  }
  return message;
};

/**
 * Recognizes a race in Longhorn. After a Backup object is gone, the removal of its blocks still holds the lock; a
 * backup that starts then loses the lock and stays in Error. Returns the error to throw: the scenario fails in both
 * cases.
 */
export const reportLostLock = (
  report: StepReport,
  {
    error,
    backup,
    current,
    version,
  }: { error: unknown; backup: Named; current: Backup | undefined; version: string },
): unknown => {
  const lost =
    current !== undefined &&
    wordingOf('creation-lost-lock', { message: current.status?.error, version }) !== undefined;
  if (!(error instanceof ExpectationError) || !lost) return error;
  const detail = `${backup.label} waited for a deletion, started as soon as that backup was gone, and lost the lock to the deletion, which was still removing blocks: ${describeBackup(current)}. Longhorn does not try again.`;
  report.finding(toFinding('waiting-backup-loses-lock', detail));
  return new ExpectationError({
    ...error.verdict,
    reason: detail,
    cause: undefined,
    details: error.message,
  });
};

type Pair = { error: unknown; second: Named; first: Named };

// The state that broke an expectation, and the state of the first backup at that time.
const brokenBy = (backups: Timeline<Backup>, { error, first }: Pick<Pair, 'error' | 'first'>) => {
  if (!(error instanceof ExpectationError) || error.verdict.state !== 'broken') return undefined;
  const { verdict } = error;
  const last = verdict.last as Backup | undefined;
  if (last === undefined) return undefined;
  const { resourceVersion = '' } = last.metadata;
  return {
    verdict,
    explained: error.message,
    last,
    state: stateWhen(backups, { of: first.name, resourceVersion }),
  };
};

// The same, if the deletion of the first backup was no longer under way.
const brokenAfter = (...args: Parameters<typeof brokenBy>) => {
  const broken = brokenBy(...args);
  return broken?.state === 'gone' || broken?.state === 'Error' ? broken : undefined;
};

/**
 * Whether a backup waited because the first one's deletion had been retried: it was Deleting again, no longer in Error.
 */
export const heldByRetry = (...args: Parameters<typeof brokenBy>): boolean => {
  const broken = brokenBy(...args);
  return broken?.state === 'Deleting' && backupState(broken.last) === 'Pending';
};

/**
 * Returns why a backup that did not wait proves nothing: when it went on, the first one's deletion was no longer
 * under way, and Longhorn may not have reconciled it before. Undefined if the deletion was under way, or something
 * else went wrong.
 */
export const lookedTooLate = (
  backups: Timeline<Backup>,
  { error, second, first }: Omit<Pair, 'second'> & { second: Pick<Named, 'label'> },
): InconclusiveError | undefined => {
  const broken = brokenAfter(backups, { error, first });
  return (
    broken &&
    new InconclusiveError(
      `${first.label} was ${broken.state} when ${second.label} was first seen to go on: Longhorn may have come to look at it only then\n${broken.explained}`,
    )
  );
};

/** Returns why an upload that ended before it was observed proves nothing. Undefined if something else went wrong. */
export const uploadedUnseen = (
  error: unknown,
  { label }: Pick<Named, 'label'>,
): InconclusiveError | undefined =>
  error instanceof ExpectationError &&
  error.verdict.state === 'broken' &&
  error.verdict.last !== undefined &&
  backupState(error.verdict.last as Backup) === 'Completed'
    ? new InconclusiveError(
        `${label} was Completed before Longhorn looked at its upload, so that nobody saw it InProgress\n${error.message}`,
      )
    : undefined;

/**
 * Returns why a backup that was not observed InProgress proves nothing: Longhorn polls an upload (by default each 2
 * s), so one may end between two polls, as on v1.12.1 after Pending, with 256 MiB. Undefined if the first backup was
 * still Deleting when this one was Completed, or something else went wrong.
 */
export const endedUnseen = (
  backups: Timeline<Backup>,
  { error, second, first }: Pair,
): InconclusiveError | undefined => {
  const broken = brokenAfter(backups, { error, first });
  if (
    broken === undefined ||
    broken.last.metadata.name !== second.name ||
    backupState(broken.last) !== 'Completed'
  )
    return undefined;
  const inProgress = broken.verdict.steps.find(({ label }) => label === 'InProgress');
  if (inProgress === undefined || inProgress.reached !== undefined) return undefined;
  return new InconclusiveError(
    `${second.label} was Completed before Longhorn looked at its upload, so that nobody saw it InProgress: ${first.label} was ${broken.state} by then\n${broken.explained}`,
  );
};
