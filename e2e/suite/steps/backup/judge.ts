import type { Expectation, Verdict } from '../../../history/expectation.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Backup } from '../../../longhorn/types.ts';
import type { Context } from '../context.ts';
import type { BackupHandle } from '../handles.ts';
import { judgeWithin, type Timeouts } from '../timeouts.ts';

const since = ({ version }: Context, backup: BackupHandle, from: number) => ({
  backup: { ...backup, from },
  version,
});

/** The subject for a history that starts before the backup was made. */
export const sinceMade = (context: Context, backup: BackupHandle) =>
  since(context, backup, backup.since.made);

/** The subject for a history that starts at the deletion of the backup, or at another sequence. */
export const sinceDeletion = (context: Context, backup: BackupHandle, from = sinceDeleted(backup)) =>
  since(context, backup, from);

/** Returns the sequence before a backup was deleted. Throws if no step has deleted it. */
export const sinceDeleted = ({ label, since: { deleted } }: BackupHandle): number => {
  if (deleted === undefined) throw new Error(`${label} was not deleted by a step`);
  return deleted;
};

/** Waits until an expectation on the history of a backup is decided. Returns its verdict, or throws. */
export const judgeBackup = <Subject>(
  { timelines, timeouts }: Context,
  expectation: (backups: Timeline<Backup>, subject: Subject) => Expectation<Backup>,
  subject: Subject,
  timeout: keyof Timeouts,
): Promise<Verdict> => judgeWithin(expectation(timelines.backups, subject), timeouts[timeout]);
