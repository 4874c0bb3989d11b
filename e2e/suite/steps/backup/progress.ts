import { entriesOf } from '../../../history/history.ts';
import type { Timeline } from '../../../history/timeline.ts';
import type { Backup } from '../../../longhorn/types.ts';

/**
 * Returns the progress values that were observed of a backup, without consecutive duplicates, and without those of a
 * new status (known bug backup-looked-at-anew).
 */
export const progressOf = (backups: Pick<Timeline<Backup>, 'entries'>, name: string): number[] =>
  entriesOf(backups, name)
    .filter(({ object }) => object.status?.state !== '')
    .map(({ object }) => object.status?.progress ?? 0)
    .filter((progress, at, all) => progress !== all[at - 1]);

/**
 * Returns what is wrong with the progress of a completed backup. Undefined if it rose to 100 % and a value in between
 * was observed.
 */
export const wrongInProgress = (seen: readonly number[]): string | undefined => {
  if (seen.some((progress, at) => progress < (seen[at - 1] ?? 0))) return 'it fell';
  if (seen.at(-1) !== 100) return 'it did not come to 100';
  return seen.some((progress) => progress > 0 && progress < 100)
    ? undefined
    : 'nothing was seen between 0 and 100';
};
