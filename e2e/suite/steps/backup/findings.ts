import { describeBackup } from '../../../longhorn/backup-state.ts';
import { toFinding } from '../../../longhorn/differences/differences.ts';
import { wordingOf } from '../../../longhorn/messages/classify.ts';
import type { Backup } from '../../../longhorn/types.ts';
import { ExpectationError } from '../../../history/expectation.ts';
import type { Entry } from '../../../history/timeline.ts';
import type { StepReport } from '../context.ts';

type Named = { name: string; label: string };

/** Says which wording a waiting backup used, and returns its message; a wording that is not the documents' is a finding. */
export const reportWording = (
  report: StepReport,
  { entries, backup, version }: { entries: readonly Entry<Backup>[]; backup: Named; version: string },
): string => {
  const message = entries
    .flatMap((entry) => (entry.kind !== 'gap' && entry.object.metadata.name === backup.name ? [entry.object.status?.messages?.info] : []))
    .find((text) => wordingOf('waits-for-deletion', { message: text, version }) !== undefined);
  if (message === undefined) throw new Error(`no message of ${backup.label} says that it waits for a deletion`);
  if (wordingOf('waits-for-deletion', { message, version })?.origin !== 'document') {
    report.finding(toFinding('waiting-message-wording', `Longhorn ${version} says "${message}".`));
  }
  return message;
};

/**
 * Tells a race of the product apart from other failures: the removal of a backup's blocks goes on, under its lock, after the backup is gone
 * for Longhorn; one that starts then loses the lock and is in Error for good. Returns the error to throw; the scenario fails either way.
 */
export const reportLostLock = (
  report: StepReport,
  { error, backup, current, version }: { error: unknown; backup: Named; current: Backup | undefined; version: string },
): unknown => {
  const lost = current !== undefined && wordingOf('creation-lost-lock', { message: current.status?.error, version }) !== undefined;
  if (!(error instanceof ExpectationError) || !lost) return error;
  const detail = `${backup.label} waited for a deletion, started as soon as that backup was gone, and lost the lock to the deletion, which was still removing blocks: ${describeBackup(current)}. Longhorn does not try again.`;
  report.finding(toFinding('waiting-backup-loses-lock', detail));
  return new ExpectationError({ ...error.verdict, reason: detail, text: `${detail}\n\n${error.verdict.text}` });
};
