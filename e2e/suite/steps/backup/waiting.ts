import { ExpectationError } from '../../../history/expectation.ts';
import type { Entry, Timeline } from '../../../history/timeline.ts';
import { backupState, describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { StepReport } from '../deps.ts';
import { PremiseLost } from '../judging.ts';
import { stateWhen } from './expectations.ts';

type Named = { name: string; label: string };

/**
 * Says which wording a waiting backup used, and returns its message; a wording that is not the documents' is
 * a finding.
 */
export const reportWording = (
  report: StepReport,
  { entries, backup, version }: { entries: readonly Entry<Backup>[]; backup: Named; version: string },
): string => {
  const message = entries
    .flatMap((entry) =>
      entry.kind !== 'gap' && entry.object.metadata.name === backup.name
        ? [entry.object.status?.messages?.info]
        : [],
    )
    .find((text) => wordingOf('waits-for-deletion', { message: text, version }) !== undefined);
  if (message === undefined)
    throw new Error(`no message of ${backup.label} says that it waits for a deletion`);
  if (wordingOf('waits-for-deletion', { message, version })?.origin !== 'document') {
    report.finding(toFinding('waiting-message-wording', `Longhorn ${version} says "${message}".`));
  }
  return message;
};

/**
 * Distinguishes a race of the product from other failures: the removal of a backup's blocks goes on, under its
 * lock, after the backup is gone for Longhorn; one that starts then loses the lock and is in Error for good.
 * Returns the error to throw; the scenario fails either way.
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

// What broke an expectation, and the state of the first backup then.
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

// The same, where the deletion of the first was no longer under way.
const brokenAfter = (...args: Parameters<typeof brokenBy>) => {
  const broken = brokenBy(...args);
  return broken?.state === 'gone' || broken?.state === 'Error' ? broken : undefined;
};

/** Whether a backup was held back by a first one that had left its Error, and was Deleting again, by then. */
export const heldByRetry = (...args: Parameters<typeof brokenBy>): boolean => {
  const broken = brokenBy(...args);
  return broken?.state === 'Deleting' && backupState(broken.last) === 'Pending';
};

/**
 * Why a backup that was not held back proves nothing: when it went on, the deletion that it was to wait for
 * was no longer under way, and nobody knows whether Longhorn looked at it before. Undefined where the
 * deletion was, or where something else went wrong.
 */
export const lookedTooLate = (
  backups: Timeline<Backup>,
  { error, second, first }: Omit<Pair, 'second'> & { second: Pick<Named, 'label'> },
): PremiseLost | undefined => {
  const broken = brokenAfter(backups, { error, first });
  return (
    broken &&
    new PremiseLost(
      `${first.label} was ${broken.state} when ${second.label} was first seen to go on: Longhorn may have come to look at it only then\n${broken.explained}`,
    )
  );
};

/**
 * Why a backup that nobody saw InProgress proves nothing: Longhorn asks for the progress of an upload from
 * time to time (on its own clocks each 2 s), so that one may end between two such looks; seen on v1.12.1
 * after a Pending, with 256 MiB. Undefined where the first backup was still Deleting when it was Completed,
 * so that it was uploaded when it must not be, and where something else went wrong.
 */
export const endedUnseen = (
  backups: Timeline<Backup>,
  { error, second, first }: Pair,
): PremiseLost | undefined => {
  const broken = brokenAfter(backups, { error, first });
  if (
    broken === undefined ||
    broken.last.metadata.name !== second.name ||
    backupState(broken.last) !== 'Completed'
  )
    return undefined;
  const inProgress = broken.verdict.steps.find(({ label }) => label === 'InProgress');
  if (inProgress === undefined || inProgress.reached !== undefined) return undefined;
  return new PremiseLost(
    `${second.label} was Completed before Longhorn looked at its upload, so that nobody saw it InProgress: ${first.label} was ${broken.state} by then\n${broken.explained}`,
  );
};
